//! How conversations end, and that nothing is held afterwards.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use amparo_protocol::wire::{ClientMsg, EndReason, ServerMsg, encode};
use amparo_server::relay::command::Command;

use crate::support::house;
use crate::support::stage::Stage;

#[test]
fn a_visitor_who_ends_is_told_and_nothing_is_held() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_writes(0);
    stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Visitor));
    assert!(stage.counselors[0].person.conversations.is_empty());
    assert_eq!((stage.relay.hub().ring_bytes(), stage.relay.line().conversation_count()), (0, 0));
}

#[test]
fn what_is_written_after_the_end_goes_nowhere() {
    let (mut stage, conversation) = Stage::talking();
    let late = stage.visitors[0].person.says();
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.visitor_says(0, late);
    assert_eq!(stage.relay.hub().ring_bytes(), 0);
    assert!(stage.visitors[0].refused.is_none(), "it had crossed the end on its way");
}

#[test]
fn a_visitor_whose_conversation_ended_meanwhile_is_told_when_she_returns() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_is_lost(0);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.visitor_returns(0);
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Counselor));
}

#[test]
fn half_an_hour_without_a_word_ends_it_and_both_are_warned() {
    let (mut stage, conversation) = Stage::talking();
    stage.pass(25 * 60 - 10);
    assert!(!stage.visitors[0].person.seen.contains(&ServerMsg::IdleWarning { conversation }));
    stage.pass(20);
    assert!(stage.visitors[0].person.seen.contains(&ServerMsg::IdleWarning { conversation }));
    assert!(stage.counselors[0].person.seen.contains(&ServerMsg::IdleWarning { conversation }));
    stage.counselor_writes(0, conversation);
    stage.pass(6 * 60);
    assert!(stage.visitors[0].person.is_talking(), "a word keeps it");
    stage.pass(25 * 60);
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Idle));
}

#[test]
fn a_ticket_is_fresh_for_as_long_as_the_connection_lives() {
    let (mut stage, conversation) = Stage::talking();
    for _ in 0..8 {
        stage.pass(10 * 60);
        stage.counselor_writes(0, conversation);
    }
    stage.visitor_is_lost(0);
    stage.relay_is_killed();
    stage.visitor_returns(0);
    assert_eq!(stage.visitors[0].refused, None);
}

#[test]
fn a_ticket_of_half_an_hour_ago_is_refused() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_is_lost(0);
    stage.relay_is_killed();
    stage.pass(31 * 60);
    stage.visitor_returns(0);
    assert_eq!(stage.visitors[0].refused, Some(ErrorCode::Ticket));
}

#[test]
fn a_login_that_ended_closes_its_connections() {
    let (mut stage, _) = Stage::talking();
    stage.relay.command(stage.now_ms, Command::LoginEnded { login: Hash([0; 32]) });
    stage.settle();
    assert_eq!(stage.counselors[0].refused, Some(ErrorCode::SignIn));
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[0].person.conversations.values().next().map(|m| m.kept.received.len()), Some(0));
}

/// The login was good when the connection was opened, and had ended when it said whose it is.
#[test]
fn a_connection_that_has_not_greeted_yet_does_not_outlive_its_login() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselor_is_lost(0);
    let hello = stage.counselors[0].person.hello(stage.now_ms);
    let login = house::login(0, stage.now_ms);
    stage.counselors[0].session = Some(stage.relay.connect(stage.now_ms, Some(login)));
    stage.now_ms += 1_000;
    stage.relay.command(stage.now_ms, Command::MemberRemoved { member: house::member(0) });
    stage.counselor_says(0, hello);
    assert_eq!(stage.counselors[0].refused, Some(ErrorCode::SignIn));
    stage.now_ms += 1;
    stage.counselor_connects(0);
    assert_eq!(stage.counselors[0].refused, None, "who signs in anew is served");
}

#[test]
fn a_visitor_who_left_the_queue_for_long_gets_her_place_back_by_her_ticket() {
    let (mut stage, _) = Stage::talking();
    let early = stage.visitor_enters();
    stage.visitor_is_lost(early);
    stage.pass(130);
    let late = stage.visitor_enters();
    assert_eq!(stage.visitors[late].person.position, Some(1), "who is gone is not counted");
    stage.visitor_returns(early);
    assert_eq!(stage.visitors[early].person.position, Some(1));
    assert_eq!(stage.visitors[late].person.position, Some(2));
}
