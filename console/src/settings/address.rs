//! Web addresses as people type them.

/// Each line's scheme, host and port, as browsers send them in `Origin`; a bare host means https. `None` when a line
/// is not a web address, or there is none.
pub fn origins(lines: &str) -> Option<Vec<String>> {
    let lines = lines.split_whitespace().map(origin);
    let origins: Vec<_> = lines.collect::<Option<_>>()?;
    (!origins.is_empty()).then_some(origins)
}

fn origin(typed: &str) -> Option<String> {
    let lower = typed.to_lowercase();
    let (scheme, rest) = lower.split_once("://").unwrap_or(("https", &lower));
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host =
        !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter));
    (is_host && matches!(scheme, "http" | "https")).then(|| {
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        format!("{scheme}://{}", host.strip_suffix(default_port).unwrap_or(host))
    })
}

/// An https address as it is kept; a bare host means https. `None` for anything else, http included.
pub fn https(typed: &str) -> Option<String> {
    let (scheme, rest) = typed.split_once("://").unwrap_or(("https", typed));
    let is_plain = typed.is_ascii() && !typed.contains(char::is_whitespace) && typed.len() <= 500;
    let is_https = scheme.eq_ignore_ascii_case("https");
    let is_named = host(rest).is_some_and(|host| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
        host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && host.chars().all(is_letter)
    });
    (is_plain && is_https && is_named).then(|| format!("https://{rest}"))
}

/// Whether an address belongs to one of these origins: the same host, or one above or below it.
pub fn is_of(address: &str, origins: &[String]) -> bool {
    let without_scheme =
        |text: &str| text.split_once("://").map_or(text.to_lowercase(), |(_, rest)| rest.to_lowercase());
    let own = |text: &str| host(&without_scheme(text)).map(|host| host.trim_start_matches("www.").to_owned());
    let Some(address) = own(address) else { return false };
    let is_below = |name: &str, above: &str| name == above || name.ends_with(&format!(".{above}"));
    origins.iter().filter_map(|origin| own(origin)).any(|site| is_below(&address, &site) || is_below(&site, &address))
}

/// Of an address without its scheme.
fn host(rest: &str) -> Option<&str> {
    let host = rest.split(['/', '?', '#']).next()?.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_an_origin() {
        let pasted = "https://Example.org/help?x\nexample.com\nhttp://localhost:8081/\nhttps://a.org:443";
        let expected = ["https://example.org", "https://example.com", "http://localhost:8081", "https://a.org"];
        assert_eq!(origins(pasted), Some(expected.map(str::to_owned).to_vec()));
        assert_eq!(origins("ftp://example.org"), None);
        assert_eq!(origins("https://exa mple"), Some(vec!["https://exa".into(), "https://mple".into()]));
        assert_eq!(origins("  "), None);
        assert_eq!(origins("https:///x"), None);
    }

    #[test]
    fn an_address_to_go_to_is_https_and_whole() {
        assert_eq!(https("weather.example"), Some("https://weather.example".to_owned()));
        assert_eq!(https("HTTPS://a.org/x?y=1"), Some("https://a.org/x?y=1".to_owned()));
        for wrong in ["http://a.org", "https://", "localhost", "javascript:alert(1)", "https://a b.org", "https://.org"]
        {
            assert_eq!(https(wrong), None, "{wrong}");
        }
    }

    /// Requirement 13.
    #[test]
    fn an_address_of_the_organisation_is_known_by_its_host() {
        let site = ["https://www.help.example.org".to_owned()];
        for own in ["https://help.example.org/x", "https://example.org", "https://shop.help.example.org"] {
            assert!(is_of(own, &site), "{own}");
        }
        for other in ["https://weather.example", "https://nothelp.example.org.evil.com", "https://xexample.org"] {
            assert!(!is_of(other, &site), "{other}");
        }
    }
}
