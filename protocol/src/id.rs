//! Newtypes for everything that is named by random bytes. `Debug` shows four characters, so that no log holds a whole one.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::codec::{Bytes, Wire, put_sized};

/// Base64url without padding (RFC 4648 section 5), the text form of all bytes in JSON and in addresses.
pub fn to_base64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// `None` for anything that is not exactly what [`to_base64`] writes.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $size]);

        impl $name {
            pub const SIZE: usize = $size;

            pub fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// `None` unless the slice has exactly this id's length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The text form, base64url without padding.
            pub fn to_text(self) -> String {
                to_base64(&self.0)
            }

            pub fn from_text(text: &str) -> Option<Self> {
                Self::from_slice(&from_base64(text)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}…)", stringify!($name), &self.to_text()[..4])
            }
        }

        /// With its length before it, like every byte string.
        impl Wire for $name {
            fn put(&self, into: &mut Vec<u8>) {
                put_sized(&self.0, into);
            }

            fn take(from: &mut Bytes<'_>) -> Option<Self> {
                Self::from_slice(from.sized()?)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(&self.to_text())
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let bytes = crate::sealed::Sealed::deserialize(deserializer)?;
                Self::from_slice(&bytes.0).ok_or_else(|| de::Error::custom("wrong length"))
            }
        }
    };
}

id!(
    /// One conversation, named by the relay when the visitor enters the queue.
    ConversationId, 16
);
id!(
    /// One member in one signing of the roster. Never the id under which the store knows the member.
    RosterMemberId, 16
);
id!(
    /// One counselor's device for one shift; zero stands for the visitor.
    DeviceId, 8
);
id!(
    /// One message, chosen by its sender; stays the same when the message is sealed again in a later epoch.
    MessageId, 16
);
id!(
    /// One attempt to bring a counselor's device into a conversation: a claim, a rejoin, a join or a transfer.
    ClaimId, 16
);
id!(
    /// A site's public key in the tag (`data-site`).
    SiteKey, 12
);
id!(
    /// A one-time embed pass.
    Pass, 32
);
id!(
    /// One connection over `/api/poll`, made by the browser at random: who knows it holds the connection.
    ConnectionId, 16
);
id!(
    /// Names the resume deposit of one conversation; derived from the host half, which the relay never sees.
    Handle, 16
);
id!(
    /// Proof that whoever shows it may end the conversation; of the host half, or random where there is none. The relay
    /// stores its SHA-256.
    EndToken, 16
);
id!(
    /// SHA-256 of something the relay must recognise but not know.
    Hash, 32
);
id!(
    /// The organisation's Ed25519 public key (`data-org-key`).
    OrgKey, 32
);
id!(
    /// A member as the store and the console know it. Never sent to a visitor.
    MemberId, 16
);

/// A resume ticket: sealed by the relay for itself, opaque to everybody else.
pub type Ticket = crate::sealed::Sealed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_shows_four_characters_and_survives_its_text_form() {
        let id = ConversationId([7; 16]);
        assert_eq!(format!("{id:?}"), "ConversationId(BwcH…)");
        assert_eq!(ConversationId::from_text(&id.to_text()), Some(id));
        assert_eq!(ConversationId::from_text("AAAA"), None);
        assert_eq!(ConversationId::from_text("not base64!"), None);
    }
}
