//! Hundreds of seeds of bad luck: lines break, the relay is killed, browsers reload, messages come twice or in another
//! order. What must hold is checked after every step and once more in the calm afterwards.

use std::collections::BTreeSet;

use amparo_client::view::{Content, MessageState, Phase, ShownMessage};
use amparo_protocol::wire::{Presence, ServerMsg};

use crate::world::{Who, World, own_text, their_text};

const SEEDS: u64 = 100;
const STEPS: usize = 160;

/// How much bad luck there is.
#[derive(Clone, Copy)]
struct Luck {
    mary_reloads: bool,
    counselors_reload: bool,
    doubles: bool,
}

#[test]
fn a_living_sender_is_read_exactly_once_and_in_order() {
    for seed in 0..SEEDS {
        let luck = Luck { mary_reloads: false, counselors_reload: false, doubles: seed % 2 == 1 };
        Story::of(seed, luck).told();
    }
}

#[test]
fn so_it_is_when_counselors_reload() {
    for seed in 10_000..10_000 + SEEDS {
        let luck = Luck { mary_reloads: false, counselors_reload: true, doubles: seed % 2 == 1 };
        Story::of(seed, luck).told();
    }
}

#[test]
fn a_page_that_changes_at_any_moment_doubles_nothing_and_the_conversation_goes_on() {
    for seed in 20_000..20_000 + SEEDS {
        let luck = Luck { mary_reloads: true, counselors_reload: seed % 2 == 1, doubles: seed % 3 == 0 };
        Story::of(seed, luck).told();
    }
}

struct Story {
    seed: u64,
    luck: Luck,
    world: World,
    mary_said: Vec<String>,
    counselors_said: usize,
    /// Since their last reload: Ana, Omar.
    said_alive: [Vec<String>; 2],
    /// Every text that any counselor's screen has shown.
    seen_by_counselors: BTreeSet<String>,
    seen_by_mary: BTreeSet<String>,
}

impl Story {
    fn of(seed: u64, luck: Luck) -> Self {
        Self {
            seed,
            luck,
            world: World::waiting(seed),
            mary_said: Vec::new(),
            counselors_said: 0,
            said_alive: Default::default(),
            seen_by_counselors: BTreeSet::new(),
            seen_by_mary: BTreeSet::new(),
        }
    }

    fn told(mut self) {
        for _ in 0..STEPS {
            self.step();
            self.check();
        }
        self.calm();
        self.check_calm();
    }

    fn step(&mut self) {
        match self.world.random.below(40) {
            0..=17 => self.something_arrives(),
            18..=22 => self.mary_says(),
            23..=26 => self.a_counselor_says(),
            27..=28 => self.somebody_accepts(),
            29..=31 => self.somebody_returns(),
            32 => self.a_line_breaks(),
            33 if self.world.random.once_in(3) => self.world.kill_relay(),
            34 if self.luck.counselors_reload && self.world.random.once_in(3) => self.a_counselor_reloads(),
            35 if self.luck.mary_reloads && self.world.random.once_in(2) => self.mary_reloads(),
            36 if self.luck.doubles => self.something_comes_twice_or_early(),
            37 => self.world.settle(),
            _ => {
                let secs = self.world.random.below(8) as u64;
                self.world.tick(secs);
            }
        }
        self.world.collect();
    }

    fn something_arrives(&mut self) {
        for _ in 0..4 {
            let busy = self.world.busy();
            if !busy.is_empty() {
                let connection = busy[self.world.random.below(busy.len())];
                let is_up = self.world.random.once_in(2);
                self.world.deliver_one(connection, is_up);
            }
        }
    }

    fn mary_says(&mut self) {
        if matches!(self.world.mary.view().phase, Phase::Waiting { .. } | Phase::Claiming { .. } | Phase::Talking) {
            let text = format!("mary says {:04}", self.mary_said.len());
            self.world.mary_says(&text);
            self.mary_said.push(text);
        }
    }

    fn a_counselor_says(&mut self) {
        for (at, name) in ["Ana", "Omar"].into_iter().enumerate() {
            if self.world.is_talking(name) {
                self.counselors_said += 1;
                let text = format!("{name} says {:04}", self.counselors_said);
                self.world.says(name, &text);
                self.said_alive[at].push(text);
            }
        }
    }

    fn somebody_accepts(&mut self) {
        let at = self.world.random.below(2);
        let now_ms = self.world.now_ms;
        let desk = &mut self.world.desks[at];
        if let Some(offer) = desk.counselor.view().offers.first().map(|offer| offer.conversation) {
            desk.counselor.accept(now_ms, offer);
        }
    }

    fn somebody_returns(&mut self) {
        let who = self.anybody();
        if self.world.line_of(who).is_none() {
            self.world.connect(who);
        }
    }

    fn a_line_breaks(&mut self) {
        let who = self.anybody();
        self.world.hang_up(who);
    }

    fn a_counselor_reloads(&mut self) {
        let at = self.world.random.below(2);
        self.said_alive[at].clear();
        self.world.reloads(["Ana", "Omar"][at]);
    }

