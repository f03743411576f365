//! At whom a waiting visitor rings: the counselors who are free and whom she suits, a visitor for each at a time, and the
//! question whether she is still there.
//!
//! Never: her place, which stays hers until somebody accepts.

use std::collections::{BTreeMap, BTreeSet};

use amparo_protocol::id::{ConversationId, MemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{OFFER_SECS, STILL_THERE_SECS};
use amparo_protocol::wire::OfferGone;

use super::{Queue, Visitor, Waiting};
use crate::relay::command::SessionId;

pub(super) const OFFER_MS: u64 = OFFER_SECS * 1000;
pub(super) const STILL_THERE_MS: u64 = STILL_THERE_SECS * 1000;
/// A visitor who did not press is asked again after this long, so that the next ones have their turn between.
const ASK_AGAIN_MS: u64 = 2 * STILL_THERE_MS;

/// A counselor hears of one visitor at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    conversation: ConversationId,
    site: SiteKey,
    until_ms: u64,
}

/// A counselor who could take a visitor now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Free {
    pub session: SessionId,
    pub member: MemberId,
    pub languages: Vec<Language>,
}

/// What the caller publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    AskStillThere {
        conversation: ConversationId,
    },
    Offer {
        conversation: ConversationId,
        to: SessionId,
    },
    /// `NotAnswered`: this counselor is away now.
    OfferGone {
        conversation: ConversationId,
        to: SessionId,
        why: OfferGone,
    },
    /// The offer does not count any more: this counselor is not free any more, or she is not theirs to attend.
    Withdrawn {
        conversation: ConversationId,
        to: SessionId,
    },
}

impl Queue {
    /// The first counselor who accepts has her; the others are told. `None` when another was faster or she is gone.
    pub fn accept(&mut self, conversation: ConversationId, by: SessionId, now_ms: u64) -> Option<Vec<Pairing>> {
        self.rings.get(&by).filter(|ring| ring.conversation == conversation && ring.until_ms > now_ms)?;
        self.rings.remove(&by);
        self.take_out(conversation);
        Some(self.stop_ringing(conversation, OfferGone::Taken))
    }

    /// Brings offers up to date: lapsed ones go, and who is free is offered the first visitor who can be. `is_present`:
    /// whether her heartbeat is fresh; `may_be_offered`: whether visitors of the site are this member's to attend.
    pub fn settle(
        &mut self,
        free: &[Free],
        is_present: impl Fn(ConversationId) -> bool,
        may_be_offered: impl Fn(MemberId, SiteKey) -> bool,
        now_ms: u64,
    ) -> Vec<Pairing> {
        let mut pairings = self.drop_offers(free, &is_present, &may_be_offered, now_ms);
        let not_idle: BTreeSet<SessionId> = pairings.iter().filter_map(not_answered_by).collect();
        let mut idle: Vec<&Free> = free
            .iter()
            .filter(|free| !self.rings.contains_key(&free.session) && !not_idle.contains(&free.session))
            .filter(|free| self.counted.groups().any(|(language, site)| free.suits(language, site, &may_be_offered)))
            .collect();
        for (place, waiting) in &mut self.waiting {
            if idle.is_empty() {
                break;
            }
            if is_present(place.conversation) {
                let rings = &mut self.rings;
                waiting.look_for(place.conversation, &may_be_offered, &mut idle, rings, now_ms, &mut pairings);
            }
        }
        pairings
    }

    pub(super) fn stop_ringing(&mut self, conversation: ConversationId, why: OfferGone) -> Vec<Pairing> {
        let rings = self.rings.extract_if(.., |_, ring| ring.conversation == conversation);
        rings.map(|(to, _)| Pairing::OfferGone { conversation, to, why }).collect()
    }

    /// Takes back what was not answered, whose counselor is not free any more, or whose visitor does not answer.
    fn drop_offers(
        &mut self,
        free: &[Free],
        is_present: impl Fn(ConversationId) -> bool,
        may_be_offered: impl Fn(MemberId, SiteKey) -> bool,
        now_ms: u64,
    ) -> Vec<Pairing> {
        let free: BTreeMap<SessionId, &Free> = free.iter().map(|free| (free.session, free)).collect();
        let mut pairings = Vec::new();
        self.rings.retain(|to, Ring { conversation, site, until_ms }| {
            let (to, conversation) = (*to, *conversation);
            let may = free.get(&to).is_some_and(|free| may_be_offered(free.member, *site));
            let pairing = if !may {
                Pairing::Withdrawn { conversation, to }
            } else if !is_present(conversation) {
                Pairing::OfferGone { conversation, to, why: OfferGone::VisitorLeft }
            } else if *until_ms <= now_ms {
                Pairing::OfferGone { conversation, to, why: OfferGone::NotAnswered }
            } else {
                return true;
            };
            pairings.push(pairing);
            false
        });
        pairings
    }
}

/// Who did not answer is away now: nobody rings there next.
fn not_answered_by(pairing: &Pairing) -> Option<SessionId> {
    match pairing {
        Pairing::OfferGone { to, why: OfferGone::NotAnswered, .. } => Some(*to),
        _ => None,
    }
}

impl Free {
    fn suits(&self, language: Language, site: SiteKey, may_be_offered: impl Fn(MemberId, SiteKey) -> bool) -> bool {
        self.languages.contains(&language) && may_be_offered(self.member, site)
    }
}

impl Waiting {
    /// Offers her to every idle counselor whom she suits, or first asks whether she is still there. Counselors
    /// who are spoken for are taken out of `idle`.
    fn look_for(
        &mut self,
        conversation: ConversationId,
        may_be_offered: impl Fn(MemberId, SiteKey) -> bool,
        idle: &mut Vec<&Free>,
        rings: &mut BTreeMap<SessionId, Ring>,
        now_ms: u64,
        pairings: &mut Vec<Pairing>,
    ) {
        let Visitor { language, site, .. } = self.visitor;
        let suits = |free: &&Free| free.suits(language, site, &may_be_offered);
        if !idle.iter().any(suits) {
            return;
        }
        let rings_already = || rings.values().any(|ring| ring.conversation == conversation);
        if now_ms.saturating_sub(self.pressed_at_ms) < STILL_THERE_MS || rings_already() {
            for free in idle.iter().filter(|free| suits(free)) {
                rings.insert(free.session, Ring { conversation, site, until_ms: now_ms + OFFER_MS });
                pairings.push(Pairing::Offer { conversation, to: free.session });
            }
        } else if !self.may_answer(conversation, now_ms, pairings) {
            // She was asked in vain: the next one is looked at, while she keeps her place.
            return;
        }
        idle.retain(|free| !suits(free));
    }

    /// Asks whether she is still there when it is time to. `true` while her first answer is worth waiting for.
    fn may_answer(&mut self, conversation: ConversationId, now_ms: u64, pairings: &mut Vec<Pairing>) -> bool {
        let since_ask_ms = self.asked_at_ms.map(|asked_at_ms| now_ms.saturating_sub(asked_at_ms));
        self.asked_in_vain |= since_ask_ms.is_some_and(|ms| ms >= STILL_THERE_MS);
        if since_ask_ms.is_none_or(|ms| ms >= ASK_AGAIN_MS) {
            self.asked_at_ms = Some(now_ms);
            pairings.push(Pairing::AskStillThere { conversation });
        }
        !self.asked_in_vain
    }
}
