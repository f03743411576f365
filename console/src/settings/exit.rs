//! How the launcher looks and where the exit leads. Both stand in the tag, which is copied again after a change.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{ExitAddress, ExitAddresses, Look, SiteSettings};
use amparo_protocol::wire::Colour;
use leptos::prelude::*;

use super::address;
use crate::field::{Field, every};

#[derive(Clone, Copy)]
pub struct LookDraft {
    /// Empty: our own colour. As in `#2b6a5f`.
    pub accent: Field,
    pub title: Field,
    pub at_start: RwSignal<bool>,
}

impl LookDraft {
    pub fn of(settings: &SiteSettings) -> Self {
        Self {
            accent: Field::new(settings.look.accent.map(hex).unwrap_or_default()),
            title: Field::new(&settings.look.title),
            at_start: RwSignal::new(settings.look.at_start),
        }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let read = |typed: &str| if typed.is_empty() { Some(None) } else { colour(typed).map(Some) };
        let accent = self.accent.read(read, "problem.colour");
        let title = self.title.line(0..=60, "problem.title");
        let look = Look { accent: accent?, title: title?, at_start: self.at_start.get_untracked() };
        Some(SiteSettings { look, ..former })
    }
}

pub fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
}

fn colour(typed: &str) -> Option<Colour> {
    let digits = typed.trim_start_matches('#');
    let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some(Colour { red, green, blue })
}

#[derive(Clone, Copy)]
pub struct ExitDraft {
    /// For every language without its own.
    pub address: Field,
    pub by_language: StoredValue<Vec<(Language, Field)>>,
    pub on_every_page: RwSignal<bool>,
}

/// What is worth a second look about an exit's address; requirement 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    Empty,
    NotHttps,
    OwnSite,
}

impl ExitDraft {
    pub fn of(settings: &SiteSettings) -> Self {
        let own = |language: Language| {
            let known = settings.exit.by_language.iter().find(|of| of.language == language);
            known.map(|of| of.address.clone()).unwrap_or_default()
        };
        let by_language = Language::ALL.map(|language| (language, Field::new(own(language))));
        Self {
            address: Field::new(&settings.exit.address),
            by_language: StoredValue::new(by_language.to_vec()),
            on_every_page: RwSignal::new(settings.exit.on_every_page),
        }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let or_nothing = |typed: &str| if typed.is_empty() { Some(String::new()) } else { address::https(typed) };
        let address = self.address.read(or_nothing, "problem.https");
        let fields = self.by_language.get_value().into_iter().filter(|(_, field)| !field.is_empty());
        let by_language = every(fields.map(|(language, field)| {
            let address = field.read(address::https, "problem.https")?;
            Some(ExitAddress { language, address })
        }));
        let on_every_page = self.on_every_page.get_untracked();
        let exit = ExitAddresses { address: address?, by_language: by_language?, on_every_page };
        Some(SiteSettings { exit, ..former })
    }
}

pub fn doubt(typed: &str, origins: &[String]) -> Option<Doubt> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(Doubt::Empty);
    }
    match address::https(typed) {
        None => Some(Doubt::NotHttps),
        Some(address) => address::is_of(&address, origins).then_some(Doubt::OwnSite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement 13.
    #[test]
    fn an_exit_that_is_empty_not_https_or_the_organisations_own_is_doubted() {
        let site = ["https://help.example.org".to_owned()];
        assert_eq!(doubt(" ", &site), Some(Doubt::Empty));
        assert_eq!(doubt("http://weather.example", &site), Some(Doubt::NotHttps));
        assert_eq!(doubt("https://www.help.example.org/news", &site), Some(Doubt::OwnSite));
        assert_eq!(doubt("https://weather.example", &site), None);
    }

    #[test]
    fn a_colour_is_read_with_or_without_its_sign() {
        let teal = Colour { red: 0x2b, green: 0x6a, blue: 0x5f };
        assert_eq!([colour("#2b6a5f"), colour("2B6A5F")], [Some(teal), Some(teal)]);
        assert_eq!(hex(teal), "#2b6a5f");
        assert_eq!([colour("#2b6"), colour("red"), colour("+2b6a5")], [None, None, None]);
    }

    #[test]
    fn an_exit_is_set_for_one_language_and_for_the_others() {
        let _owner = Owner::new_root(None);
        let former = SiteSettings::new("Help", vec![], "112");
        let draft = ExitDraft::of(&former);
        draft.address.text.set("weather.example".to_owned());
        draft.by_language.with_value(|fields| fields[1].1.text.set("http://tiempo.example".to_owned()));
        assert_eq!(draft.read(former.clone()), None);
        draft.by_language.with_value(|fields| fields[1].1.text.set("https://tiempo.example".to_owned()));
        let exit = draft.read(former).expect("all will do").exit;
        assert_eq!(exit.address, "https://weather.example");
        assert_eq!(exit.by_language[0].language, Language::Es);
    }
}
