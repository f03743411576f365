//! A page of a website as a visitor's browser gets it: is the tag there, once, and as the console printed it.

use amparo_protocol::id::SiteKey;

use super::Report;
use super::fetch::{self, Fetched};
use crate::assets::Assets;
use crate::cli::{Stop, prepare};
use crate::config::{Config, normal_origin};
use crate::store::Store;
use crate::store::site::Site;

/// What optimisers leave behind where they have taken scripts apart.
const OPTIMISERS: [(&str, &str); 5] = [
    ("data-rocketlazyloadscript", "WP Rocket delays it"),
    ("text/rocketscript", "Cloudflare's Rocket Loader delays it"),
    ("-text/javascript", "Cloudflare's Rocket Loader delays it"),
    ("text/partytown", "Partytown moves it elsewhere"),
    ("litespeed/javascript", "LiteSpeed delays it"),
];

pub async fn check(config: &Config, store: &Store, address: &str, report: &mut Report) -> Result<(), Stop> {
    let page = match fetch::page(address).await {
        Ok(page) if page.status.is_success() => page,
        Ok(page) => {
            report.bad("page", &format!("{address} answers {}", page.status));
            return Ok(());
        }
        Err(why) => {
            report.bad("page", &format!("{address}: {why}"));
            return Ok(());
        }
    };
    let is_https = page.address.scheme_str() == Some("https");
    report.check("page", is_https, "is on https", "is not on https: browsers refuse the chat there");
    let tags: Vec<Tag> = tags(&page.body);
    match &tags[..] {
        [] => report.bad("tag", "is not on this page, or a script puts it there later"),
        [tag] => one(config, store, &page, tag, report).await?,
        more => report.bad("tag", &format!("is on this page {} times", more.len())),
    }
    Ok(())
}

async fn one(config: &Config, store: &Store, page: &Fetched, tag: &Tag<'_>, report: &mut Report) -> Result<(), Stop> {
    let key = tag.value("data-site").and_then(SiteKey::from_text);
    let site = match key {
        Some(key) => store.site(key).await.map_err(prepare::failed)?,
        None => None,
    };
    report.check("tag", site.is_some(), "names a site of this relay", "names no site of this relay: copy it again");
    if let Some(site) = &site {
        origin(page, site, report);
    }
    let organisation = store.organisation().await.map_err(prepare::failed)?;
    let own_key = organisation.map(|organisation| organisation.org_key.to_text());
    match tag.value("data-org-key") {
        None => report.bad("data-org-key", "is missing: the relay could invent a counselor"),
        key => report.check("data-org-key", key == own_key.as_deref(), "is yours", "is another organisation's"),
    }
    source(config, tag, report);
    let is_silent = tag.value("referrerpolicy") == Some("no-referrer");
    report.check("referrer", is_silent, "is not sent", "the tag has lost referrerpolicy=\"no-referrer\"");
    if let Some((_, why)) = OPTIMISERS.iter().find(|(mark, _)| tag.text.contains(mark)) {
        report.bad("optimiser", &format!("{why}: except the tag from it"));
    }
    if !tag.has("async") {
        report.bad("async", "is missing: the page waits for the chat");
    }
    policy(config, page, report);
    Ok(())
}

fn origin(page: &Fetched, site: &Site, report: &mut Report) {
    let scheme = page.address.scheme_str().unwrap_or_default();
    let authority = page.address.authority().map_or("", |authority| authority.as_str());
    let origin = normal_origin(&format!("{scheme}://{authority}"));
    let is_allowed = origin.as_ref().is_some_and(|origin| site.settings.origins.contains(origin));
    let bad = "is not among the site's addresses in the console";
    report.check("origin", is_allowed, "is allowed to show the chat", bad);
}

/// Where the program comes from, and whether the page holds it to its hash.
fn source(config: &Config, tag: &Tag<'_>, report: &mut Report) {
    let source = tag.value("src").unwrap_or_default();
    let Some(path) = source.strip_prefix(&config.public_url) else {
        let is_told = tag.value("data-relay") == Some(config.public_url.as_str());
        let bad = format!("the tag loads {source}, which is not this relay");
        report.check("source", is_told, "the website serves the program", &bad);
        return;
    };
    let Some(pinned) = path.strip_prefix("/v/").and_then(|path| path.strip_suffix("/embed.js")) else {
        report.good("integrity", "not pinned: the program comes from the relay and follows its upgrades");
        return;
    };
    let assets = Assets::new(&config.data);
    let integrity = assets.integrity_of(pinned);
    let same = integrity.is_some() && tag.value("integrity") == integrity.as_deref();
    let bad = "the tag is pinned to a program that this relay does not serve: copy it again";
    report.check("integrity", same && tag.has("crossorigin"), "pinned to a program that is served", bad);
}

/// Only what shows at once: a policy that names neither the relay nor everything.
fn policy(config: &Config, page: &Fetched, report: &mut Report) {
    let policy = page.header("content-security-policy");
    let host = config.public_url.split_once("://").map_or("", |(_, host)| host);
    let lets = policy.is_empty()
        || policy.contains(host)
        || policy.contains("https:")
        || !(policy.contains("script-src") || policy.contains("default-src"));
    let bad = "the page's content policy does not name the relay: see docs/webmaster.md, Strict content policies";
    report.check("policy", lets, "the page's content policy leaves room for the chat", bad);
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
