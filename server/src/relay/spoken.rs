//! What a site says to a visitor, out of what the organisation has set: numbers, hand-off, hours, own words.
//!
//! Never: anything about a member or a visitor.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, Handoff, HandoffWhen, LineSettings, NumberKind, SimpleWords, SiteSettings};
use amparo_protocol::wire::{Link, Manner, Opening, OwnWords, Phone, PhoneKind, QrCode, Spoken, WhatsApp};
use qrcodegen::{QrCode as Code, QrCodeEcc};

use super::colour::accent;
use super::hours::{Now, Schedule};

/// The texts of one language and site. A site that was removed meanwhile still says whether somebody is there.
pub fn spoken(
    site: Option<&SiteSettings>,
    line: &LineSettings,
    schedule: &Schedule,
    language: Language,
    opening: Opening,
    now_secs: u64,
) -> Spoken {
    let opens = |channel| match schedule.now(channel, language, now_secs) {
        Now::Closed { opens_unix_secs } => opens_unix_secs,
        Now::Open | Now::Unset => None,
    };
    Spoken {
        language,
        line: opening,
        phones: site.map(|site| phones(site, language)).unwrap_or_default(),
        phones_open_unix_secs: opens(Channel::Phone),
        whatsapp: site.and_then(|site| whatsapp(&site.whatsapp, language, opens(Channel::WhatsApp))),
        links: site.map(|site| links(site, language)).unwrap_or_default(),
        surge: surge(line, language),
        texts: own_words(line, language),
    }
}

pub fn manner(site: Option<&SiteSettings>) -> Manner {
    let words = site.map_or(SimpleWords::Off, |site| site.simple_words);
    Manner {
        accent: site.and_then(|site| site.look.accent).map(accent),
        is_discreet: site.is_some_and(|site| site.is_discreet),
        covers_when_hidden: site.is_some_and(|site| site.covers_when_hidden),
        offers_simple_words: words == SimpleWords::Offered,
        speaks_simple_words: words == SimpleWords::Always,
    }
}

/// The address of the hand-off: digits, and at most a greeting that the organisation has written.
pub fn whatsapp_link(digits: &str, greeting: &str) -> String {
    let mut link = format!("https://wa.me/{digits}");
    if !greeting.is_empty() {
        link.push_str("?text=");
        for byte in greeting.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => link.push(char::from(byte)),
                other => link.push_str(&format!("%{other:02X}")),
            }
        }
    }
    link
}

fn phones(site: &SiteSettings, language: Language) -> Vec<Phone> {
    let meant = site.phones.iter().filter(|phone| is_meant(&phone.languages, language));
    let phone = |phone: &amparo_protocol::settings::PhoneNumber| Phone {
        number: phone.number.clone(),
        note: phone.note.clone(),
        kind: match phone.kind {
            NumberKind::Voice => PhoneKind::Voice,
            NumberKind::Sms => PhoneKind::Sms,
            NumberKind::TextPhone => PhoneKind::TextPhone,
        },
    };
    meant.map(phone).collect()
}

fn whatsapp(handoff: &Handoff, language: Language, opens_unix_secs: Option<u64>) -> Option<WhatsApp> {
    let always = match handoff.when {
        HandoffWhen::Never => return None,
        HandoffWhen::WhenClosed => false,
        HandoffWhen::Always => true,
    };
    let number = handoff.numbers.iter().find(|number| is_meant(&number.languages, language))?;
    let qr = qr_code(&whatsapp_link(&number.digits, &number.text));
    Some(WhatsApp { digits: number.digits.clone(), text: number.text.clone(), always, opens_unix_secs, qr })
}

fn links(site: &SiteSettings, language: Language) -> Vec<Link> {
    let meant = site.links.iter().filter(|link| is_meant(&link.languages, language));
    meant.map(|link| Link { title: link.title.clone(), address: link.address.clone() }).collect()
}

fn surge(line: &LineSettings, language: Language) -> Option<String> {
    let own = || line.surge.texts.iter().find(|text| text.language == language).map(|text| text.text.clone());
    line.surge.is_on.then(|| own().unwrap_or_default())
}

fn own_words(line: &LineSettings, language: Language) -> Vec<OwnWords> {
    let meant = line.texts.iter().filter(|text| text.language == language);
    meant.map(|text| OwnWords { key: text.key.clone(), text: text.text.clone() }).collect()
}

fn is_meant(languages: &[Language], language: Language) -> bool {
    languages.is_empty() || languages.contains(&language)
}

/// Nothing but what the address says; an address that is too long for a code gets none.
fn qr_code(address: &str) -> QrCode {
    let Ok(code) = Code::encode_text(address, QrCodeEcc::Medium) else {
        return QrCode { size: 0, modules: Vec::new() };
    };
    let side = code.size();
    let mut modules = vec![0; usize::try_from(side * side).expect("at most 177 modules a side").div_ceil(8)];
    for (at, place) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).enumerate() {
        if code.get_module(place.0, place.1) {
            modules[at / 8] |= 0x80 >> (at % 8);
        }
    }
    QrCode { size: u8::try_from(side).expect("at most 177 modules a side"), modules }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::WhatsAppNumber;

    use super::*;

    fn number(digits: &str, text: &str, languages: &[Language]) -> WhatsAppNumber {
        WhatsAppNumber { digits: digits.to_owned(), text: text.to_owned(), languages: languages.to_vec() }
    }

    #[test]
    fn the_address_holds_the_digits_and_the_greeting_and_nothing_else() {
        assert_eq!(whatsapp_link("34600111222", ""), "https://wa.me/34600111222");
        let greeted = whatsapp_link("34600111222", "Hola, ¿está?");
        assert_eq!(greeted, "https://wa.me/34600111222?text=Hola%2C%20%C2%BFest%C3%A1%3F");
    }

    #[test]
    fn the_first_number_that_fits_the_language_is_offered_where_the_organisation_wants_it() {
        let numbers = vec![number("1000000", "", &[Language::Ar]), number("2000000", "", &[])];
        let handoff = |when| Handoff { when, numbers: numbers.clone() };
        let digits = |when, language| whatsapp(&handoff(when), language, None).map(|whatsapp| whatsapp.digits);
        assert_eq!(digits(HandoffWhen::Always, Language::Ar).as_deref(), Some("1000000"));
        assert_eq!(digits(HandoffWhen::WhenClosed, Language::Es).as_deref(), Some("2000000"));
        assert_eq!(digits(HandoffWhen::Never, Language::Es), None);
    }

    #[test]
    fn the_code_is_a_square_with_its_three_corners() {
        let code = qr_code("https://wa.me/34600111222");
        let is_dark = |x: usize, y: usize| {
            let at = y * usize::from(code.size) + x;
            code.modules[at / 8] & (0x80 >> (at % 8)) != 0
        };
        let last = usize::from(code.size) - 1;
        for (x, y) in [(0, 0), (last, 0), (0, last)] {
            assert!(is_dark(x, y), "{x} {y}");
        }
        assert_eq!(code.modules.len(), (usize::from(code.size) * usize::from(code.size)).div_ceil(8));
    }
}
