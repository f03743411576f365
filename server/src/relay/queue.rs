//! Who waits, in which order, and to whom she is offered. Pure: no clock, no I/O; the caller says what time it is, who is
//! free, and publishes what is returned.
//!
//! Never: message text, connections, membership. A visitor is taken out by exactly one counselor.

mod counted;
mod offers;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use amparo_protocol::id::{ConversationId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::wire::OfferGone;

use self::counted::Counted;
use self::offers::Ring;
pub use self::offers::{Free, Pairing};
use super::command::SessionId;
use crate::buckets::Bucket;

/// In the order of their places.
#[derive(Default)]
pub struct Queue {
    waiting: BTreeMap<Place, Waiting>,
    places: HashMap<ConversationId, Place>,
    /// Counselors at whom somebody rings.
    rings: BTreeMap<SessionId, Ring>,
    counted: Counted,
    round: Round,
}

/// How far the round of all who wait has come.
#[derive(Default)]
struct Round {
    behind: Option<Place>,
    /// How many wait up to there. Counted along: a pass over them would take as long as they are many.
    passed: u32,
}

impl Round {
    fn comes(&mut self, place: &Place) {
        self.passed += u32::from(self.behind.is_some_and(|behind| *place <= behind));
    }

    fn goes(&mut self, place: &Place) {
        self.passed -= u32::from(self.behind.is_some_and(|behind| *place <= behind));
    }
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
    pub site: SiteKey,
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

impl Queue {
    /// Takes her place: her first, the one she had, or, where she waits already, a better one.
    pub fn enter(&mut self, place: Place, visitor: Visitor, now_ms: u64) {
        self.take_out(place.conversation);
        let waiting = Waiting { visitor, pressed_at_ms: now_ms, asked_at_ms: None, asked_in_vain: false };
        self.places.insert(place.conversation, place);
        self.waiting.insert(place, waiting);
        self.counted.comes(&place, visitor);
        self.round.comes(&place);
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

    /// Those who wait, first one first.
    pub fn order(&self) -> impl Iterator<Item = ConversationId> {
        self.waiting.keys().map(|place| place.conversation)
    }

    /// The next of those who wait, with their positions, which count from one; from the front again once all had their turn.
    pub fn next_of_round(&mut self, count: usize) -> Vec<(u32, Place)> {
        let from = self.round.behind.map_or(Bound::Unbounded, Bound::Excluded);
        let next = self.waiting.range((from, Bound::Unbounded)).map(|(place, _)| *place);
        let part: Vec<_> = (self.round.passed + 1..).zip(next.take(count)).collect();
        let last = part.last().filter(|_| part.len() == count);
        self.round =
            last.map_or_else(Round::default, |(passed, place)| Round { behind: Some(*place), passed: *passed });
        part
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
        self.round.goes(&place);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use amparo_protocol::id::MemberId;
    use proptest::prelude::*;

    use super::offers::{OFFER_MS, STILL_THERE_MS};
    use super::*;

    const OF_MOST: SiteKey = SiteKey([1; 12]);
    const OF_A_TEAM: SiteKey = SiteKey([2; 12]);
    const ENGLISH: Visitor = Visitor { language: Language::En, site: OF_MOST, bucket: None };

    fn everybody(_: ConversationId) -> bool {
        true
    }

    fn anybody(_: MemberId, _: SiteKey) -> bool {
        true
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
        let member = MemberId([u8::try_from(session).unwrap(); 16]);
        Free { session: SessionId(session), member, languages: vec![Language::En] }
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
        let arabic = Free { languages: vec![Language::Ar], ..free(3) };
        let pairings = queue.settle(&[free(1), free(2), arabic], everybody, anybody, 1);
        let offer = |to| Pairing::Offer { conversation: conversation(1), to: SessionId(to) };
        assert_eq!(pairings, [offer(1), offer(2)]);
    }

    #[test]
    fn the_second_of_two_accepts_is_told_that_another_was_faster() {
        let mut queue = queue_of(&[1]);
        queue.settle(&[free(1), free(2)], everybody, anybody, 1);
        let told = queue.accept(conversation(1), SessionId(2), 2).expect("it was offered");
        let taken = OfferGone::Taken;
        assert_eq!(told, [Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: taken }]);
        assert_eq!(queue.accept(conversation(1), SessionId(1), 2), None);
    }

    #[test]
    fn an_offer_that_nobody_answers_lapses_and_she_stays_first() {
        let mut queue = queue_of(&[1, 2]);
        queue.settle(&[free(1)], everybody, anybody, 1);
        queue.press(conversation(1), OFFER_MS);
        let lapsed =
            Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: OfferGone::NotAnswered };
        assert_eq!(queue.settle(&[free(1)], everybody, anybody, OFFER_MS + 1), [lapsed]);
        assert_eq!(queue.position(conversation(1)), Some(1));
        assert_eq!(queue.accept(conversation(1), SessionId(1), OFFER_MS + 1), None);
    }

