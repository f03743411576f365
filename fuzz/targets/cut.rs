//! One input as several messages: each begins with its length in two bytes.

pub fn pieces(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_at_checked(2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let (piece, rest) = rest.split_at(length.min(rest.len()));
        bytes = rest;
        Some(piece)
    })
}
