//! What a visitor sees of a member: a pseudonym and a drawing. The roster holds only its hash.

use amparo_protocol::id::Hash;
use amparo_protocol::sealed::Sealed;

use crate::crypto::bytes::{Reader, label};
use crate::crypto::primitives::hash;

/// Longest pseudonym in UTF-8.
pub const PSEUDONYM_MAX_BYTES: usize = 96;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Fresh for each signing: the hash in the roster does not give the pseudonym away, nor links two signings.
    pub nonce: [u8; 16],
    /// Number of a drawing from the fixed set.
    pub avatar: u8,
    /// 1 to 96 bytes.
    pub pseudonym: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the badge is not the one in the roster")]
pub struct BadgeError;

impl Badge {
    /// Receiver rule 3: the bytes are those whose hash the organisation signed, and are a badge.
    pub fn open(badge: &Sealed, badge_hash: &Hash) -> Result<Self, BadgeError> {
        if badge_hash_of(badge.as_bytes()) != *badge_hash {
            return Err(BadgeError);
        }
        Self::parse(badge.as_bytes()).ok_or(BadgeError)
    }

    /// An error for a pseudonym that is empty or too long.
    pub fn to_sealed(&self) -> Result<Sealed, BadgeError> {
        let length = u8::try_from(self.pseudonym.len()).ok().filter(|length| is_length(*length)).ok_or(BadgeError)?;
        let mut bytes = self.nonce.to_vec();
        bytes.push(self.avatar);
        bytes.push(length);
        bytes.extend_from_slice(self.pseudonym.as_bytes());
        Ok(Sealed(bytes))
    }

    /// Without the proof that the organisation signed it: for lists among colleagues, never for a visitor.
    pub fn read_unproven(badge: &Sealed) -> Option<Self> {
        Self::parse(badge.as_bytes())
    }

    fn parse(badge: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(badge);
        let nonce = reader.array()?;
        let avatar = reader.u8()?;
        let length = reader.u8().filter(|length| is_length(*length))?;
        let pseudonym = str::from_utf8(reader.slice(length.into())?).ok()?.to_owned();
        reader.end()?;
        Some(Self { nonce, avatar, pseudonym })
    }
}

/// The roster's `badge_hash` for these bytes.
pub fn badge_hash_of(badge: &[u8]) -> Hash {
    hash(&[&label("hlc1 badge"), badge])
}

fn is_length(length: u8) -> bool {
    (1..=PSEUDONYM_MAX_BYTES).contains(&usize::from(length))
}
