//! A relay that lies about who comes: no lie is let in, who has come goes on.

use amparo_client::view::Phase;
use amparo_protocol::id::{ClaimId, ConversationId};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, JoinReason, LineState, Newcomer, Presence, RefuseReason, ServerMsg};

use crate::house::House;
use crate::seeded::Seeded;
use crate::world::{NOON_MS, Who, World};

#[test]
fn a_ghost_counselor_gets_no_key_and_mary_is_shown_the_phones() {
    let mut world = World::waiting(60);
    world.mary_says("please help");
    let mut ghost_house = House::of(&["Ana", "Omar"], NOON_MS / 1000, &mut Seeded(666));
    ghost_house.sign_roster(&["Ana"], NOON_MS / 1000, &mut Seeded(667));
    let newcomer = newcomer(&world, &ghost_house, JoinReason::Claim);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    assert_eq!(world.mary.view().phase, Phase::Distrusted(RefuseReason::Roster));
    let sent = world.mary.outbox();
    assert!(matches!(sent[..], [ClientMsg::Refuse { reason: RefuseReason::Roster, .. }]));
}

#[test]
fn a_ghost_in_mid_conversation_is_refused_and_ana_goes_on() {
    let mut world = World::talking(61);
    let ghost_house = House::of(&["Ana", "Omar"], NOON_MS / 1000, &mut Seeded(666));
    let newcomer = newcomer(&world, &ghost_house, JoinReason::Rejoin);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    assert!(matches!(world.mary.outbox()[..], [ClientMsg::Refuse { .. }]));
    world.mary_says("still to Ana");
    world.settle();
    assert_eq!(world.reads("Ana"), ["still to Ana"]);
}

#[test]
fn whoever_is_announced_after_a_lie_gets_no_key_any_more() {
    let mut world = World::waiting(75);
    world.mary_says("please help");
    let mut lie = newcomer(&world, &world.house, JoinReason::Claim);
    flip(&mut lie.badge);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(lie));
    world.mary.outbox();
    let genuine = newcomer(&world, &world.house, JoinReason::Claim);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(genuine));
    assert_eq!(world.mary.outbox(), []);
    assert_eq!(world.mary.view().phase, Phase::Distrusted(RefuseReason::Badge));
}

#[test]
fn every_part_of_an_announcement_is_checked() {
    type Spoil = fn(&mut Newcomer);
    let spoil: [(RefuseReason, Spoil); 4] = [
        (RefuseReason::Roster, |newcomer| flip(&mut newcomer.roster)),
        (RefuseReason::Shift, |newcomer| flip(&mut newcomer.shift)),
        (RefuseReason::Badge, |newcomer| flip(&mut newcomer.badge)),
        (RefuseReason::Shift, |newcomer| newcomer.member.0[0] ^= 1),
    ];
    for (reason, spoil) in spoil {
        let mut world = World::waiting(62);
        let mut newcomer = newcomer(&world, &world.house, JoinReason::Claim);
        spoil(&mut newcomer);
        world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
        assert_eq!(world.mary.view().phase, Phase::Distrusted(reason));
    }
}

#[test]
fn a_roster_older_than_one_seen_is_refused_at_once() {
    let mut world = World::new(63);
    let old = world.house.roster.clone();
    let mut random = world.random.fork();
    world.house.sign_roster(&["Ana", "Omar"], NOON_MS / 1000, &mut random);
    world.everybody_connects();
    world.hang_up(Who::Mary);
    world.house.roster = old;
    world.everybody_connects();
    assert_eq!(world.mary.view().phase, Phase::Distrusted(RefuseReason::RosterTooOld));
}

