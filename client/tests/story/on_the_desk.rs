//! What a counselor's desk shows and keeps of what the relay tells it.

use amparo_client::view::{Connection, Content};
use amparo_protocol::colleague::News;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId};
use amparo_protocol::language::Language;
use amparo_protocol::limits::OFFER_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Hello, JoinReason, Release, ServerMsg};

use crate::unseen;
use crate::world::{Who, World, notice};

const ANA: Who = Who::Counselor(0);

fn notices(world: &World) -> Vec<String> {
    world.conversation_of("Ana").expect("hers").messages.iter().filter_map(notice).collect()
}

fn claimed(conversation: ConversationId, claim: ClaimId, ticket: u8) -> ServerMsg {
    let (reason, language, ticket) = (JoinReason::Claim, Language::En, Sealed(vec![ticket]));
    ServerMsg::Claimed { conversation, claim, reason, language, ticket }
}

#[test]
fn a_colleague_who_comes_and_goes_is_told_once_each() {
    let (mut world, conversation, _) = unseen::talked(140);
    let helper = unseen::omar(&world, JoinReason::Join, None);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(helper.clone()));
    let (given, _) = unseen::grants(&mut world);
    world.hand_over(ANA, ServerMsg::Colleague { conversation, news: News::Beside(Box::new(helper)) });
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    assert_eq!(notices(&world), ["+Omar"]);
    world.hand_over(Who::Mary, ServerMsg::Left { conversation, claim: unseen::OMARS_CLAIM, ticket: Sealed(vec![3]) });
    let (given, _) = unseen::grants(&mut world);
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    assert_eq!(notices(&world), ["+Omar", "-Omar"]);
}

#[test]
fn what_the_visitor_wrote_has_no_badge_there() {
    let mut world = World::talking(141);
    world.mary_says("hello");
    world.settle();
    let shown = &world.conversation_of("Ana").expect("hers").messages;
    assert!(
        shown.iter().any(|shown| matches!(&shown.content, Content::Theirs { text, from: None } if text == "hello"))
    );
}

#[test]
fn that_nobody_has_written_for_long_is_said_until_somebody_writes() {
    let mut world = World::talking(142);
    let conversation = world.conversation();
    world.hand_over(ANA, ServerMsg::IdleWarning { conversation });
    assert!(world.conversation_of("Ana").expect("hers").idle_warning);
    world.mary_says("I am still here");
    world.settle();
    assert!(!world.conversation_of("Ana").expect("hers").idle_warning);
}

#[test]
fn the_newest_ticket_of_a_claim_is_the_one_that_is_shown_at_a_return() {
    let mut world = World::talking(143);
    let conversation = world.conversation();
    let claim = world.relay.claim_of(conversation).expect("they talk");
    world.hand_over(ANA, claimed(conversation, claim, 77));
    world.desks[0].counselor.on_closed(world.now_ms);
    world.desks[0].counselor.on_open(world.now_ms);
    let sent = world.desks[0].counselor.outbox();
    let [ClientMsg::Hello(Hello::Counselor { resumes, .. })] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(resumes.iter().map(|resume| &resume.ticket).collect::<Vec<_>>(), [&Sealed(vec![77])]);
}

/// The visitor was given back and comes to the same desk again: what was read of her before is gone, and nobody else's.
#[test]
fn a_new_claim_takes_the_place_of_what_was_left_of_that_conversation_alone() {
    let mut world = World::talking(144);
    let (conversation, other) = (world.conversation(), ConversationId([9; 16]));
    world.hand_over(ANA, claimed(other, ClaimId([9; 16]), 2));
    world.hand_over(ANA, ServerMsg::Released { conversation, why: Release::GivenBack });
    world.hand_over(ANA, claimed(conversation, ClaimId([8; 16]), 3));
    let mut shown: Vec<ConversationId> =
        world.desks[0].counselor.view().conversations.iter().map(|shown| shown.conversation).collect();
    shown.sort_unstable();
    let mut expected = vec![conversation, other];
    expected.sort_unstable();
    assert_eq!(shown, expected);
}

#[test]
fn a_refusal_outlives_the_connection_that_it_closed() {
    let mut world = World::talking(145);
    world.desks[0].counselor.on_closed(world.now_ms);
    assert_eq!(world.desks[0].counselor.view().connection, Connection::Lost);
    world.desks[0].counselor.on_open(world.now_ms);
    world.hand_over(ANA, ServerMsg::Refused { code: ErrorCode::SignIn });
    world.desks[0].counselor.on_closed(world.now_ms);
    assert_eq!(world.desks[0].counselor.view().connection, Connection::Refused(ErrorCode::SignIn));
}

#[test]
fn an_offer_stands_for_as_long_as_the_relay_keeps_it_and_says_since_when_she_waits() {
    let mut world = World::new(146);
    world.everybody_connects();
    let (conversation, began_ms) = (ConversationId([9; 16]), world.now_ms);
    world.hand_over(ANA, ServerMsg::Offer { conversation, language: Language::En, waited_secs: 90 });
    world.tick(OFFER_SECS - 1);
    let offers = &world.desks[0].counselor.view().offers;
    assert_eq!(offers.iter().map(|offer| offer.waiting_since_ms).collect::<Vec<_>>(), [began_ms - 90_000]);
    world.tick(1);
    assert!(world.desks[0].counselor.view().offers.is_empty());
}
