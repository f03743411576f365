//! Who serves which visitors, in JSON: the counselors of a team, and the sites whose visitors are theirs.
//!
//! Never: a member's name; members stand in a team by their id and are shown by their pseudonym.

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, SiteKey};

/// Counselors who serve one kind of visitor. Visitors of its sites are offered to its members and to nobody else; those of
/// a site of several teams to the members of each; those of a site of no team to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// 1 to 40 characters, for the console only.
    pub name: String,
    /// At least one. Where nobody of them is left, the sites are served by everybody.
    pub members: Vec<MemberId>,
    pub sites: Vec<SiteKey>,
}

/// `POST /api/teams` (supervisors and administrators): at most 50. The number says which teams were changed, as in
/// [`LineRow`](crate::api::LineRow).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamsRow {
    pub version: u64,
    pub teams: Vec<Team>,
}

/// The answer to `GET /api/teams` (supervisors and administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamsPage {
    pub row: TeamsRow,
    /// What a team can be given.
    pub sites: Vec<SiteName>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteName {
    pub key: SiteKey,
    pub name: String,
}
