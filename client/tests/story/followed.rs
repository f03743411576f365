//! Who takes part and was away while others came and went: nobody is left behind with a key that no one else writes in, and
//! nobody is left in a conversation that no screen shows.

use amparo_client::crypto::grant::addressee;
use amparo_client::crypto::header::MessageHeader;
use amparo_client::view::{MessageState, Phase};
use amparo_protocol::colleague::Ask;
use amparo_protocol::id::{ClaimId, ConversationId};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, JoinReason, Newcomer, Release, ServerMsg};

use crate::unseen;
use crate::world::{Who, World};

const ANA: Who = Who::Counselor(0);
const OMAR: Who = Who::Counselor(1);
const OMARS_CLAIM: ClaimId = ClaimId([6; 16]);

/// Mary and Ana talk, on their own from here on: the tests hand on what is sent.
fn talked(seed: u64) -> (World, ConversationId, ClaimId) {
    let world = World::talking(seed);
    let conversation = world.conversation();
    let claim = world.relay.claim_of(conversation).expect("they talk");
    (world, conversation, claim)
}

fn omar(world: &World, claim: ClaimId, reason: JoinReason, replaces: Option<ClaimId>) -> ServerMsg {
    ServerMsg::Newcomer(Newcomer { claim, ..unseen::omar(world, reason, replaces) })
}

/// The newest grant among what Mary's client sends now.
fn granted(world: &mut World) -> Grant {
    let mut grants = world.mary.outbox().into_iter().filter_map(|msg| match msg {
        ClientMsg::Grant(grant) => Some(grant),
        _ => None,
    });
    grants.next_back().expect("a key is sealed")
}

/// What this desk sends: its words go to Mary, its proofs and acknowledgements too.
fn hand_on(world: &mut World, at: usize) {
    let sent = world.desks[at].counselor.outbox();
    for msg in sent {
        match msg {
            ClientMsg::Opened { conversation, ack, .. } | ClientMsg::Ack { conversation, ack } => {
                world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack });
            }
            ClientMsg::Send { conversation, message } => {
                world.hand_over(Who::Mary, ServerMsg::Deliver { conversation, message });
            }
            _ => {}
        }
    }
}

