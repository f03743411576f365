//! Broken lines and a relay that is killed: nothing is lost, nothing is shown twice.

use amparo_client::view::{ConversationState, MessageState, Phase};
use amparo_protocol::limits::RING_MAX_BYTES;
use amparo_protocol::wire::{EndReason, ServerMsg};

use crate::world::{Who, World};

#[test]
fn killed_while_mary_waits_she_keeps_her_place() {
    let mut world = World::waiting(20);
    world.mary_says("hello?");
    world.kill_relay();
    world.everybody_connects();
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }));
    world.accepts("Ana");
    assert_eq!(world.reads("Ana"), ["hello?"]);
}

#[test]
fn killed_while_she_is_offered_the_offer_comes_again() {
    let mut world = World::waiting(21);
    world.tick(1);
    world.settle();
    assert!(!world.desk("Ana").counselor.view().offers.is_empty());
    world.kill_relay();
    assert!(world.desk("Ana").counselor.view().offers.is_empty());
    world.everybody_connects();
    world.accepts("Ana");
    assert!(world.is_talking("Ana"));
}

#[test]
fn killed_with_the_grant_sealed_and_not_opened_the_claim_goes_on() {
    let mut world = World::waiting(22);
    world.mary_says("hello?");
    accept_until(&mut world, |msg| matches!(msg, ServerMsg::Grant(_)));
    assert!(matches!(world.mary.view().phase, Phase::Claiming { .. }));
    world.kill_relay();
    world.everybody_connects();
    assert_eq!(world.mary.view().phase, Phase::Talking);
    assert_eq!(world.reads("Ana"), ["hello?"]);
}

#[test]
fn killed_with_the_key_opened_and_the_proof_lost_the_claim_goes_on() {
    let mut world = World::waiting(23);
    world.mary_says("hello?");
    accept_until(&mut world, |msg| matches!(msg, ServerMsg::Ack { .. }));
    assert!(world.is_talking("Ana"));
    assert!(matches!(world.mary.view().phase, Phase::Claiming { .. }), "for Mary it does not count yet");
    world.says("Ana", "I am Ana");
    world.kill_relay();
    world.everybody_connects();
    assert_eq!(world.mary.view().phase, Phase::Talking);
    assert_eq!((world.reads("Ana"), world.mary_reads()), (vec!["hello?".into()], vec!["I am Ana".into()]));
}

#[test]
fn a_claim_that_lapses_after_its_key_was_sealed_leaves_its_number_unused() {
    let mut world = World::waiting(24);
    world.mary_says("hello?");
    accept_until(&mut world, |msg| matches!(msg, ServerMsg::Grant(_)));
    world.hang_up(Who::Counselor(0));
    world.tick(30);
    world.settle();
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }));
    assert_eq!(world.mary_state("hello?"), MessageState::Unread);
    world.accepts("Omar");
    assert_eq!(world.reads("Omar"), ["hello?"]);
    assert_eq!(newest_epoch(&world), Some(1));
    world.connect(Who::Counselor(0));
    world.settle();
    assert!(world.reads("Ana").is_empty());
    assert_eq!(world.conversation_of("Ana").map(|shown| shown.state), Some(ConversationState::Lapsed));
}

#[test]
fn killed_with_messages_and_acknowledgements_in_flight_nothing_is_lost_or_doubled() {
    let mut world = World::talking(25);
    world.mary_says("one");
    world.says("Ana", "uno");
    world.settle();
    world.mary_says("two");
    world.says("Ana", "due");
    world.collect();
    world.kill_relay();
    world.mary_says("three");
    world.says("Ana", "tre");
    world.everybody_connects();
    assert_eq!(world.reads("Ana"), ["one", "two", "three"]);
    assert_eq!(world.mary_reads(), ["uno", "due", "tre"]);
    assert_eq!(world.mary_state("three"), MessageState::Delivered);
    assert_eq!(world.state("Ana", "tre"), MessageState::Delivered);
}

#[test]
fn ana_ended_during_the_outage_and_the_new_relay_learns_of_it() {
    let mut world = World::talking(26);
    world.kill_relay();
    world.ends("Ana");
    world.everybody_connects();
    assert!(matches!(world.mary.view().phase, Phase::Ended { .. }));
}

#[test]
fn mary_ended_during_the_outage_and_ana_is_told() {
    let mut world = World::talking(27);
    world.kill_relay();
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    world.everybody_connects();
    let shown = world.conversation_of("Ana").expect("there");
    assert_eq!(shown.state, ConversationState::Ended(EndReason::Visitor));
}

