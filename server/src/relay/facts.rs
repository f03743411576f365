//! What the relay needs to know from the store: the organisation, its signed rosters, its sites. Loaded at the start and
//! after every change; the line works on a copy.
//!
//! Never: accounts, passwords, or anything that changes with a conversation.

use std::collections::{BTreeMap, BTreeSet};

use amparo_protocol::api::PublicationEntry;
use amparo_protocol::id::{MemberId, OrgKey, RosterMemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::rota::Rota;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::{Date, LineSettings, SiteSettings};
use amparo_protocol::teams::Team;

use super::hours::Schedule;
use super::rota::Turns;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFacts {
    /// Empty before the set-up.
    pub organisation: String,
    pub org_key: OrgKey,
    pub demo: bool,
    /// By number. The newest, and the former ones that a shift certificate may still name.
    pub rosters: BTreeMap<u64, RosterFacts>,
    pub sites: BTreeMap<SiteKey, SiteSettings>,
    pub teams: Vec<Team>,
    /// What visitors may choose from.
    pub languages: Vec<Language>,
    /// Of each member: it counts for a desk that is connected, too.
    pub languages_of: BTreeMap<MemberId, Vec<Language>>,
    pub line: LineSettings,
    /// The hours of `line`, ready to be asked.
    pub schedule: Schedule,
    /// The rota, ready to be asked.
    pub turns: Turns,
    /// Rest after each conversation; zero: none.
    pub cool_down_mins: u8,
    /// Conversations at a time, of members for whom it was set.
    pub conversations_max: BTreeMap<MemberId, u8>,
    /// Until when checks and training are valid, of members for whom it was recorded.
    pub valid_until: BTreeMap<MemberId, Date>,
}

impl Default for LineFacts {
    /// Before the set-up.
    fn default() -> Self {
        Self {
            organisation: String::new(),
            org_key: OrgKey::default(),
            demo: false,
            rosters: BTreeMap::new(),
            sites: BTreeMap::new(),
            teams: Vec::new(),
            languages: Vec::new(),
            languages_of: BTreeMap::new(),
            line: LineSettings::default(),
            schedule: Schedule::new(LineSettings::default()),
            turns: Turns::new(Rota::default(), "UTC"),
            cool_down_mins: 0,
            conversations_max: BTreeMap::new(),
            valid_until: BTreeMap::new(),
        }
    }
}

/// One signing of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterFacts {
    pub roster: Sealed,
    pub entries: Vec<PublicationEntry>,
}

impl LineFacts {
    /// Number and bytes of the newest roster; zero and nothing before the first was signed.
    pub fn newest_roster(&self) -> (u64, Sealed) {
        let newest = self.rosters.last_key_value();
        newest.map(|(seq, facts)| (*seq, facts.roster.clone())).unwrap_or_default()
    }

    pub fn entry(&self, seq: u64, roster_member: RosterMemberId) -> Option<&PublicationEntry> {
        let entries = &self.rosters.get(&seq)?.entries;
        entries.iter().find(|entry| entry.roster_member == roster_member)
    }

    /// One at a time, unless a supervisor raised it.
    pub fn conversations_max(&self, member: MemberId) -> u32 {
        self.conversations_max.get(&member).copied().map_or(1, u32::from)
    }

    pub fn is_for_minors(&self, site: SiteKey) -> bool {
        self.sites.get(&site).is_some_and(|site| site.is_for_minors)
    }

    /// The members of the teams that serve a site, as far as the newest roster lists them. `None`: everybody serves it, as no
    /// team does or nobody is left in those that do.
    pub fn team_of(&self, site: SiteKey) -> Option<BTreeSet<MemberId>> {
        let teams = self.teams.iter().filter(|team| team.sites.contains(&site));
        let named: BTreeSet<MemberId> = teams.flat_map(|team| team.members.iter().copied()).collect();
        let members: BTreeSet<MemberId> = self.members().filter(|member| named.contains(member)).collect();
        (!members.is_empty()).then_some(members)
    }

    /// Those in the newest roster.
    pub fn members(&self) -> impl Iterator<Item = MemberId> {
        let newest = self.rosters.last_key_value().into_iter();
        newest.flat_map(|(_, facts)| facts.entries.iter().map(|entry| entry.member))
    }

    /// Whether the newest roster still lists the member.
    pub fn lists(&self, member: MemberId) -> bool {
        self.members().any(|listed| listed == member)
    }

    /// Checks and training are recorded and valid on this day, in the line's time zone. The last day still counts.
    pub fn may_attend_minors(&self, member: MemberId, now_secs: u64) -> bool {
        let valid_until = self.valid_until.get(&member);
        valid_until.zip(self.schedule.wall.today(now_secs)).is_some_and(|(until, today)| today <= *until)
    }
}
