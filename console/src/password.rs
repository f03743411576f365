//! A hint about a new password while it is typed. A hint only: the relay never sees the password and cannot judge it.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Refused: fewer than [`MIN_CHARS`] characters.
    TooShort,
    /// Guessable: one repeated pattern, or the member's own name in it.
    Weak,
    Fair,
    Good,
}

pub const MIN_CHARS: usize = 10;
const GOOD_CHARS: usize = 16;

/// Length counts most: four plain words are better than eight odd signs.
pub fn strength(password: &str, sign_in_name: &str) -> Strength {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Strength::TooShort;
    }
    let lower = password.to_lowercase();
    let name = sign_in_name.trim().to_lowercase();
    let has_name = name.chars().count() >= 3 && lower.contains(&name);
    let is_common = ["password", "12345", "qwerty", "amparo"].iter().any(|common| lower.contains(common));
    if different_chars(&lower) < 6 || has_name || is_common {
        return Strength::Weak;
    }
    if chars >= GOOD_CHARS || (kinds(password) >= 3 && chars >= 12) { Strength::Good } else { Strength::Fair }
}

fn different_chars(password: &str) -> usize {
    let mut seen: Vec<char> = password.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

fn kinds(password: &str) -> usize {
    let is: [fn(char) -> bool; 4] =
        [char::is_lowercase, char::is_uppercase, char::is_numeric, |letter| !letter.is_alphanumeric()];
    is.iter().filter(|is| password.chars().any(is)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_most() {
        assert_eq!(strength("Aa1!", "ana"), Strength::TooShort);
        assert_eq!(strength("aaaaaaaaaaaaaaaaaaaa", "ana"), Strength::Weak);
        assert_eq!(strength("password2024!", "ana"), Strength::Weak);
        assert_eq!(strength("my-ana-secret", "Ana"), Strength::Weak);
        assert_eq!(strength("bluetrains", "ana"), Strength::Fair);
        assert_eq!(strength("river lamp seven coats", "ana"), Strength::Good);
        assert_eq!(strength("شجرة زيتون قديمة", "ana"), Strength::Good);
    }
}