    /// Only where there is something to continue; a reload during an outage is another story.
    fn mary_reloads(&mut self) {
        let is_in =
            matches!(self.world.mary.view().phase, Phase::Waiting { .. } | Phase::Claiming { .. } | Phase::Talking);
        if is_in && self.world.line_of(Who::Mary).is_some() && self.world.relay.knows_visitor() {
            self.world.mary_reloads();
            self.world.settle();
            if self.world.mary.view().phase == Phase::Continuing {
                let now_ms = self.world.now_ms;
                self.world.mary.continue_here(now_ms);
                self.world.mary.show_earlier();
            }
        }
    }

    fn something_comes_twice_or_early(&mut self) {
        let busy = self.world.busy();
        let Some(connection) = busy.first() else { return };
        let queue = &mut self.world.lines.get_mut(connection).expect("busy").down;
        let is_loose = |msg: &ServerMsg| matches!(msg, ServerMsg::Deliver { .. } | ServerMsg::Ack { .. });
        let loose: Vec<usize> = (0..queue.len()).filter(|at| is_loose(&queue[*at])).collect();
        if let [first, .., last] = loose[..] {
            queue.swap(first, last);
            queue.push_back(queue[first].clone());
        }
    }

    fn anybody(&mut self) -> Who {
        let everybody = self.world.everybody();
        everybody[self.world.random.below(everybody.len())]
    }

    /// Everybody comes back, and somebody accepts where she waits.
    fn calm(&mut self) {
        for _ in 0..20 {
            self.world.everybody_connects();
            for desk in &mut self.world.desks {
                desk.counselor.set_presence(Presence::Available);
            }
            self.world.settle();
            self.check();
            if self.is_calm() {
                return;
            }
            self.world.tick(31);
            self.world.settle();
            self.somebody_accepts();
            self.world.settle();
        }
        panic!("seed {}: no calm, but {:?}", self.seed, self.world.mary.view().phase);
    }

    fn is_calm(&self) -> bool {
        let talking = ["Ana", "Omar"].into_iter().filter(|name| self.world.is_talking(name)).count();
        self.world.mary.view().phase == Phase::Talking && talking == 1
    }

    /// What must hold at every moment.
    fn check(&mut self) {
        let mary = &self.world.mary.view().messages;
        self.seen_by_mary.extend(mary.iter().filter_map(their_text));
        self.check_once_and_in_order(mary);
        for desk in &self.world.desks {
            for shown in &desk.counselor.view().conversations {
                self.seen_by_counselors.extend(shown.messages.iter().filter_map(their_text));
                self.check_once_and_in_order(&shown.messages);
                self.check_delivered(&shown.messages, &self.seen_by_mary);
            }
        }
        self.check_delivered(&self.world.mary.view().messages, &self.seen_by_counselors);
    }

    fn check_once_and_in_order(&self, messages: &[ShownMessage]) {
        for author in ["mary", "Ana", "Omar"] {
            let texts = messages.iter().filter_map(|message| own_text(message).or_else(|| their_text(message)));
            let said: Vec<String> = texts.filter(|text| text.starts_with(author)).collect();
            assert!(said.is_sorted_by(|left, right| left < right), "seed {}: {said:?}", self.seed);
        }
    }

    /// "Delivered" is said only of what the other side's screen has shown.
    fn check_delivered(&self, messages: &[ShownMessage], seen: &BTreeSet<String>) {
        for message in messages {
            if let Content::Own { text, state: MessageState::Delivered } = &message.content {
                assert!(seen.contains(text), "seed {}: {text} was not delivered", self.seed);
            }
        }
    }

    fn check_calm(&mut self) {
        let name = if self.world.is_talking("Ana") { "Ana" } else { "Omar" };
        self.check_last_words(name);
        let reader = self.world.reads(name);
        assert!(!self.world.crossed.windows(9).any(|bytes| bytes == b"mary says"), "seed {}", self.seed);
        if self.luck.mary_reloads {
            return;
        }
        let suffix = &self.mary_said[self.mary_said.len() - reader.len()..];
        assert_eq!(reader, suffix, "seed {}: nothing is missing between", self.seed);
        for text in &self.mary_said {
            assert_eq!(self.world.mary_state(text), MessageState::Delivered, "seed {}: {text}", self.seed);
        }
        let shown = self.world.screen_of(name);
        let alive = self.said_alive[self.world.at(name)].iter().filter(|text| shown.contains(text));
        let lost: Vec<&String> = alive.filter(|text| !self.seen_by_mary.contains(*text)).collect();
        assert!(lost.is_empty(), "seed {}: {lost:?}", self.seed);
    }

    /// After everything, a word each way is read and delivered.
    fn check_last_words(&mut self, name: &str) {
        self.mary_says();
        let last = self.mary_said.last().cloned().expect("said just now");
        let answer = format!("{name} says 9999");
        self.world.says(name, &answer);
        self.world.settle();
        self.check();
        assert_eq!(self.world.reads(name).last(), Some(&last), "seed {}", self.seed);
        assert_eq!(self.world.mary_reads().last(), Some(&answer), "seed {}", self.seed);
        assert_eq!(self.world.mary_state(&last), MessageState::Delivered, "seed {}", self.seed);
        assert_eq!(self.world.state(name, &answer), MessageState::Delivered, "seed {}", self.seed);
    }
}
