//! Mary before anybody answers: whether the line takes her, her place, the question whether she is still there.

use amparo_client::view::{Connection, Phase};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::STILL_THERE_SECS;
use amparo_protocol::wire::{ClientMsg, LineState, Opening, ResumedState, ServerMsg};

use crate::world::{Who, World};

const THREE_DAYS_MS: u64 = 3 * 86_400_000;

fn line(world: &World) -> LineState {
    world.mary.view().line().expect("welcomed").state
}

fn question_until_ms(world: &World) -> Option<u64> {
    match world.mary.view().phase {
        Phase::Waiting { still_there_until_ms, .. } => still_there_until_ms,
        ref other => panic!("she waits, not {other:?}"),
    }
}

#[test]
fn mary_is_asked_whether_she_is_still_there() {
    let mut world = World::waiting(13);
    world.hand_over(Who::Mary, ServerMsg::StillThere);
    assert_eq!(question_until_ms(&world), Some(world.now_ms + STILL_THERE_SECS * 1000));
    world.hang_up(Who::Mary);
    world.connect(Who::Mary);
    world.settle();
    assert!(question_until_ms(&world).is_some(), "a lost line does not answer for her");
    let now_ms = world.now_ms;
    world.mary.still_here(now_ms);
    assert_eq!(question_until_ms(&world), None);
    assert!(matches!(world.mary.outbox()[..], [ClientMsg::StillHere]));
}

#[test]
fn the_question_goes_when_its_time_is_over() {
    let mut world = World::waiting(120);
    world.hand_over(Who::Mary, ServerMsg::StillThere);
    world.tick(STILL_THERE_SECS - 1);
    assert!(question_until_ms(&world).is_some());
    world.tick(1);
    assert_eq!(question_until_ms(&world), None);
}

#[test]
fn whether_the_line_takes_her_is_shown_as_the_relay_says_it() {
    let mut world = World::new(121);
    world.everybody_connects();
    for state in [LineState::Full, LineState::Available, LineState::Closed] {
        world.hand_over(Who::Mary, ServerMsg::Line(Opening { state, opens_unix_secs: None }));
        assert_eq!(line(&world), state);
    }
    for (code, state) in [(ErrorCode::Full, LineState::Full), (ErrorCode::Closed, LineState::Closed)] {
        world.hand_over(Who::Mary, ServerMsg::Refused { code });
        assert_eq!(line(&world), state);
    }
}

/// What was pressed while the line was not up is not carried out behind her back hours later.
#[test]
fn who_wanted_to_enter_a_closed_line_is_not_entered_when_it_opens() {
    for (state, enters) in [(LineState::Closed, false), (LineState::Full, false), (LineState::Available, true)] {
        let mut world = World::new(122);
        let now_ms = world.now_ms;
        world.everybody_connects();
        world.hang_up(Who::Mary);
        world.mary.enter(now_ms);
        world.hand_over(Who::Mary, ServerMsg::Line(Opening { state, opens_unix_secs: None }));
        world.connect(Who::Mary);
        world.settle();
        assert_eq!(matches!(world.mary.view().phase, Phase::Waiting { .. }), enters, "{state:?}");
    }
}

/// A wrong clock would believe a list that has expired. Who talks has checked hers, and is not cut off.
#[test]
fn a_clock_that_is_days_off_stops_who_comes_and_not_who_comes_back() {
    let mut world = World::new(123);
    world.now_ms += THREE_DAYS_MS;
    world.everybody_connects();
    assert_eq!(world.mary.view().connection, Connection::Refused(ErrorCode::Clock));

    let mut world = World::talking(124);
    world.hang_up(Who::Mary);
    world.now_ms += THREE_DAYS_MS;
    world.connect(Who::Mary);
    world.settle();
    assert_eq!((world.mary.view().connection, &world.mary.view().phase), (Connection::Open, &Phase::Talking));
}

/// It makes what she writes wait, and gives nobody a word.
#[test]
fn a_relay_that_says_she_waits_again_is_believed() {
    let mut world = World::talking(125);
    let state = ResumedState::Waiting { position: 3 };
    let conversation = world.conversation();
    world.hand_over(Who::Mary, ServerMsg::Resumed { conversation, state, held: Vec::new(), ticket: None });
    assert!(matches!(world.mary.view().phase, Phase::Waiting { position: 3, .. }));
    assert!(world.mary.view().readers.is_empty());
    world.mary_says("who is there?");
    assert!(!world.mary.outbox().iter().any(|msg| matches!(msg, ClientMsg::Send { .. })));
}

/// A frightened press is not to be repeated because the line was down, or not yet up.
#[test]
fn that_mary_is_in_danger_reaches_the_relay_whenever_she_presses() {
    let mut world = World::waiting(126);
    world.mary.in_danger();
    world.settle();
    assert_eq!(world.relay.in_danger, 1);

    let mut world = World::waiting(127);
    world.hang_up(Who::Mary);
    world.mary.in_danger();
    assert!(world.mary.view().in_danger && world.mary.outbox().is_empty());
    world.connect(Who::Mary);
    world.settle();
    assert_eq!(world.relay.in_danger, 1);

    let mut world = World::new(128);
    world.everybody_connects();
    world.mary.in_danger();
    world.settle();
    assert_eq!(world.relay.in_danger, 0, "she has no place yet");
    world.mary.enter(world.now_ms);
    world.settle();
    assert_eq!(world.relay.in_danger, 1);
}

#[test]
fn that_mary_is_in_danger_outlives_a_lost_message_and_a_relay_that_forgets() {
    let mut world = World::waiting(129);
    world.mary.in_danger();
    world.collect();
    world.hang_up(Who::Mary);
    world.connect(Who::Mary);
    world.settle();
    assert_eq!(world.relay.in_danger, 1, "the first was on a line that broke");
    world.kill_relay();
    world.everybody_connects();
    assert_eq!(world.relay.in_danger, 1);
}
