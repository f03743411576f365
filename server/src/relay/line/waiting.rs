//! The queue's decisions carried out: offers, positions, and the state of the line.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_protocol::id::{ConversationId, MemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::settings::Channel;
use amparo_protocol::wire::{LineState, OfferGone, Opening, Presence, ServerMsg};

use super::super::command::{Count, Openings, What};
use super::super::hours::Now;
use super::super::queue::{Free, Pairing};
use super::super::ticket::Side;
use super::Line;

/// Whoever is served moves everybody behind her: so many read it at once, the others in their round.
const TOLD_AT_ONCE: usize = 50;

/// Whether somebody who speaks a language could take a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attendance {
    Nobody,
    /// In conversations or on a break.
    Busy,
    Free,
}

impl Line {
    pub(super) fn pair(&mut self, now_ms: u64) {
        let free = if self.is_quiet(now_ms) { Vec::new() } else { self.free(now_ms) };
        let (conversations, allowed) = (&self.conversations, &self.allowed);
        let may_be_offered = |member, site| allowed.may_be_offered(member, site);
        let is_present = |id| conversations.get(&id).is_some_and(|conversation| conversation.visitor.is_fresh(now_ms));
        let pairings = self.queue.settle(&free, is_present, may_be_offered, now_ms);
        self.publish_pairings(now_ms, pairings);
    }

    pub(super) fn publish_pairings(&mut self, now_ms: u64, pairings: Vec<Pairing>) {
        for pairing in pairings {
            self.publish_pairing(now_ms, pairing);
        }
    }

    /// After every decision: whoever is near the front reads her place at once when it has changed.
    pub(super) fn tell_front(&mut self, now_ms: u64) {
        let front: Vec<ConversationId> = self.queue.order().take(TOLD_AT_ONCE).collect();
        for (position, id) in (1..).zip(front) {
            if self.conversations[&id].told_position != Some(position) {
                self.tell_position(now_ms, id, position);
            }
        }
    }

