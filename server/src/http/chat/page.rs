//! The page of `/chat`: who to call and when, and the way to WhatsApp with what must be read before it. Complete without
//! scripts.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, LineSettings, SiteSettings, Weekday};
use amparo_protocol::wire::{Link, Phone, PhoneKind, Spoken};

use super::words::Words;
use crate::relay::spoken::whatsapp_link;
use crate::tag::escaped;

/// A page about nothing, for whoever must leave at once.
const EXIT_ADDRESS: &str = "https://www.wikipedia.org/";

const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "day.monday"),
    (Weekday::Tuesday, "day.tuesday"),
    (Weekday::Wednesday, "day.wednesday"),
    (Weekday::Thursday, "day.thursday"),
    (Weekday::Friday, "day.friday"),
    (Weekday::Saturday, "day.saturday"),
    (Weekday::Sunday, "day.sunday"),
];

pub struct Page<'a> {
    pub words: &'static Words,
    pub site_key: String,
    pub site: &'a SiteSettings,
    pub line: &'a LineSettings,
    pub spoken: &'a Spoken,
    pub organisation: &'a str,
    pub org_key: String,
    pub pass: String,
    /// For the frame's own script and style, which `chat.js` writes into the page.
    pub nonce: String,
    pub relay: &'a str,
    pub version: &'a str,
}

/// The page itself never scrolls: the exit stays above what does, which is the numbers or the chat.
const STYLE: &str = "body{margin:0;display:flex;flex-direction:column;block-size:100vh;block-size:100dvh}body>p{margin:0}\
[data-amparo-exit]{display:inline-block;padding:.75rem 1rem}\
.am-static{flex:1;overflow:auto;box-sizing:border-box;inline-size:100%;max-inline-size:46rem;margin-inline:auto;padding:0 1rem 1rem}\
.am-widget{flex:1;min-block-size:0;inline-size:100%}";

