//! The relay is killed at any moment. The same browsers go on or are told the truth; queue order is kept.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::wire::{EndReason, Presence, ServerMsg};

use crate::support::stage::Stage;

/// Everybody who was there reconnects, in this order, and the quiet time passes.
fn all_return(stage: &mut Stage) {
    for visitor in 0..stage.visitors.len() {
        stage.visitor_returns(visitor);
    }
    for counselor in 0..stage.counselors.len() {
        stage.counselor_connects(counselor);
    }
    stage.pass(11);
}

#[test]
fn while_three_wait() {
    let (mut stage, _) = Stage::talking();
    for _ in 0..3 {
        stage.visitor_enters();
    }
    stage.relay_is_killed();
    for visitor in [3, 1, 2] {
        stage.visitor_returns(visitor);
    }
    let positions: Vec<_> = (1..4).map(|visitor| stage.visitors[visitor].person.position).collect();
    assert_eq!(positions, [Some(1), Some(2), Some(3)]);
    stage.counselor_connects(0);
    stage.visitor_returns(0);
    stage.pass(11);
    assert!(stage.visitors[0].person.is_talking());
    assert!(stage.counselors[0].person.offers.is_empty(), "the counselor still talks");
}

#[test]
fn while_one_is_offered() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    assert_eq!(stage.counselors[0].person.offers.len(), 1);
    stage.relay_is_killed();
    stage.counselor_connects(0);
    stage.visitor_returns(0);
    stage.pass(5);
    assert!(stage.counselors[0].person.offers.is_empty(), "nothing is offered in the first ten seconds");
    stage.pass(6);
    assert_eq!(stage.counselors[0].person.offers.len(), 1);
    stage.accepts(0, 0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn while_a_key_was_sealed_but_not_opened() {
    for visitor_first in [true, false] {
        let mut stage = Stage::new();
        stage.counselor_comes();
        stage.counselors[0].person.opens = false;
        stage.visitor_enters();
        stage.accepts(0, 0);
        let conversation = stage.conversation(0);
        stage.relay_is_killed();
        stage.counselors[0].person.opens = true;
        if visitor_first {
            stage.visitor_returns(0);
            stage.counselor_connects(0);
        } else {
            stage.counselor_connects(0);
            stage.visitor_returns(0);
        }
        assert!(stage.visitors[0].person.is_talking());
        assert!(stage.counselors[0].person.is_talking(conversation));
        stage.visitor_writes(0);
        assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
    }
}

#[test]
fn while_a_key_was_opened_and_the_visitor_had_not_seen_it() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    stage.visitors[0].person.grants = false;
    stage.accepts(0, 0);
    // Her grant and its answer were on their way when the relay was lost.
    stage.visitors[0].person.grants = true;
    let conversation = stage.conversation(0);
    stage.counselors[0].person.conversations.get_mut(&conversation).expect("claimed").epoch = Some(1);
    stage.relay_is_killed();
    stage.counselor_connects(0);
    stage.visitor_returns(0);
    assert!(stage.visitors[0].person.is_talking());
    assert!(stage.counselors[0].person.is_talking(conversation));
}

#[test]
fn while_a_claim_had_lapsed_after_its_key_was_sealed() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.counselors[0].person.opens = false;
    stage.visitor_enters();
    stage.accepts(0, 0);
    let pending = stage.visitors[0].person.pending.clone();
    stage.pass(31);
    // The word that it lapsed did not reach her.
    stage.visitors[0].person.pending = pending;
    stage.counselors[0].person.opens = true;
    stage.relay_is_killed();
    all_return(&mut stage);
    stage.pass(31);
    assert!(stage.visitors[0].person.pending.is_none());
    stage.pass(1);
    assert_eq!(stage.visitors[0].person.position, Some(1));
    stage.accepts(0, 0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn while_they_talk_with_messages_in_flight() {
    for visitor_first in [true, false] {
        let (mut stage, conversation) = Stage::talking();
        stage.visitor_writes(0);
        stage.counselor_writes(0, conversation);
        // Written and lost with the relay: only the writers have these.
        stage.visitors[0].person.says();
        stage.counselors[0].person.says(conversation);
        stage.relay_is_killed();
        if visitor_first {
            stage.visitor_returns(0);
            stage.counselor_connects(0);
        } else {
            stage.counselor_connects(0);
            stage.visitor_returns(0);
        }
        let counselor = &stage.counselors[0].person.conversations[&conversation].kept;
        assert_eq!(counselor.received.iter().map(|(.., n)| *n).collect::<Vec<_>>(), [1, 2]);
        let visitor = &stage.visitors[0].person.kept;
        assert_eq!(visitor.received.iter().map(|(.., n)| *n).collect::<Vec<_>>(), [1, 2]);
    }
}

#[test]
fn while_the_counselor_ended_during_the_outage() {
    let (mut stage, conversation) = Stage::talking();
    stage.relay_is_killed();
    stage.counselors[0].person.end(conversation);
    stage.visitor_returns(0);
    assert!(stage.visitors[0].person.is_talking());
    stage.counselor_connects(0);
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Counselor));
}

