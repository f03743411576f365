//! The block for visitors whose browser runs no script: the exit, the numbers and the chat as a page of its own. It
//! stands in the website's page beside the tag, and the loader hides it.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{NumberKind, PhoneNumber, SiteSettings};

/// A page about nothing, where the site names none.
const EXIT_ADDRESS: &str = "https://www.wikipedia.org/";

/// As HTML, in one language. `chat`: the address of the page; `say`: the sentence of a key.
pub fn static_block(
    settings: &SiteSettings,
    language: Language,
    chat: &str,
    say: impl Fn(&'static str) -> String,
) -> String {
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    let meant = |phone: &&PhoneNumber| phone.languages.is_empty() || phone.languages.contains(&language);
    let phones = settings.phones.iter().filter(meant).map(|phone| {
        let scheme = if phone.kind == NumberKind::Sms { "sms" } else { "tel" };
        format!("  <p>{} {}</p>\n", linked(scheme, &phone.number), escaped(&phone.note))
    });
    format!(
        "<aside data-amparo-static lang=\"{}\" dir=\"{direction}\">\n  \
         <p><a href=\"{}\" rel=\"noreferrer\" data-amparo-exit>{}</a></p>\n  \
         <p>{} {}</p>\n{}  \
         <p><a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">{}</a></p>\n</aside>",
        language.tag(),
        escaped(exit_address(settings, language)),
        escaped(&say("static.exit")),
        escaped(&say("static.emergency")),
        linked("tel", &settings.emergency),
        phones.collect::<String>(),
        escaped(chat),
        escaped(&say("static.open")),
    )
}

fn exit_address(settings: &SiteSettings, language: Language) -> &str {
    let own = settings.exit.by_language.iter().find(|own| own.language == language);
    let address = own.map_or(settings.exit.address.as_str(), |own| own.address.as_str());
    if address.is_empty() { EXIT_ADDRESS } else { address }
}

/// Digits and a leading plus; what people write between them does not dial.
fn linked(scheme: &str, number: &str) -> String {
    let signs = number.char_indices().filter(|(at, sign)| sign.is_ascii_digit() || (*at == 0 && *sign == '+'));
    let dialled: String = signs.map(|(_, sign)| sign).collect();
    format!("<a dir=\"ltr\" href=\"{scheme}:{dialled}\">{}</a>", escaped(number))
}

fn escaped(text: &str) -> String {
    let entities = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    entities.into_iter().fold(text.to_owned(), |text, (sign, entity)| text.replace(sign, entity))
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::ExitAddress;

    use super::*;

    fn phone(number: &str, kind: NumberKind, languages: Vec<Language>) -> PhoneNumber {
        PhoneNumber { number: number.to_owned(), kind, languages, note: "<day & night>".to_owned() }
    }

    #[test]
    fn the_block_has_the_exit_the_numbers_of_its_language_and_the_chats_page() {
        let mut settings = SiteSettings::new("Help", Vec::new(), "112");
        settings.phones = vec![
            phone("+34 900 10", NumberKind::Voice, Vec::new()),
            phone("600", NumberKind::Sms, vec![Language::Es]),
            phone("700", NumberKind::Voice, vec![Language::It]),
        ];
        settings.exit.by_language =
            vec![ExitAddress { language: Language::Es, address: "https://tiempo.example".to_owned() }];
        let block = static_block(&settings, Language::Es, "https://relay.example/chat?site=K", str::to_owned);
        for part in [
            "<aside data-amparo-static lang=\"es\" dir=\"ltr\">",
            "href=\"https://tiempo.example\" rel=\"noreferrer\" data-amparo-exit>static.exit<",
            "static.emergency <a dir=\"ltr\" href=\"tel:112\">112</a>",
            "href=\"tel:+3490010\">+34 900 10</a> &lt;day &amp; night&gt;",
            "href=\"sms:600\"",
            "href=\"https://relay.example/chat?site=K\" target=\"_blank\"",
        ] {
            assert!(block.contains(part), "{part} in {block}");
        }
        assert!(!block.contains("700"), "a number of another language");
    }
}
