//! The script tag that a webmaster copies.

use amparo_protocol::id::OrgKey;

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
            escaped(&self.site.emergency)
        );
        if let Some(phone) = self.site.phones.first() {
            attributes.push_str(&format!(r#" data-phone="{}""#, escaped(&phone.number)));
        }
        if let Some(whatsapp) = &self.site.whatsapp {
            attributes.push_str(&format!(r#" data-whatsapp="{}""#, escaped(&whatsapp.digits)));
        }
        attributes.push_str(r#" referrerpolicy="no-referrer""#);
        attributes
    }
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