fn omar_opens(world: &mut World, grant: &Grant, reason: JoinReason) {
    let (conversation, claim) = (world.conversation(), grant.claim);
    let (language, ticket) = (Language::En, Sealed(vec![2]));
    world.hand_over(OMAR, ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    world.hand_over(OMAR, ServerMsg::Grant(grant.clone()));
    hand_on(world, 1);
}

fn words_of_mary(world: &mut World, text: &str) -> Vec<Sealed> {
    world.mary_says(text);
    sent_by_mary(world)
}

fn sent_by_mary(world: &mut World) -> Vec<Sealed> {
    let sent = world.mary.outbox().into_iter().filter_map(|msg| match msg {
        ClientMsg::Send { message, .. } => Some(message),
        _ => None,
    });
    sent.collect()
}

fn readers(world: &World) -> Vec<&str> {
    world.mary.view().readers.iter().map(|badge| &badge.pseudonym[..]).collect()
}

#[test]
fn who_was_away_while_a_helper_came_and_went_reads_what_was_written_meanwhile() {
    let (mut world, conversation, _) = talked(130);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    omar_opens(&mut world, &with_omar, JoinReason::Join);
    // Ana's browser hears nothing of all this.
    let said = words_of_mary(&mut world, "while Ana was away");
    let back = omar(&world, ClaimId([7; 16]), JoinReason::Rejoin, Some(OMARS_CLAIM));
    world.hand_over(Who::Mary, back);
    let again = granted(&mut world);
    omar_opens(&mut world, &again, JoinReason::Rejoin);
    world.hand_over(Who::Mary, ServerMsg::Left { conversation, claim: again.claim, ticket: Sealed(vec![3]) });
    let without = granted(&mut world);
    assert_eq!(without.epoch, 3);
    world.hand_over(ANA, ServerMsg::Grant(without));
    said.into_iter().for_each(|message| world.hand_over(ANA, ServerMsg::Deliver { conversation, message }));
    assert_eq!(world.reads("Ana"), [""; 0], "a key that she only passed through opens nothing");
    hand_on(&mut world, 0);
    assert_eq!(readers(&world), ["Ana"]);
    for message in sent_by_mary(&mut world) {
        world.hand_over(ANA, ServerMsg::Deliver { conversation, message });
    }
    assert_eq!(world.reads("Ana"), ["while Ana was away"], "it is said once more, under the key of now");
}

/// A helper has read it, so it counts as delivered; whom it was written to has not.
#[test]
fn what_a_helper_alone_has_read_is_said_again_to_who_was_away() {
    let (mut world, conversation, _) = talked(131);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    omar_opens(&mut world, &with_omar, JoinReason::Join);
    for message in words_of_mary(&mut world, "while Ana was away") {
        world.hand_over(OMAR, ServerMsg::Deliver { conversation, message });
    }
    hand_on(&mut world, 1);
    assert_eq!(world.mary_state("while Ana was away"), MessageState::Delivered);
    world.hand_over(Who::Mary, ServerMsg::Left { conversation, claim: OMARS_CLAIM, ticket: Sealed(vec![3]) });
    let without = granted(&mut world);
    world.hand_over(ANA, ServerMsg::Grant(without));
    hand_on(&mut world, 0);
    for message in sent_by_mary(&mut world) {
        world.hand_over(ANA, ServerMsg::Deliver { conversation, message });
    }
    assert_eq!(world.reads("Ana"), ["while Ana was away"]);
}

#[test]
fn who_followed_into_a_key_that_lapsed_is_led_on_from_there() {
    let (mut world, conversation, _) = talked(131);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    // The relay had his proof and Ana his key; Mary was cut off, and he has left before she was back.
    world.hand_over(ANA, ServerMsg::Grant(with_omar));
    world.says("Ana", "under the new key");
    world.desks[0].counselor.outbox();
    world.hand_over(Who::Mary, ServerMsg::ClaimLapsed { conversation, claim: OMARS_CLAIM });
    let next = granted(&mut world);
    world.hand_over(ANA, ServerMsg::Grant(next));
    hand_on(&mut world, 0);
    assert_eq!(world.mary_reads(), ["under the new key"]);
    let said = words_of_mary(&mut world, "I read you");
    said.into_iter().for_each(|message| world.hand_over(ANA, ServerMsg::Deliver { conversation, message }));
    assert_eq!(world.reads("Ana"), ["I read you"]);
}

#[test]
fn who_comes_beside_one_whose_proof_was_not_heard_yet_comes_after_that_one() {
    let mut world = World::waiting(132);
    world.tick(0);
    world.settle();
    let (now_ms, conversation) = (world.now_ms, world.relay.conversations()[0]);
    world.desk("Ana").counselor.accept(now_ms, conversation);
    world.collect();
    // Ana has her key; her proof is still on its way to Mary.
    while !world.is_talking("Ana") {
        let line = world.busy()[0];
        world.deliver_one(line, true);
        world.deliver_one(line, false);
    }
    assert_eq!(readers(&world), [""; 0]);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    assert_eq!(granted(&mut world).epoch, 0, "Ana's key is given again");
    while readers(&world).is_empty() {
        let (ana, mary) = (world.line_of(ANA).expect("connected"), world.line_of(Who::Mary).expect("connected"));
        world.deliver_one(ana, true);
        let msg = world.lines.get_mut(&mary).and_then(|line| line.down.pop_front()).expect("the proof is on its way");
        world.hand_over(Who::Mary, msg);
    }
    let with_omar = granted(&mut world);
    let devices: Vec<_> = with_omar.envelopes.iter().filter_map(addressee).map(|(_, device)| device).collect();
    assert_eq!((with_omar.claim, devices.len()), (OMARS_CLAIM, 2), "it is for both");
    omar_opens(&mut world, &with_omar, JoinReason::Join);
    assert_eq!(readers(&world), ["Ana", "Omar"]);
}

#[test]
fn who_comes_back_before_the_proof_of_their_former_device_was_heard_is_still_one_of_two() {
    let (mut world, _, _) = talked(133);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    granted(&mut world);
    let back = omar(&world, ClaimId([7; 16]), JoinReason::Rejoin, Some(OMARS_CLAIM));
    world.hand_over(Who::Mary, back);
    let again = granted(&mut world);
    omar_opens(&mut world, &again, JoinReason::Rejoin);
    assert_eq!(readers(&world), ["Ana", "Omar"]);
}

#[test]
fn a_key_that_was_given_back_is_not_opened_again() {
    let (mut world, conversation, claim) = talked(134);
    // The same announcement again gets the same grant again.
    let again = omar(&world, claim, JoinReason::Claim, None);
    world.hand_over(Who::Mary, again);
    let grant = granted(&mut world);
    world.hand_over(ANA, ServerMsg::Released { conversation, why: Release::GivenBack });
    let (language, ticket, reason) = (Language::En, Sealed(vec![2]), JoinReason::Claim);
    world.hand_over(ANA, ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    world.hand_over(ANA, ServerMsg::Grant(grant));
    assert!(!world.is_talking("Ana"), "she has forgotten how far she had counted");
    let opened = world.desks[0].counselor.outbox().into_iter().any(|msg| matches!(msg, ClientMsg::Opened { .. }));
    assert!(!opened);
}

#[test]
fn a_desk_that_is_taken_for_one_that_talks_steps_out() {
    let (mut world, conversation, _) = talked(135);
    let resumed =
        |conversation| ServerMsg::CounselorResumed { conversation, held: Vec::new(), ticket: Sealed(vec![1]) };
    world.hand_over(ANA, ServerMsg::Released { conversation, why: Release::GivenBack });
    world.hand_over(ANA, resumed(conversation));
    let out = |ask| ClientMsg::Colleague { conversation, ask };
    assert_eq!(world.desks[0].counselor.outbox(), [out(Ask::Leave), out(Ask::GiveBack)]);
    // One that was ended here meanwhile is ended there too.
    let (mut world, conversation, _) = talked(136);
    world.ends("Ana");
    world.desks[0].counselor.outbox();
    world.hand_over(ANA, resumed(conversation));
    assert_eq!(world.desks[0].counselor.outbox(), [ClientMsg::End { conversation, reason: EndReason::Counselor }]);
}

#[test]
fn what_came_first_under_a_later_key_stands_where_it_was_said() {
    let (mut world, conversation, _) = talked(137);
    let first = words_of_mary(&mut world, "one");
    let second = words_of_mary(&mut world, "two");
    // "one" is held up; "two" is shown behind a gap.
    world.hand_over(ANA, ServerMsg::Deliver { conversation, message: second[0].clone() });
    world.tick(6);
    assert_eq!(world.reads("Ana"), ["two"]);
    // Both are sealed anew for the next key, and come under that one first.
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    world.hand_over(ANA, ServerMsg::Grant(with_omar.clone()));
    omar_opens(&mut world, &with_omar, JoinReason::Join);
    for message in sent_by_mary(&mut world) {
        world.hand_over(ANA, ServerMsg::Deliver { conversation, message });
    }
    assert_eq!(world.reads("Ana"), ["two", "one"], "once each, behind the gap");
    world.hand_over(ANA, ServerMsg::Deliver { conversation, message: first[0].clone() });
    assert_eq!(world.reads("Ana"), ["one", "two"]);
}

#[test]
fn who_comes_from_the_queue_finds_nobody() {
    let (mut world, _, _) = talked(138);
    // Ana has given her back, and Mary was cut off when it was said.
    let next = omar(&world, OMARS_CLAIM, JoinReason::Claim, None);
    world.hand_over(Who::Mary, next);
    let grant = granted(&mut world);
    assert_eq!(grant.envelopes.len(), 1);
    assert_eq!(readers(&world), ["Ana"], "she can read until Omar has the key");
    omar_opens(&mut world, &grant, JoinReason::Claim);
    assert_eq!(readers(&world), ["Omar"]);
}

/// Ana is a member, and a relay gives her browser the key of a helper that never counted.
#[test]
fn a_key_that_lapsed_is_neither_read_nor_written_in_by_who_only_passed_through_it() {
    let (mut world, conversation, claim) = talked(139);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let lapsed = granted(&mut world);
    world.hand_over(Who::Mary, ServerMsg::ClaimLapsed { conversation, claim: OMARS_CLAIM });
    let next = granted(&mut world);
    assert_eq!((lapsed.epoch, next.epoch), (1, 2));
    for _ in 0..2 {
        world.hand_over(ANA, ServerMsg::Grant(next.clone()));
    }
    assert!(!world.conversation_of("Ana").expect("at the desk").has_history, "nothing is shared by a repeated grant");
    // The newest is taken from her again: she goes back to the key that counted, not to the one between.
    world.desks[0].counselor.outbox();
    world.hand_over(ANA, ServerMsg::ClaimLapsed { conversation, claim });
    world.says("Ana", "for Mary alone");
    let sent = world.desks[0].counselor.outbox().into_iter().find_map(|msg| match msg {
        ClientMsg::Send { message, .. } => Some(message),
        _ => None,
    });
    let epoch = sent.map(|message| MessageHeader::parse(message.as_bytes()).expect("sealed").origin.epoch);
    assert!(epoch.is_none_or(|epoch| epoch == 0), "{epoch:?}");
}

#[test]
fn a_number_of_a_key_that_was_forgotten_is_not_used_again() {
    let (mut world, conversation, _) = talked(140);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    let places = |world: &mut World, text: &str| -> Vec<(u32, u64)> {
        world.says("Ana", text);
        let sent = world.desks[0].counselor.outbox().into_iter().filter_map(|msg| match msg {
            ClientMsg::Send { message, .. } => Some(MessageHeader::parse(message.as_bytes()).expect("sealed")),
            _ => None,
        });
        sent.map(|header| (header.origin.epoch, header.number)).collect()
    };
    world.hand_over(ANA, ServerMsg::Grant(with_omar.clone()));
    assert_eq!(places(&mut world, "one"), [(1, 0)]);
    world.hand_over(ANA, ServerMsg::ClaimLapsed { conversation, claim: OMARS_CLAIM });
    // A relay that lies about what has lapsed.
    world.hand_over(ANA, ServerMsg::Grant(with_omar));
    let again = places(&mut world, "two");
    assert!(again.iter().all(|place| *place != (1, 0)), "{again:?}");
}

#[test]
fn whoever_follows_first_shows_that_a_changed_key_is_there() {
    let (mut world, conversation, _) = talked(141);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper);
    let with_omar = granted(&mut world);
    omar_opens(&mut world, &with_omar, JoinReason::Join);
    // Ana's new device is brought in and does not come; the key changes for both, and Ana is away.
    let third = omar(&world, ClaimId([7; 16]), JoinReason::Rejoin, None);
    world.hand_over(Who::Mary, third);
    granted(&mut world);
    world.hand_over(Who::Mary, ServerMsg::ClaimLapsed { conversation, claim: ClaimId([7; 16]) });
    let changed = granted(&mut world);
    world.hand_over(OMAR, ServerMsg::Grant(changed));
    let now_ms = world.now_ms;
    world.desks[1].counselor.say(now_ms, conversation, "I go on");
    hand_on(&mut world, 1);
    assert_eq!(world.mary_reads(), ["I go on"]);
}

#[test]
fn the_only_reader_is_not_lost_by_somebody_who_is_announced_and_does_not_come() {
    let (mut world, conversation, ana) = talked(142);
    let helper = omar(&world, OMARS_CLAIM, JoinReason::Join, None);
    world.hand_over(Who::Mary, helper.clone());
    world.hand_over(Who::Mary, ServerMsg::Left { conversation, claim: ana, ticket: Sealed(vec![3]) });
    world.hand_over(Who::Mary, ServerMsg::ClaimLapsed { conversation, claim: OMARS_CLAIM });
    world.mary.outbox();
    let again = omar(&world, ClaimId([8; 16]), JoinReason::Join, None);
    world.hand_over(Who::Mary, again);
    let devices = granted(&mut world).envelopes.iter().filter_map(addressee).filter(|(epoch, _)| *epoch > 1).count();
    assert!(devices >= 2, "Ana is among those who get the key");
    assert_eq!(readers(&world), ["Ana"]);
}

#[test]
fn who_reads_talking_and_is_in_the_queue_learns_it_with_her_place() {
    let (mut world, conversation, _) = talked(143);
    let waiting = ServerMsg::Waiting { conversation, position: 1, ticket: Sealed(vec![9]) };
    world.hand_over(Who::Mary, waiting);
    assert!(matches!(world.mary.view().phase, Phase::Waiting { position: 1, .. }));
    assert_eq!(readers(&world), [""; 0]);
}
