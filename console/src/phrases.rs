//! Phrases by their short code, and when a referral was last looked at. Pure.

use amparo_protocol::desk::{Phrase, Referral};
use amparo_protocol::language::Language;
use amparo_protocol::settings::Date;

/// What begins a code in the composer.
const SIGN: char = '/';
/// A referral that nobody has looked at for this long is doubted (requirement 90).
const FRESH_MONTHS: i32 = 6;

/// The draft with the phrase in place of its code, when it ends with a code and a blank: `…/hello `.
pub fn expanded(draft: &str, phrases: &[Phrase], language: Language) -> Option<String> {
    let written = draft.strip_suffix([' ', '\n'])?;
    let (before, code) = match written.rsplit_once(char::is_whitespace) {
        Some((before, word)) => (&written[..before.len() + 1], word),
        None => ("", written),
    };
    let code = code.strip_prefix(SIGN)?;
    let phrase = phrases.iter().find(|phrase| phrase.language == language && phrase.code == code)?;
    Some(format!("{before}{} ", phrase.text))
}

/// Those for this language first, then those for every language.
pub fn sorted(referrals: &[Referral], language: Option<Language>) -> Vec<Referral> {
    let fits = |referral: &&Referral| {
        referral.languages.is_empty() || language.is_none_or(|language| referral.languages.contains(&language))
    };
    let mut sorted: Vec<Referral> = referrals.iter().filter(fits).cloned().collect();
    sorted.sort_by_key(|referral| referral.languages.is_empty());
    sorted
}

/// As it is put into a message: plain text.
pub fn told(referral: &Referral) -> String {
    if referral.area.is_empty() {
        return format!("{}: {}", referral.name, referral.number);
    }
    format!("{} ({}): {}", referral.name, referral.area, referral.number)
}

/// Nobody has made sure of it for six months.
pub fn is_stale(checked: Date, today: Date) -> bool {
    let months = |date: Date| i32::from(date.year) * 12 + i32::from(date.month);
    let age = months(today) - months(checked);
    age > FRESH_MONTHS || age == FRESH_MONTHS && today.day >= checked.day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(code: &str, language: Language, text: &str) -> Phrase {
        Phrase { code: code.to_owned(), language, text: text.to_owned() }
    }

    /// Requirement 89.
    #[test]
    fn a_code_becomes_its_phrase_in_the_language_of_the_conversation() {
        let phrases = [phrase("time", Language::En, "Take your time."), phrase("time", Language::Es, "Con calma.")];
        let es = |draft: &str| expanded(draft, &phrases, Language::Es);
        assert_eq!(es("/time "), Some("Con calma. ".to_owned()));
        assert_eq!(es("Hola.\n/time\n"), Some("Hola.\nCon calma. ".to_owned()));
        assert_eq!(es("mira /time "), Some("mira Con calma. ".to_owned()));
        for unfinished in ["/time", "/tim ", "time ", "a/time ", ""] {
            assert_eq!(es(unfinished), None, "{unfinished:?}");
        }
    }

    /// Requirement 90.
    #[test]
    fn a_referral_is_doubted_after_six_months() {
        let date = |year, month, day| Date { year, month, day };
        assert!(!is_stale(date(2026, 1, 31), date(2026, 7, 30)));
        assert!(is_stale(date(2026, 1, 31), date(2026, 7, 31)));
        assert!(is_stale(date(2025, 12, 1), date(2026, 7, 1)));
        assert!(!is_stale(date(2026, 7, 1), date(2026, 7, 1)));
    }

    #[test]
    fn referrals_of_the_conversations_language_come_first_and_those_of_others_not_at_all() {
        let referral = |name: &str, languages: &[Language]| Referral {
            name: name.to_owned(),
            number: "016".to_owned(),
            area: String::new(),
            languages: languages.to_vec(),
            checked: Date { year: 2026, month: 1, day: 1 },
        };
        let all = [referral("all", &[]), referral("es", &[Language::Es]), referral("ar", &[Language::Ar])];
        let names: Vec<_> = sorted(&all, Some(Language::Es)).into_iter().map(|known| known.name).collect();
        assert_eq!(names, ["es", "all"]);
        assert_eq!(told(&all[0]), "all: 016");
        assert_eq!(told(&Referral { area: "Madrid".to_owned(), ..all[0].clone() }), "all (Madrid): 016");
    }
}
