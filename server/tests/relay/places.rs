//! Who waits is told her place: whoever is near the front at once, whoever is far back a little later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amparo_protocol::id::Pass;
use amparo_protocol::language::Language;
use amparo_protocol::wire::{ClientMsg, EndReason, LineState, Presence, ServerMsg, encode};
use amparo_server::random::Random;
use amparo_server::relay::command::{Command, SessionId};
use amparo_server::relay::facts::LineFacts;
use amparo_server::relay::line::Line;

use crate::support::house;
use crate::support::stage::Stage;

/// More than are told at once.
const WAITING: usize = 60;

fn everybody_waits() -> Stage {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselor_says(0, encode(&ClientMsg::Presence(Presence::Break)));
    for _ in 0..WAITING {
        stage.visitor_enters();
    }
    stage
}

fn places(stage: &Stage) -> Vec<u32> {
    stage.visitors.iter().filter_map(|visitor| visitor.person.position).collect()
}

#[test]
fn everybody_reads_her_place_as_she_enters() {
    let stage = everybody_waits();
    let expected: Vec<u32> = (1..).take(WAITING).collect();
    assert_eq!(places(&stage), expected);
}

#[test]
fn a_place_near_the_front_changes_at_once_and_one_far_back_within_seconds() {
    let mut stage = everybody_waits();
    let end = ClientMsg::End { conversation: stage.conversation(0), reason: EndReason::Visitor };
    stage.visitor_says(0, encode(&end));
    let at_once = places(&stage);
    assert_eq!((at_once[1], at_once[50]), (1, 50), "those in front");
    assert_eq!(at_once[59], 60, "those far back");
    stage.pass(6);
    assert_eq!(places(&stage)[59], 59);
}

#[test]
fn those_who_are_away_take_nobodys_turn_to_be_told() {
    const AWAY: usize = 70;
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselor_says(0, encode(&ClientMsg::Presence(Presence::Break)));
    for _ in 0..AWAY + 2 {
        stage.visitor_enters();
    }
    let end = ClientMsg::End { conversation: stage.conversation(AWAY), reason: EndReason::Visitor };
    stage.visitor_says(AWAY, encode(&end));
    (0..AWAY).for_each(|visitor| stage.visitor_is_lost(visitor));
    stage.pass(6);
    assert_eq!(stage.visitors[AWAY + 1].person.position, Some(71), "she is told that she moved");
}

#[test]
fn whoever_waits_does_not_hear_of_every_counselor_who_sits_down_or_rises() {
    let mut stage = everybody_waits();
    let open = stage.visitor_opens();
    let told = |stage: &Stage, visitor: usize| {
        let told = |msg: &&ServerMsg| matches!(msg, ServerMsg::Line(opening) if opening.state == LineState::Available);
        stage.visitors[visitor].person.seen.iter().filter(told).count()
    };
    let before = (told(&stage, WAITING - 1), told(&stage, open));
    stage.counselor_says(0, encode(&ClientMsg::Presence(Presence::Available)));
    stage.pass(1);
    assert_eq!(told(&stage, WAITING - 1), before.0, "she waits");
    assert_eq!(told(&stage, open), before.1 + 1, "she has only opened the chat");
}

/// The line alone, just after a start, when everybody may wait.
struct Crowd {
    line: Line,
    count: u64,
}

impl Crowd {
    fn of(count: u64) -> Self {
        let mut facts = LineFacts::clone(&house::facts());
        facts.line.waiting_max = 20_000;
        let line = Line::new(Arc::new(facts), house::ticket_keys(), Random::seeded(1), house::START_MS);
        let mut crowd = Self { line, count: 0 };
        let commands: Vec<Command> = (0..count).flat_map(|_| crowd.newcomer()).collect();
        crowd.line.on_commands(house::START_MS, commands);
        assert_eq!(crowd.line.waiting_count() as u64, count);
        crowd
    }

    fn newcomer(&mut self) -> [Command; 3] {
        self.count += 1;
        let (session, site, language) = (SessionId(self.count), house::SITE, Language::En);
        let mut pass = Pass([0; 32]);
        pass.0[..8].copy_from_slice(&self.count.to_be_bytes());
        let msg = ClientMsg::Enter { language };
        [
            Command::PassIssued { pass, site, preview: None },
            Command::Open { session, site, pass, language },
            Command::Said { session, msg },
        ]
    }

    fn one_enters(&mut self) {
        let commands = self.newcomer();
        self.line.on_commands(house::START_MS, commands);
    }

    /// Of many, so that nothing else on the machine counts.
    fn quickest(&mut self, act: impl Fn(&mut Self)) -> Duration {
        let once = |_| {
            let began = Instant::now();
            act(self);
            began.elapsed()
        };
        (0..60).map(once).min().expect("sixty times")
    }
}

#[test]
fn a_decision_takes_no_longer_when_thousands_wait() {
    // Of five hundred every tick looks at as many as of five thousand.
    let (mut few, mut many) = (Crowd::of(500), Crowd::of(5_000));
    for (what, act) in [
        ("entering", Crowd::one_enters as fn(&mut Crowd)),
        ("a tick", |crowd| drop(crowd.line.on_tick(house::START_MS))),
    ] {
        let (of_few, of_many) = (few.quickest(act), many.quickest(act));
        assert!(of_many < 4 * of_few, "{what}: {of_few:?} with hundreds, {of_many:?} with thousands");
    }
}
