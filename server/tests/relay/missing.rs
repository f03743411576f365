//! Somebody is missing in the middle of a conversation.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{EndToken, Handle, Hash};
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::wire::{ClientMsg, EndReason, Hello, PeerState, ServerMsg, encode};
use sha2::{Digest, Sha256};

use crate::support::person::Visitor;
use crate::support::stage::Stage;

const HANDLE: Handle = Handle([8; 16]);

fn continue_hello() -> Vec<u8> {
    encode(&ClientMsg::Hello(Hello::Continue { version: PROTOCOL_VERSION, handle: HANDLE }))
}

fn told(stage: &Stage, state: impl Fn(&PeerState) -> bool) -> bool {
    let mut seen = stage.visitors[0].person.seen.iter();
    seen.any(|msg| matches!(msg, ServerMsg::Peer { state: told, .. } if state(told)))
}

#[test]
fn a_missing_counselor_is_told_after_25_seconds_and_another_may_be_asked_for_after_60() {
    let (mut stage, _) = Stage::talking();
    stage.counselor_is_lost(0);
    stage.pass(23);
    assert!(!told(&stage, |state| matches!(state, PeerState::Away { .. })));
    stage.visitor_says(0, encode(&ClientMsg::AskAnother));
    assert!(stage.visitors[0].person.is_talking(), "not yet");
    stage.pass(3);
    assert!(told(&stage, |state| matches!(state, PeerState::Away { .. })));
    stage.pass(36);
    assert!(told(&stage, |state| *state == PeerState::MayAskAnother));
    stage.visitor_says(0, encode(&ClientMsg::AskAnother));
    assert_eq!(stage.visitors[0].person.position, Some(1));
    assert!(!stage.visitors[0].person.is_talking());
}

#[test]
fn after_five_minutes_she_is_at_the_front_by_herself() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_enters();
    stage.counselor_is_lost(0);
    stage.pass(302);
    assert_eq!(stage.visitors[0].person.position, Some(1));
    assert_eq!(stage.visitors[1].person.position, Some(2));
}

#[test]
fn a_counselor_who_comes_back_in_time_goes_on() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_is_lost(0);
    stage.pass(100);
    stage.counselor_connects(0);
    assert!(told(&stage, |state| *state == PeerState::Here));
    stage.counselor_writes(0, conversation);
    assert_eq!(stage.visitors[0].person.kept.received.len(), 1);
}

#[test]
fn a_reloaded_counselor_rejoins_and_gets_the_sealed_bytes_of_before() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_writes(0);
    stage.counselor_writes(0, conversation);
    stage.counselor_reloads(0);
    let counselor = &stage.counselors[0].person;
    assert!(counselor.is_talking(conversation));
    assert_eq!(counselor.conversations[&conversation].kept.received.len(), 2);
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 3);
}

#[test]
fn a_rejoin_waits_while_the_visitor_is_away() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitors[0].person.grants = false;
    stage.counselor_reloads(0);
    stage.visitor_is_lost(0);
    stage.pass(200);
    assert!(stage.counselors[0].person.conversations.contains_key(&conversation), "it has not lapsed");
    stage.visitors[0].person.grants = true;
    stage.visitor_returns(0);
    assert!(stage.counselors[0].person.is_talking(conversation));
}

#[test]
fn a_counselor_who_reloads_and_never_opens_the_key_is_missing_after_five_minutes() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselors[0].person.opens = false;
    stage.counselor_is_lost(0);
    stage.counselors[0].person.reload(70);
    stage.counselors[0].person.opens = false;
    stage.counselor_connects(0);
    stage.pass(302);
    assert!(!stage.visitors[0].person.is_talking());
    assert_eq!(stage.visitors[0].person.position, Some(1));
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
}

#[test]
fn a_counselor_who_comes_back_after_she_was_moved_is_told() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_is_lost(0);
    stage.pass(302);
    stage.counselor_connects(0);
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
}

#[test]
fn a_visitor_who_does_not_come_back_is_missing_after_ten_minutes() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_is_lost(0);
    stage.pass(599);
    assert!(stage.counselors[0].person.conversations.contains_key(&conversation));
    stage.pass(2);
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
    assert_eq!(stage.relay.hub().ring_bytes(), 0);
}

#[test]
fn a_visitor_who_closed_the_page_is_gone_when_her_deposit_expires() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_says(0, Visitor::deposit(HANDLE));
    stage.visitor_says(0, encode(&ClientMsg::Leaving));
    stage.visitor_is_lost(0);
    stage.pass(119);
    assert!(stage.counselors[0].person.conversations.contains_key(&conversation));
    stage.pass(2);
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
}

#[test]
fn after_a_page_change_her_deposit_brings_her_back() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_writes(0);
    stage.visitor_says(0, Visitor::deposit(HANDLE));
    stage.visitor_is_lost(0);
    stage.counselor_writes(0, conversation);
    stage.visitor_connects_with(0, continue_hello());
    assert!(matches!(stage.visitors[0].person.seen.last(), Some(ServerMsg::Deposited { .. })));
    let resume = stage.visitors[0].person.resume_hello().expect("the deposit holds the ticket");
    stage.visitor_says(0, resume);
    assert_eq!(stage.visitors[0].person.kept.received.len(), 1);
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 2);
}

