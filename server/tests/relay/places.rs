//! Who waits is told her place: whoever is near the front at once, whoever is far back a little later.

use amparo_protocol::wire::{ClientMsg, EndReason, LineState, Presence, ServerMsg, encode};

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
