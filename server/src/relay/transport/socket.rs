//! The WebSocket. The only place that knows axum's.
//!
//! Never: a look into a message.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::MESSAGE_MAX_BYTES;
use amparo_protocol::wire::{ServerMsg, encode};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures_util::SinkExt;
use tokio::time::{Duration, timeout};

use super::connection::{self, Carrier, End};
use crate::app::App;
use crate::buckets::Whence;
use crate::store::login::Login;

/// axum's default of 128 KiB would be most of an idle connection's memory. A message of the shortest padding, 1 KiB,
/// fits in one read; it is zeroed before each.
const READ_BYTES: usize = 1536;
const WRITE_BYTES: usize = 4096;
/// How long a refused connection has to take the reason, and then to close.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves a connection. `login` is the member's, already checked; widgets have none.
pub fn upgrade(app: App, login: Option<Login>, whence: Option<Whence>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITE_BYTES)
        .max_frame_size(MESSAGE_MAX_BYTES)
        .max_message_size(MESSAGE_MAX_BYTES)
        .on_upgrade(move |socket| async move { app.tasks.clone().spawn(connection::run(app, login, whence, socket)) })
}

impl Carrier for WebSocket {
    async fn receive(&mut self) -> Result<Option<Bytes>, End> {
        match self.recv().await {
            Some(Ok(Message::Binary(bytes))) => Ok(Some(bytes)),
            Some(Ok(Message::Text(_))) => Err(End::Refused(ErrorCode::Malformed)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Close(_))) => {
                // The answer has the same code; without it the browser takes the end for a broken line.
                let _unsent = timeout(FAREWELL, SinkExt::flush(self)).await;
                Err(End::Closed)
            }
            None => Err(End::Closed),
            Some(Err(error)) => Err(end_after(error)),
        }
    }

    async fn feed(&mut self, frame: Bytes) -> Result<(), End> {
        SinkExt::feed(self, Message::Binary(frame)).await.map_err(|_| End::Closed)
    }

    async fn flush(&mut self) -> Result<(), End> {
        SinkExt::flush(self).await.map_err(|_| End::Closed)
    }

    /// Bytes left unread would make the system reset the connection before the browser has read the reason.
    async fn farewell(mut self, code: ErrorCode) {
        let refused = Message::Binary(Bytes::from(encode(&ServerMsg::Refused { code })));
        let close = CloseFrame { code: code.close_code(), reason: Utf8Bytes::default() };
        let say = async {
            SinkExt::feed(&mut self, refused).await?;
            self.send(Message::Close(Some(close))).await
        };
        if let Ok(Ok(())) = timeout(FAREWELL, say).await {
            let closed = async { while let Some(Ok(_)) = self.recv().await {} };
            // A browser that does not close is dropped.
            let _dropped = timeout(FAREWELL, closed).await;
        }
    }
}

/// A connection that broke needs no reason; one that sent what no browser sends gets one.
fn end_after(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::Refused(ErrorCode::TooLarge),
        Some(tungstenite::Error::Io(_) | tungstenite::Error::ConnectionClosed) => End::Closed,
        _ => End::Refused(ErrorCode::Malformed),
    }
}
