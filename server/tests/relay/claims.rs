//! From the queue into a conversation: offers, accepts, claims, and what happens when a claim is not completed.

use amparo_protocol::language::Language;
use amparo_protocol::wire::{
    ClientMsg, JoinReason, LineState, OfferGone, Opening, Presence, RefuseReason, ServerMsg, encode,
};

use crate::support::house;
use crate::support::person::Visitor;
use crate::support::stage::Stage;

const CLOSED: Opening = Opening { state: LineState::Closed, opens_unix_secs: None };

#[test]
fn a_visitor_waits_is_offered_and_talks() {
    let (stage, conversation) = Stage::talking();
    assert_eq!(stage.visitors[0].person.position, Some(1));
    assert_eq!(stage.relay.line().waiting_count(), 0);
    assert!(stage.counselors[0].person.seen.iter().any(|msg| matches!(
        msg,
        ServerMsg::Claimed { conversation: claimed, reason: JoinReason::Claim, .. } if *claimed == conversation
    )));
}

#[test]
fn two_counselors_accept_at_the_same_moment_and_exactly_one_has_her_a_thousand_times() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselor_comes();
    for round in 0..1000 {
        let visitor = stage.visitor_enters();
        let conversation = stage.conversation(visitor);
        assert!(stage.counselors.iter().all(|counselor| counselor.person.offers.contains(&conversation)));
        let accept = encode(&ClientMsg::Accept { conversation });
        for counselor in [round % 2, 1 - round % 2] {
            let session = stage.counselors[counselor].session.expect("connected");
            stage.relay.receive(stage.now_ms, session, &accept);
        }
        stage.settle();
        let (first, second) = (round % 2, 1 - round % 2);
        assert!(stage.counselors[first].person.is_talking(conversation));
        assert!(!stage.counselors[second].person.conversations.contains_key(&conversation));
        let told = ServerMsg::OfferGone { conversation, why: OfferGone::Taken };
        assert!(stage.counselors[second].person.seen.contains(&told), "told kindly");
        let end = stage.counselors[first].person.end(conversation);
        stage.counselor_says(first, end);
        stage.visitor_is_lost(visitor);
        stage.visitors.clear();
    }
    assert_eq!(stage.relay.line().conversation_count(), 0);
}

#[test]
fn a_counselor_in_a_conversation_is_not_offered_another_visitor() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_enters();
    stage.pass(2);
    assert!(stage.counselors[0].person.offers.is_empty());
    assert_eq!(stage.visitors[1].person.position, Some(1));
}

#[test]
fn a_counselor_on_a_break_is_not_offered_anybody() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselor_says(0, encode(&ClientMsg::Presence(Presence::Break)));
    stage.visitor_enters();
    assert!(stage.counselors[0].person.offers.is_empty());
}

#[test]
fn a_frozen_counselor_is_not_offered_anybody_and_the_line_says_so() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_opens();
    stage.counselors[0].frozen = true;
    stage.pass(20);
    assert!(stage.visitors[0].person.seen.contains(&ServerMsg::Line(CLOSED)));
    stage.visitor_says(0, Visitor::enter(Language::En));
    assert_eq!(stage.visitors[0].person.conversation, None, "nobody is there, and she is told so");
}

#[test]
fn an_offer_that_is_not_answered_makes_the_counselor_away() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    stage.pass(31);
    assert_eq!(stage.counselors[0].person.presence, Presence::Away);
    assert!(stage.counselors[0].person.offers.is_empty());
    assert_eq!(stage.visitors[0].person.position, Some(1), "she stays first");
}

#[test]
fn who_does_not_say_that_she_is_still_there_is_passed_over_and_keeps_her_place() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_enters();
    stage.visitor_enters();
    stage.visitors[1].person.presses = false;
    stage.pass(60);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    assert!(stage.counselors[0].person.offers.is_empty(), "she is asked first");
    stage.pass(31);
    assert_eq!(stage.visitors[1].person.position, Some(1));
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(2)));
}

#[test]
fn those_who_never_answer_do_not_keep_a_counselor_from_the_next_one() {
    let (mut stage, conversation) = Stage::talking();
    for _ in 0..3 {
        stage.visitor_enters();
    }
    for silent in [1, 2] {
        stage.visitors[silent].person.presses = false;
    }
    stage.pass(60);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.pass(61);
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(3)), "each silent one had her half minute");
    assert_eq!(stage.visitors[1].person.position, Some(1));
}

#[test]
fn a_claim_whose_key_is_not_opened_lapses_and_she_keeps_her_place() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselors[0].person.opens = false;
    stage.visitor_enters();
    let conversation = stage.conversation(0);
    stage.accepts(0, 0);
    assert_eq!(stage.relay.line().waiting_count(), 0);
    stage.pass(31);
    assert!(stage.visitors[0].person.pending.is_none(), "she is told that the claim lapsed");
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
    assert_eq!(stage.visitors[0].person.position, Some(1));
    stage.counselors[0].person.opens = true;
    stage.pass(1);
    stage.accepts(0, 0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn a_counselor_whom_the_visitors_client_refuses_gets_nothing_and_she_leaves_the_queue() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    stage.visitors[0].person.grants = false;
    let conversation = stage.conversation(0);
    stage.accepts(0, 0);
    let (claim, ..) = stage.visitors[0].person.pending.clone().expect("announced");
    stage.visitor_says(0, encode(&ClientMsg::Refuse { claim, reason: RefuseReason::Shift }));
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
    assert_eq!(stage.relay.line().conversation_count(), 0);
}

#[test]
fn a_visitor_in_danger_goes_to_the_front() {
    let (mut stage, _) = Stage::talking();
    stage.visitor_enters();
    stage.visitor_enters();
    stage.visitor_says(2, encode(&ClientMsg::InDanger));
    assert_eq!(stage.visitors[2].person.position, Some(1));
    assert_eq!(stage.visitors[1].person.position, Some(2));
}

#[test]
fn a_visitor_is_only_offered_to_counselors_of_her_language() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_opens();
    stage.visitor_says(0, Visitor::enter(Language::It));
    assert_eq!(stage.visitors[0].person.conversation, None);
    assert!(stage.visitors[0].person.seen.contains(&ServerMsg::Line(CLOSED)));
}

#[test]
fn languages_that_an_administrator_changes_count_for_a_desk_that_is_connected() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    let mut facts = (*house::facts()).clone();
    facts.languages_of.insert(house::member(0), vec![Language::Ar]);
    stage.relay.facts_changed(stage.now_ms, facts.into());
    stage.settle();
    stage.visitor_enters();
    assert!(stage.visitors[0].person.seen.contains(&ServerMsg::Line(CLOSED)), "nobody speaks English any more");
}
