//! What people may type into the console's forms. Everything else is refused as [`ErrorCode::Invalid`].

use amparo_protocol::api::{NewMember, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::language::Language;

pub mod desk;
pub mod line;
pub mod rota;
pub mod site;
pub mod teams;

const SIGN_IN_NAME_MAX_CHARS: usize = 64;
const PSEUDONYM_MAX_CHARS: usize = 32;
/// A badge holds no more (docs/protocol.md, Badge).
const PSEUDONYM_MAX_BYTES: usize = 96;
const NAME_MAX_CHARS: usize = 80;
const PASSKEY_NAME_MAX_CHARS: usize = 40;
/// Wrapped secrets are about a hundred bytes; a key batch holds a few hundred keys at most.
const WRAPPED_MAX_BYTES: usize = 512;
const KEYS_MAX_BYTES: usize = 64 * 1024;

type Checked<T = ()> = Result<T, ErrorCode>;

pub fn new_member(member: &NewMember) -> Checked {
    sign_in_name(&member.sign_in_name)?;
    line(&member.pseudonym, 1, PSEUDONYM_MAX_CHARS)?;
    let fits = member.pseudonym.len() <= PSEUDONYM_MAX_BYTES
        && (1..=WRAPPED_MAX_BYTES).contains(&member.wrapped_by_password.size_bytes())
        && (1..=WRAPPED_MAX_BYTES).contains(&member.wrapped_by_recovery.size_bytes())
        && (1..=KEYS_MAX_BYTES).contains(&member.keys.size_bytes());
    languages(&member.languages)?;
    require(fits)
}

/// One at least, none twice.
pub fn languages(languages: &[Language]) -> Checked {
    require(!languages.is_empty() && is_distinct(languages))
}

pub fn sign_in_name(name: &str) -> Checked {
    line(name, 1, SIGN_IN_NAME_MAX_CHARS)
}

pub fn wrapped(secret: &amparo_protocol::sealed::Sealed) -> Checked {
    require((1..=WRAPPED_MAX_BYTES).contains(&secret.size_bytes()))
}

/// At least one role, and no bit that is none.
pub fn role_bits(bits: u8) -> Checked {
    require(bits != 0 && bits & !roles::ALL == 0)
}

pub fn organisation_name(name: &str) -> Checked {
    line(name, 1, NAME_MAX_CHARS)
}

pub fn passkey_name(name: &str) -> Checked {
    line(name, 1, PASSKEY_NAME_MAX_CHARS)
}

/// A number as people write it: two digits or more, and what is usual between them.
fn number(text: &str) -> Checked {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_usual = text.chars().all(|sign| sign.is_ascii_digit() || " +-()/.*#".contains(sign));
    require(digits >= 2 && text.len() <= 32 && is_usual)
}

fn line(text: &str, min_chars: usize, max_chars: usize) -> Checked {
    let text = text.trim();
    let chars = text.chars().count();
    require((min_chars..=max_chars).contains(&chars) && !text.chars().any(char::is_control))
}

fn is_distinct<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))
}

fn require(is_allowed: bool) -> Checked {
    if is_allowed { Ok(()) } else { Err(ErrorCode::Invalid) }
}
