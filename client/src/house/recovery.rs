//! The recovery code: 20 random bytes that a member writes down, as text that forgives handwriting.
//!
//! Text form: base32 in Crockford's alphabet (no I, L, O, U), nine groups of four. The first eight groups are the 160
//! bits, the ninth is a checksum: the first 20 bits of `H(L("hlc1 recovery code") || code)`.

use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::label;
use crate::crypto::primitives::{Prk, hash};
use crate::house::wrap::Purpose;

const CODE_BYTES: usize = 20;
const CODE_CHARACTERS: usize = 32;
const CHECK_CHARACTERS: usize = 4;
const GROUP_CHARACTERS: usize = 4;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Opens the account secret where the password is forgotten.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<[u8; CODE_BYTES]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a recovery code; a character may be wrong")]
pub struct RecoveryCodeError;

impl RecoveryCode {
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        let mut code = Zeroizing::new([0; CODE_BYTES]);
        random.fill_bytes(&mut *code);
        Self(code)
    }

    pub fn from_bytes(code: [u8; CODE_BYTES]) -> Self {
        Self(Zeroizing::new(code))
    }

    /// For paper: nine groups of four characters.
    pub fn to_text(&self) -> Zeroizing<String> {
        let characters = Zeroizing::new(self.characters());
        let groups: Vec<&str> = characters
            .chunks(GROUP_CHARACTERS)
            .map(|group| str::from_utf8(group).expect("the alphabet is ASCII"))
            .collect();
        Zeroizing::new(groups.join("-"))
    }

    /// Takes small letters, spaces for hyphens, O for 0, I and L for 1.
    pub fn from_text(text: &str) -> Result<Self, RecoveryCodeError> {
        let characters = Zeroizing::new(text.bytes().filter_map(normal_character).collect::<Vec<u8>>());
        if characters.len() != CODE_CHARACTERS + CHECK_CHARACTERS {
            return Err(RecoveryCodeError);
        }
        let code = Self(decode(&characters[..CODE_CHARACTERS]).ok_or(RecoveryCodeError)?);
        (code.characters() == *characters).then_some(code).ok_or(RecoveryCodeError)
    }

    /// The key under which the account secret is wrapped for this code.
    pub(crate) fn wrapping_key(&self) -> Zeroizing<[u8; 32]> {
        Prk::extract("hlc1 wrap", &*self.0).expand(&[&label(Purpose::Recovery.name())])
    }

    fn characters(&self) -> Vec<u8> {
        let checksum = hash(&[&label("hlc1 recovery code"), &*self.0]);
        let mut characters = encode(&*self.0);
        characters.extend(encode(checksum.as_bytes()).into_iter().take(CHECK_CHARACTERS));
        characters
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// `None` for what only separates.
fn normal_character(byte: u8) -> Option<u8> {
    match byte.to_ascii_uppercase() {
        b'-' | b' ' | b'\t' | b'\r' | b'\n' => None,
        b'O' => Some(b'0'),
        b'I' | b'L' => Some(b'1'),
        other => Some(other),
    }
}

fn encode(bytes: &[u8]) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let character = |first: usize| ALPHABET[(first..first + 5).fold(0, |value, at| value << 1 | bit(at))];
    (0..bytes.len() * 8).step_by(5).map(character).collect()
}

fn decode(characters: &[u8]) -> Option<Zeroizing<[u8; CODE_BYTES]>> {
    let mut code = Zeroizing::new([0; CODE_BYTES]);
    for (index, character) in characters.iter().enumerate() {
        let value = ALPHABET.iter().position(|letter| letter == character)?;
        for bit in (0..5).filter(|bit| value >> (4 - bit) & 1 == 1) {
            let at = index * 5 + bit;
            code[at / 8] |= 1 << (7 - at % 8);
        }
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_handwriting_but_no_wrong_character() {
        let code = RecoveryCode::from_bytes(core::array::from_fn(|at| u8::try_from(at * 13).expect("small")));
        let text = code.to_text();
        assert_eq!(text.len(), 9 * 4 + 8);
        let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(*RecoveryCode::from_text(&sloppy).expect("the same code").0, *code.0);
        for at in 0..text.len() {
            let mut wrong = text.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'Z' { b'Y' } else { b'Z' };
            assert!(RecoveryCode::from_text(str::from_utf8(&wrong).expect("ASCII")).is_err(), "character {at}");
        }
        assert!(RecoveryCode::from_text("").is_err());
        assert!(RecoveryCode::from_text(&format!("{}0", *text)).is_err());
    }
}