#[test]
fn while_the_counselor_had_ended_and_the_visitor_returns_later() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_is_lost(0);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.relay_is_killed();
    stage.counselor_connects(0);
    stage.visitor_returns(0);
    assert_eq!(stage.visitors[0].person.ended, Some(EndReason::Counselor), "a restart does not forget an end");
}

/// Counselor 0 ends without a connection, five minutes pass, and the visitor is counselor 1's.
fn moved_to_another() -> (Stage, amparo_protocol::id::ConversationId) {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_comes();
    stage.counselor_is_lost(0);
    stage.counselors[0].person.end(conversation);
    stage.pass(302);
    stage.accepts(1, 0);
    assert!(stage.counselors[1].person.is_talking(conversation));
    (stage, conversation)
}

#[test]
fn an_end_by_a_former_counselor_does_not_end_what_is_another_counselors_by_now() {
    let (mut stage, conversation) = moved_to_another();
    stage.counselor_connects(0);
    assert!(stage.counselors[1].person.is_talking(conversation));
    stage.relay_is_killed();
    stage.counselor_connects(0);
    stage.visitor_returns(0);
    stage.counselor_connects(1);
    assert_eq!(stage.visitors[0].person.ended, None);
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[1].person.conversations[&conversation].kept.received.len(), 1);
}

#[test]
fn an_end_by_a_former_counselor_leaves_her_who_waits_again_in_the_queue() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_is_lost(0);
    stage.counselors[0].person.end(conversation);
    stage.pass(302);
    stage.counselor_connects(0);
    assert_eq!((stage.visitors[0].person.ended, stage.visitors[0].person.position), (None, Some(1)));
}

#[test]
fn while_a_second_tab_holds_the_same_ticket() {
    let (mut stage, _) = Stage::talking();
    let hello = stage.visitors[0].person.resume_hello().expect("a ticket");
    stage.relay_is_killed();
    stage.visitor_returns(0);
    let second = stage.relay.connect(stage.now_ms, None);
    stage.relay.receive(stage.now_ms, second, &hello);
    stage.settle();
    assert_eq!(stage.relay.refused(second), Some(ErrorCode::Elsewhere));
    stage.counselor_connects(0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn while_the_counselor_reloads_too() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_writes(0);
    stage.relay_is_killed();
    stage.counselors[0].person.reload(60);
    all_return(&mut stage);
    assert!(stage.counselors[0].person.is_talking(conversation), "the visitor's ticket names the member");
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
    stage.visitor_writes(0);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 2);
}

#[test]
fn and_only_the_visitor_comes_back() {
    let (mut stage, _) = Stage::talking();
    stage.relay_is_killed();
    stage.visitor_returns(0);
    stage.pass(62);
    let may_ask =
        |msg: &ServerMsg| matches!(msg, ServerMsg::Peer { state: amparo_protocol::wire::PeerState::MayAskAnother, .. });
    assert!(stage.visitors[0].person.seen.iter().any(may_ask));
    stage.pass(245);
    assert_eq!(stage.visitors[0].person.position, Some(1));
}

#[test]
fn and_only_the_counselor_comes_back() {
    let (mut stage, conversation) = Stage::talking();
    stage.relay_is_killed();
    stage.counselor_connects(0);
    stage.pass(599);
    assert!(stage.counselors[0].person.conversations.contains_key(&conversation));
    stage.pass(2);
    assert!(stage.counselors[0].person.conversations.is_empty());
}

#[test]
fn and_an_old_claim_of_a_counselor_loses_against_what_the_visitor_says() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_comes();
    stage.counselor_is_lost(0);
    stage.pass(302);
    stage.accepts(1, 0);
    assert!(stage.counselors[1].person.is_talking(conversation));
    stage.relay_is_killed();
    for counselor in [0, 1] {
        stage.counselor_connects(counselor);
    }
    stage.visitor_returns(0);
    stage.pass(1);
    assert!(!stage.counselors[0].person.conversations.contains_key(&conversation));
    stage.counselor_is_lost(1);
    stage.counselor_connects(1);
    stage.pass(11);
    assert!(stage.counselors[1].person.conversations.contains_key(&conversation));
    assert_eq!(stage.counselors[0].person.presence, Presence::Available);
}