#[test]
fn ana_reloads_and_reads_everything_again() {
    let mut world = World::talking(28);
    for text in ["one", "two"] {
        world.mary_says(text);
        world.settle();
        world.says("Ana", &format!("re {text}"));
        world.settle();
    }
    world.reloads("Ana");
    world.settle();
    assert!(world.conversation_of("Ana").expect("back").rejoined);
    assert_eq!(world.screen_of("Ana"), ["one", "re one", "two", "re two"]);
    assert_eq!(world.state("Ana", "re two"), MessageState::Delivered, "Mary says again what she has");
    world.mary_says("three");
    world.says("Ana", "re three");
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two", "three"]);
    assert_eq!(world.mary_reads(), ["re one", "re two", "re three"]);
}

#[test]
fn ana_reloads_while_the_relay_is_down_and_mary_has_everything_for_her() {
    let mut world = World::talking(29);
    world.mary_says("one");
    world.says("Ana", "uno");
    world.settle();
    world.kill_relay();
    world.mary_says("two");
    let at = world.at("Ana");
    world.connect(Who::Mary);
    world.settle();
    world.reloads("Ana");
    assert_eq!(world.at("Ana"), at);
    world.everybody_connects();
    assert_eq!(world.reads("Ana"), ["one", "two"]);
    assert_eq!(world.mary_reads(), ["uno"]);
}

#[test]
fn a_rejoin_that_lapses_leaves_the_present_key_in_use() {
    let mut world = World::talking(30);
    world.mary_says("before");
    world.settle();
    world.reloads("Ana");
    world.collect();
    deliver_until(&mut world, |msg| matches!(msg, ServerMsg::Grant(_)));
    world.hang_up(Who::Counselor(0));
    world.tick(30);
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::Talking, "the membership that was proved stays");
    world.reloads("Ana");
    world.settle();
    world.mary_says("after");
    world.settle();
    assert_eq!(world.reads("Ana"), ["before", "after"]);
    assert_eq!(newest_epoch(&world), Some(3), "one lapsed, one leads on from it");
}

#[test]
fn more_than_the_ring_holds_is_filled_by_the_other_browser() {
    let mut world = World::talking(31);
    let long = "x".repeat(15_000);
    let count = RING_MAX_BYTES / 16_000 + 10;
    (0..count).for_each(|number| world.mary_says(&format!("{number} {long}")));
    world.settle();
    assert!(world.relay.ring_bytes() <= RING_MAX_BYTES);
    world.reloads("Ana");
    world.settle();
    let numbers: Vec<usize> =
        world.reads("Ana").iter().filter_map(|text| text.split(' ').next()?.parse().ok()).collect();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
}

/// So that whoever comes next finds them there, should both of these be away by then.
#[test]
fn a_relay_that_forgot_everything_is_given_the_newest_messages_again() {
    let mut world = World::talking(33);
    world.mary_says("who are you?");
    world.settle();
    world.says("Ana", "I am Ana");
    world.settle();
    let conversation = world.conversation();
    let held = world.relay.ring_of(conversation);
    world.kill_relay();
    world.everybody_connects();
    let mut again = world.relay.ring_of(conversation);
    again.sort_by_key(|message| held.iter().position(|one| one == message));
    assert_eq!(again, held);
}

#[test]
fn new_shift_keys_take_new_claims_and_open_conversations_keep_theirs() {
    let mut world = World::talking(32);
    world.mary_says("one");
    world.settle();
    let mut random = world.random.fork();
    world.house.sign_roster(&["Ana", "Omar"], world.now_ms / 1000, &mut random);
    let shift = world.house.shift("Ana", world.now_ms / 1000, &mut random);
    world.hang_up(Who::Counselor(0));
    world.desk("Ana").counselor.renew_shift(shift);
    world.everybody_connects();
    world.mary_says("two");
    world.says("Ana", "still here");
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two"]);
    assert_eq!(world.mary_reads(), ["still here"]);
}

/// Ana accepts, and everything arrives until a message of this kind would be handed to somebody.
fn accept_until(world: &mut World, is_last: impl Fn(&ServerMsg) -> bool) {
    world.tick(1);
    world.settle();
    let now_ms = world.now_ms;
    let desk = world.desk("Ana");
    let offer = desk.counselor.view().offers[0].conversation;
    desk.counselor.accept(now_ms, offer);
    world.collect();
    deliver_until(world, is_last);
}

fn deliver_until(world: &mut World, is_last: impl Fn(&ServerMsg) -> bool) {
    while let Some(connection) = world.busy().first().copied() {
        let is_next = |line: &crate::world::Line| line.down.front().is_some_and(&is_last);
        if world.lines.values().any(is_next) {
            return;
        }
        world.deliver_one(connection, true);
        if world.lines.values().any(is_next) {
            return;
        }
        world.deliver_one(connection, false);
    }
    panic!("it never came");
}

fn newest_epoch(world: &World) -> Option<u32> {
    world.relay.newest_epoch()
}
