//! The languages of the first version, as a closed set: a conversation is routed by one of them.

use serde::{Deserialize, Serialize};

use crate::wire;

wire! {
/// A language that widget and console speak. Serialised in JSON as its BCP 47 tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "en")]
    En,
    #[serde(rename = "es")]
    Es,
    #[serde(rename = "it")]
    It,
    #[serde(rename = "pt-BR")]
    PtBr,
    #[serde(rename = "pt-PT")]
    PtPt,
    #[serde(rename = "ar")]
    Ar,
}
}

impl Language {
    pub const ALL: [Self; 6] = [Self::En, Self::Es, Self::It, Self::PtBr, Self::PtPt, Self::Ar];

    /// The BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::It => "it",
            Self::PtBr => "pt-BR",
            Self::PtPt => "pt-PT",
            Self::Ar => "ar",
        }
    }

    /// The language's name in itself, for the language chooser.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
            Self::It => "Italiano",
            Self::PtBr => "Português (Brasil)",
            Self::PtPt => "Português (Portugal)",
            Self::Ar => "العربية",
        }
    }

    pub fn is_right_to_left(self) -> bool {
        self == Self::Ar
    }

    /// The closest language for a browser's tag, case-insensitive; a bare `pt` reads as European Portuguese.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let exact = Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(&tag));
        exact.or_else(|| match tag.split('-').next()? {
            "en" => Some(Self::En),
            "es" => Some(Self::Es),
            "it" => Some(Self::It),
            "pt" => Some(Self::PtPt),
            "ar" => Some(Self::Ar),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_tag_finds_the_closest_language() {
        assert_eq!(Language::from_tag("ar-EG"), Some(Language::Ar));
        assert_eq!(Language::from_tag("PT-br"), Some(Language::PtBr));
        assert_eq!(Language::from_tag("pt"), Some(Language::PtPt));
        assert_eq!(Language::from_tag("de"), None);
        assert_eq!(Language::from_tag(""), None);
    }
}
