//! What may appear in a log line: an allow-list, by type.
//!
//! Never: text, names, addresses, agents, pages, tokens, whole ids. A type gets here by an `impl` in this file.

use std::fmt::{self, Display};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, MemberId, SiteKey};

/// A value that a log line may show.
pub trait LogSafe {
    fn log_safe(&self) -> Shown;
}

/// The text that [`LogSafe`] allows.
pub struct Shown(String);

impl Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Four characters: enough to tell two lines apart, too little to name one.
macro_rules! shows_four_characters {
    ($($id:ty),*) => {$(
        impl LogSafe for $id {
            fn log_safe(&self) -> Shown {
                Shown(self.to_text()[..4].to_owned())
            }
        }
    )*};
}

shows_four_characters!(ConversationId, ClaimId, MemberId, SiteKey);

impl LogSafe for ErrorCode {
    fn log_safe(&self) -> Shown {
        Shown(format!("{self:?}"))
    }
}

impl LogSafe for u64 {
    fn log_safe(&self) -> Shown {
        Shown(self.to_string())
    }
}

impl LogSafe for usize {
    fn log_safe(&self) -> Shown {
        Shown(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_shows_four_characters_of_an_id() {
        assert_eq!(ConversationId([7; 16]).log_safe().to_string(), "BwcH");
    }
}