    /// With a ticket that says where she waits.
    pub(super) fn tell_position(&mut self, now_ms: u64, id: ConversationId, position: u32) {
        let conversation = self.conversations.get_mut(&id).expect("who waits in the queue has a conversation");
        let Some(visitor) = conversation.visitor.session else { return };
        conversation.told_position = Some(position);
        conversation.told_position_ms = now_ms;
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Visitor, None, None);
        self.send(visitor, ServerMsg::Waiting { conversation: id, position, ticket });
    }

    pub(super) fn tell_state(&mut self, now_ms: u64) {
        let on_duty = self.counselors.values().filter(|seat| seat.is_on_duty(now_ms));
        let freshest_ms = on_duty.map(|seat| seat.answered_ms).max();
        if freshest_ms != self.told_freshest_ms {
            self.told_freshest_ms = freshest_ms;
            self.publish(What::Freshest { answered_ms: freshest_ms });
        }
        let of_sites = self.allowed.sites().map(|site| (site, self.openings(now_ms, Some(site)))).collect();
        let openings = Openings { of_most: self.openings(now_ms, None), of_sites };
        if openings != self.told_openings {
            self.told_openings.clone_from(&openings);
            self.publish(What::LineChanged { openings: Arc::new(openings) });
        }
    }

    /// `None`: on sites that are everybody's.
    fn openings(&self, now_ms: u64, site: Option<SiteKey>) -> Vec<Opening> {
        let attendance = self.attendance(now_ms, site);
        Language::ALL.map(|language| self.opening_with(now_ms, language, attendance[language as usize])).into()
    }

    /// Whether a visitor of this site and language may enter now: said before she does.
    pub(super) fn opening(&self, now_ms: u64, site: SiteKey, language: Language) -> Opening {
        let attendance = self.attendance(now_ms, Some(site));
        self.opening_with(now_ms, language, attendance[language as usize])
    }

    fn opening_with(&self, now_ms: u64, language: Language, attendance: Attendance) -> Opening {
        let is_full = self.queue.in_turn() >= self.waiting_max();
        let (state, opens_unix_secs) = match (self.hours[language as usize], attendance) {
            (Now::Closed { opens_unix_secs }, _) => (LineState::Closed, opens_unix_secs),
            _ if self.facts.line.is_closed_now => (LineState::Closed, None),
            _ if is_full => (LineState::Full, None),
            (_, Attendance::Free) => (LineState::Available, None),
            (_, Attendance::Busy) => (LineState::Busy, None),
            (_, Attendance::Nobody) if self.is_quiet(now_ms) => (LineState::Reconnecting, None),
            (_, Attendance::Nobody) => (LineState::Closed, None),
        };
        Opening { state, opens_unix_secs }
    }

    /// For whoever waits behind others: full is only when as many of them wait.
    pub(super) fn opening_behind(&self, opening: Opening) -> Opening {
        let is_full = self.queue.len() - self.queue.in_turn() >= self.waiting_max();
        let state = match opening.state {
            _ if is_full => LineState::Full,
            LineState::Full => LineState::Busy,
            state => state,
        };
        Opening { state, ..opening }
    }

    fn waiting_max(&self) -> usize {
        usize::try_from(self.facts.line.waiting_max).unwrap_or(usize::MAX)
    }

    /// Looked at once a minute: hours and turns are set in minutes.
    pub(super) fn look_at_hours(&mut self, now_ms: u64) {
        let minute = now_ms / 60_000;
        if minute != self.hours_minute {
            self.hours_minute = minute;
            self.hours = Language::ALL.map(|language| self.facts.schedule.now(Channel::Web, language, now_ms / 1000));
            self.look_at_members(now_ms);
        }
    }

    /// Who is there, for every language, of those who are offered the site's visitors.
    fn attendance(&self, now_ms: u64, site: Option<SiteKey>) -> [Attendance; Language::COUNT] {
        let mut attendance = [Attendance::Nobody; Language::COUNT];
        // Whoever's turn is over comes back for nobody, however long she waits.
        let is_theirs = |member| site.is_none_or(|site| self.allowed.may_be_offered(member, site));
        let may_come = |member| !self.allowed.is_off_rota(member) && is_theirs(member);
        let there = self.counselors.values().filter(|seat| seat.presence != Presence::Away);
        let there = there.filter(|seat| may_come(seat.login.member));
        for seat in there.filter(|seat| seat.may_take(now_ms, &self.facts)) {
            seat.login.languages.iter().for_each(|language| attendance[*language as usize] = Attendance::Busy);
        }
        for free in self.free(now_ms).into_iter().filter(|free| is_theirs(free.member)) {
            free.languages.iter().for_each(|language| attendance[*language as usize] = Attendance::Free);
        }
        attendance
    }

    /// Counselors who could take one more visitor now.
    fn free(&self, now_ms: u64) -> Vec<Free> {
        let has_room = |member: &MemberId| {
            self.talking.get(member).is_none_or(|count| *count < self.facts.conversations_max(*member))
        };
        self.counselors
            .iter()
            .filter(|(_, seat)| seat.presence == Presence::Available && seat.may_take(now_ms, &self.facts))
            .filter(|(_, seat)| !self.allowed.is_off_rota(seat.login.member))
            .filter(|(session, seat)| has_room(&seat.login.member) && !self.is_asked(**session))
            .map(|(session, seat)| Free {
                session: *session,
                member: seat.login.member,
                languages: seat.login.languages.clone(),
            })
            .collect()
    }

    /// Conversations of each member, those being claimed included. Counted once for each decision.
    pub(super) fn count_talking(&self) -> BTreeMap<MemberId, u32> {
        let mut talking: BTreeMap<MemberId, u32> = BTreeMap::new();
        for conversation in self.served() {
            let claiming = conversation.claim.as_ref().map(|claim| claim.membership.member);
            let present: Vec<MemberId> = conversation.members().map(|membership| membership.member).collect();
            for member in present.iter().copied().chain(claiming.filter(|claiming| !present.contains(claiming))) {
                *talking.entry(member).or_default() += 1;
            }
        }
        talking
    }

    fn publish_pairing(&mut self, now_ms: u64, pairing: Pairing) {
        match pairing {
            Pairing::AskStillThere { conversation } => {
                if let Some(visitor) = self.conversations.get(&conversation).and_then(|c| c.visitor.session) {
                    self.send(visitor, ServerMsg::StillThere);
                }
            }
            Pairing::Offer { conversation, to } => {
                let Some(offered) = self.conversations.get_mut(&conversation) else { return };
                let language = offered.language;
                let is_first = !std::mem::replace(&mut offered.was_offered, true);
                let waited_secs = now_ms.saturating_sub(offered.joined_at_ms) / 1000;
                let waited_secs = u32::try_from(waited_secs).unwrap_or(u32::MAX);
                self.send(to, ServerMsg::Offer { conversation, language, waited_secs });
                self.tell_whose(to, conversation);
                if is_first {
                    self.publish(What::Counted { language, count: Count::Offered });
                }
            }
            Pairing::OfferGone { conversation, to, why } => {
                self.send(to, ServerMsg::OfferGone { conversation, why });
                if why == OfferGone::NotAnswered {
                    self.set_presence(to, Presence::Away);
                    self.send(to, ServerMsg::Presence(Presence::Away));
                }
            }
            Pairing::Withdrawn { conversation, to } => {
                self.send(to, ServerMsg::OfferGone { conversation, why: OfferGone::NotAnswered });
            }
        }
    }
}
