//! What helps at the desk and what runs the house behind it, in JSON: phrases, referrals, the board, the counts, the trail.
//!
//! Never: anything of a conversation but how many there were.

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, MemberId};
use crate::language::Language;
use crate::rota::RotaNow;
use crate::settings::Date;
use crate::wire::Presence;

/// What the organisation puts beside every conversation. `GET /api/desk` (approved members), `POST /api/desk`
/// (supervisors and administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    pub phrases: Vec<Phrase>,
    pub referrals: Vec<Referral>,
    /// Rest after each conversation, in minutes; 0 to 60. Zero: none.
    pub cool_down_mins: u8,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self { phrases: Vec::new(), referrals: Vec::new(), cool_down_mins: 5 }
    }
}

/// The body of both: the number says which settings were changed, as in [`LineRow`](crate::api::LineRow).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskRow {
    pub version: u64,
    pub settings: DeskSettings,
}

/// An approved sentence, put into a message by its code. A code has one text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// 1 to 20 small letters, digits or dashes.
    pub code: String,
    pub language: Language,
    /// 1 to 500 characters.
    pub text: String,
}

/// Somewhere else to turn to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// 1 to 80 characters.
    pub name: String,
    /// As people write it, 2 to 32 characters.
    pub number: String,
    /// Where or for whom; at most 80 characters.
    #[serde(default)]
    pub area: String,
    /// Empty: for every language.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// When somebody last made sure that it is right.
    pub checked: Date,
}

/// Why a conversation was ended for abuse. `POST /api/abuse` (approved members) counts it, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbuseReason {
    Insults,
    Sexual,
    Threats,
    Prank,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbuseReport {
    pub language: Language,
    pub reason: AbuseReason,
}

/// Ends a conversation for abuse and puts whoever is on its other side behind others for a day. `POST /api/block`
/// (supervisors, of a conversation that they are in).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRequest {
    pub conversation: ConversationId,
    pub report: AbuseReport,
}

/// The line as it is now. `GET /api/board` (supervisors and administrators).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub waiting: Vec<WaitingRow>,
    pub members: Vec<OnDutyRow>,
    /// Who works now and who next, while the rota is in use.
    pub rota: Vec<RotaNow>,
}

/// Those who wait in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    pub language: Language,
    pub count: u32,
    /// Since when the first of them waits.
    pub since_unix_secs: u64,
}

/// A member whose desk is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnDutyRow {
    pub member: MemberId,
    pub pseudonym: String,
    pub languages: Vec<Language>,
    pub presence: Presence,
    pub conversations: u32,
    pub conversations_max: u32,
}

/// What the house records about a member. `POST /api/members/{id}/care` (supervisors and administrators).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberCare {
    /// Conversations at a time, 1 to 5.
    pub conversations_max: u8,
    /// Until when background checks and training are valid; `None`: not recorded.
    pub valid_until: Option<Date>,
}

impl Default for MemberCare {
    fn default() -> Self {
        Self { conversations_max: 1, valid_until: None }
    }
}

/// `GET /api/care` (supervisors and administrators): every approved member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareRow {
    pub member: MemberId,
    pub pseudonym: String,
    pub care: MemberCare,
}

/// Counts per day, language and channel. `GET /api/counts` (supervisors and administrators); `GET /api/counts.csv`.
/// Rows with a total under [`COUNT_SHOWN_MIN`] are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRow {
    pub day: Date,
    /// BCP 47 tag.
    pub language: String,
    pub channel: String,
    /// `entered`, `offered`, `answered`, `gave-up`, `full`, `closed`, `ended-…` or `abuse-…`.
    pub what: String,
    pub total: u64,
}

/// Smaller counts could be about one person.
pub const COUNT_SHOWN_MIN: u64 = 5;

/// Who changed what in the house. `GET /api/trail` (administrators), newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailRow {
    pub at_unix_secs: u64,
    /// Their pseudonym; empty when they are no member any more.
    pub by: String,
    pub what: TrailEvent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrailEvent {
    SignedIn,
    Invited,
    RosterPublished,
    MemberRemoved,
    LoginsEnded,
    CareChanged,
    SiteChanged,
    LineChanged,
    DeskChanged,
    Blocked,
    PasskeyAdded,
    PasskeyRemoved,
    /// Refused: its counter says that there may be a copy of it.
    PasskeyDoubted,
    /// An administrator has removed all passkeys of a member.
    PasskeysReset,
    RotaChanged,
    TeamsChanged,
    /// An administrator has made a link with which a member makes password and authenticator anew.
    ResetInvited,
    LanguagesChanged,
    /// With recovery code and authenticator.
    PasswordReplaced,
    /// With recovery code and password; the passkeys went with it.
    AuthenticatorReplaced,
    /// By the link of an administrator; the account waits for approval.
    AccountReset,
}

impl TrailEvent {
    pub const ALL: [Self; 21] = [
        Self::SignedIn,
        Self::Invited,
        Self::RosterPublished,
        Self::MemberRemoved,
        Self::LoginsEnded,
        Self::CareChanged,
        Self::SiteChanged,
        Self::LineChanged,
        Self::DeskChanged,
        Self::Blocked,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyDoubted,
        Self::PasskeysReset,
        Self::RotaChanged,
        Self::TeamsChanged,
        Self::ResetInvited,
        Self::LanguagesChanged,
        Self::PasswordReplaced,
        Self::AuthenticatorReplaced,
        Self::AccountReset,
    ];

    /// As it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::Invited => "invited",
            Self::RosterPublished => "roster-published",
            Self::MemberRemoved => "member-removed",
            Self::LoginsEnded => "logins-ended",
            Self::CareChanged => "care-changed",
            Self::SiteChanged => "site-changed",
            Self::LineChanged => "line-changed",
            Self::DeskChanged => "desk-changed",
            Self::Blocked => "blocked",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::PasskeyDoubted => "passkey-doubted",
            Self::PasskeysReset => "passkeys-reset",
            Self::RotaChanged => "rota-changed",
            Self::TeamsChanged => "teams-changed",
            Self::ResetInvited => "reset-invited",
            Self::LanguagesChanged => "languages-changed",
            Self::PasswordReplaced => "password-replaced",
            Self::AuthenticatorReplaced => "authenticator-replaced",
            Self::AccountReset => "account-reset",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

impl AbuseReason {
    pub const ALL: [Self; 5] = [Self::Insults, Self::Sexual, Self::Threats, Self::Prank, Self::Other];

    pub fn word(self) -> &'static str {
        match self {
            Self::Insults => "insults",
            Self::Sexual => "sexual",
            Self::Threats => "threats",
            Self::Prank => "prank",
            Self::Other => "other",
        }
    }
}
