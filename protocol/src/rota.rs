//! Who works when, in JSON: the rota as those who run the line set it, and what it means for one member now.
//!
//! Never: a name; members stand in it by their id and are shown by their pseudonym.

use serde::{Deserialize, Serialize};

use crate::id::MemberId;
use crate::settings::{Date, Weekday};

/// `GET` and `POST /api/rota` (supervisors and administrators). While it is on, only who stands in it can be available.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    #[serde(default)]
    pub is_on: bool,
    #[serde(default)]
    pub turns: Vec<Turn>,
}

/// The body of both: the number says which rota was changed, as in [`LineRow`](crate::api::LineRow).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotaRow {
    pub version: u64,
    pub rota: Rota,
}

/// A member works on a weekday between two times, in the line's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub member: MemberId,
    pub day: Weekday,
    /// Minutes since midnight. An end that is not after its beginning lies on the next day.
    pub from_minute: u16,
    pub to_minute: u16,
}

/// What the rota says of one member at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRota {
    /// It is not in use.
    #[default]
    Unused,
    /// Turns that follow each other count as one.
    On { until_unix_secs: u64 },
    /// Cannot be available. `None`: no turn is in sight.
    Off { next_unix_secs: Option<u64> },
}

impl OnRota {
    /// Smaller is shown first: who is on now, then who comes next, then who does not come.
    pub fn order(self) -> (u8, u64) {
        match self {
            Self::On { until_unix_secs } => (0, until_unix_secs),
            Self::Off { next_unix_secs: Some(next) } => (1, next),
            Self::Off { next_unix_secs: None } | Self::Unused => (2, 0),
        }
    }
}

/// `GET /api/duty` (approved members): what decides whether this member can be available, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDuty {
    pub now: OnRota,
    /// This member's own; in the time zone of the line.
    pub turns: Vec<Turn>,
    pub time_zone: String,
    /// Until when background checks and training are valid; `None`: not recorded.
    pub valid_until: Option<Date>,
    /// They are valid today, so that visitors of sites for minors may be offered.
    pub may_attend_minors: bool,
    /// Some site is for minors.
    pub has_minors: bool,
    /// Names of the teams that this member is in.
    #[serde(default)]
    pub teams: Vec<String>,
    /// Every site is served by teams, and this counselor is in none of them: nobody is offered here.
    #[serde(default)]
    pub is_left_out: bool,
}

/// A member on the board, while the rota is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotaNow {
    pub member: MemberId,
    pub pseudonym: String,
    pub now: OnRota,
}
