//! What is meant for another conversation, rings no longer, or counts further than anybody could.

use amparo_client::conversation::{Conversation, FORMER_DEVICE, Holder, Side, VISITOR};
use amparo_client::crypto::header::MessageHeader;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::table::Table;
use amparo_client::view::Phase;
use amparo_protocol::colleague::{Ask, Colleague, News};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MessageId, RosterMemberId};
use amparo_protocol::language::Language;
use amparo_protocol::limits::OFFER_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    Back, ClientMsg, EndReason, Have, Hello, LineState, Opening, PeerState, Release, ResumedState, ServerMsg, Span,
    Spoken, TicketFor,
};

use crate::seeded::Seeded;
use crate::world::{NOON_MS, Who, World};

const ELSEWHERE: ConversationId = ConversationId([9; 16]);

#[test]
fn what_is_said_of_another_conversation_changes_nothing_for_mary() {
    let mut world = World::talking(90);
    world.mary_says("one");
    world.settle();
    let claim = world.relay.claim_of(world.conversation()).expect("they talk");
    let ticket = || Sealed(vec![1]);
    let membership = |claim| TicketFor { ticket: Sealed(vec![1]), membership: claim };
    let conversation = ELSEWHERE;
    let strays = [
        ServerMsg::Ended { conversation, reason: EndReason::Counselor },
        ServerMsg::Resumed {
            conversation,
            state: ResumedState::Waiting { position: 7 },
            held: Vec::new(),
            ticket: Some(membership(None)),
        },
        ServerMsg::BackInQueue { conversation, position: 7, ticket: ticket(), why: Back::Missing },
        ServerMsg::Left { conversation, claim, ticket: ticket() },
        ServerMsg::ClaimLapsed { conversation, claim },
        ServerMsg::Want { conversation, have: Vec::new(), held: Vec::new() },
        ServerMsg::Peer { conversation, state: PeerState::MayAskAnother },
        ServerMsg::Ticket { conversation, ticket: membership(Some(claim)) },
        ServerMsg::IdleWarning { conversation },
        ServerMsg::Typing { conversation },
        ServerMsg::Waiting { conversation, position: 7, ticket: ticket() },
    ];
    let before = world.mary.view().clone();
    for stray in strays {
        world.hand_over(Who::Mary, stray.clone());
        assert_eq!(world.mary.view(), &before, "{stray:?}");
        assert_eq!(world.mary.outbox(), [], "{stray:?}");
    }
}

#[test]
fn what_is_said_of_another_conversation_changes_nothing_on_anas_desk() {
    let mut world = World::talking(91);
    world.says("Ana", "uno");
    world.settle();
    let (conversation, claim) = (ELSEWHERE, ClaimId([8; 16]));
    let strays = [
        ServerMsg::Ended { conversation, reason: EndReason::Visitor },
        ServerMsg::Released { conversation, why: Release::Transferred },
        ServerMsg::ClaimLapsed { conversation, claim },
        ServerMsg::Want { conversation, have: Vec::new(), held: Vec::new() },
        ServerMsg::Peer { conversation, state: PeerState::Away { for_secs: 9 } },
        ServerMsg::IdleWarning { conversation },
    ];
    let before = world.desks[0].counselor.view().clone();
    for stray in strays {
        world.hand_over(Who::Counselor(0), stray.clone());
        assert_eq!(world.desks[0].counselor.view(), &before, "{stray:?}");
        assert_eq!(world.desks[0].counselor.outbox(), [], "{stray:?}");
    }
}

#[test]
fn a_conversation_that_goes_on_is_not_lost_because_a_relay_has_nothing_to_continue() {
    let mut world = World::talking(96);
    world.hand_over(Who::Mary, ServerMsg::Refused { code: ErrorCode::NothingToContinue });
    assert_eq!(world.mary.view().phase, Phase::Talking);
}

#[test]
fn what_comes_in_a_language_that_she_has_left_is_not_shown() {
    let mut world = World::new(95);
    world.everybody_connects();
    let spoken = |world: &World| world.mary.view().welcome.as_ref().expect("welcomed").spoken.clone();
    let english = spoken(&world);
    world.mary.speak(Language::Es);
    world.hand_over(Who::Mary, ServerMsg::Spoken(Box::new(Spoken { line: closed(), ..english.clone() })));
    assert_eq!(spoken(&world), english);
    let spanish = Spoken { language: Language::Es, line: closed(), ..english };
    world.hand_over(Who::Mary, ServerMsg::Spoken(Box::new(spanish.clone())));
    assert_eq!(spoken(&world), spanish);
}

