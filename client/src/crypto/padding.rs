//! Lengths hidden in a few sizes: the plaintext, one byte 0x80, zeros up to the size.

use zeroize::Zeroizing;

/// Pads to the smallest of `sizes` that holds the content and the mark; `None` when none does.
pub fn pad(content: &[u8], sizes: &[usize]) -> Option<Zeroizing<Vec<u8>>> {
    let size = padded_size(content.len(), sizes)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(content);
    padded.push(0x80);
    padded.resize(size, 0);
    Some(padded)
}

/// The content, if it was padded exactly as [`pad`] does it.
pub fn unpad<'a>(padded: &'a [u8], sizes: &[usize]) -> Option<&'a [u8]> {
    let mark = padded.iter().rposition(|byte| *byte != 0)?;
    let (content, rest) = padded.split_at(mark);
    let is_exact = rest.first() == Some(&0x80) && padded_size(content.len(), sizes) == Some(padded.len());
    is_exact.then_some(content)
}

fn padded_size(length: usize, sizes: &[usize]) -> Option<usize> {
    sizes.iter().copied().find(|size| length < *size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_smallest_size_and_zeros_are_accepted() {
        let sizes = [4, 8];
        for length in 0..=7 {
            let content = vec![0x80; length];
            let padded = pad(&content, &sizes).expect("fits");
            assert_eq!(padded.len(), if length < 4 { 4 } else { 8 });
            assert_eq!(unpad(&padded, &sizes), Some(&content[..]));
        }
        assert!(pad(&[1; 8], &sizes).is_none());
        assert_eq!(unpad(&[1, 0x80, 0, 1], &sizes), None);
        assert_eq!(unpad(&[1, 0x80, 0, 0, 0, 0, 0, 0], &sizes), None);
        assert_eq!(unpad(&[0, 0, 0, 0], &sizes), None);
        assert_eq!(unpad(&[], &sizes), None);
    }
}
