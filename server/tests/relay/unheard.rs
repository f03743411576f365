//! What the relay had done and one of those whom it concerns had not heard of: cut off, or the relay was lost in between.

use amparo_protocol::colleague::{Ask, News, TransferGone};
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{ClientMsg, PeerState, ResumedState, ServerMsg, encode};

use crate::support::house;
use crate::support::stage::Stage;

const SUPERVISOR: usize = house::SUPERVISOR as usize;

/// One visitor and the first counselor talk; a supervisor is there.
fn with_supervisor() -> (Stage, ConversationId) {
    let mut stage = Stage::new();
    (0..=SUPERVISOR).for_each(|_| {
        stage.counselor_comes();
    });
    stage.visitor_enters();
    stage.pass(1);
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    assert!(stage.counselors[0].person.is_talking(conversation));
    (stage, conversation)
}

fn asks(stage: &mut Stage, counselor: usize, conversation: ConversationId, ask: Ask) {
    stage.counselor_says(counselor, encode(&ClientMsg::Colleague { conversation, ask }));
}

fn supervisor_joins(stage: &mut Stage, conversation: ConversationId) {
    asks(stage, 0, conversation, Ask::CallSupervisor);
    asks(stage, SUPERVISOR, conversation, Ask::Join);
}

/// The first counselor's new device is claimed for, and has no key yet.
fn reloads_and_opens_nothing(stage: &mut Stage) {
    stage.counselor_is_lost(0);
    let person = &mut stage.counselors[0].person;
    person.reload(77);
    person.opens = false;
    stage.counselor_connects(0);
}

fn heard(stage: &Stage, counselor: usize, conversation: ConversationId, is_it: impl Fn(&News) -> bool) -> bool {
    let is_news = |msg: &ServerMsg| matches!(msg, ServerMsg::Colleague { conversation: of, news } if *of == conversation && is_it(news));
    stage.counselors[counselor].person.seen.iter().any(is_news)
}

#[test]
fn a_reloaded_device_that_had_not_heard_of_its_claim_is_told_after_a_restart() {
    for visitor_first in [true, false] {
        let (mut stage, conversation) = Stage::talking();
        reloads_and_opens_nothing(&mut stage);
        stage.pass(1);
        assert!(stage.visitors[0].person.pending.is_some(), "she has sealed the key for it");
        stage.relay_is_killed();
        // "Claimed" was on its way to the device.
        stage.counselors[0].person.conversations.clear();
        stage.counselors[0].person.opens = true;
        if visitor_first {
            stage.visitor_returns(0);
            stage.counselor_connects(0);
        } else {
            stage.counselor_connects(0);
            stage.visitor_returns(0);
        }
        stage.pass(1);
        assert!(stage.counselors[0].person.is_talking(conversation), "visitor first: {visitor_first}");
    }
}

#[test]
fn a_counselor_who_was_silent_when_the_visitor_came_back_is_called_present_when_she_answers() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselors[0].frozen = true;
    stage.visitor_is_lost(0);
    stage.pass(18);
    stage.visitor_returns(0);
    let is_away = |msg: &ServerMsg| {
        matches!(msg, ServerMsg::Resumed { state: ResumedState::Talking { peer_here: false, .. }, .. })
    };
    assert!(stage.visitors[0].person.seen.iter().any(is_away));
    stage.counselors[0].frozen = false;
    stage.pass(2);
    let last = stage.visitors[0].person.seen.iter().rfind(|msg| matches!(msg, ServerMsg::Peer { .. }));
    assert_eq!(last, Some(&ServerMsg::Peer { conversation, state: PeerState::Here }));
}

#[test]
fn a_member_who_left_while_the_visitor_was_away_has_left_when_she_is_back() {
    let (mut stage, conversation) = with_supervisor();
    supervisor_joins(&mut stage, conversation);
    assert!(stage.counselors[SUPERVISOR].person.is_talking(conversation));
    stage.visitor_is_lost(0);
    asks(&mut stage, SUPERVISOR, conversation, Ask::Leave);
    let has_left =
        |stage: &Stage| stage.visitors[0].person.seen.iter().any(|msg| matches!(msg, ServerMsg::Left { .. }));
    assert!(!has_left(&stage));
    stage.visitor_returns(0);
    assert!(has_left(&stage));
}