fn closed() -> Opening {
    Opening { state: LineState::Closed, opens_unix_secs: None }
}

#[test]
fn a_request_is_gone_from_the_desk_once_it_rings_no_longer_or_was_answered() {
    let mut world = World::talking(92);
    let mut asked = |conversation| {
        let by = Colleague { member: RosterMemberId([1; 16]), badge: Sealed::default(), is_supervisor: false };
        let news = News::TransferAsked { by, language: Language::En };
        world.hand_over(Who::Counselor(1), ServerMsg::Colleague { conversation, news });
    };
    let other = ConversationId([8; 16]);
    asked(ELSEWHERE);
    asked(other);
    let waits = |world: &World| -> Vec<ConversationId> {
        world.desks[1].counselor.view().requests.iter().map(|request| request.conversation).collect()
    };
    let now_ms = world.now_ms;
    world.desks[1].counselor.ask(now_ms, ELSEWHERE, Ask::DeclineTransfer);
    assert_eq!(waits(&world), [other]);
    world.desks[1].counselor.on_tick(now_ms + OFFER_SECS * 1000 - 1);
    assert_eq!(waits(&world), [other]);
    world.desks[1].counselor.on_tick(now_ms + OFFER_SECS * 1000);
    assert_eq!(waits(&world), []);
}

/// As long as the visitor's ticket could bring the conversation back.
#[test]
fn an_end_that_no_relay_has_heard_of_is_told_for_half_an_hour() {
    for (minutes, is_told) in [(29, true), (31, false)] {
        let mut world = World::talking(93);
        world.kill_relay();
        world.ends("Ana");
        let now_ms = world.now_ms + minutes * 60_000;
        let ana = &mut world.desks[0].counselor;
        ana.on_open(now_ms);
        let told = ana
            .outbox()
            .iter()
            .any(|msg| matches!(msg, ClientMsg::Hello(Hello::Counselor { ended, .. }) if !ended.is_empty()));
        assert_eq!(told, is_told, "after {minutes} minutes");
    }
}

#[test]
fn what_is_heard_of_marys_numbers_moves_them_no_further_than_she_could_have_counted() {
    let number_after = |have: &[Have], spans: &[Span]| {
        let mut mary = back_after_a_page_change();
        mary.hear_numbers(have, spans);
        mary.say(NOON_MS, "are you there?", &mut Seeded(3));
        let sealed = mary.seal_due(NOON_MS, Author::Visitor);
        MessageHeader::parse(sealed[0].as_bytes()).expect("her own").number
    };
    let have = |sender, upto| Have { epoch: 0, sender, upto };
    let unheard = number_after(&[], &[]);
    assert_eq!(number_after(&[have(VISITOR, u64::MAX)], &[]), unheard, "nobody wrote so much");
    assert_eq!(number_after(&[have(DeviceId([7; 8]), 500)], &[]), unheard, "another's numbers");
    assert!(number_after(&[have(VISITOR, 500)], &[]) > 500);
    assert!(number_after(&[], &[Span { epoch: 0, sender: VISITOR, from: 400, upto: 500 }]) > 500);
}

#[test]
fn a_number_that_nobody_could_have_reached_is_not_taken() {
    let mut mary = back_after_a_page_change();
    let epoch = mary.epochs().and_then(|epochs| epochs.get(0)).expect("kept").clone();
    let mut take_in = |number: u64| {
        let message =
            seal_message(&epoch, Author::Visitor, number, MessageId([number as u8; 16]), 0, &Body::Text("x".into()));
        mary.take_in(NOON_MS, message);
        mary.have().first().map(|have| have.upto)
    };
    assert_eq!(take_in((1 << 48) + 1), None);
    assert_eq!(take_in(u64::MAX), None);
    assert_eq!(take_in(1 << 48), Some(1 << 48));
}

/// Mary's browser with the key of before; nobody has said yet how far she had counted.
fn back_after_a_page_change() -> Conversation {
    let org = World::new(94).house.shift("Ana", NOON_MS / 1000, &mut Seeded(1)).org;
    let mut before = Conversation::new(Side::Visitor);
    before.begin(org, ConversationId([1; 16]));
    before.epochs_mut().expect("begun").make_next(&mut Seeded(2));
    let mut granted = Table::default();
    granted.insert(0, vec![Holder { device: FORMER_DEVICE, cert: None, badge: None }]);
    let mut mary = Conversation::new(Side::Visitor);
    mary.restore(before.epochs().expect("begun").clone(), granted, Some(0));
    mary
}
