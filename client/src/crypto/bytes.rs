//! Reading and writing of fixed layouts, big-endian, to the last byte.
//!
//! Never: lengths that are believed before the bytes are there.

/// Takes fixed-size pieces off the front; `None` as soon as bytes are missing.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.slice(N)?.try_into().ok()
    }

    /// `Some` only if exactly these bytes come next.
    pub fn exactly(&mut self, expected: &[u8]) -> Option<()> {
        (self.slice(expected.len())? == expected).then_some(())
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// `Some` only if nothing is left.
    pub fn end(self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// `L(s)`: one length byte and the ASCII bytes.
pub fn label(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("labels are short literals");
    let mut bytes = vec![length];
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// All parts, one after the other.
pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}
