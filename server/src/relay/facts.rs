//! What the relay needs to know from the store: the organisation, its signed rosters, its sites. Loaded at the start and
//! after every change; the line works on a copy.
//!
//! Never: accounts, passwords, or anything that changes with a conversation.

use std::collections::BTreeMap;

use amparo_protocol::api::PublicationEntry;
use amparo_protocol::id::{MemberId, OrgKey, RosterMemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{Phone, WhatsApp};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// Empty before the set-up.
    pub organisation: String,
    pub org_key: OrgKey,
    pub demo: bool,
    /// By number. The newest, and the former ones that a shift certificate may still name.
    pub rosters: BTreeMap<u64, RosterFacts>,
    pub sites: BTreeMap<SiteKey, SiteFacts>,
    /// What visitors may choose from.
    pub languages: Vec<Language>,
}

/// One signing of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterFacts {
    pub roster: Sealed,
    pub entries: Vec<PublicationEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFacts {
    pub emergency: String,
    pub phones: Vec<Phone>,
    pub whatsapp: Option<WhatsApp>,
    pub deposit_secs: u64,
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

    /// Whether the newest roster still lists the member.
    pub fn lists(&self, member: MemberId) -> bool {
        let newest = self.rosters.last_key_value();
        newest.is_some_and(|(_, facts)| facts.entries.iter().any(|entry| entry.member == member))
    }
}