/// Who talks goes on with whom she has checked; who waits would be given to somebody from the wrong list.
#[test]
fn an_older_roster_at_a_return_stops_who_waits_and_not_who_talks() {
    for (is_talking, phase) in [(true, Phase::Talking), (false, Phase::Distrusted(RefuseReason::RosterTooOld))] {
        let mut world = World::new(78);
        let old = world.house.roster.clone();
        let mut random = world.random.fork();
        world.house.sign_roster(&["Ana", "Omar"], NOON_MS / 1000, &mut random);
        world
            .desks
            .iter_mut()
            .for_each(|desk| desk.counselor.renew_shift(world.house.shift(desk.name, NOON_MS / 1000, &mut random)));
        world.everybody_connects();
        world.desk("Ana").counselor.set_presence(Presence::Available);
        world.mary.enter(NOON_MS);
        world.settle();
        if is_talking {
            world.accepts("Ana");
        }
        world.hang_up(Who::Mary);
        world.house.roster = old;
        world.connect(Who::Mary);
        world.settle();
        assert_eq!(world.mary.view().phase, phase);
    }
}

#[test]
fn a_roster_that_has_expired_meanwhile_stops_who_waits_and_shuts_the_line_for_who_comes() {
    let long_ago_secs = NOON_MS / 1000 - 200 * 86_400;
    for is_waiting in [true, false] {
        let mut world = if is_waiting { World::waiting(128) } else { World::new(128) };
        let mut random = world.random.fork();
        world.house.sign_roster(&["Ana", "Omar"], long_ago_secs, &mut random);
        world.hang_up(Who::Mary);
        world.connect(Who::Mary);
        world.settle();
        let line = world.mary.view().line().expect("welcomed").state;
        let distrusted = Phase::Distrusted(RefuseReason::RosterExpired);
        let (phase, line_is_closed) = if is_waiting { (distrusted, false) } else { (Phase::Before, true) };
        assert_eq!((&world.mary.view().phase, line == LineState::Closed), (&phase, line_is_closed));
    }
}

#[test]
fn a_lie_after_the_end_does_not_undo_the_end() {
    let mut world = World::talking(77);
    let old = world.house.roster.clone();
    let mut random = world.random.fork();
    world.house.sign_roster(&["Ana", "Omar"], NOON_MS / 1000, &mut random);
    world.hang_up(Who::Mary);
    world.connect(Who::Mary);
    world.settle();
    world.hang_up(Who::Mary);
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    world.house.roster = old;
    world.connect(Who::Mary);
    world.settle();
    assert!(matches!(world.mary.view().phase, Phase::Ended { .. }));
}

#[test]
fn an_expired_roster_is_refused_a_day_after_its_last() {
    const DAY_SECS: u64 = 86_400;
    // A visitor's clock may be wrong by a day.
    for (late_secs, phase) in
        [(DAY_SECS - 60, None), (DAY_SECS + 60, Some(Phase::Distrusted(RefuseReason::RosterExpired)))]
    {
        let mut world = World::waiting(76);
        world.mary_says("please help");
        let mut random = world.random.fork();
        world.house.sign_roster(&["Ana", "Omar"], NOON_MS / 1000 - 180 * DAY_SECS - late_secs, &mut random);
        let newcomer = newcomer(&world, &world.house, JoinReason::Claim);
        world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
        let sent = world.mary.outbox();
        match phase {
            None => assert!(sent.iter().any(|msg| matches!(msg, ClientMsg::Grant(_))), "{sent:?}"),
            Some(phase) => {
                assert_eq!(world.mary.view().phase, phase);
                assert!(
                    matches!(sent[..], [ClientMsg::Refuse { reason: RefuseReason::RosterExpired, .. }]),
                    "{sent:?}"
                );
            }
        }
    }
}

pub fn newcomer(world: &World, house: &House, reason: JoinReason) -> Newcomer {
    let member = house.member("Ana");
    let shift = house.shift("Ana", NOON_MS / 1000, &mut Seeded(99));
    Newcomer {
        conversation: mary_conversation(world),
        claim: ClaimId([6; 16]),
        reason,
        replaces: None,
        member: member.id,
        roster: house.roster.clone(),
        shift: shift.certificate,
        badge: member.badge.clone(),
        ticket: Sealed(vec![1]),
    }
}

pub fn mary_conversation(world: &World) -> ConversationId {
    world.relay.conversations()[0]
}

fn flip(sealed: &mut Sealed) {
    let middle = sealed.0.len() / 2;
    sealed.0[middle] ^= 1;
}