impl Page<'_> {
    /// An opaque origin of its own. The relay's address stands beside `'self'`, which not every browser grants to a
    /// sandboxed page.
    pub fn policy(&self) -> String {
        let Self { relay, nonce, .. } = self;
        let socket = relay.replacen("http", "ws", 1);
        format!(
            "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
             script-src 'self' {relay} 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' {relay} 'nonce-{nonce}'; \
             img-src 'self' data:; connect-src 'self' {relay} {socket}; form-action 'none'; base-uri 'none'; \
             frame-ancestors 'none'; object-src 'none'"
        )
    }

    pub fn html(&self) -> String {
        let Self { words, relay, version, nonce, site_key, pass, org_key, .. } = self;
        let address = format!("{relay}/v/{version}");
        let phone = self.spoken.phones.first().map(|phone| phone.number.as_str()).unwrap_or_default();
        let whatsapp = self.spoken.whatsapp.as_ref().map(|whatsapp| whatsapp.digits.as_str()).unwrap_or_default();
        format!(
            r#"<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="amparo-relay" content="{relay}">
<meta name="amparo-site" content="{site_key}">
<meta name="amparo-pass" content="{pass}">
<meta name="amparo-org-key" content="{org_key}">
<meta name="amparo-phone" content="{phone}">
<meta name="amparo-emergency" content="{emergency}">
<meta name="amparo-whatsapp" content="{whatsapp}">
<meta name="amparo-version" content="{version}">
<meta name="amparo-nonce" content="{nonce}">
<title>{title}</title>
<link rel="stylesheet" href="{address}/widget.css" crossorigin>
<style nonce="{nonce}">{STYLE}</style>
<script defer src="{address}/chat.js" crossorigin></script>
</head>
<body>
<p><a data-test="exit" data-amparo-exit href="{exit_address}" rel="noreferrer">{exit}</a></p>
<main id="amparo-chat" class="am-static" data-test="chat-static">
{languages}
<h1>{organisation}</h1>
<p>{explanation}</p>
{numbers}{whatsapp_card}{hours}{links}
</main>
</body>
</html>
"#,
            language = words.language.tag(),
            direction = if words.language.is_right_to_left() { "rtl" } else { "ltr" },
            phone = escaped(phone),
            emergency = escaped(&self.site.emergency),
            whatsapp = escaped(whatsapp),
            title = words.get("title"),
            exit_address = escaped(self.exit_address()),
            exit = words.get("exit"),
            languages = self.languages(),
            organisation = escaped(self.organisation),
            explanation = words.get("explanation"),
            numbers = self.numbers(),
            whatsapp_card = self.whatsapp(),
            hours = self.hours(),
            links = self.links(),
        )
    }

    fn exit_address(&self) -> &str {
        let exit = &self.site.exit;
        let own = exit.by_language.iter().find(|own| own.language == self.words.language);
        let address = own.map_or(exit.address.as_str(), |own| own.address.as_str());
        if address.is_empty() { EXIT_ADDRESS } else { address }
    }

    fn languages(&self) -> String {
        let links = Language::ALL.into_iter().map(|language| {
            let current = if language == self.words.language { r#" aria-current="true""# } else { "" };
            let (tag, name, key) = (language.tag(), language.own_name(), &self.site_key);
            format!(r#"<a href="/chat?site={key}&amp;lang={tag}" lang="{tag}" hreflang="{tag}"{current}>{name}</a>"#)
        });
        format!(r#"<nav class="am-languages">{}</nav>"#, links.collect::<String>())
    }

    fn numbers(&self) -> String {
        let trace = self.words.get("call.trace");
        let emergency =
            item("emergency", &format!("<b>{}</b> {}", self.words.get("emergency"), dial(&self.site.emergency)));
        let phones = self.spoken.phones.iter().map(|phone| item("phone", &self.phone(phone))).collect::<String>();
        format!("<ul>{emergency}{phones}</ul><p>{trace}</p>")
    }

    fn phone(&self, phone: &Phone) -> String {
        let note = escaped(&phone.note);
        match phone.kind {
            PhoneKind::Voice => format!("{} {note}", dial(&phone.number)),
            PhoneKind::Sms => format!("{} {} {note}", self.words.get("kind.sms"), linked("sms", &phone.number)),
            PhoneKind::TextPhone => format!("{} {} {note}", self.words.get("kind.text-phone"), dial(&phone.number)),
        }
    }

    /// What must be known stands before the link.
    fn whatsapp(&self) -> String {
        let Some(whatsapp) = &self.spoken.whatsapp else { return String::new() };
        let words = self.words;
        let seen = words.get("whatsapp.number").replace("{organisation}", self.organisation);
        format!(
            r#"<section data-test="whatsapp-card"><p>{}</p><p>{}</p><p>{}</p><p><a data-test="whatsapp" href="{}" rel="noreferrer noopener" target="_blank">{}</a> <span dir="ltr">+{}</span></p></section>"#,
            escaped(&seen),
            words.get("whatsapp.stays"),
            words.get("whatsapp.name"),
            escaped(&whatsapp_link(&whatsapp.digits, &whatsapp.text)),
            words.get("whatsapp.open"),
            escaped(&whatsapp.digits),
        )
    }

    fn hours(&self) -> String {
        let channels =
            [(Channel::Phone, "hours.phone"), (Channel::Web, "hours.web"), (Channel::WhatsApp, "hours.whatsapp")];
        let tables: String = channels.into_iter().map(|(channel, key)| self.channel_hours(channel, key)).collect();
        if tables.is_empty() {
            return tables;
        }
        let zone = self.words.get("hours.zone").replace("{zone}", &escaped(&self.line.time_zone.replace('_', " ")));
        format!(r#"<section data-test="hours">{tables}<p>{zone}</p></section>"#)
    }

    fn channel_hours(&self, channel: Channel, key: &str) -> String {
        let language = self.words.language;
        let is_meant = |of: Option<Language>| of.is_none_or(|of| of == language);
        let meant: Vec<_> =
            self.line.hours.iter().filter(|hours| hours.channel == channel && is_meant(hours.language)).collect();
        let days = DAYS.iter().filter_map(|(day, key)| {
            let mut of_day: Vec<_> = meant.iter().filter(|hours| hours.day == *day).collect();
            of_day.sort_by_key(|hours| hours.from_minute);
            let spans: Vec<String> =
                of_day.iter().map(|hours| format!("{}–{}", clock(hours.from_minute), clock(hours.to_minute))).collect();
            let spans = spans.join(", ");
            let name = self.words.get(key);
            (!spans.is_empty()).then(|| format!(r#"<li>{name} <bdi dir="ltr">{spans}</bdi></li>"#))
        });
        let days: String = days.collect();
        if days.is_empty() { days } else { format!("<p>{}</p><ul>{days}</ul>", self.words.get(key)) }
    }

    fn links(&self) -> String {
        if self.spoken.links.is_empty() {
            return String::new();
        }
        let items = self.spoken.links.iter().map(|Link { title, address }| {
            let (address, title) = (escaped(address), escaped(title));
            format!(r#"<li><a href="{address}" rel="noreferrer noopener" target="_blank" dir="auto">{title}</a></li>"#)
        });
        format!("<section><p>{}</p><ul>{}</ul></section>", self.words.get("links.heading"), items.collect::<String>())
    }
}

/// For a site that is not known.
pub fn unknown(words: &Words) -> String {
    format!(
        r#"<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{}</title></head><body><p data-test="unknown-site">{}</p></body></html>"#,
        words.language.tag(),
        if words.language.is_right_to_left() { "rtl" } else { "ltr" },
        words.get("title"),
        words.get("unknown")
    )
}

fn item(test: &str, html: &str) -> String {
    format!(r#"<li data-test="{test}">{html}</li>"#)
}

fn dial(number: &str) -> String {
    linked("tel", number)
}

/// Digits and a leading plus; what people write between them does not dial.
fn linked(scheme: &str, number: &str) -> String {
    let signs = number.char_indices().filter(|(at, sign)| sign.is_ascii_digit() || (*at == 0 && *sign == '+'));
    let dialled: String = signs.map(|(_, sign)| sign).collect();
    format!(r#"<a dir="ltr" href="{scheme}:{dialled}">{}</a>"#, escaped(number))
}

/// Hours and minutes; the end of a day is its twenty-fourth hour.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
