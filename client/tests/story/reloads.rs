//! Mary's page changes: the conversation goes on, her words stay hidden until she presses, nothing is left to find.

use amparo_client::view::{Content, MessageState, Phase};
use amparo_client::visitor::Visitor;
use amparo_protocol::id::Hash;
use amparo_protocol::wire::{ClientMsg, Hello, PeerState};

use crate::world::{Who, World, config, own_text};

#[test]
fn a_page_change_while_waiting_keeps_the_place() {
    let mut world = World::waiting(40);
    world.mary_says("not sent yet");
    world.mary_reloads();
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::Continuing);
    continue_here(&mut world);
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }));
    assert!(world.mary.view().unsent_was_lost);
    world.accepts("Ana");
    assert!(world.reads("Ana").is_empty());
    world.mary_says("again");
    world.settle();
    assert_eq!(world.reads("Ana"), ["again"]);
}

#[test]
fn a_page_change_while_talking_hides_what_was_written_until_the_second_press() {
    let mut world = World::talking(41);
    world.mary_says("my secret");
    world.settle();
    world.says("Ana", "I hear you");
    world.settle();
    world.mary_reloads();
    world.settle();
    assert!(world.mary.view().messages.is_empty(), "nothing but Continue");
    continue_here(&mut world);
    assert_eq!(world.mary.view().phase, Phase::Talking);
    assert!(world.mary_reads().is_empty() && mary_wrote(&world).is_empty());
    world.says("Ana", "are you back?");
    world.settle();
    assert_eq!(world.mary_reads(), ["are you back?"]);
    world.mary.show_earlier();
    assert_eq!(world.mary_reads(), ["I hear you", "are you back?"]);
    assert_eq!(mary_wrote(&world), ["my secret"]);
    assert_eq!(world.mary_state("my secret"), MessageState::Delivered);
}

#[test]
fn what_she_has_shown_again_stays_to_be_read_for_a_minute_after_the_end() {
    let mut world = World::talking(48);
    world.says("Ana", "I hear you");
    world.settle();
    world.mary_reloads();
    world.settle();
    continue_here(&mut world);
    world.mary.show_earlier();
    world.hang_up(Who::Mary);
    world.mary_says("wait");
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    assert_eq!(world.mary_state("wait"), MessageState::NotSent);
    assert_eq!(world.mary_reads(), ["I hear you"]);
}

#[test]
fn a_press_on_continue_before_the_line_is_up_is_remembered() {
    let mut world = World::talking(49);
    world.mary_says("my secret");
    world.settle();
    world.mary_reloads();
    continue_here(&mut world);
    assert_eq!(world.mary.view().phase, Phase::Continuing);
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::Talking);
    assert!(mary_wrote(&world).is_empty(), "and what was written before still waits for the second press");
}

#[test]
fn a_press_before_the_relay_has_resumed_shows_nothing_of_before() {
    let mut world = World::talking(50);
    world.says("Ana", "I hear you");
    world.settle();
    world.mary_reloads();
    world.collect();
    let line = world.mary_line.expect("connected");
    let resumes = |world: &World| matches!(world.lines[&line].up.front(), Some(ClientMsg::Hello(Hello::Resume { .. })));
    while !resumes(&world) {
        world.deliver_one(line, true);
        world.deliver_one(line, false);
    }
    continue_here(&mut world);
    assert_eq!(world.mary.view().phase, Phase::Continuing);
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::Talking);
    assert!(world.mary_reads().is_empty());
}

#[test]
fn two_page_changes_within_ten_seconds_and_she_goes_on() {
    let mut world = World::talking(42);
    for round in 0..3 {
        world.mary_says(&format!("round {round}"));
        world.settle();
        world.mary_reloads();
        world.settle();
        continue_here(&mut world);
    }
    world.mary_says("still here");
    world.settle();
    assert_eq!(world.reads("Ana"), ["round 0", "round 1", "round 2", "still here"]);
    assert!(!world.conversation_of("Ana").expect("there").messages.iter().any(|shown| shown.content == Content::Gap));
    assert_eq!(world.mary_state("still here"), MessageState::Delivered);
}

