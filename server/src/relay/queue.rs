//! Who waits, in which order, and to whom she is offered. Pure: no clock, no I/O; the caller says what time it is, who is
//! free, and publishes what is returned.
//!
//! Never: message text, connections, membership. A visitor is taken out by exactly one counselor.

mod counted;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::limits::{OFFER_SECS, STILL_THERE_SECS};
use amparo_protocol::wire::OfferGone;

use self::counted::Counted;
use super::command::SessionId;
use crate::buckets::Bucket;

const OFFER_MS: u64 = OFFER_SECS * 1000;
const STILL_THERE_MS: u64 = STILL_THERE_SECS * 1000;
/// A visitor who did not press is asked again after this long, so that the next ones have their turn between.
const ASK_AGAIN_MS: u64 = 2 * STILL_THERE_MS;

/// In the order of their places.
#[derive(Default)]
pub struct Queue {
    waiting: BTreeMap<Place, Waiting>,
    places: HashMap<ConversationId, Place>,
    /// Counselors at whom somebody rings.
    rings: BTreeMap<SessionId, Ring>,
    counted: Counted,
}

/// Smaller is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Blocked, or one of a crowd that comes from one place: everybody else is before her, however late they came.
    pub behind_others: bool,
    pub behind_front: bool,
    pub joined_at_ms: u64,
    pub conversation: ConversationId,
}

/// What the queue knows of a visitor.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    pub language: Language,
    /// Where she comes from, as far as the relay knows.
    pub bucket: Option<Bucket>,
}

#[derive(Debug)]
struct Waiting {
    visitor: Visitor,
    /// Entering counts as a press.
    pressed_at_ms: u64,
    asked_at_ms: Option<u64>,
    /// Did not press within her time since. She is asked again, and nobody waits for her answer.
    asked_in_vain: bool,
}

/// A counselor hears of one visitor at a time.
#[derive(Clone, Copy, Debug)]
struct Ring {
    conversation: ConversationId,
    until_ms: u64,
}

/// A counselor who could take a visitor now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Free {
    pub session: SessionId,
    pub languages: Vec<Language>,
    /// Their checks are valid.
    pub may_attend_minors: bool,
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
    /// The offer does not count any more because this counselor is not free any more.
    Withdrawn {
        conversation: ConversationId,
        to: SessionId,
    },
}

impl Queue {
    /// Takes her place: her first, the one she had, or, where she waits already, a better one.
    pub fn enter(&mut self, place: Place, visitor: Visitor, now_ms: u64) {
        self.take_out(place.conversation);
        let waiting = Waiting { visitor, pressed_at_ms: now_ms, asked_at_ms: None, asked_in_vain: false };
        self.places.insert(place.conversation, place);
        self.waiting.insert(place, waiting);
        self.counted.comes(&place, visitor);
    }

    /// She does not wait any more; those she was offered to are told.
    pub fn leave(&mut self, conversation: ConversationId) -> Vec<Pairing> {
        self.take_out(conversation);
        self.stop_ringing(conversation, OfferGone::VisitorLeft)
    }

    /// "I am still here."
    pub fn press(&mut self, conversation: ConversationId, now_ms: u64) {
        let place = self.places.get(&conversation);
        if let Some(waiting) = place.and_then(|place| self.waiting.get_mut(place)) {
            waiting.pressed_at_ms = now_ms;
            waiting.asked_at_ms = None;
            waiting.asked_in_vain = false;
        }
    }

    /// The first counselor who accepts has her; the others are told. `None` when another was faster or she is gone.
    pub fn accept(&mut self, conversation: ConversationId, by: SessionId, now_ms: u64) -> Option<Vec<Pairing>> {
        self.rings.get(&by).filter(|ring| ring.conversation == conversation && ring.until_ms > now_ms)?;
        self.rings.remove(&by);
        self.take_out(conversation);
        Some(self.stop_ringing(conversation, OfferGone::Taken))
    }

