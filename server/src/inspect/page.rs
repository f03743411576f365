//! A page of a website as a visitor's browser gets it: is the tag there, once, and as the console printed it.
//!
//! Never: a sentence; what was found is told in codes.

use amparo_protocol::finding::{Finding, Optimiser};
use amparo_protocol::id::{OrgKey, SiteKey};

use super::fetch::{self, Fetched};
use super::reach::Reach;
use crate::assets::Assets;
use crate::config::normal_origin;
use crate::store::site::Site;

/// What optimisers leave behind where they have taken scripts apart.
const OPTIMISERS: [(&str, Optimiser); 5] = [
    ("data-rocketlazyloadscript", Optimiser::WpRocket),
    ("text/rocketscript", Optimiser::RocketLoader),
    ("-text/javascript", Optimiser::RocketLoader),
    ("text/partytown", Optimiser::Partytown),
    ("litespeed/javascript", Optimiser::LiteSpeed),
];
const SOURCE_SHOWN_CHARS: usize = 200;

/// What a page is held against.
pub struct Expected<'a> {
    /// The relay as browsers reach it.
    pub relay: &'a str,
    pub org_key: Option<OrgKey>,
    /// Every site of this relay.
    pub sites: &'a [Site],
    /// The site whose page this should be; `None`: any will do.
    pub site: Option<SiteKey>,
    pub assets: &'a Assets,
}

pub async fn check(address: &str, reach: Reach, expected: &Expected<'_>) -> Vec<Finding> {
    match fetch::page(address, reach).await {
        Ok(page) if page.status.is_success() => inspect(&page, expected),
        Ok(page) => vec![Finding::Answers { status: page.status.as_u16() }],
        Err(why) => vec![Finding::Unreached { why }],
    }
}

fn inspect(page: &Fetched, expected: &Expected<'_>) -> Vec<Finding> {
    let is_https = page.address.scheme_str() == Some("https");
    let mut findings = vec![if is_https { Finding::Https } else { Finding::NotHttps }];
    match &tags(&page.body)[..] {
        [] => findings.push(Finding::TagMissing),
        [tag] => findings.extend(one(page, tag, expected)),
        more => findings.push(Finding::TagAgain { count: u32::try_from(more.len()).unwrap_or(u32::MAX) }),
    }
    findings
}

fn one(page: &Fetched, tag: &Tag<'_>, expected: &Expected<'_>) -> Vec<Finding> {
    let key = tag.value("data-site").and_then(SiteKey::from_text);
    let site = key.and_then(|key| expected.sites.iter().find(|site| site.key == key));
    let is_silent = tag.value("referrerpolicy") == Some("no-referrer");
    let optimiser = OPTIMISERS.iter().find(|(mark, _)| tag.text.contains(mark));
    let mut findings = vec![match site {
        None => Finding::UnknownSite,
        Some(site) if expected.site.is_some_and(|expected| expected != site.key) => Finding::OtherSite,
        Some(_) => Finding::KnownSite,
    }];
    findings.extend(site.map(|site| origin(page, site)));
    findings.push(org_key(tag, expected));
    findings.push(source(tag, expected));
    findings.push(if is_silent { Finding::ReferrerSilent } else { Finding::ReferrerSent });
    findings.extend(optimiser.map(|(_, by)| Finding::Optimised { by: *by }));
    findings.extend((!tag.has("async")).then_some(Finding::NotAsync));
    findings.push(policy(page, expected));
    findings
}

fn origin(page: &Fetched, site: &Site) -> Finding {
    let scheme = page.address.scheme_str().unwrap_or_default();
    let authority = page.address.authority().map_or("", |authority| authority.as_str());
    let origin = normal_origin(&format!("{scheme}://{authority}"));
    let is_allowed = origin.as_ref().is_some_and(|origin| site.settings.origins.contains(origin));
    if is_allowed { Finding::OriginAllowed } else { Finding::OriginNotAllowed }
}