    #[test]
    fn who_waited_long_is_asked_first_and_the_next_has_her_turn_when_she_does_not_press() {
        let mut queue = queue_of(&[1, 2]);
        let late = 10 * STILL_THERE_MS;
        queue.press(conversation(2), late + STILL_THERE_MS);
        let ask = Pairing::AskStillThere { conversation: conversation(1) };
        assert_eq!(queue.settle(&[free(1)], everybody, anybody, late), [ask]);
        assert_eq!(queue.settle(&[free(1)], everybody, anybody, late + STILL_THERE_MS - 1), []);
        let offer = Pairing::Offer { conversation: conversation(2), to: SessionId(1) };
        assert_eq!(queue.settle(&[free(1)], everybody, anybody, late + STILL_THERE_MS), [offer]);
        assert_eq!(queue.order().next(), Some(conversation(1)), "she keeps her place");
    }

    #[test]
    fn a_visitor_who_does_not_answer_is_not_offered() {
        let mut queue = queue_of(&[1, 2]);
        queue.settle(&[free(1)], everybody, anybody, 1);
        let gone = Pairing::OfferGone { conversation: conversation(1), to: SessionId(1), why: OfferGone::VisitorLeft };
        let offer = Pairing::Offer { conversation: conversation(2), to: SessionId(1) };
        assert_eq!(queue.settle(&[free(1)], |id| id != conversation(1), anybody, 2), [gone, offer]);
    }

    #[test]
    fn a_visitor_who_is_not_this_members_any_more_is_taken_back() {
        let mut queue = queue_of(&[1]);
        queue.settle(&[free(1)], everybody, anybody, 1);
        let back = Pairing::Withdrawn { conversation: conversation(1), to: SessionId(1) };
        assert_eq!(queue.settle(&[free(1)], everybody, |_, site| site != OF_MOST, 2), [back]);
    }

    #[test]
    fn everybody_who_stays_has_a_turn_in_each_round() {
        let mut queue = queue_of(&[1, 2, 3, 4, 5]);
        let seen = |queue: &mut Queue| -> Vec<u8> {
            queue.next_of_round(2).into_iter().map(|(_, place)| place.conversation.0[0]).collect()
        };
        assert_eq!(seen(&mut queue), [1, 2]);
        queue.leave(conversation(1));
        assert_eq!(seen(&mut queue), [3, 4]);
        assert_eq!(seen(&mut queue), [5]);
        assert_eq!(seen(&mut queue), [2, 3]);
    }

    /// Of the four counselors two are in the team.
    fn may(session: SessionId) -> bool {
        session.0 < 2
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Enter(u8, bool),
        Leave(u8),
        Press(u8),
        Present(u8, bool),
        Accept(u8, u64),
        Wait(u64),
        Settle(u8),
        Round(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0u8..8, any::<bool>()).prop_map(|(number, of_team)| Step::Enter(number, of_team)),
            (0u8..8).prop_map(Step::Leave),
            (0u8..8).prop_map(Step::Press),
            (0u8..8, any::<bool>()).prop_map(|(number, present)| Step::Present(number, present)),
            (0u8..8, 0u64..4).prop_map(|(number, session)| Step::Accept(number, session)),
            (0u64..40_000).prop_map(Step::Wait),
            (0u8..16).prop_map(Step::Settle),
            (1usize..4).prop_map(Step::Round),
        ];
        proptest::collection::vec(step, 1..120)
    }

    proptest! {
        /// Whatever happens: order is by place, nobody is lost, nobody is taken twice, a counselor rings for one visitor
        /// at a time, and only one who was offered her can take her.
        #[test]
        fn order_is_kept_and_everybody_has_one_owner(steps in steps()) {
            let mut queue = Queue::default();
            let (mut waiting, mut absent, mut of_team) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            let mut ringing: BTreeMap<SessionId, ConversationId> = BTreeMap::new();
            let mut now_ms = 0;
            for step in steps {
                let told = match step {
                    Step::Enter(number, is_of_team) => {
                        let id = conversation(number);
                        if waiting.insert(id) {
                            let site = if is_of_team { OF_A_TEAM } else { OF_MOST };
                            queue.enter(place(number), Visitor { site, ..ENGLISH }, now_ms);
                            if is_of_team { of_team.insert(id) } else { of_team.remove(&id) };
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
                    Step::Round(count) => {
                        for (position, place) in queue.next_of_round(count) {
                            prop_assert_eq!(queue.position(place.conversation), Some(position));
                        }
                        vec![]
                    }
                    Step::Settle(mask) => {
                        let free = (0..4).filter(|bit| mask >> bit & 1 == 1).map(free);
                        let free: Vec<Free> = free.collect();
                        let is_in_team = |member: MemberId| may(SessionId(u64::from(member.0[0])));
                        let may_be_offered = |member, site| site != OF_A_TEAM || is_in_team(member);
                        queue.settle(&free, |id| !absent.contains(&id), may_be_offered, now_ms)
                    }
                };
                for pairing in told {
                    match pairing {
                        Pairing::Offer { conversation, to } => {
                            prop_assert!(waiting.contains(&conversation));
                            prop_assert!(may(to) || !of_team.contains(&conversation), "never to others");
                            prop_assert_eq!(ringing.insert(to, conversation), None, "one visitor at a time");
                        }
                        Pairing::OfferGone { conversation, to, .. } | Pairing::Withdrawn { conversation, to } => {
                            prop_assert_eq!(ringing.remove(&to), Some(conversation), "told once");
                        }
                        Pairing::AskStillThere { conversation } => prop_assert!(waiting.contains(&conversation)),
                    }
                }
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
