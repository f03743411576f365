//! Not alone, told with the real programs and the real relay: transfer, a called supervisor, and what becomes of both when
//! lines break, the relay is killed or somebody is away. After every story each key is counted: who was not granted it
//! cannot read what was written in it.

mod helping;
mod minors;
mod returning;
mod transfer;

use amparo_client::view::{Content, ConversationState, Phase, ShownMessage, Transfer};
use amparo_protocol::colleague::{Ask, TransferGone};
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{Back, EndReason, JoinReason, Presence, Release};

use crate::people::{Desk, text};
use crate::world::{Fault, Who, World};

const ANA: usize = 0;
const OMAR: usize = 1;
const SARA: usize = 2;

/// Mary talks with Ana; Omar and Sara, who supervises, are at their desks and free.
fn talking(seed: u64) -> (World, ConversationId) {
    let mut world = World::of(seed, &["Ana", "Omar", "Sara"], 1, Fault::None);
    world.everybody().into_iter().for_each(|who| world.connect(who));
    world.settle();
    world.desks[ANA].program.set_presence(Presence::Available);
    world.settle();
    let now_ms = world.now_ms;
    world.seats[0].program.enter(now_ms);
    later(&mut world, 1);
    let offer = world.desks[ANA].program.view().offers.first().expect("she waits").conversation;
    world.desks[ANA].program.accept(now_ms, offer);
    later(&mut world, 1);
    for desk in [OMAR, SARA] {
        world.desks[desk].program.set_presence(Presence::Available);
    }
    later(&mut world, 1);
    mary_says(&mut world, "to Ana alone");
    assert_eq!(readers(&world), ["Ana"]);
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone"]);
    (world, offer)
}

/// Seconds pass, and everything under way arrives.
fn later(world: &mut World, secs: u64) {
    world.settle();
    for _ in 0..secs {
        world.pass(1);
        world.settle();
    }
}

fn mary_says(world: &mut World, text: &str) {
    let now_ms = world.now_ms;
    world.seats[0].program.say(now_ms, text);
    later(world, 1);
}

fn says(world: &mut World, desk: usize, id: ConversationId, text: &str) {
    let now_ms = world.now_ms;
    world.desks[desk].program.say(now_ms, id, text);
    later(world, 1);
}

fn asks(world: &mut World, desk: usize, id: ConversationId, ask: Ask) {
    let now_ms = world.now_ms;
    world.desks[desk].program.ask(now_ms, id, ask);
    later(world, 1);
}

/// Ana asks Omar, and it rings there.
fn ana_asks_omar(world: &mut World, id: ConversationId) {
    asks(world, ANA, id, Ask::WhoIsFree);
    let Transfer::Choosing(free) = shown(&world.desks[ANA], id).expect("hers").transfer.clone() else {
        panic!("a list")
    };
    assert_eq!(free.iter().map(|one| &one.badge.pseudonym[..]).collect::<Vec<_>>(), ["Omar", "Sara"]);
    assert_eq!(free.iter().map(|one| one.is_supervisor).collect::<Vec<_>>(), [false, true]);
    asks(world, ANA, id, Ask::TransferTo(free[0].member));
    let requests = &world.desks[OMAR].program.view().requests;
    assert_eq!(requests[0].by.pseudonym, "Ana");
}

fn sara_joins(world: &mut World, id: ConversationId) {
    asks(world, ANA, id, Ask::CallSupervisor);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, Some(Some(1)));
    assert_eq!(world.desks[SARA].program.view().calls[0].by.pseudonym, "Ana");
    assert_eq!(world.desks[OMAR].program.view().calls, [], "only supervisors are rung");
    asks(world, SARA, id, Ask::Join);
    assert_eq!(readers(world), ["Ana", "Sara"]);
}

fn shown(desk: &Desk, id: ConversationId) -> Option<&amparo_client::view::ShownConversation> {
    desk.program.view().conversations.iter().find(|shown| shown.conversation == id)
}

fn state(world: &World, desk: usize, id: ConversationId) -> Option<ConversationState> {
    shown(&world.desks[desk], id).map(|shown| shown.state)
}

fn colleagues(world: &World, desk: usize, id: ConversationId) -> Vec<&str> {
    shown(&world.desks[desk], id).expect("there").colleagues.iter().map(|badge| &badge.pseudonym[..]).collect()
}

fn readers(world: &World) -> Vec<&str> {
    world.seats[0].program.view().readers.iter().map(|badge| &badge.pseudonym[..]).collect()
}

/// What others wrote, on a desk.
fn reads(desk: &Desk) -> Vec<&str> {
    desk.program.view().conversations.iter().flat_map(|shown| &shown.messages).filter_map(theirs).collect()
}

fn theirs(message: &ShownMessage) -> Option<&str> {
    text(message).filter(|_| matches!(message.content, Content::Theirs { .. }))
}

fn mary_reads(world: &World) -> Vec<(&str, &str)> {
    let from = |message: &'_ ShownMessage| match &message.content {
        Content::Theirs { from, .. } => from.as_ref().map(|badge| badge.pseudonym.clone()),
        _ => None,
    };
    let messages = &world.seats[0].program.view().messages;
    let names = ["Ana", "Omar", "Sara"];
    messages
        .iter()
        .filter_map(|message| {
            let from = from(message)?;
            let name = names.into_iter().find(|name| *name == from)?;
            Some((name, text(message)?))
        })
        .collect()
}

fn who_comes(world: &World) -> Option<(&str, JoinReason)> {
    let coming = world.seats[0].program.view().coming.as_ref()?;
    Some((&coming.badge.pseudonym, coming.reason))
}

fn kill_and_return(world: &mut World) {
    world.kill_relay();
    later(world, 1);
    world.everybody().into_iter().for_each(|who| world.connect(who));
    later(world, 1);
}
