//! Error codes: closed, stable and safe to show. The browser branches on the code and shows its own sentence for it.

use serde::{Deserialize, Serialize};

use crate::wire;

wire! {
/// Why something was refused. `code()` is the short form that a webmaster can read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    #[error("this program is too old or too new for the relay")]
    Version,
    #[error("the message could not be read")]
    Malformed,
    #[error("the message is too large")]
    TooLarge,
    #[error("this message is not expected now")]
    Unexpected,
    #[error("this site key is not known here")]
    UnknownSite,
    #[error("this website's address is not allowed to show the chat")]
    OriginNotAllowed,
    #[error("the pass is missing, used or expired")]
    Pass,
    #[error("the resume ticket is not valid any more")]
    Ticket,
    #[error("this conversation is open in another window")]
    Elsewhere,
    #[error("nothing to continue was found")]
    NothingToContinue,
    #[error("the conversation has ended")]
    Ended,
    #[error("too many waiting; call instead")]
    Full,
    #[error("the line is closed")]
    Closed,
    #[error("too many attempts; wait a moment")]
    TooManyAttempts,
    #[error("sign in again")]
    SignIn,
    #[error("name, password or code is wrong")]
    WrongCredentials,
    #[error("not found")]
    NotFound,
    #[error("the invitation was used, revoked or has expired")]
    Invitation,
    #[error("the set-up address was used or has expired")]
    Setup,
    #[error("somebody else changed this meanwhile")]
    Conflict,
    #[error("this value is not allowed")]
    Invalid,
    #[error("the relay is stopping; reconnect")]
    Restarting,
    #[error("this connection was too slow; reconnect")]
    TooSlow,
    #[error("internal error")]
    Internal,
    /// Found by the visitor's client; the relay never says it.
    #[error("this device's clock is wrong by more than a day")]
    Clock,
}
}

impl ErrorCode {
    /// WebSocket close code (RFC 6455 section 7.4.2, private range) for a connection refused for this reason.
    pub fn close_code(self) -> u16 {
        4000 + self as u16
    }

    /// The inverse of [`close_code`](Self::close_code).
    pub fn from_close_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.close_code() == code)
    }

    pub const ALL: [Self; 25] = [
        Self::Version,
        Self::Malformed,
        Self::TooLarge,
        Self::Unexpected,
        Self::UnknownSite,
        Self::OriginNotAllowed,
        Self::Pass,
        Self::Ticket,
        Self::Elsewhere,
        Self::NothingToContinue,
        Self::Ended,
        Self::Full,
        Self::Closed,
        Self::TooManyAttempts,
        Self::SignIn,
        Self::WrongCredentials,
        Self::NotFound,
        Self::Invitation,
        Self::Setup,
        Self::Conflict,
        Self::Invalid,
        Self::Restarting,
        Self::TooSlow,
        Self::Internal,
        Self::Clock,
    ];
}

/// The body of every failed REST answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub code: ErrorCode,
    /// One plain sentence in English, for people who read answers by hand; the apps show their own text for the code.
    pub sentence: String,
}

impl From<ErrorCode> for ErrorBody {
    fn from(code: ErrorCode) -> Self {
        Self { code, sentence: code.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_codes_are_distinct_and_go_back() {
        for error in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_close_code(error.close_code()), Some(error));
        }
        assert_eq!(ErrorCode::from_close_code(1000), None);
    }
}
