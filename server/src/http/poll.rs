//! The way to the relay's core where WebSockets are blocked: `/api/poll`.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::MESSAGE_MAX_BYTES;
use amparo_protocol::poll::PollRequest;
use amparo_protocol::wire::{decode, encode};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::whence::From;
use super::{body, cors, guard};
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;
use crate::relay::transport::poll;

/// `POST /api/poll`. Takes any content type, or none: so the browser asks for nothing first.
pub async fn poll(State(app): State<App>, from: From, headers: HeaderMap, request: Request) -> Response {
    let answer = match body::read(request, &app).await {
        Ok(bytes) => answer(&app, from, &headers, &bytes).await,
        Err(error) => Err(error),
    };
    cors::readable_by_asker(&headers, answer.into_response())
}

/// The login counts for the connection that the request opens, and only there: later ones know its id.
async fn answer(app: &App, from: From, headers: &HeaderMap, bytes: &[u8]) -> Result<Vec<u8>, ApiError> {
    let PollRequest { connection, batch } = decode(bytes).map_err(|_| ErrorCode::Malformed)?;
    if batch.messages.iter().any(|message| message.size_bytes() > MESSAGE_MAX_BYTES) {
        return Err(ErrorCode::TooLarge.into());
    }
    let mailbox = match app.polls.mailbox(connection) {
        Some(mailbox) => mailbox,
        None if batch.is_opening() => {
            from.may(app, Doing::Connect)?;
            poll::open(app, guard::login_of_page(headers, app).await?, from.0, connection)?
        }
        None => return Err(ErrorCode::NotFound.into()),
    };
    Ok(encode(&mailbox.answer(batch).await?))
}
