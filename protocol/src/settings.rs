//! What an organisation sets, in JSON: its sites, and when and how its line takes visitors.
//!
//! Every list may be empty and every text may be left out: then nothing is said about it, and the defaults hold.

use serde::{Deserialize, Serialize};

use crate::id::SiteKey;
use crate::language::Language;
use crate::limits::DEPOSIT_SECS;
use crate::wire::Colour;

/// A website that carries the tag, as an administrator edits it. `GET` and `POST /api/sites` (administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// `None` for a new site: the relay chooses.
    pub key: Option<SiteKey>,
    /// 1 to 80 characters, for the console only.
    pub name: String,
    /// Scheme, host and port, as in the `Origin` header; at most 20.
    pub origins: Vec<String>,
    /// Emergency number of the visitor's country; without one there is no public site.
    pub emergency: String,
    #[serde(default)]
    pub phones: Vec<PhoneNumber>,
    #[serde(default)]
    pub whatsapp: Handoff,
    /// Pages that help while one waits; opened in a new tab.
    #[serde(default)]
    pub links: Vec<HelpLink>,
    /// How long a resume deposit outlives the visitor's connection, in seconds; 0 to 600.
    pub deposit_secs: u32,
    #[serde(default)]
    pub look: Look,
    #[serde(default)]
    pub exit: ExitAddresses,
    /// Only the last three messages are shown, until the visitor asks for more.
    #[serde(default)]
    pub is_discreet: bool,
    /// What was written is covered while the page is hidden or not in front.
    #[serde(default)]
    pub covers_when_hidden: bool,
    #[serde(default)]
    pub simple_words: SimpleWords,
    /// Its visitors are offered only to members whose checks are valid.
    #[serde(default)]
    pub is_for_minors: bool,
}

impl SiteSettings {
    /// With what no site can do without; the rest as most want it.
    pub fn new(name: impl Into<String>, origins: Vec<String>, emergency: impl Into<String>) -> Self {
        Self {
            key: None,
            name: name.into(),
            origins,
            emergency: emergency.into(),
            phones: Vec::new(),
            whatsapp: Handoff::default(),
            links: Vec::new(),
            deposit_secs: DEPOSIT_SECS as u32,
            look: Look::default(),
            exit: ExitAddresses::default(),
            is_discreet: false,
            covers_when_hidden: false,
            simple_words: SimpleWords::default(),
            is_for_minors: false,
        }
    }
}

/// A number to call or to write to, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// As people write it, 2 to 32 characters.
    pub number: String,
    /// Such as hours or who answers; at most 80 characters.
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub kind: NumberKind,
    /// Empty: for every language.
    #[serde(default)]
    pub languages: Vec<Language>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    #[default]
    Voice,
    Sms,
    /// A text telephone for deaf and hard-of-hearing people.
    TextPhone,
}

/// The hand-off to WhatsApp.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    pub when: HandoffWhen,
    /// The first that fits the visitor's language is offered.
    pub numbers: Vec<WhatsAppNumber>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoffWhen {
    Never,
    /// While the line is closed, full or cannot be reached.
    #[default]
    WhenClosed,
    Always,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhatsAppNumber {
    /// International, digits only, 7 to 15, no leading zero.
    pub digits: String,
    /// A neutral greeting that the visitor may change before she sends it; at most 140 characters.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub languages: Vec<Language>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLink {
    /// 1 to 80 characters.
    pub title: String,
    /// https only.
    pub address: String,
    #[serde(default)]
    pub languages: Vec<Language>,
}

/// What the tag says about the launcher, and the organisation's colour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Contrast is corrected by the program.
    pub accent: Option<Colour>,
    /// Neutral title of the panel; empty: the language's word for a chat. At most 60 characters.
    #[serde(default)]
    pub title: String,
    /// The launcher stands at the start of the line instead of its end.
    #[serde(default)]
    pub at_start: bool,
}

/// Where the exit leads: https, and to nobody who has to do with the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitAddresses {
    /// Empty: the program's own neutral address.
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub by_language: Vec<ExitAddress>,
    /// The exit stands on every page of the site, not only beside the chat.
    #[serde(default)]
    pub on_every_page: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitAddress {
    pub language: Language,
    pub address: String,
}

/// The texts for children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SimpleWords {
    Off,
    /// The visitor may choose them.
    #[default]
    Offered,
    Always,
}

/// When and how the line takes visitors. `GET` and `POST /api/line` (supervisors and administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSettings {
    /// IANA name, such as `Europe/Madrid`: in which the hours are meant.
    pub time_zone: String,
    /// None for a channel: it is open whenever somebody is there.
    pub hours: Vec<Hours>,
    pub holidays: Vec<Holiday>,
    /// Takes nobody new, whatever the hours say.
    #[serde(default)]
    pub is_closed_now: bool,
    /// Visitors who may wait at a time, 1 to 10,000.
    pub waiting_max: u32,
    pub surge: Surge,
    /// The organisation's own words in place of ours.
    pub texts: Vec<OwnText>,
}

impl Default for LineSettings {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            hours: Vec::new(),
            holidays: Vec::new(),
            is_closed_now: false,
            waiting_max: 200,
            surge: Surge::default(),
            texts: Vec::new(),
        }
    }
}

/// A span of a weekday on which a channel is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    pub channel: Channel,
    /// `None`: in every language.
    pub language: Option<Language>,
    pub day: Weekday,
    /// Minutes since midnight. An end that is not after its beginning lies on the next day.
    pub from_minute: u16,
    pub to_minute: u16,
}

/// A day that is not like others of its weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub date: Date,
    /// `None`: all channels.
    pub channel: Option<Channel>,
    pub language: Option<Language>,
    /// Open between these minutes only; `None`: closed all day.
    pub open: Option<OpenSpan>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenSpan {
    pub from_minute: u16,
    pub to_minute: u16,
}

/// A calendar day in the line's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Date {
    pub year: i16,
    pub month: i8,
    pub day: i8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Web,
    Phone,
    WhatsApp,
}

/// Monday is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

/// "There are many of us today": shown before a visitor enters and while she waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surge {
    pub is_on: bool,
    /// Own words; a language without them says ours.
    pub texts: Vec<SurgeText>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurgeText {
    pub language: Language,
    /// 1 to 300 characters.
    pub text: String,
}

/// One sentence of the widget in the organisation's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnText {
    pub language: Language,
    /// As in `assets/texts/widget`.
    pub key: String,
    /// 1 to 300 characters.
    pub text: String,
}
