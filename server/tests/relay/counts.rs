//! What the relay counts, and at which moment (requirement 73).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use amparo_protocol::colleague::Ask;
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::limits::{CLAIM_SECS, DEPOSIT_SECS, IDLE_END_SECS, VISITOR_MISSING_END_SECS};
use amparo_protocol::wire::{ClientMsg, EndReason, Presence, RefuseReason, encode};
use amparo_server::relay::facts::LineFacts;
use tokio::time::timeout;

use crate::connections::{Talking, talking};
use crate::support::house;
use crate::support::person::Visitor;
use crate::support::served::Served;
use crate::support::stage::Stage;
use crate::support::tab::Over;

/// Everything that was counted so far is this, once each, in English.
#[track_caller]
fn counted(stage: &Stage, expected: &[&'static str]) {
    let expected: BTreeMap<(Language, &'static str), u64> =
        expected.iter().map(|what| ((Language::En, *what), 1)).collect();
    assert_eq!(*stage.relay.counted(), expected);
}

fn is(stage: &mut Stage, counselor: usize, presence: Presence) {
    stage.counselors[counselor].person.presence = presence;
    stage.counselor_says(counselor, encode(&ClientMsg::Presence(presence)));
    stage.pass(1);
}

fn set(stage: &mut Stage, change: impl FnOnce(&mut LineFacts)) {
    let mut facts = LineFacts::clone(&house::facts());
    change(&mut facts);
    stage.relay.facts_changed(stage.now_ms, Arc::new(facts));
    stage.settle();
}

/// How a conversation ends.
type End = fn(&mut Stage, ConversationId);

#[test]
fn she_is_counted_when_she_enters_is_offered_first_and_can_be_read() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    is(&mut stage, 0, Presence::Break);
    stage.visitor_opens();
    counted(&stage, &[]);
    stage.visitor_says(0, Visitor::enter(Language::En));
    counted(&stage, &["entered"]);
    is(&mut stage, 0, Presence::Available);
    counted(&stage, &["entered", "offered"]);
    // Accepted, and the key is never opened: nobody has answered her, and the second offer is no second visitor.
    stage.counselors[0].person.opens = false;
    stage.accepts(0, 0);
    stage.pass(CLAIM_SECS + 2);
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(0)));
    counted(&stage, &["entered", "offered"]);
    stage.counselors[0].person.opens = true;
    stage.accepts(0, 0);
    assert!(stage.visitors[0].person.is_talking());
    counted(&stage, &["entered", "offered", "answered"]);
}

#[test]
fn what_happens_within_a_conversation_is_not_counted() {
    let (mut stage, conversation) = Stage::talking();
    stage.visitor_writes(0);
    stage.counselor_writes(0, conversation);
    stage.counselor_reloads(0);
    stage.pass(1);
    assert!(stage.counselors[0].person.is_talking(conversation), "the same member on another device");
    stage.visitor_is_lost(0);
    stage.visitor_returns(0);
    stage.visitor_writes(0);
    counted(&stage, &["entered", "offered", "answered"]);
}

/// Answered twice, she is still one visitor; and whoever was answered once has not given up.
#[test]
fn who_is_given_back_to_the_queue_is_counted_as_one() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_says(0, encode(&ClientMsg::Colleague { conversation, ask: Ask::GiveBack }));
    assert!(!stage.visitors[0].person.is_talking(), "she waits again");
    counted(&stage, &["entered", "offered", "answered"]);
    is(&mut stage, 0, Presence::Available);
    stage.accepts(0, 0);
    assert!(stage.visitors[0].person.is_talking());
    counted(&stage, &["entered", "offered", "answered"]);
    stage.counselor_says(0, encode(&ClientMsg::Colleague { conversation, ask: Ask::GiveBack }));
    stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    counted(&stage, &["entered", "offered", "answered", "ended-visitor"]);
}