#[test]
fn a_number_that_was_lost_with_the_page_is_never_used_again() {
    let mut world = World::talking(43);
    world.mary_says("one");
    world.settle();
    world.mary_says("lost with the page");
    world.collect();
    world.hang_up(Who::Mary);
    reopen(&mut world);
    continue_here(&mut world);
    world.mary_says("two");
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two"], "and no gap is waited for");
}

#[test]
fn both_pages_change_at_once() {
    let mut world = World::talking(44);
    world.mary_says("one");
    world.says("Ana", "uno");
    world.settle();
    world.mary_reloads();
    world.reloads("Ana");
    world.settle();
    continue_here(&mut world);
    assert_eq!(world.mary.view().phase, Phase::Talking);
    world.mary_says("two");
    world.says("Ana", "due");
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two"]);
    world.mary.show_earlier();
    assert_eq!(world.mary_reads(), ["uno", "due"]);
}

#[test]
fn a_page_change_with_the_grant_sealed_and_not_opened() {
    let mut world = World::waiting(45);
    world.tick(1);
    world.settle();
    let now_ms = world.now_ms;
    let desk = world.desk("Ana");
    let offer = desk.counselor.view().offers[0].conversation;
    desk.counselor.accept(now_ms, offer);
    world.collect();
    let (ana, mary) = (world.desks[0].line.expect("connected"), world.mary_line.expect("connected"));
    while !matches!(world.mary.view().phase, Phase::Claiming { .. }) {
        world.deliver_one(ana, true);
        world.deliver_one(mary, false);
    }
    world.mary_reloads();
    world.settle();
    continue_here(&mut world);
    assert_eq!(world.mary.view().phase, Phase::Talking, "the pending key was in the deposit");
    world.mary_says("hello");
    world.settle();
    assert_eq!(world.reads("Ana"), ["hello"]);
}

#[test]
fn a_reload_during_an_outage_loses_the_keys_and_says_so() {
    let mut world = World::talking(46);
    world.kill_relay();
    world.mary = Visitor::new(config(&world.house, world.half, true), Box::new(world.random.fork()));
    world.connect(Who::Mary);
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::NothingToContinue);
    assert!(world.mary.needs_pass());
    world.hang_up(Who::Mary);
    world.everybody_connects();
    let now_ms = world.now_ms;
    world.mary.enter(now_ms);
    world.settle();
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }), "she may begin anew");
}

#[test]
fn another_host_half_opens_nothing() {
    let mut world = World::talking(47);
    world.mary_says("my secret");
    world.settle();
    world.hang_up(Who::Mary);
    world.mary = Visitor::new(config(&world.house, Hash([9; 32]), true), Box::new(world.random.fork()));
    world.connect(Who::Mary);
    world.settle();
    assert_eq!(world.mary.view().phase, Phase::NothingToContinue);
}

#[test]
fn what_ana_never_got_goes_to_omar_also_after_a_page_change() {
    let mut world = World::talking(48);
    world.hang_up(Who::Counselor(0));
    world.mary_says("ana never read this");
    world.settle();
    world.mary_reloads();
    world.settle();
    continue_here(&mut world);
    world.tick(60);
    world.settle();
    assert_eq!(world.mary.view().peer, PeerState::MayAskAnother);
    world.mary.ask_another();
    world.settle();
    world.accepts("Omar");
    assert_eq!(world.reads("Omar"), ["ana never read this"]);
}

fn reopen(world: &mut World) {
    world.mary = Visitor::new(config(&world.house, world.half, true), Box::new(world.random.fork()));
    world.connect(Who::Mary);
    world.settle();
}

fn continue_here(world: &mut World) {
    let now_ms = world.now_ms;
    world.mary.continue_here(now_ms);
}

fn mary_wrote(world: &World) -> Vec<String> {
    world.mary.view().messages.iter().filter_map(own_text).collect()
}
