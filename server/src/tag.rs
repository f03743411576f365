//! The script tag that a webmaster copies.

use amparo_protocol::id::OrgKey;
use amparo_protocol::settings::{Handoff, HandoffWhen, SiteSettings};

use crate::assets::Assets;
use crate::store::site::Site;

/// What a site's tag is made of.
pub struct Tag<'a> {
    pub relay: &'a str,
    pub org_key: OrgKey,
    pub site: &'a Site,
    pub assets: &'a Assets,
}

impl Tag<'_> {
    /// Follows every upgrade of the relay by itself.
    pub fn plain(&self) -> String {
        format!(r#"<script async src="{}/embed.js"{}></script>"#, self.relay, self.attributes())
    }

    /// The same for a page of our own, whose policy names this nonce.
    pub fn with_nonce(&self, nonce: &str) -> String {
        format!(r#"<script async nonce="{nonce}" src="{}/embed.js"{}></script>"#, self.relay, self.attributes())
    }

    /// Runs this version of the program and no other, whatever the relay serves later.
    pub fn pinned(&self) -> String {
        format!(
            r#"<script async src="{}/v/{}/embed.js" integrity="{}" crossorigin{}></script>"#,
            self.relay,
            self.assets.version(),
            self.assets.loader_integrity(),
            self.attributes()
        )
    }

    fn attributes(&self) -> String {
        let mut attributes = format!(
            r#" data-site="{}" data-org-key="{}" data-emergency="{}""#,
            self.site.key.to_text(),
            self.org_key.to_text(),
            escaped(&self.site.settings.emergency)
        );
        let SiteSettings { phones, whatsapp, look, exit, .. } = &self.site.settings;
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                attributes.push_str(&format!(r#" data-{name}="{}""#, escaped(value)));
            }
        };
        add("phone", phones.first().map(|phone| phone.number.as_str()).unwrap_or_default());
        add("whatsapp", offered_when_closed(whatsapp).unwrap_or_default());
        add("title", &look.title);
        add("position", if look.at_start { "start" } else { "" });
        add("exit", if exit.on_every_page { "page" } else { "" });
        add("exit-url", &exit.address);
        for of in &exit.by_language {
            add(&format!("exit-url-{}", of.language.tag().to_ascii_lowercase()), &of.address);
        }
        attributes.push_str(r#" referrerpolicy="no-referrer""#);
        attributes
    }
}

/// The number that the loader may show by itself when the relay cannot be reached.
fn offered_when_closed(handoff: &Handoff) -> Option<&str> {
    let number = handoff.numbers.first().filter(|_| handoff.when != HandoffWhen::Never)?;
    Some(&number.digits)
}

/// Text that may stand in HTML, also within quotes.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_an_attribute() {
        assert_eq!(escaped(r#"<a b="c">'&"#), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
    }
}
