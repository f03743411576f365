//! Rest after a conversation, more than one at a time, and what supervisors see of the line.

use std::sync::Arc;

use amparo_protocol::wire::{ClientMsg, EndReason, Presence, ServerMsg, encode};
use amparo_server::relay::command::{BoardFacts, SeatFacts};
use amparo_server::relay::facts::LineFacts;

use crate::support::house;
use crate::support::stage::Stage;

fn set(stage: &mut Stage, change: impl FnOnce(&mut LineFacts)) {
    let mut facts = LineFacts::clone(&house::facts());
    change(&mut facts);
    stage.relay.facts_changed(stage.now_ms, Arc::new(facts));
    stage.settle();
}

/// Requirement 83.
#[test]
fn after_a_conversation_nobody_is_offered_until_the_counselor_is_ready() {
    let (mut stage, conversation) = Stage::talking();
    set(&mut stage, |facts| facts.cool_down_mins = 5);
    stage.visitor_enters();
    stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    stage.pass(5);
    let ana = &stage.counselors[0].person;
    assert!(ana.seen.contains(&ServerMsg::Presence(Presence::Break)));
    assert!(ana.offers.is_empty());
    stage.counselor_says(0, encode(&ClientMsg::Presence(Presence::Available)));
    stage.pass(1);
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(1)));
}

#[test]
fn without_a_rest_the_next_visitor_is_offered_at_once() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_enters();
    stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    stage.pass(1);
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(1)));
}

/// Requirement 81.
#[test]
fn a_member_whose_limit_was_raised_is_offered_a_second_visitor_and_no_third() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_enters();
    stage.pass(1);
    assert!(stage.counselors[0].person.offers.is_empty(), "one at a time, as long as nothing else was set");
    set(&mut stage, |facts| facts.conversations_max = [(house::member(0), 2)].into());
    stage.pass(1);
    stage.accepts(0, 1);
    assert!(stage.visitors[0].person.is_talking() && stage.visitors[1].person.is_talking());
    stage.visitor_enters();
    stage.pass(1);
    assert!(!stage.counselors[0].person.offers.contains(&stage.conversation(2)));
}

/// Requirement 85.
#[test]
fn the_board_says_who_is_on_and_how_many_wait_and_names_no_visitor() {
    let mut stage = Stage::new();
    assert_eq!(stage.relay.hub().board(), BoardFacts::default());
    stage.counselor_comes();
    stage.visitor_enters();
    let board = stage.relay.hub().board();
    let waiting: Vec<_> = board.waiting.iter().map(|row| (row.language, row.count)).collect();
    assert_eq!(waiting, [(amparo_protocol::language::Language::En, 1)]);
    stage.accepts(0, 0);
    let board = stage.relay.hub().board();
    assert!(board.waiting.is_empty());
    let [SeatFacts { member, presence, conversations, .. }] = &board.seats[..] else { panic!("one desk is on") };
    assert_eq!((*member, *presence, *conversations), (house::member(0), Presence::Available, 1));
}
