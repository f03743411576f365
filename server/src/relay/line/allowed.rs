//! Who may be available by the rota, and who may attend visitors of sites for minors by the date of their checks. Looked
//! at once a minute and whenever something was set.
//!
//! Never: the end of a conversation. Whoever is in one goes on.

use std::collections::BTreeSet;

use amparo_protocol::id::{ConversationId, MemberId, SiteKey};
use amparo_protocol::wire::{Presence, ServerMsg};

use super::super::command::SessionId;
use super::Line;

/// Of the members in the newest roster.
#[derive(Default)]
pub struct Allowed {
    off_rota: BTreeSet<MemberId>,
    minors: BTreeSet<MemberId>,
}

impl Allowed {
    pub fn is_off_rota(&self, member: MemberId) -> bool {
        self.off_rota.contains(&member)
    }

    pub fn may_attend_minors(&self, member: MemberId) -> bool {
        self.minors.contains(&member)
    }
}

impl Line {
    pub(super) fn look_at_members(&mut self, now_ms: u64) {
        let facts = &self.facts;
        let now_secs = now_ms / 1000;
        let members: Vec<MemberId> = facts.members().collect();
        let off_rota = members.iter().copied().filter(|member| !facts.turns.lets(*member, now_secs)).collect();
        let minors = members.into_iter().filter(|member| facts.may_attend_minors(*member, now_secs)).collect();
        self.allowed = Allowed { off_rota, minors };
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

    pub(super) fn is_site_for_minors(&self, site: SiteKey) -> bool {
        self.facts.is_for_minors(site)
    }

    pub(super) fn is_for_minors(&self, id: ConversationId) -> bool {
        self.conversations.get(&id).is_some_and(|conversation| self.is_site_for_minors(conversation.site))
    }

    /// The one rule for offers, transfers and calls.
    pub(super) fn may_attend(&self, member: MemberId, id: ConversationId) -> bool {
        !self.is_for_minors(id) || self.allowed.may_attend_minors(member)
    }
}
