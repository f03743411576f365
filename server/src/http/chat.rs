//! `/chat`: the direct link for websites without the tag. A plain page that says who to call, and with scripts the
//! chat; sandboxed, so that it shares nothing with the console.
//!
//! The page is complete without scripts. `chat.js` reads the `amparo-…` meta tags and takes `#amparo-chat` over.

use amparo_protocol::id::{SiteKey, to_base64};
use amparo_protocol::language::Language;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::headers::{NO_PERMISSIONS, PERMISSIONS_POLICY};
use crate::app::App;
use crate::error::ApiError;
use crate::store::site::Site;
use crate::tag::escaped;

/// A page about nothing, for whoever must leave at once.
const EXIT_ADDRESS: &str = "https://www.wikipedia.org/";

#[derive(Deserialize)]
pub struct Asked {
    /// Which site's numbers; the first one's where it is left out.
    site: Option<String>,
}

/// `GET /chat`
pub async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let words = Words::of(&headers);
    let (Some(site), Some(organisation)) = (asked_site(&app, &asked).await?, app.store.organisation().await?) else {
        return Ok((StatusCode::NOT_FOUND, Html(unknown_page(words))).into_response());
    };
    let page = Page {
        words,
        site: &site,
        organisation: &organisation.name,
        org_key: organisation.org_key.to_text(),
        pass: app.relay.issue_pass(site.key).await.to_text(),
        nonce: to_base64(&app.random.bytes::<16>()),
        relay: &app.config.public_url,
        version: app.assets.version(),
    };
    let policies =
        [(header::CONTENT_SECURITY_POLICY, page.policy()), (PERMISSIONS_POLICY.clone(), NO_PERMISSIONS.to_owned())];
    Ok((policies, Html(page.html())).into_response())
}

async fn asked_site(app: &App, asked: &Asked) -> Result<Option<Site>, ApiError> {
    match &asked.site {
        Some(key) => match SiteKey::from_text(key) {
            Some(key) => Ok(app.store.site(key).await?),
            None => Ok(None),
        },
        None => Ok(app.store.sites().await?.into_iter().next()),
    }
}

struct Page<'a> {
    words: &'static Words,
    site: &'a Site,
    organisation: &'a str,
    org_key: String,
    pass: String,
    /// For the frame's own script and style, which `chat.js` writes into the page.
    nonce: String,
    relay: &'a str,
    version: &'a str,
}

impl Page<'_> {
    /// An opaque origin of its own. The relay's address stands beside `'self'`, which not every browser grants to a
    /// sandboxed page.
    fn policy(&self) -> String {
        let Self { relay, nonce, .. } = self;
        let socket = relay.replacen("http", "ws", 1);
        format!(
            "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
             script-src 'self' {relay} 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' {relay} 'nonce-{nonce}'; \
             img-src 'self' data:; connect-src 'self' {relay} {socket}; form-action 'none'; base-uri 'none'; \
             frame-ancestors 'none'; object-src 'none'"
        )
    }

    fn html(&self) -> String {
        let Self { words, site, relay, version, nonce, .. } = self;
        let address = format!("{relay}/v/{version}");
        let phones: String = site.phones.iter().map(|phone| contact(&phone.number, &phone.note, "phone")).collect();
        let emergency = contact(&site.emergency, words.emergency, "emergency");
        let whatsapp = site.whatsapp.as_ref().map(|whatsapp| whatsapp.digits.as_str()).unwrap_or_default();
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
<meta name="amparo-emergency" content="{emergency_number}">
<meta name="amparo-whatsapp" content="{whatsapp}">
<meta name="amparo-version" content="{version}">
<meta name="amparo-nonce" content="{nonce}">
<title>{title}</title>
<link rel="stylesheet" href="{address}/widget.css" crossorigin>
<script defer src="{address}/chat.js" crossorigin></script>
</head>
<body>
<p><a data-test="exit" data-amparo-exit href="{EXIT_ADDRESS}" rel="noreferrer">{exit}</a></p>
<main id="amparo-chat" data-test="chat-static">
<h1>{organisation}</h1>
<p>{explanation}</p>
<ul>{emergency}{phones}</ul>
</main>
</body>
</html>
"#,
            language = words.language.tag(),
            direction = if words.language.is_right_to_left() { "rtl" } else { "ltr" },
            site_key = site.key.to_text(),
            pass = self.pass,
            org_key = self.org_key,
            phone = escaped(site.phones.first().map(|phone| phone.number.as_str()).unwrap_or_default()),
            emergency_number = escaped(&site.emergency),
            whatsapp = escaped(whatsapp),
            title = words.title,
            exit = words.exit,
            organisation = escaped(self.organisation),
            explanation = words.explanation,
        )
    }
}

fn contact(number: &str, note: &str, test: &str) -> String {
    let dialled: String = number
        .chars()
        .enumerate()
        .filter(|(at, sign)| sign.is_ascii_digit() || (*at == 0 && *sign == '+'))
        .map(|(_, sign)| sign)
        .collect();
    format!(
        r#"<li data-test="{test}"><a dir="ltr" href="tel:{dialled}">{}</a> {}</li>"#,
        escaped(number),
        escaped(note)
    )
}

fn unknown_page(words: &Words) -> String {
    format!(
        r#"<!doctype html><html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{}</title></head><body><p data-test="unknown-site">{}</p></body></html>"#,
        words.language.tag(),
        words.title,
        words.unknown
    )
}

/// The page's own sentences. It cannot fetch texts: it must stand without scripts.
struct Words {
    language: Language,
    /// Neutral: it stays in the browser's history.
    title: &'static str,
    exit: &'static str,
    explanation: &'static str,
    emergency: &'static str,
    unknown: &'static str,
}

static ENGLISH: Words = Words {
    language: Language::En,
    title: "Contact",
    exit: "Leave this page",
    explanation: "The chat opens here in a moment. If it does not, call; it costs you no explanation.",
    emergency: "In an emergency",
    unknown: "This address leads to no chat. Check the link, or call the organisation.",
};

static ARABIC: Words = Words {
    language: Language::Ar,
    title: "تواصل",
    exit: "غادر هذه الصفحة",
    explanation: "ستُفتح الدردشة هنا بعد لحظات. إن لم تُفتح فاتصل بنا، ولن يُطلب منك أي تفسير.",
    emergency: "في حالة الطوارئ",
    unknown: "هذا العنوان لا يؤدي إلى أي دردشة. تحقق من الرابط أو اتصل بالمنظمة.",
};

impl Words {
    /// By the first language that the browser prefers and the page has.
    fn of(headers: &HeaderMap) -> &'static Self {
        let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|preferred| preferred.to_str().ok());
        let known = preferred.unwrap_or_default().split(',').find_map(|tag| {
            match Language::from_tag(tag.split(';').next().unwrap_or_default().trim()) {
                Some(Language::Ar) => Some(&ARABIC),
                Some(Language::En) => Some(&ENGLISH),
                _ => None,
            }
        });
        known.unwrap_or(&ENGLISH)
    }
}