#[test]
fn a_deposit_is_gone_two_minutes_after_the_connection() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_says(0, Visitor::deposit(HANDLE));
    stage.visitor_is_lost(0);
    stage.pass(121);
    stage.visitor_connects_with(0, continue_hello());
    assert_eq!(stage.visitors[0].refused, Some(ErrorCode::NothingToContinue));
}

#[test]
fn a_second_tab_with_the_same_ticket_does_not_displace_one_that_answers() {
    let (mut stage, _) = Stage::talking();
    let hello = stage.visitors[0].person.resume_hello().expect("a ticket");
    let second = stage.relay.connect(stage.now_ms, None);
    stage.relay.receive(stage.now_ms, second, &hello);
    stage.settle();
    assert_eq!(stage.relay.refused(second), Some(ErrorCode::Elsewhere));
    assert!(stage.visitors[0].refused.is_none());
}

#[test]
fn a_second_tab_displaces_one_that_is_silent_for_three_seconds() {
    let (mut stage, _) = Stage::talking();
    let first = stage.visitors[0].session.expect("connected");
    stage.visitors[0].frozen = true;
    stage.pass(1);
    stage.visitor_returns(0);
    stage.pass(3);
    assert_eq!(stage.relay.refused(first), Some(ErrorCode::Elsewhere));
    stage.visitors[0].frozen = false;
    stage.settle();
    stage.visitor_writes(0);
    let conversation = stage.conversation(0);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
}

#[test]
fn a_browser_that_connects_twice_within_three_seconds_is_not_shut_out() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitors[0].frozen = true;
    stage.visitor_returns(0);
    let second = stage.visitors[0].session.expect("connected");
    stage.pass(1);
    stage.visitor_returns(0);
    stage.pass(2);
    assert_eq!(stage.relay.refused(second), Some(ErrorCode::Elsewhere));
    stage.visitors[0].frozen = false;
    stage.settle();
    stage.visitor_writes(0);
    assert_eq!(stage.visitors[0].refused, None);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
}

#[test]
fn who_came_back_too_late_leaves_a_new_deposit_under_the_same_half() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_says(0, Visitor::deposit(HANDLE));
    stage.visitor_is_lost(0);
    stage.pass(121);
    stage.counselor_comes();
    stage.visitor_enters();
    stage.accepts(1, 1);
    stage.visitor_says(1, Visitor::deposit(HANDLE));
    stage.visitor_is_lost(1);
    stage.visitor_connects_with(1, continue_hello());
    assert!(matches!(stage.visitors[1].person.seen.last(), Some(ServerMsg::Deposited { .. })));
}

#[test]
fn an_open_conversation_outlives_login_and_shift_by_two_hours_also_over_a_reconnect() {
    let (mut stage, conversation) = Stage::talking();
    let ago_ms = |minutes: u64| stage.now_ms - minutes * 60 * 1000;
    let (just_over, long_over) = (ago_ms(12 * 60 + 1), ago_ms(14 * 60 + 1));
    stage.counselor_is_lost(0);
    stage.counselor_connects_as_of(0, just_over);
    stage.pass(1);
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.pass(1);
    assert_eq!(stage.counselors[0].refused, Some(ErrorCode::SignIn), "with the conversation it is over");
    stage.counselor_connects_as_of(0, long_over);
    assert_eq!(stage.counselors[0].refused, Some(ErrorCode::Invalid));
}

#[test]
fn the_end_token_ends_the_conversation() {
    let (mut stage, conversation) = Stage::talking();
    let token = EndToken([6; 16]);
    stage.visitor_says(0, keeps(token));
    stage.visitor_is_lost(0);
    stage.relay.end_by_token(stage.now_ms, token);
    stage.settle();
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
    stage.visitor_returns(0);
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Visitor));
}

#[test]
fn only_the_latest_end_token_of_a_conversation_ends_it() {
    let (mut stage, conversation) = Stage::talking();
    let (former, latest) = (EndToken([6; 16]), EndToken([7; 16]));
    stage.visitor_says(0, keeps(former));
    stage.visitor_says(0, keeps(latest));
    stage.relay.end_by_token(stage.now_ms, former);
    stage.settle();
    assert!(stage.counselors[0].person.conversations.contains_key(&conversation), "the former is of nothing now");
    stage.relay.end_by_token(stage.now_ms, latest);
    stage.settle();
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Visitor));
}

/// A page that came back too late begins anew under the token of the half that it kept.
#[test]
fn an_end_token_ends_the_conversation_that_named_it_last() {
    let (mut stage, first) = Stage::talking();
    let token = EndToken([6; 16]);
    stage.visitor_says(0, keeps(token));
    stage.counselor_comes();
    stage.visitor_enters();
    stage.accepts(1, 1);
    let second = stage.conversation(1);
    stage.visitor_says(1, keeps(token));
    stage.visitor_says(0, encode(&ClientMsg::End { conversation: first, reason: EndReason::Visitor }));
    assert!(!stage.counselors[0].person.conversations.contains_key(&first));
    stage.relay.end_by_token(stage.now_ms, token);
    stage.settle();
    assert_eq!(
        stage.visitors[1].person.ended,
        Some(EndReason::Visitor),
        "the end of {first:?} took that of {second:?} along"
    );
}

fn keeps(token: EndToken) -> Vec<u8> {
    encode(&ClientMsg::EndToken { hash: Hash(Sha256::digest(token.as_bytes()).into()) })
}
