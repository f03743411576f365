//! What a visitor's screen shows of what the relay tells it.

use amparo_client::view::Phase;
use amparo_protocol::wire::{EndReason, JoinReason, ServerMsg};

use crate::unseen;
use crate::world::{Who, World, notice};

fn notices(world: &World) -> Vec<String> {
    world.mary.view().messages.iter().filter_map(notice).collect()
}

#[test]
fn that_somebody_is_writing_is_shown_for_seven_seconds() {
    let mut world = World::talking(150);
    let conversation = world.conversation();
    world.hand_over(Who::Mary, ServerMsg::Typing { conversation });
    assert!(world.mary.view().typing);
    world.tick(6);
    assert!(world.mary.view().typing);
    world.tick(1);
    assert!(!world.mary.view().typing);
}

/// The relay's answer to it may cross an end of the other side, or be a lie.
#[test]
fn an_end_that_she_pressed_stays_hers() {
    let mut world = World::talking(151);
    let conversation = world.conversation();
    world.mary.end(world.now_ms);
    world.hand_over(Who::Mary, ServerMsg::Ended { conversation, reason: EndReason::Abuse });
    assert!(matches!(world.mary.view().phase, Phase::Ended { reason: EndReason::Visitor, .. }));
}

#[test]
fn who_takes_over_is_named_and_who_handed_over_has_left() {
    let (mut world, _, ana) = unseen::talked(152);
    let successor = unseen::omar(&world, JoinReason::Transfer, Some(ana));
    world.hand_over(Who::Mary, ServerMsg::Newcomer(successor));
    let (given, _) = unseen::grants(&mut world);
    unseen::omar_opens(&mut world, given[0].clone(), JoinReason::Transfer);
    assert_eq!(notices(&world), ["+Ana", "-Ana", "+Omar"]);
}

#[test]
fn what_was_said_stays_for_a_minute_after_the_other_sides_end() {
    let mut world = World::talking(153);
    world.mary_says("hello");
    world.settle();
    let conversation = world.conversation();
    world.hand_over(Who::Mary, ServerMsg::Ended { conversation, reason: EndReason::Counselor });
    world.tick(59);
    assert!(!world.mary.view().messages.is_empty());
    world.tick(1);
    assert!(world.mary.view().messages.is_empty());
}