fn org_key(tag: &Tag<'_>, expected: &Expected<'_>) -> Finding {
    let own = expected.org_key.map(OrgKey::to_text);
    match tag.value("data-org-key") {
        None => Finding::NoOrgKey,
        key if key == own.as_deref() => Finding::OwnOrgKey,
        Some(_) => Finding::OtherOrgKey,
    }
}

/// Where the program comes from, and whether the page holds it to its hash.
fn source(tag: &Tag<'_>, expected: &Expected<'_>) -> Finding {
    let source = tag.value("src").unwrap_or_default();
    let Some(path) = source.strip_prefix(expected.relay) else {
        let is_told = tag.value("data-relay") == Some(expected.relay);
        let source = source.chars().take(SOURCE_SHOWN_CHARS).collect();
        return if is_told { Finding::ServedByWebsite } else { Finding::OtherSource { source } };
    };
    let Some(pinned) = path.strip_prefix("/v/").and_then(|path| path.strip_suffix("/embed.js")) else {
        return Finding::NotPinned;
    };
    let integrity = expected.assets.integrity_of(pinned);
    let is_same = integrity.is_some() && tag.value("integrity") == integrity.as_deref();
    if is_same && tag.has("crossorigin") { Finding::Pinned } else { Finding::PinnedWrongly }
}

/// Only what shows at once: a policy that names neither the relay nor everything.
fn policy(page: &Fetched, expected: &Expected<'_>) -> Finding {
    let policy = page.header("content-security-policy");
    let host = expected.relay.split_once("://").map_or("", |(_, host)| host);
    let lets = policy.is_empty()
        || policy.contains(host)
        || policy.contains("https:")
        || !(policy.contains("script-src") || policy.contains("default-src"));
    if lets { Finding::PolicyLets } else { Finding::PolicyForbids }
}

/// A script element, as it stands in the page.
struct Tag<'a> {
    text: &'a str,
}

/// Every script element that is or was the tag.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let scripts = html.match_indices("<script").filter_map(|(at, _)| {
        let text = &html[at..];
        Some(Tag { text: &text[..text.find('>')?] })
    });
    scripts.filter(|tag| tag.has("data-site") || tag.text.contains("/embed.js")).collect()
}

impl<'a> Tag<'a> {
    fn has(&self, name: &str) -> bool {
        let is_edge = |sign: Option<char>| sign.is_none_or(|sign| sign.is_whitespace() || sign == '=');
        self.text.match_indices(name).any(|(at, _)| {
            is_edge(self.text[..at].chars().next_back()) && is_edge(self.text[at + name.len()..].chars().next())
        })
    }

    /// The value of an attribute, in the quotes that it has or in none.
    fn value(&self, name: &str) -> Option<&'a str> {
        let (at, _) = self.text.match_indices(name).find(|(at, _)| {
            self.text[..*at].ends_with(char::is_whitespace) && self.text[at + name.len()..].starts_with('=')
        })?;
        let rest = &self.text[at + name.len() + 1..];
        match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].split(quote).next(),
            _ => rest.split_whitespace().next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_read_however_it_is_written() {
        let page = r#"<script>var a</script><script async src='https://r/embed.js' data-site=KEY x="y">"#;
        let found = tags(page);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value("src"), Some("https://r/embed.js"));
        assert_eq!(found[0].value("data-site"), Some("KEY"));
        assert_eq!(found[0].value("site"), None);
        assert!(found[0].has("async") && !found[0].has("crossorigin"));
    }

    #[test]
    fn a_cut_page_is_no_tag_and_no_panic() {
        assert!(tags("<script data-site=").is_empty());
        assert!(tags("<script").is_empty());
        assert_eq!(tags("<script data-site=>").first().and_then(|tag| tag.value("data-site")), None);
        assert_eq!(tags("<script data-site='é>").first().and_then(|tag| tag.value("data-site")), Some("é"));
    }
}
