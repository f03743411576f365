//! Who waits behind others, and that nobody is refused or told.

use amparo_protocol::language::Language;
use amparo_protocol::wire::{ClientMsg, EndReason, LineState, Presence, ServerMsg, encode};
use amparo_server::buckets::{Bucket, Whence};
use amparo_server::relay::command::Command;

use crate::support::house;
use crate::support::person::Visitor;
use crate::support::stage::Stage;

const DAY_SECS: u64 = 24 * 60 * 60;
const ABUSER: Whence = Whence { bucket: Bucket([1; 16]), former: None };
const OTHER: Whence = Whence { bucket: Bucket([2; 16]), former: None };

fn enters_from(stage: &mut Stage, whence: Whence) -> usize {
    let visitor = stage.visitor_opens();
    let session = stage.visitors[visitor].session.expect("she is connected");
    stage.relay.command(stage.now_ms, Command::Arrived { session, whence });
    stage.visitor_says(visitor, Visitor::enter(Language::En));
    visitor
}

/// The abuser talks with counselor 0, who blocks.
fn blocked() -> Stage {
    let mut stage = Stage::new();
    stage.counselor_comes();
    enters_from(&mut stage, ABUSER);
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    stage.relay.command(stage.now_ms, Command::Block { conversation, by: house::member(0) });
    stage.settle();
    stage
}

/// The line stays open, and everybody waits.
fn takes_a_break(stage: &mut Stage, counselor: usize) {
    stage.counselor_says(counselor, encode(&ClientMsg::Presence(Presence::Break)));
}

fn position(stage: &Stage, visitor: usize) -> Option<u32> {
    stage.visitors[visitor].person.position
}

#[test]
fn a_block_ends_the_conversation_and_lets_others_go_first_for_a_day() {
    let mut stage = blocked();
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Abuse));
    takes_a_break(&mut stage, 0);
    let again = enters_from(&mut stage, ABUSER);
    assert_eq!(position(&stage, again), Some(1), "not refused, and not told");
    let later = enters_from(&mut stage, OTHER);
    stage.settle();
    assert_eq!((position(&stage, later), position(&stage, again)), (Some(1), Some(2)));
    stage.visitor_says(again, encode(&ClientMsg::InDanger));
    assert_eq!(position(&stage, later), Some(1), "nor can the mark of danger take the place of others");
    stage.visitor_is_lost(again);
    stage.visitor_is_lost(later);
    stage.counselor_is_lost(0);
    stage.now_ms += (DAY_SECS + 60) * 1000;
    stage.pass(1);
    let counselor = stage.counselor_comes();
    takes_a_break(&mut stage, counselor);
    let next_day = enters_from(&mut stage, ABUSER);
    let after = enters_from(&mut stage, OTHER);
    assert_eq!((position(&stage, next_day), position(&stage, after)), (Some(1), Some(2)));
}

#[test]
fn a_block_holds_under_the_secret_of_the_next_day() {
    let mut stage = blocked();
    takes_a_break(&mut stage, 0);
    let renamed = Whence { bucket: Bucket([9; 16]), former: Some(ABUSER.bucket) };
    let again = enters_from(&mut stage, renamed);
    let later = enters_from(&mut stage, OTHER);
    assert_eq!((position(&stage, later), position(&stage, again)), (Some(1), Some(2)));
}

/// Only who takes part: a supervisor elsewhere cannot end what they do not see.
#[test]
fn only_a_counselor_who_is_in_it_blocks() {
    let (mut stage, conversation) = Stage::talking();
    stage.relay.command(stage.now_ms, Command::Block { conversation, by: house::member(1) });
    stage.settle();
    assert_eq!(stage.visitors[0].person.ended, None);
}

/// Requirement 95.
#[test]
fn short_contacts_again_and_again_are_no_block() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    for round in 0..20 {
        let visitor = enters_from(&mut stage, ABUSER);
        stage.accepts(0, visitor);
        let conversation = stage.conversation(visitor);
        let end = stage.counselors[0].person.end(conversation);
        stage.counselor_says(0, end);
        stage.pass(1);
        assert!(stage.visitors[visitor].person.ended.is_some(), "round {round}");
    }
    takes_a_break(&mut stage, 0);
    let again = enters_from(&mut stage, ABUSER);
    let other = enters_from(&mut stage, OTHER);
    assert_eq!((position(&stage, again), position(&stage, other)), (Some(1), Some(2)));
}

#[test]
fn a_crowd_from_one_place_fills_no_queue_and_others_go_first() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    let mut facts = (*house::facts()).clone();
    facts.line.waiting_max = 20;
    stage.relay.facts_changed(stage.now_ms, facts.into());
    takes_a_break(&mut stage, 0);
    for _ in 0..60 {
        enters_from(&mut stage, ABUSER);
    }
    let other = enters_from(&mut stage, OTHER);
    assert_eq!(position(&stage, other), Some(13), "only twelve of the crowd are before her");
    let seen = &stage.visitors[other].person.seen;
    let full = |msg: &ServerMsg| matches!(msg, ServerMsg::Line(opening) if opening.state == LineState::Full);
    assert!(!seen.iter().any(full));
    assert_eq!(stage.relay.line().waiting_count(), 12 + 20 + 1, "and of those behind, as many as the line allows");
}

/// Whoever waited, went for good and comes back by a ticket waits as who enters anew.
#[test]
fn an_old_ticket_is_no_way_around_a_block_or_a_crowd() {
    let mut stage = blocked();
    takes_a_break(&mut stage, 0);
    let again = enters_from(&mut stage, ABUSER);
    stage.visitor_is_lost(again);
    // Given up by then.
    stage.pass(130);
    let later = enters_from(&mut stage, OTHER);
    returns_from(&mut stage, again, ABUSER);
    assert_eq!((position(&stage, later), position(&stage, again)), (Some(1), Some(2)));
}

fn returns_from(stage: &mut Stage, visitor: usize, whence: Whence) {
    let hello = stage.visitors[visitor].person.resume_hello().expect("she has a ticket");
    let session = stage.relay.connect(stage.now_ms, None);
    stage.relay.command(stage.now_ms, Command::Arrived { session, whence });
    stage.visitors[visitor].session = Some(session);
    stage.visitor_says(visitor, hello);
}
