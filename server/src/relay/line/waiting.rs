//! The queue's decisions carried out: offers, positions, and the state of the line.

use std::collections::BTreeMap;

use amparo_protocol::id::{ConversationId, MemberId};
use amparo_protocol::wire::{LineState, OfferGone, Presence, ServerMsg};

use super::super::command::What;
use super::super::queue::{Free, Pairing};
use super::super::ticket::Side;
use super::{Line, WAITING_MAX};

/// Conversations that a member has at a time.
const CONVERSATIONS_PER_MEMBER: usize = 1;

impl Line {
    pub(super) fn pair(&mut self, now_ms: u64) {
        let free = if self.is_quiet(now_ms) { Vec::new() } else { self.free(now_ms) };
        for (id, conversation) in &self.conversations {
            if conversation.is_waiting() {
                self.queue.set_present(*id, conversation.visitor.is_fresh(now_ms));
            }
        }
        let pairings = self.queue.settle(&free, now_ms);
        self.publish_pairings(now_ms, pairings);
    }

    pub(super) fn publish_pairings(&mut self, now_ms: u64, pairings: Vec<Pairing>) {
        for pairing in pairings {
            self.publish_pairing(now_ms, pairing);
        }
    }

    /// Sends each waiting visitor her position where it has changed, with a ticket that says where she waits.
    pub(super) fn tell_positions(&mut self, now_ms: u64) {
        let order: Vec<ConversationId> = self.queue.order().collect();
        for (position, id) in (1u32..).zip(order) {
            let conversation = self.conversations.get_mut(&id).expect("who waits in the queue has a conversation");
            let changed = conversation.told_position != Some(position);
            if let (true, Some(visitor)) = (changed, conversation.visitor.session) {
                conversation.told_position = Some(position);
                let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Visitor, None);
                self.send(visitor, ServerMsg::Waiting { conversation: id, position, ticket });
            }
        }
    }

    pub(super) fn tell_state(&mut self, now_ms: u64) {
        let on_duty = self.counselors.values().filter(|seat| seat.is_on_duty(now_ms));
        let freshest_ms = on_duty.map(|seat| seat.answered_ms).max();
        if freshest_ms != self.told_freshest_ms {
            self.told_freshest_ms = freshest_ms;
            self.publish(What::Freshest { answered_ms: freshest_ms });
        }
        let state = self.state(now_ms);
        if state != self.told_state {
            self.told_state = state;
            self.publish(What::LineChanged { state });
        }
    }

    /// Whether somebody could take a visitor: said before she enters.
    pub(super) fn state(&self, now_ms: u64) -> LineState {
        let mut fresh = self.counselors.values().filter(|seat| seat.may_take(now_ms, &self.facts)).peekable();
        if self.queue.len() >= WAITING_MAX {
            LineState::Full
        } else if !self.free(now_ms).is_empty() {
            LineState::Available
        } else if fresh.any(|seat| seat.presence != Presence::Away) {
            LineState::Busy
        } else if self.is_quiet(now_ms) {
            LineState::Reconnecting
        } else {
            LineState::Closed
        }
    }

    /// Counselors who could take one more visitor now.
    fn free(&self, now_ms: u64) -> Vec<Free> {
        let mut talking: BTreeMap<MemberId, usize> = BTreeMap::new();
        for conversation in self.conversations.values() {
            let claiming = conversation.claim.as_ref().map(|claim| claim.membership.member);
            let present = conversation.membership.map(|membership| membership.member);
            for member in [present, claiming.filter(|claiming| Some(*claiming) != present)].into_iter().flatten() {
                *talking.entry(member).or_default() += 1;
            }
        }
        let has_room = |member| talking.get(member).is_none_or(|count| *count < CONVERSATIONS_PER_MEMBER);
        self.counselors
            .iter()
            .filter(|(_, seat)| seat.presence == Presence::Available && seat.may_take(now_ms, &self.facts))
            .filter(|(_, seat)| has_room(&seat.login.member))
            .map(|(session, seat)| Free { session: *session, languages: seat.login.languages.clone() })
            .collect()
    }

    fn publish_pairing(&mut self, now_ms: u64, pairing: Pairing) {
        match pairing {
            Pairing::AskStillThere { conversation } => {
                if let Some(visitor) = self.conversations.get(&conversation).and_then(|c| c.visitor.session) {
                    self.send(visitor, ServerMsg::StillThere);
                }
            }
            Pairing::Offer { conversation, to } => {
                let Some(offered) = self.conversations.get(&conversation) else { return };
                let language = offered.language;
                let waited_secs = now_ms.saturating_sub(offered.joined_at_ms) / 1000;
                let waited_secs = u32::try_from(waited_secs).unwrap_or(u32::MAX);
                self.send(to, ServerMsg::Offer { conversation, language, waited_secs });
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