#[test]
fn every_end_is_counted_by_its_reason() {
    let by_visitor = |stage: &mut Stage, conversation: ConversationId| {
        stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    };
    let by_counselor = |stage: &mut Stage, conversation: ConversationId| {
        let end = stage.counselors[0].person.end(conversation);
        stage.counselor_says(0, end);
    };
    let for_abuse = |stage: &mut Stage, conversation: ConversationId| {
        stage.counselor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Abuse }));
    };
    let by_silence = |stage: &mut Stage, _| stage.pass(IDLE_END_SECS + 1);
    let by_absence = |stage: &mut Stage, _| {
        stage.visitor_is_lost(0);
        stage.pass(VISITOR_MISSING_END_SECS + 1);
    };
    let ends: [(End, &'static str); 5] = [
        (by_visitor, "ended-visitor"),
        (by_counselor, "ended-counselor"),
        (for_abuse, "ended-abuse"),
        (by_silence, "ended-idle"),
        (by_absence, "ended-missing"),
    ];
    for (end, reason) in ends {
        let (mut stage, conversation) = Stage::talking();
        end(&mut stage, conversation);
        // Both sides say it once more, as their clients may.
        by_visitor(&mut stage, conversation);
        counted(&stage, &["entered", "offered", "answered", reason]);
    }
}

#[test]
fn who_leaves_the_queue_has_given_up_however_she_leaves() {
    let leaves = |stage: &mut Stage, conversation: ConversationId| {
        stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    };
    let is_gone = |stage: &mut Stage, _| {
        stage.visitor_is_lost(0);
        stage.pass(DEPOSIT_SECS - 10);
        counted(stage, &["entered"]);
        stage.pass(12);
    };
    let ways: [fn(&mut Stage, ConversationId); 2] = [leaves, is_gone];
    for leave in ways {
        let mut stage = Stage::new();
        stage.counselor_comes();
        is(&mut stage, 0, Presence::Break);
        stage.visitor_enters();
        let conversation = stage.conversation(0);
        leave(&mut stage, conversation);
        counted(&stage, &["entered", "gave-up"]);
    }
}

/// Her screen shows the phones: nobody has answered her.
#[test]
fn whose_client_refuses_the_only_counselor_has_given_up() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    stage.visitors[0].person.grants = false;
    stage.accepts(0, 0);
    let (claim, ..) = stage.visitors[0].person.pending.clone().expect("announced");
    stage.visitor_says(0, encode(&ClientMsg::Refuse { claim, reason: RefuseReason::Shift }));
    counted(&stage, &["entered", "offered", "gave-up"]);
}

#[test]
fn who_is_turned_away_is_counted_and_has_not_entered() {
    let mut stage = Stage::new();
    stage.visitor_opens();
    counted(&stage, &[]);
    stage.visitor_says(0, Visitor::enter(Language::En));
    counted(&stage, &["closed"]);

    let mut stage = Stage::new();
    stage.counselor_comes();
    is(&mut stage, 0, Presence::Break);
    set(&mut stage, |facts| facts.line.waiting_max = 1);
    stage.visitor_enters();
    stage.visitor_enters();
    assert_eq!(stage.visitors[1].person.conversation, None);
    counted(&stage, &["entered", "full"]);
}

#[test]
fn each_is_counted_in_the_language_of_the_conversation() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_opens();
    // The screen is in English.
    stage.visitor_says(0, Visitor::enter(Language::Ar));
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    stage.visitor_says(0, encode(&ClientMsg::End { conversation, reason: EndReason::Visitor }));
    let languages: Vec<Language> = stage.relay.counted().keys().map(|(language, _)| *language).collect();
    assert_eq!(languages, [Language::Ar; 4]);
}

#[tokio::test]
async fn counts_are_kept_by_day_language_and_channel_and_name_nobody() {
    let served = Served::settled().await;
    let Talking { mut visitor, conversation, .. } = talking(&served, Over::Socket, Over::Socket).await;
    visitor.says(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
    let day = served.app.clock.now().unix_days();
    let kept = async {
        loop {
            let counters = served.app.store.counters(0).await.unwrap();
            // The relay waits for nobody: they are written beside it.
            if counters.len() == 4 {
                return counters;
            }
            tokio::task::yield_now().await;
        }
    };
    let kept = timeout(Duration::from_secs(20), kept).await.expect("in time");
    for (counter, what) in kept.iter().zip(["answered", "ended-visitor", "entered", "offered"]) {
        let row = (counter.day, counter.language.as_str(), counter.channel.as_str(), counter.reason.as_str());
        assert_eq!((row, counter.total), ((day, "en", "web", what), 1));
    }
}
