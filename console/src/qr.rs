//! The authenticator's address and its drawing, both made in this browser: the secret goes to no other program.

use qrcodegen::{QrCode, QrCodeEcc};

/// One drawing: a square of `size` modules and the path of the dark ones, for an SVG `viewBox` of that size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub size: i32,
    pub path: String,
}

/// Light modules around the code that scanners need.
const QUIET_MODULES: i32 = 4;

/// The address that authenticator apps read (the key URI format).
pub fn otpauth_uri(organisation: &str, sign_in_name: &str, secret_base32: &str) -> String {
    let organisation = percent_encode(organisation);
    let name = percent_encode(sign_in_name);
    format!("otpauth://totp/{organisation}:{name}?secret={secret_base32}&issuer={organisation}")
}

/// `None` when the text is too long for a code.
pub fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{},{}h1v1h-1z", x + QUIET_MODULES, y + QUIET_MODULES));
            }
        }
    }
    Some(Drawing { size: code.size() + 2 * QUIET_MODULES, path })
}

/// Groups of four, easier to type by hand.
pub fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// For one part of an address.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte as char),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_organisation_and_member_in_any_script() {
        assert_eq!(
            otpauth_uri("Casa Ñ", "ana b", "JBSWY3DP"),
            "otpauth://totp/Casa%20%C3%91:ana%20b?secret=JBSWY3DP&issuer=Casa%20%C3%91"
        );
    }

    #[test]
    fn a_code_is_drawn_with_its_quiet_zone() {
        let drawing = draw("otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP&issuer=A").expect("short enough");
        assert!(drawing.size > 21 + 8);
        assert!(drawing.path.starts_with("M4,4h1"));
        assert_eq!(draw(&"x".repeat(5000)), None);
    }

    #[test]
    fn a_secret_is_shown_in_groups_of_four() {
        assert_eq!(spaced("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
