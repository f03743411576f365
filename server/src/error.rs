//! Why a request failed: a closed code for the browser, a sentence for the reader, the cause for the person on call.
//!
//! Never: a status code anywhere else, or a cause in an answer.

use amparo_protocol::error::{ErrorBody, ErrorCode};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::log_safe::LogSafe;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Refused for a reason that the browser has a sentence for.
    #[error("{0}")]
    Refused(ErrorCode),
    /// The store failed; its cause is logged once, in `into_response`.
    #[error("internal error")]
    Store(#[from] StoreError),
}

impl ApiError {
    pub fn status(&self) -> StatusCode {
        match self.code() {
            ErrorCode::SignIn | ErrorCode::WrongCredentials => StatusCode::UNAUTHORIZED,
            ErrorCode::OriginNotAllowed => StatusCode::FORBIDDEN,
            ErrorCode::NotFound | ErrorCode::UnknownSite => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::Invitation | ErrorCode::Setup => StatusCode::GONE,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Restarting => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Store(_) => ErrorCode::Internal,
        }
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code();
        if let Self::Store(cause) = &self {
            tracing::error!(code = %code.log_safe(), %cause, "the store failed");
        }
        (self.status(), Json(ErrorBody::from(code))).into_response()
    }
}
