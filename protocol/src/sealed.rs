//! Bytes that only the two ends can read. They can be moved, counted and deleted; nothing here looks inside.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::codec::{Bytes, Wire, put_sized};

/// An opaque byte string: a sealed message, acknowledgement or grant, or a signed object on its way to its verifier.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Sealed(pub Vec<u8>);

impl Sealed {
    pub fn size_bytes(&self) -> usize {
        self.0.len()
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Sealed {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Wire for Sealed {
    fn put(&self, into: &mut Vec<u8>) {
        put_sized(&self.0, into);
    }

    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        Some(Self(from.sized()?.to_vec()))
    }
}

/// In JSON: base64url without padding. On the wire: length and bytes.
impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&crate::id::to_base64(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            crate::id::from_base64(&text).map(Self).ok_or_else(|| de::Error::custom("not base64url"))
        } else {
            deserializer.deserialize_byte_buf(ByteString)
        }
    }
}

struct ByteString;

impl de::Visitor<'_> for ByteString {
    type Value = Sealed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Sealed, E> {
        Ok(Sealed(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Sealed, E> {
        Ok(Sealed(bytes))
    }
}
