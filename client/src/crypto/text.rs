//! Long text in pieces that fit one message each: split before sealing, never cut.

use amparo_protocol::limits::TEXT_MAX_BYTES;

/// Pieces of at most `TEXT_MAX_BYTES`, in order and together the whole text; after white space where there is some in
/// the last quarter of a piece, else between two characters.
pub fn split_text(text: &str) -> Vec<&str> {
    split_at_most(text, TEXT_MAX_BYTES)
}

fn split_at_most(text: &str, longest: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > longest {
        let (piece, after) = rest.split_at(split_point(rest, longest));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

fn split_point(text: &str, longest: usize) -> usize {
    let end = text.floor_char_boundary(longest);
    let after_space =
        text[..end].char_indices().rev().find(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8());
    after_space.filter(|at| *at > longest / 4 * 3).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_no_character_is_torn() {
        for text in ["", "short", "one two three four five", "ééééééééé", "nospaceinthislongword", "a bbbbbbbbbbbbbb"]
        {
            let pieces = split_at_most(text, 8);
            assert_eq!(pieces.concat(), text);
            assert!(pieces.iter().all(|piece| piece.len() <= 8));
        }
        assert_eq!(split_at_most("aaaaaa bbbb", 8), ["aaaaaa ", "bbbb"]);
        assert_eq!(split_at_most("aaaaa bbbbb", 8), ["aaaaa bb", "bbb"], "that space comes too early");
        assert_eq!(split_at_most("aaaaaaaa", 8), ["aaaaaaaa"]);
    }
}