    /// Brings offers up to date: lapsed ones go, and who is free is offered the first visitor who can be. `is_present`:
    /// whether her heartbeat is fresh; `is_for_minors`: whether her site is.
    pub fn settle(
        &mut self,
        free: &[Free],
        is_present: impl Fn(ConversationId) -> bool,
        is_for_minors: impl Fn(ConversationId) -> bool,
        now_ms: u64,
    ) -> Vec<Pairing> {
        let mut pairings = self.drop_offers(free, &is_present, &is_for_minors, now_ms);
        let not_idle: BTreeSet<SessionId> = pairings.iter().filter_map(not_answered_by).collect();
        let mut idle: Vec<&Free> = free
            .iter()
            .filter(|free| !self.rings.contains_key(&free.session) && !not_idle.contains(&free.session))
            .filter(|free| free.languages.iter().any(|language| self.waiting_in(*language).is_some()))
            .collect();
        for (place, waiting) in &mut self.waiting {
            if idle.is_empty() {
                break;
            }
            if is_present(place.conversation) {
                let for_minors = is_for_minors(place.conversation);
                waiting.look_for(place.conversation, for_minors, &mut idle, &mut self.rings, now_ms, &mut pairings);
            }
        }
        pairings
    }

    /// Those who wait, first one first.
    pub fn order(&self) -> impl Iterator<Item = ConversationId> {
        self.waiting.keys().map(|place| place.conversation)
    }

    /// Counts from one. Looked for from both ends: who asks is mostly near one of them.
    pub fn position(&self, conversation: ConversationId) -> Option<u32> {
        let place = self.places.get(&conversation)?;
        let (mut before, mut after) = (self.waiting.range(..place), self.waiting.range(place..));
        let position = (0..).find_map(|steps: usize| match (before.next(), after.next()) {
            (None, _) => Some(steps + 1),
            (_, None) => Some(self.waiting.len() - steps + 1),
            _ => None,
        });
        u32::try_from(position?).ok()
    }