#[test]
fn a_helper_meets_a_colleague_who_was_away_when_the_helper_came() {
    let (mut stage, conversation) = with_supervisor();
    asks(&mut stage, 0, conversation, Ask::CallSupervisor);
    stage.counselors[SUPERVISOR].person.opens = false;
    stage.counselor_is_lost(0);
    asks(&mut stage, SUPERVISOR, conversation, Ask::Join);
    let has_met = |stage: &Stage| heard(stage, SUPERVISOR, conversation, |news| matches!(news, News::Beside(_)));
    assert!(!has_met(&stage));
    stage.counselor_connects(0);
    stage.counselors[SUPERVISOR].person.opens = true;
    // Her client gives the key again to who has not proved it.
    stage.visitor_is_lost(0);
    stage.visitor_returns(0);
    assert!(stage.counselors[SUPERVISOR].person.is_talking(conversation));
    assert!(has_met(&stage), "else it could not tell who wrote");
}

#[test]
fn a_transfer_that_a_former_device_asked_for_is_withdrawn_when_the_member_is_back_on_another() {
    let (mut stage, conversation) = with_supervisor();
    asks(&mut stage, 0, conversation, Ask::TransferTo(house::roster_member(1)));
    stage.counselor_reloads(0);
    stage.pass(1);
    assert!(stage.counselors[0].person.is_talking(conversation));
    asks(&mut stage, 1, conversation, Ask::AcceptTransfer);
    let is_withdrawn = |news: &News| *news == News::TransferGone(TransferGone::Withdrawn);
    assert!(heard(&stage, 1, conversation, is_withdrawn));
    assert!(!stage.counselors[1].person.is_talking(conversation));
    assert!(stage.counselors[0].person.is_talking(conversation), "and nobody is put in a colleague's place");
}

#[test]
fn who_is_on_the_way_back_when_a_colleague_takes_over_does_not_come_back() {
    let (mut stage, conversation) = with_supervisor();
    supervisor_joins(&mut stage, conversation);
    reloads_and_opens_nothing(&mut stage);
    asks(&mut stage, SUPERVISOR, conversation, Ask::TakeOver);
    let is_void =
        |msg: &ServerMsg| matches!(msg, ServerMsg::ClaimLapsed { conversation: of, .. } if *of == conversation);
    assert!(stage.counselors[0].person.seen.iter().any(is_void));
    stage.counselor_writes(SUPERVISOR, conversation);
    stage.visitor_writes(0);
    let received = &stage.counselors[SUPERVISOR].person.conversations[&conversation].kept.received;
    assert_eq!(received.len(), 1, "who took over goes on");
}

#[test]
fn the_other_member_learns_as_well_that_the_visitor_is_back() {
    let (mut stage, conversation) = with_supervisor();
    supervisor_joins(&mut stage, conversation);
    stage.visitors[0].frozen = true;
    stage.pass(20);
    let away = |stage: &Stage, counselor: usize| {
        let seen = &stage.counselors[counselor].person.seen;
        let last = seen.iter().rfind(|msg| matches!(msg, ServerMsg::Peer { .. }));
        matches!(last, Some(ServerMsg::Peer { state: PeerState::Away { .. }, .. }))
    };
    assert!(away(&stage, 0) && away(&stage, SUPERVISOR));
    stage.counselor_is_lost(SUPERVISOR);
    stage.visitors[0].frozen = false;
    stage.settle();
    stage.counselor_connects(SUPERVISOR);
    stage.pass(2);
    assert!(!away(&stage, SUPERVISOR), "who came back is told");
    assert!(!away(&stage, 0), "and who had stayed");
}
