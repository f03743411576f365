//! The rota decides who can be available. It ends no conversation.

use std::sync::Arc;

use amparo_protocol::rota::{Rota, Turn};
use amparo_protocol::settings::Weekday;
use amparo_protocol::wire::{ClientMsg, LineState, Presence, ServerMsg, encode};
use amparo_server::relay::facts::LineFacts;
use amparo_server::relay::rota::Turns;

use crate::support::house;
use crate::support::stage::Stage;

/// The stage begins on a Friday at 08:00 UTC.
fn turn(number: u8, from_minute: u16, to_minute: u16) -> Turn {
    Turn { member: house::member(number), day: Weekday::Friday, from_minute, to_minute }
}

fn rota(stage: &mut Stage, turns: Vec<Turn>) {
    let mut facts = LineFacts::clone(&house::facts());
    facts.turns = Turns::new(Rota { is_on: true, turns }, "UTC");
    stage.relay.facts_changed(stage.now_ms, Arc::new(facts));
    stage.settle();
}

fn presses_available(stage: &mut Stage, counselor: usize) {
    stage.counselors[counselor].person.presence = Presence::Available;
    stage.counselor_says(counselor, encode(&ClientMsg::Presence(Presence::Available)));
}

fn is_available(stage: &Stage, counselor: usize) -> bool {
    stage.counselors[counselor].person.presence == Presence::Available
}

fn line_state(stage: &Stage, visitor: usize) -> Option<LineState> {
    let told = stage.visitors[visitor].person.seen.iter().rev();
    told.filter_map(|msg| match msg {
        ServerMsg::Line(opening) => Some(opening.state),
        ServerMsg::Welcome(welcome) => Some(welcome.spoken.line.state),
        _ => None,
    })
    .next()
}

#[test]
fn who_is_off_by_the_rota_cannot_be_available_and_the_line_does_not_wait_for_them() {
    let mut stage = Stage::new();
    rota(&mut stage, vec![turn(1, 8 * 60, 9 * 60)]);
    stage.counselor_comes();
    assert!(!is_available(&stage, 0), "the relay answers with a break");
    presses_available(&mut stage, 0);
    assert!(!is_available(&stage, 0));
    stage.visitor_opens();
    assert_eq!(line_state(&stage, 0), Some(LineState::Closed));
    stage.counselor_comes();
    assert!(is_available(&stage, 1));
    stage.pass(1);
    assert_eq!(line_state(&stage, 0), Some(LineState::Available));
}

#[test]
fn a_turn_begins_and_ends_on_the_minute() {
    let mut stage = Stage::new();
    // Eleven seconds of the hour have passed.
    rota(&mut stage, vec![turn(0, 8 * 60 + 5, 8 * 60 + 10)]);
    stage.counselor_comes();
    stage.pass(5 * 60 - 12);
    presses_available(&mut stage, 0);
    assert!(!is_available(&stage, 0), "one second before");
    stage.pass(2);
    presses_available(&mut stage, 0);
    assert!(is_available(&stage, 0));
    stage.visitor_opens();
    stage.pass(5 * 60 - 3);
    assert!(is_available(&stage, 0), "two seconds before the end");
    stage.pass(3);
    assert!(!is_available(&stage, 0), "by itself, as a break that the desk shows");
    assert_eq!(line_state(&stage, 0), Some(LineState::Closed));
}

#[test]
fn a_turn_that_ends_in_the_middle_of_a_conversation_ends_nothing() {
    let (mut stage, conversation) = Stage::talking();
    rota(&mut stage, vec![turn(0, 8 * 60, 8 * 60 + 2)]);
    assert!(is_available(&stage, 0));
    stage.pass(3 * 60);
    assert!(!is_available(&stage, 0));
    stage.counselor_writes(0, conversation);
    stage.visitor_writes(0);
    assert!(stage.visitors[0].person.is_talking() && stage.counselors[0].person.is_talking(conversation));
    stage.visitor_enters();
    stage.pass(5);
    assert!(stage.counselors[0].person.offers.is_empty(), "nobody new");
}

#[test]
fn an_offer_that_rings_when_the_turn_ends_is_taken_back() {
    let mut stage = Stage::new();
    rota(&mut stage, vec![turn(0, 8 * 60, 8 * 60 + 1)]);
    stage.counselor_comes();
    stage.pass(40);
    stage.visitor_enters();
    let conversation = stage.conversation(0);
    assert!(stage.counselors[0].person.offers.contains(&conversation));
    stage.pass(15);
    assert!(stage.counselors[0].person.offers.is_empty());
    stage.accepts(0, 0);
    assert!(!stage.visitors[0].person.is_talking());
}

#[test]
fn whoever_comes_back_after_their_turn_is_on_a_break() {
    let mut stage = Stage::new();
    rota(&mut stage, vec![turn(0, 8 * 60, 8 * 60 + 1)]);
    stage.counselor_comes();
    stage.counselor_is_lost(0);
    stage.pass(60);
    stage.counselor_connects(0);
    assert!(!is_available(&stage, 0));
}

#[test]
fn switching_the_rota_off_lets_everybody_be_available() {
    let mut stage = Stage::new();
    rota(&mut stage, Vec::new());
    stage.counselor_comes();
    assert!(!is_available(&stage, 0));
    stage.relay.facts_changed(stage.now_ms, house::facts());
    presses_available(&mut stage, 0);
    assert!(is_available(&stage, 0));
}
