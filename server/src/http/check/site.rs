//! What an administrator may set for a site.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use amparo_protocol::limits::DEPOSIT_MAX_SECS;
use amparo_protocol::settings::{
    ExitAddress, ExitAddresses, Handoff, HelpLink, PhoneNumber, SiteSettings, WhatsAppNumber,
};

use super::{Checked, NAME_MAX_CHARS, is_distinct, line, number, require};
use crate::config::normal_origin;
use crate::store::site::Site;

const ORIGINS_MAX: usize = 20;
const PHONES_MAX: usize = 10;
const WHATSAPP_MAX: usize = 10;
const LINKS_MAX: usize = 10;
const NOTE_MAX_CHARS: usize = 80;
const GREETING_MAX_CHARS: usize = 140;
const TITLE_MAX_CHARS: usize = 60;
const ADDRESS_MAX_BYTES: usize = 500;

/// A site in the form in which it is kept. Without an emergency number there is no public site.
pub fn site(settings: SiteSettings, key: SiteKey) -> Checked<Site> {
    line(&settings.name, 1, NAME_MAX_CHARS)?;
    number(&settings.emergency)?;
    line(&settings.look.title, 0, TITLE_MAX_CHARS)?;
    let counts = settings.phones.len() <= PHONES_MAX && settings.links.len() <= LINKS_MAX;
    require(counts && u64::from(settings.deposit_secs) <= DEPOSIT_MAX_SECS)?;
    let settings = SiteSettings {
        key: Some(key),
        name: trimmed(&settings.name),
        origins: origins(&settings.origins)?,
        emergency: trimmed(&settings.emergency),
        phones: settings.phones.iter().map(phone).collect::<Checked<_>>()?,
        whatsapp: handoff(settings.whatsapp)?,
        links: settings.links.iter().map(link).collect::<Checked<_>>()?,
        exit: exit(settings.exit)?,
        ..settings
    };
    Ok(Site { key, settings })
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

fn phone(phone: &PhoneNumber) -> Checked<PhoneNumber> {
    number(&phone.number)?;
    line(&phone.note, 0, NOTE_MAX_CHARS)?;
    require(is_distinct(&phone.languages))?;
    Ok(PhoneNumber { number: trimmed(&phone.number), note: trimmed(&phone.note), ..phone.clone() })
}

fn handoff(handoff: Handoff) -> Checked<Handoff> {
    require(handoff.numbers.len() <= WHATSAPP_MAX)?;
    let numbers = handoff.numbers.iter().map(whatsapp).collect::<Checked<_>>()?;
    Ok(Handoff { numbers, ..handoff })
}

/// wa.me takes the whole international number in digits; none begins with zero.
fn whatsapp(number: &WhatsAppNumber) -> Checked<WhatsAppNumber> {
    let digits = &number.digits;
    let is_international = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    require(is_international && !digits.starts_with('0') && is_distinct(&number.languages))?;
    line(&number.text, 0, GREETING_MAX_CHARS)?;
    Ok(WhatsAppNumber { text: trimmed(&number.text), ..number.clone() })
}

fn link(link: &HelpLink) -> Checked<HelpLink> {
    line(&link.title, 1, NAME_MAX_CHARS)?;
    require(is_distinct(&link.languages))?;
    Ok(HelpLink { title: trimmed(&link.title), address: address(&link.address)?, ..link.clone() })
}

fn exit(exit: ExitAddresses) -> Checked<ExitAddresses> {
    let default = if exit.address.trim().is_empty() { String::new() } else { address(&exit.address)? };
    let by_language =
        exit.by_language.iter().map(|of| Ok(ExitAddress { language: of.language, address: address(&of.address)? }));
    let by_language: Vec<ExitAddress> = by_language.collect::<Checked<_>>()?;
    let languages: Vec<_> = by_language.iter().map(|of| of.language).collect();
    require(is_distinct(&languages))?;
    Ok(ExitAddresses { address: default, by_language, ..exit })
}

/// An https address.
fn address(text: &str) -> Checked<String> {
    let text = text.trim();
    let uri: axum::http::Uri = text.parse().map_err(|_| ErrorCode::Invalid)?;
    let is_whole = uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| host.contains('.'));
    require(is_whole && text.len() <= ADDRESS_MAX_BYTES && text.is_ascii())?;
    Ok(text.to_owned())
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::{HandoffWhen, NumberKind};

    use super::*;

    const KEY: SiteKey = SiteKey([0; 12]);

    fn settings() -> SiteSettings {
        let phone = PhoneNumber {
            number: "+34 900 123 456".to_owned(),
            note: "day and night".to_owned(),
            kind: NumberKind::Voice,
            languages: vec![],
        };
        let number = WhatsAppNumber { digits: "34900123456".to_owned(), text: String::new(), languages: vec![] };
        SiteSettings {
            phones: vec![phone],
            whatsapp: Handoff { when: HandoffWhen::WhenClosed, numbers: vec![number] },
            ..SiteSettings::new(
                "Help line",
                vec!["https://Example.org/".to_owned(), "https://example.org".to_owned()],
                "112",
            )
        }
    }

    fn is_refused(change: impl FnOnce(&mut SiteSettings)) -> bool {
        let mut settings = settings();
        change(&mut settings);
        site(settings, KEY) == Err(ErrorCode::Invalid)
    }

    #[test]
    fn a_site_is_kept_in_one_form() {
        let site = site(settings(), KEY).unwrap();
        assert_eq!(site.settings.origins, ["https://example.org"]);
        assert_eq!(site.settings.key, Some(KEY));
    }

    #[test]
    fn a_site_without_an_emergency_number_is_refused() {
        for emergency in ["", " ", "none", "1"] {
            assert!(is_refused(|settings| settings.emergency = emergency.to_owned()), "{emergency:?}");
        }
    }

    #[test]
    fn strange_origins_numbers_and_addresses_are_refused() {
        assert!(is_refused(|settings| settings.origins = vec!["example.org".to_owned()]));
        assert!(is_refused(|settings| settings.deposit_secs = 601));
        assert!(is_refused(|settings| settings.phones[0].number = "javascript:1234".to_owned()));
        for digits in ["+34900", "0034900123456", "123456", "1234567890123456", "3490012345x"] {
            assert!(is_refused(|settings| settings.whatsapp.numbers[0].digits = digits.to_owned()), "{digits}");
        }
        for address in ["http://a.org", "https://", "javascript:alert(1)", "https://localhost", "//a.org"] {
            assert!(is_refused(|settings| settings.exit.address = address.to_owned()), "{address}");
            let link = HelpLink { title: "Rights".to_owned(), address: address.to_owned(), languages: vec![] };
            assert!(is_refused(|settings| settings.links = vec![link]), "{address}");
        }
    }
}
