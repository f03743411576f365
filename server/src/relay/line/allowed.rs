//! Who may be available by the rota; who may attend the visitors of a site by the date of their checks, and who is offered
//! them by the teams. Looked at once a minute and whenever something was set.
//!
//! Never: the end of a conversation. Whoever is in one goes on.

use std::collections::{BTreeMap, BTreeSet};

use amparo_protocol::id::{ConversationId, MemberId, SiteKey};
use amparo_protocol::wire::{Presence, ServerMsg};

use super::super::command::SessionId;
use super::Line;

/// Of the members in the newest roster.
#[derive(Default)]
pub struct Allowed {
    off_rota: BTreeSet<MemberId>,
    /// Of sites for minors: those whose checks are valid.
    attending: BTreeMap<SiteKey, BTreeSet<MemberId>>,
    /// Of sites that are not everybody's: those who are offered their visitors.
    offered: BTreeMap<SiteKey, BTreeSet<MemberId>>,
}

impl Allowed {
    pub fn is_off_rota(&self, member: MemberId) -> bool {
        self.off_rota.contains(&member)
    }

    /// By their checks: the rule for whomever a colleague chooses or calls.
    pub fn may_attend(&self, member: MemberId, site: SiteKey) -> bool {
        self.attending.get(&site).is_none_or(|members| members.contains(&member))
    }

    /// By checks and teams: the rule for offers, and so for whether anybody is said to be there.
    pub fn may_be_offered(&self, member: MemberId, site: SiteKey) -> bool {
        self.offered.get(&site).is_none_or(|members| members.contains(&member))
    }

    /// Those that are not everybody's.
    pub fn sites(&self) -> impl Iterator<Item = SiteKey> {
        self.offered.keys().copied()
    }
}

impl Line {
    pub(super) fn look_at_members(&mut self, now_ms: u64) {
        let facts = &self.facts;
        let now_secs = now_ms / 1000;
        let off_rota = facts.members().filter(|member| !facts.turns.lets(*member, now_secs)).collect();
        let checked: BTreeSet<MemberId> =
            facts.members().filter(|member| facts.may_attend_minors(*member, now_secs)).collect();
        let for_minors = facts.sites.keys().filter(|site| facts.is_for_minors(**site));
        let attending: BTreeMap<SiteKey, BTreeSet<MemberId>> =
            for_minors.map(|site| (*site, checked.clone())).collect();
        let offered = facts.sites.keys().filter_map(|site| {
            let members = match (attending.get(site), facts.team_of(*site)) {
                (Some(attending), Some(team)) => team.intersection(attending).copied().collect(),
                (members, team) => team.or_else(|| members.cloned())?,
            };
            Some((*site, members))
        });
        self.allowed = Allowed { off_rota, offered: offered.collect(), attending };
        self.end_turns();
    }

    /// Whoever's turn is over gets no new offers: a break, which the desk shows.
    fn end_turns(&mut self) {
        let over = self
            .counselors
            .iter()
            .filter(|(_, seat)| seat.presence == Presence::Available && self.allowed.is_off_rota(seat.login.member));
        let over: Vec<SessionId> = over.map(|(session, _)| *session).collect();
        over.into_iter().for_each(|session| self.send_on_break(session));
    }

    pub(super) fn send_on_break(&mut self, session: SessionId) {
        self.set_presence(session, Presence::Break);
        self.send(session, ServerMsg::Presence(Presence::Break));
    }

    pub(super) fn is_off_rota(&self, session: SessionId) -> bool {
        self.counselors.get(&session).is_some_and(|seat| self.allowed.is_off_rota(seat.login.member))
    }

    pub(super) fn is_for_minors(&self, id: ConversationId) -> bool {
        self.conversations.get(&id).is_some_and(|conversation| self.facts.is_for_minors(conversation.site))
    }

    pub(super) fn may_attend(&self, member: MemberId, id: ConversationId) -> bool {
        self.conversations.get(&id).is_some_and(|conversation| self.allowed.may_attend(member, conversation.site))
    }
}