    pub fn is_waiting(&self, conversation: ConversationId) -> bool {
        self.places.contains_key(&conversation)
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Those who are not behind others.
    pub fn in_turn(&self) -> usize {
        self.waiting.len() - self.counted.behind_others()
    }

    /// How many wait in this language, and since when the longest.
    pub fn waiting_in(&self, language: Language) -> Option<(usize, u64)> {
        self.counted.waiting_in(language)
    }

    /// How many wait who come from there.
    pub fn waiting_from(&self, bucket: Bucket) -> usize {
        self.counted.waiting_from(bucket)
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn take_out(&mut self, conversation: ConversationId) {
        let Some(place) = self.places.remove(&conversation) else { return };
        let waiting = self.waiting.remove(&place).expect("every place is somebody's");
        self.counted.goes(&place, waiting.visitor);
    }

    fn stop_ringing(&mut self, conversation: ConversationId, why: OfferGone) -> Vec<Pairing> {
        let rings = self.rings.extract_if(.., |_, ring| ring.conversation == conversation);
        rings.map(|(to, _)| Pairing::OfferGone { conversation, to, why }).collect()
    }

    /// Takes back what was not answered, whose counselor is not free any more, or whose visitor does not answer.
    fn drop_offers(
        &mut self,
        free: &[Free],
        is_present: impl Fn(ConversationId) -> bool,
        is_for_minors: impl Fn(ConversationId) -> bool,
        now_ms: u64,
    ) -> Vec<Pairing> {
        let free: BTreeMap<SessionId, &Free> = free.iter().map(|free| (free.session, free)).collect();
        let mut pairings = Vec::new();
        self.rings.retain(|to, Ring { conversation, until_ms }| {
            let (to, conversation) = (*to, *conversation);
            let may = free.get(&to).is_some_and(|free| free.may_attend(is_for_minors(conversation)));
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
    fn may_attend(&self, for_minors: bool) -> bool {
        !for_minors || self.may_attend_minors
    }
}

impl Waiting {
    /// Offers her to every idle counselor who speaks her language, or first asks whether she is still there. Counselors
    /// who are spoken for are taken out of `idle`.
    fn look_for(
        &mut self,
        conversation: ConversationId,
        for_minors: bool,
        idle: &mut Vec<&Free>,
        rings: &mut BTreeMap<SessionId, Ring>,
        now_ms: u64,
        pairings: &mut Vec<Pairing>,
    ) {
        let language = self.visitor.language;
        let speaks = |free: &&Free| free.languages.contains(&language) && free.may_attend(for_minors);
        if !idle.iter().any(speaks) {
            return;
        }
        let rings_already = || rings.values().any(|ring| ring.conversation == conversation);
        if now_ms.saturating_sub(self.pressed_at_ms) < STILL_THERE_MS || rings_already() {
            for free in idle.iter().filter(|free| speaks(free)) {
                rings.insert(free.session, Ring { conversation, until_ms: now_ms + OFFER_MS });
                pairings.push(Pairing::Offer { conversation, to: free.session });
            }
        } else if !self.may_answer(conversation, now_ms, pairings) {
            // She was asked in vain: the next one is looked at, while she keeps her place.
            return;
        }
        idle.retain(|free| !speaks(free));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENGLISH: Visitor = Visitor { language: Language::En, bucket: None };

    fn everybody(_: ConversationId) -> bool {
        true
    }

    fn none(_: ConversationId) -> bool {
        false
    }

    fn conversation(number: u8) -> ConversationId {
        ConversationId([number; 16])
    }

    fn place(number: u8) -> Place {
        Place {
            behind_others: false,
            behind_front: true,
            joined_at_ms: u64::from(number),
            conversation: conversation(number),
        }
    }

    fn free(session: u64) -> Free {
        Free { session: SessionId(session), languages: vec![Language::En], may_attend_minors: true }
    }

    fn queue_of(numbers: &[u8]) -> Queue {
        let mut queue = Queue::default();
        for number in numbers {
            queue.enter(place(*number), ENGLISH, 0);
        }
        queue
    }

    #[test]
    fn the_first_visitor_rings_at_everybody_who_speaks_her_language() {
        let mut queue = queue_of(&[2, 1]);
        let arabic = Free { session: SessionId(3), languages: vec![Language::Ar], may_attend_minors: true };
        let pairings = queue.settle(&[free(1), free(2), arabic], everybody, none, 1);
        let offer = |to| Pairing::Offer { conversation: conversation(1), to: SessionId(to) };
        assert_eq!(pairings, [offer(1), offer(2)]);
    }

    #[test]
    fn the_second_of_two_accepts_is_told_that_another_was_faster() {
        let mut queue = queue_of(&[1]);
        queue.settle(&[free(1), free(2)], everybody, none, 1);
        let told = queue.accept(conversation(1), SessionId(2), 2).expect("it was offered");
        let taken = OfferGone::Taken;
        assert_eq!(told, [Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: taken }]);
        assert_eq!(queue.accept(conversation(1), SessionId(1), 2), None);
    }

    #[test]
    fn an_offer_that_nobody_answers_lapses_and_she_stays_first() {
        let mut queue = queue_of(&[1, 2]);
        queue.settle(&[free(1)], everybody, none, 1);
        queue.press(conversation(1), OFFER_MS);
        let lapsed =
            Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: OfferGone::NotAnswered };
        assert_eq!(queue.settle(&[free(1)], everybody, none, OFFER_MS + 1), [lapsed]);
        assert_eq!(queue.position(conversation(1)), Some(1));
        assert_eq!(queue.accept(conversation(1), SessionId(1), OFFER_MS + 1), None);
    }

    #[test]
    fn who_waited_long_is_asked_first_and_the_next_has_her_turn_when_she_does_not_press() {
        let mut queue = queue_of(&[1, 2]);
        let late = 10 * STILL_THERE_MS;
        queue.press(conversation(2), late + STILL_THERE_MS);
        let ask = Pairing::AskStillThere { conversation: conversation(1) };
        assert_eq!(queue.settle(&[free(1)], everybody, none, late), [ask]);
        assert_eq!(queue.settle(&[free(1)], everybody, none, late + STILL_THERE_MS - 1), []);
        let offer = Pairing::Offer { conversation: conversation(2), to: SessionId(1) };
        assert_eq!(queue.settle(&[free(1)], everybody, none, late + STILL_THERE_MS), [offer]);
        assert_eq!(queue.order().next(), Some(conversation(1)), "she keeps her place");
    }

    #[test]
    fn a_visitor_who_does_not_answer_is_not_offered() {
        let mut queue = queue_of(&[1, 2]);
        queue.settle(&[free(1)], everybody, none, 1);
        let gone = Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: OfferGone::VisitorLeft };
        let offer = Pairing::Offer { conversation: conversation(2), to: SessionId(1) };
        assert_eq!(queue.settle(&[free(1)], |id| id != conversation(1), none, 2), [gone, offer]);
    }

    /// Of the four counselors two.
    fn may(session: SessionId) -> bool {
        session.0 < 2
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Enter(u8),
        Leave(u8),
        Press(u8),
        Present(u8, bool),
        ForMinors(u8, bool),
        Accept(u8, u64),
        Wait(u64),
        Settle(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0u8..8).prop_map(Step::Enter),
            (0u8..8).prop_map(Step::Leave),
            (0u8..8).prop_map(Step::Press),
            (0u8..8, any::<bool>()).prop_map(|(number, present)| Step::Present(number, present)),
            (0u8..8, any::<bool>()).prop_map(|(number, minors)| Step::ForMinors(number, minors)),
            (0u8..8, 0u64..4).prop_map(|(number, session)| Step::Accept(number, session)),
            (0u64..40_000).prop_map(Step::Wait),
            (0u8..16).prop_map(Step::Settle),
        ];
        proptest::collection::vec(step, 1..120)
    }

    proptest! {
        /// Whatever happens: order is by place, nobody is lost, nobody is taken twice, a counselor rings for one visitor
        /// at a time, and only one who was offered her can take her.
        #[test]
        fn order_is_kept_and_everybody_has_one_owner(steps in steps()) {
            let mut queue = Queue::default();
            let (mut waiting, mut absent, mut minors) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            let mut ringing: BTreeMap<SessionId, ConversationId> = BTreeMap::new();
            let mut now_ms = 0;
            for step in steps {
                let told = match step {
                    Step::Enter(number) => {
                        if waiting.insert(conversation(number)) {
                            queue.enter(place(number), ENGLISH, now_ms);
                        }
                        vec![]
                    }
                    Step::Leave(number) => {
                        waiting.remove(&conversation(number));
                        queue.leave(conversation(number))
                    }
                    Step::Press(number) => {
                        queue.press(conversation(number), now_ms);
                        vec![]
                    }
                    Step::Present(number, present) => {
                        if present { absent.remove(&conversation(number)) } else { absent.insert(conversation(number)) };
                        vec![]
                    }
                    Step::ForMinors(number, is_one) => {
                        if is_one { minors.insert(conversation(number)) } else { minors.remove(&conversation(number)) };
                        vec![]
                    }
                    Step::Accept(number, session) => {
                        let (id, by) = (conversation(number), SessionId(session));
                        let rang = ringing.get(&by) == Some(&id);
                        let accepted = queue.accept(id, by, now_ms);
                        prop_assert!(accepted.is_none() || (rang && waiting.remove(&id)));
                        if accepted.is_some() {
                            ringing.remove(&by);
                        }
                        accepted.unwrap_or_default()
                    }
                    Step::Wait(ms) => {
                        now_ms += ms;
                        vec![]
                    }
                    Step::Settle(mask) => {
                        let free = (0..4).filter(|bit| mask >> bit & 1 == 1).map(free);
                        let free: Vec<Free> =
                            free.map(|free| Free { may_attend_minors: may(free.session), ..free }).collect();
                        queue.settle(&free, |id| !absent.contains(&id), |id| minors.contains(&id), now_ms)
                    }
                };
                for pairing in told {
                    match pairing {
                        Pairing::Offer { conversation, to } => {
                            prop_assert!(waiting.contains(&conversation));
                            prop_assert!(may(to) || !minors.contains(&conversation), "never to others");
                            prop_assert_eq!(ringing.insert(to, conversation), None, "one visitor at a time");
                        }
                        Pairing::OfferGone { conversation, to, .. } | Pairing::Withdrawn { conversation, to } => {
                            prop_assert_eq!(ringing.remove(&to), Some(conversation), "told once");
                        }
                        Pairing::AskStillThere { conversation } => prop_assert!(waiting.contains(&conversation)),
                    }
                }
                let settled = matches!(step, Step::Settle(_));
                let is_right = |(to, id): (&SessionId, &ConversationId)| may(*to) || !minors.contains(id);
                prop_assert!(!settled || ringing.iter().all(is_right), "taken back from whoever may not");
                let order: Vec<ConversationId> = queue.order().collect();
                let expected: Vec<ConversationId> = waiting.iter().copied().collect();
                for (position, id) in (1..).zip(&order) {
                    prop_assert_eq!(queue.position(*id), Some(position));
                }
                prop_assert_eq!(queue.waiting_in(Language::En).map_or(0, |(count, _)| count), order.len());
                prop_assert_eq!(order, expected, "ids sort as the places do");
            }
        }
    }
}
