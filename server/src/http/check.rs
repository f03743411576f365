//! What people may type into the console's forms. Everything else is refused as [`ErrorCode::Invalid`].

use amparo_protocol::api::{NewMember, SiteSettings, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use amparo_protocol::limits::DEPOSIT_MAX_SECS;
use amparo_protocol::wire::{Phone, WhatsApp};

use crate::config::normal_origin;
use crate::store::site::Site;

const SIGN_IN_NAME_MAX_CHARS: usize = 64;
const PSEUDONYM_MAX_CHARS: usize = 32;
/// A badge holds no more (docs/protocol.md, Badge).
const PSEUDONYM_MAX_BYTES: usize = 96;
const NAME_MAX_CHARS: usize = 80;
const ORIGINS_MAX: usize = 20;
const PHONES_MAX: usize = 5;
const NOTE_MAX_CHARS: usize = 80;
/// Wrapped secrets are about a hundred bytes; a key batch holds a few hundred keys at most.
const WRAPPED_MAX_BYTES: usize = 512;
const KEYS_MAX_BYTES: usize = 64 * 1024;

type Checked<T = ()> = Result<T, ErrorCode>;

pub fn new_member(member: &NewMember) -> Checked {
    line(&member.sign_in_name, 1, SIGN_IN_NAME_MAX_CHARS)?;
    line(&member.pseudonym, 1, PSEUDONYM_MAX_CHARS)?;
    let fits = member.pseudonym.len() <= PSEUDONYM_MAX_BYTES
        && !member.languages.is_empty()
        && is_distinct(&member.languages)
        && (1..=WRAPPED_MAX_BYTES).contains(&member.wrapped_by_password.size_bytes())
        && (1..=WRAPPED_MAX_BYTES).contains(&member.wrapped_by_recovery.size_bytes())
        && (1..=KEYS_MAX_BYTES).contains(&member.keys.size_bytes());
    require(fits)
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

/// A site in the form in which it is kept. Without an emergency number there is no public site.
pub fn site(settings: SiteSettings, key: SiteKey) -> Checked<Site> {
    line(&settings.name, 1, NAME_MAX_CHARS)?;
    number(&settings.emergency)?;
    require(settings.phones.len() <= PHONES_MAX && u64::from(settings.deposit_secs) <= DEPOSIT_MAX_SECS)?;
    settings.whatsapp.as_ref().map(whatsapp).transpose()?;
    Ok(Site {
        key,
        name: settings.name.trim().to_owned(),
        origins: origins(&settings.origins)?,
        emergency: settings.emergency.trim().to_owned(),
        phones: settings.phones.iter().map(phone).collect::<Checked<_>>()?,
        whatsapp: settings.whatsapp,
        deposit_secs: settings.deposit_secs,
    })
}

fn origins(texts: &[String]) -> Checked<Vec<String>> {
    require(texts.len() <= ORIGINS_MAX)?;
    let mut origins = Vec::with_capacity(texts.len());
    for text in texts {
        let origin = normal_origin(text).ok_or(ErrorCode::Invalid)?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

fn phone(phone: &Phone) -> Checked<Phone> {
    number(&phone.number)?;
    line(&phone.note, 0, NOTE_MAX_CHARS)?;
    Ok(Phone { number: phone.number.trim().to_owned(), note: phone.note.trim().to_owned() })
}

fn whatsapp(whatsapp: &WhatsApp) -> Checked {
    let digits = &whatsapp.digits;
    require((7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SiteSettings {
        SiteSettings {
            key: None,
            name: "Help line".to_owned(),
            origins: vec!["https://Example.org/".to_owned(), "https://example.org".to_owned()],
            emergency: "112".to_owned(),
            phones: vec![Phone { number: "+34 900 123 456".to_owned(), note: "day and night".to_owned() }],
            whatsapp: Some(WhatsApp { digits: "34900123456".to_owned(), always: false }),
            deposit_secs: 120,
        }
    }

    #[test]
    fn a_site_is_kept_in_one_form() {
        let site = site(settings(), SiteKey([0; 12])).unwrap();
        assert_eq!(site.origins, ["https://example.org"]);
    }

    #[test]
    fn a_site_without_an_emergency_number_is_refused() {
        for emergency in ["", " ", "none", "1"] {
            let refused = site(SiteSettings { emergency: emergency.to_owned(), ..settings() }, SiteKey([0; 12]));
            assert_eq!(refused, Err(ErrorCode::Invalid), "{emergency:?}");
        }
    }

    #[test]
    fn a_site_with_a_strange_origin_or_number_is_refused() {
        let mut wrong = vec![settings(), settings(), settings(), settings()];
        wrong[0].origins = vec!["example.org".to_owned()];
        wrong[1].whatsapp = Some(WhatsApp { digits: "+34900".to_owned(), always: true });
        wrong[2].deposit_secs = 601;
        wrong[3].phones = vec![Phone { number: "javascript:1234".to_owned(), note: String::new() }];
        for settings in wrong {
            assert_eq!(site(settings, SiteKey([0; 12])), Err(ErrorCode::Invalid));
        }
    }
}
