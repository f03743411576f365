//! A relay that lies about who takes part: it brings nobody in whom Mary's screen does not name, shows nobody what was
//! written before without her press, and keeps nobody reading who has left.

use amparo_client::crypto::epoch::{Epoch, Epochs};
use amparo_client::crypto::grant::{addressee, seal_envelope};
use amparo_client::crypto::header::MessageHeader;
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::roster::Roster;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::crypto::shift::ShiftCert;
use amparo_protocol::colleague::News;
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MessageId};
use amparo_protocol::language::Language;
use amparo_protocol::limits::DEPOSIT_MAX_BYTES;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Grant, JoinReason, Newcomer, PeerState, Release, ServerMsg};

use crate::house::House;
use crate::seeded::Seeded;
use crate::world::{NOON_MS, Who, World};

const ANA: Who = Who::Counselor(0);
const OMAR: Who = Who::Counselor(1);
pub const OMARS_CLAIM: ClaimId = ClaimId([6; 16]);

/// Mary and Ana have talked; the relay is about to lie.
pub fn talked(seed: u64) -> (World, ConversationId, ClaimId) {
    let mut world = World::talking(seed);
    world.mary_says("only for Ana");
    world.settle();
    world.says("Ana", "I am Ana");
    world.settle();
    assert_eq!(world.reads("Ana"), ["only for Ana"]);
    let conversation = world.conversation();
    let claim = world.relay.claim_of(conversation).expect("they talk");
    (world, conversation, claim)
}

/// Omar has come to help, and both hold the key.
fn helped(seed: u64) -> (World, ConversationId, ClaimId) {
    let (mut world, conversation, ana) = talked(seed);
    let helper = omar(&world, JoinReason::Join, None);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(helper));
    let (given, _) = grants(&mut world);
    omar_opens(&mut world, given[0].clone(), JoinReason::Join);
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    let proofs = world.desks[0].counselor.outbox();
    pass_acks(&mut world, proofs);
    (world, conversation, ana)
}

/// Omar's own device, as a relay may announce it at any time.
pub fn omar(world: &World, reason: JoinReason, replaces: Option<ClaimId>) -> Newcomer {
    let member = world.house.member("Omar");
    Newcomer {
        conversation: world.conversation(),
        claim: OMARS_CLAIM,
        reason,
        replaces,
        member: member.id,
        roster: world.house.roster.clone(),
        shift: world.relay.shift_of("Omar"),
        badge: member.badge.clone(),
        ticket: Sealed(vec![1]),
    }
}

fn device_of(world: &World, name: &str) -> DeviceId {
    cert_of(world, name).device
}

fn cert_of(world: &World, name: &str) -> ShiftCert {
    let roster = Roster::open(&world.house.roster, &world.house.org_key()).expect("the house's own");
    ShiftCert::open(&world.relay.shift_of(name), &roster, NOON_MS / 1000).expect("their own")
}

fn named(world: &World) -> Vec<&str> {
    let view = world.mary.view();
    let coming = view.coming.iter().map(|coming| &coming.badge.pseudonym[..]);
    view.readers.iter().map(|badge| &badge.pseudonym[..]).chain(coming).collect()
}

/// The grants among what Mary sends now: for whom, and of which epoch. Every device is one that her screen names.
pub fn grants(world: &mut World) -> (Vec<Grant>, Vec<(u32, &'static str)>) {
    let sent = world.mary.outbox();
    let grants: Vec<Grant> = sent.into_iter().filter_map(as_grant).collect();
    let mut sealed = Vec::new();
    for (epoch, device) in grants.iter().flat_map(|grant| &grant.envelopes).filter_map(addressee) {
        let name = ["Ana", "Omar"].into_iter().find(|name| device_of(world, name) == device).expect("one of the two");
        assert!(named(world).contains(&name), "{name} is not named and is given a key");
        sealed.push((epoch, name));
    }
    (grants, sealed)
}

fn as_grant(msg: ClientMsg) -> Option<Grant> {
    match msg {
        ClientMsg::Grant(grant) => Some(grant),
        _ => None,
    }
}

/// Omar's browser is told of the claim and given the grant; its proof goes to Mary.
pub fn omar_opens(world: &mut World, grant: Grant, reason: JoinReason) {
    let (conversation, claim) = (world.conversation(), grant.claim);
    let (language, ticket) = (Language::En, Sealed(vec![2]));
    world.hand_over(OMAR, ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    world.hand_over(OMAR, ServerMsg::Grant(grant));
    let proof = world.desks[1].counselor.outbox().into_iter().find_map(|msg| match msg {
        ClientMsg::Opened { ack, .. } => Some(ack),
        _ => None,
    });
    let ack = proof.expect("it opens");
    world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack });
}

/// What Mary writes now, sealed.
fn sealed_words(world: &mut World, text: &str) -> Vec<Sealed> {
    world.mary_says(text);
    let sent = world.mary.outbox();
    sent.into_iter()
        .filter_map(|msg| if let ClientMsg::Send { message, .. } = msg { Some(message) } else { None })
        .collect()
}

fn deliver(world: &mut World, to: Who, messages: &[Sealed]) {
    let conversation = world.conversation();
    for message in messages {
        world.hand_over(to, ServerMsg::Deliver { conversation, message: message.clone() });
    }
}

#[test]
fn whoever_is_brought_in_is_named_before_a_key_is_sealed() {
    for reason in [JoinReason::Join, JoinReason::Transfer, JoinReason::Rejoin, JoinReason::Claim] {
        let (mut world, ..) = talked(80);
        let newcomer = omar(&world, reason, None);
        world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
        let (_, sealed) = grants(&mut world);
        // Who comes from the queue finds nobody.
        let and_ana = [(1, "Ana")].into_iter().filter(|_| reason != JoinReason::Claim);
        let expected: Vec<_> = [(1, "Omar")].into_iter().chain(and_ana).collect();
        assert_eq!(sealed, expected, "{reason:?}: the new key alone, and both are named");
        assert_eq!(named(&world), ["Ana", "Omar"]);
    }
}

#[test]
fn no_word_of_the_relay_shares_what_was_written_before() {
    for reason in [JoinReason::Join, JoinReason::Transfer, JoinReason::Rejoin, JoinReason::Claim] {
        let (mut world, conversation, ana) = talked(81);
        let newcomer = omar(&world, reason, Some(ana));
        for _ in 0..3 {
            world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer.clone()));
            world.hand_over(Who::Mary, ServerMsg::Want { conversation, have: Vec::new(), held: Vec::new() });
            let (_, sealed) = grants(&mut world);
            assert!(sealed.iter().all(|(epoch, _)| *epoch == 1), "{reason:?}: {sealed:?}");
        }
    }
}

#[test]
fn her_press_shares_it_with_the_one_who_takes_over_and_with_nobody_else() {
    let (mut world, _, ana) = talked(82);
    let newcomer = omar(&world, JoinReason::Transfer, Some(ana));
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    grants(&mut world);
    let now_ms = world.now_ms;
    world.mary.share_history(now_ms);
    let (given, sealed) = grants(&mut world);
    assert_eq!(sealed, [(0, "Omar"), (1, "Omar")]);
    let said = world.relay.ring_of(world.conversation());
    omar_opens(&mut world, given[0].clone(), JoinReason::Transfer);
    deliver(&mut world, OMAR, &said);
    assert_eq!(world.reads("Omar"), ["only for Ana", "I am Ana"]);

    // Also when she presses after he has the key.
    let (mut world, _, ana) = talked(82);
    let newcomer = omar(&world, JoinReason::Transfer, Some(ana));
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    let (given, _) = grants(&mut world);
    omar_opens(&mut world, given[0].clone(), JoinReason::Transfer);
    let said = world.relay.ring_of(world.conversation());
    deliver(&mut world, OMAR, &said);
    assert!(world.reads("Omar").is_empty());
    world.mary.share_history(now_ms);
    grants(&mut world);
    // That was lost; nobody proves that it came, so it is said again.
    let conversation = world.conversation();
    world.hand_over(Who::Mary, ServerMsg::Peer { conversation, state: PeerState::Here });
    let (given, _) = grants(&mut world);
    world.hand_over(OMAR, ServerMsg::Grant(given[0].clone()));
    assert_eq!(world.reads("Omar"), ["only for Ana", "I am Ana"]);

    let (mut world, ..) = talked(83);
    let helper = omar(&world, JoinReason::Join, None);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(helper));
    grants(&mut world);
    world.mary.share_history(now_ms);
    assert_eq!(grants(&mut world).1, [], "who comes to help sees it from that moment on");
}

#[test]
fn a_former_holder_reads_nothing_whatever_the_relay_goes_on_sending() {
    let (mut world, conversation, ana) = talked(84);
    let newcomer = omar(&world, JoinReason::Transfer, Some(ana));
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    let (given, _) = grants(&mut world);
    omar_opens(&mut world, given[0].clone(), JoinReason::Transfer);
    assert_eq!(named(&world), ["Omar"]);
    let said = sealed_words(&mut world, "only for Omar");
    assert_eq!(said.len(), 1);
    // Ana's browser is never told that she is released; it is given everything.
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    deliver(&mut world, ANA, &said);
    assert_eq!(world.reads("Ana"), ["only for Ana"]);
    deliver(&mut world, OMAR, &said);
    assert_eq!(world.reads("Omar"), ["only for Omar"]);
    // And what she writes in the former key is shown as hers, never as Omar's.
    world.hand_over(ANA, ServerMsg::Released { conversation, why: Release::Transferred });
    assert!(world.reads("Ana").is_empty(), "an honest browser keeps no text");
}

#[test]
fn who_has_left_stays_named_until_the_key_has_changed() {
    let (mut world, conversation, ana) = helped(85);
    assert_eq!(named(&world), ["Ana", "Omar"]);
    let left = ServerMsg::Left { conversation, claim: OMARS_CLAIM, ticket: Sealed(vec![3]) };
    world.hand_over(Who::Mary, left);
    assert_eq!(named(&world), ["Ana", "Omar"], "he still holds the key in which she writes");
    let (given, sealed) = grants(&mut world);
    assert_eq!(sealed, [(2, "Ana")]);
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    let proofs = world.desks[0].counselor.outbox();
    pass_acks(&mut world, proofs);
    assert_eq!(named(&world), ["Ana"]);
    let said = sealed_words(&mut world, "only for Ana again");
    deliver(&mut world, OMAR, &said);
    assert!(world.reads("Omar").is_empty());
    deliver(&mut world, ANA, &said);
    assert_eq!(world.reads("Ana"), ["only for Ana", "only for Ana again"]);
    // Nobody is left alone by a lie: the last one stays.
    world.hand_over(Who::Mary, ServerMsg::Left { conversation, claim: ana, ticket: Sealed(vec![4]) });
    assert_eq!(named(&world), ["Ana"]);
    assert_eq!(grants(&mut world).1, []);
    let again = Newcomer { claim: ClaimId([7; 16]), ..omar(&world, JoinReason::Join, None) };
    world.hand_over(Who::Mary, ServerMsg::Newcomer(again));
    assert_eq!(grants(&mut world).1, [(3, "Omar"), (3, "Ana")], "and goes on beside whoever comes");
}

#[test]
fn who_comes_back_is_given_what_she_and_her_helper_have_read() {
    let (mut world, conversation, ana) = helped(109);
    let member = world.house.member("Ana");
    let anew = world.house.shift("Ana", NOON_MS / 1000, &mut Seeded(7));
    let back = Newcomer {
        conversation,
        claim: ClaimId([5; 16]),
        member: member.id,
        badge: member.badge.clone(),
        shift: anew.certificate.clone(),
        ..omar(&world, JoinReason::Rejoin, Some(ana))
    };
    world.hand_over(Who::Mary, ServerMsg::Newcomer(back));
    let given = world.mary.outbox().into_iter().find_map(as_grant).expect("a grant");
    let hers = given.envelopes.iter().filter_map(addressee).filter(|(_, device)| *device == anew.device());
    assert_eq!(hers.map(|(epoch, _)| epoch).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn nobody_is_talked_back_into_a_key_that_a_former_holder_has() {
    let (mut world, conversation, _) = talked(86);
    let helper = omar(&world, JoinReason::Join, None);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(helper));
    let (given, _) = grants(&mut world);
    omar_opens(&mut world, given[0].clone(), JoinReason::Join);
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    let said = sealed_words(&mut world, "to both");
    deliver(&mut world, ANA, &said);
    world.hand_over(ANA, ServerMsg::ClaimLapsed { conversation, claim: OMARS_CLAIM });
    let now_ms = world.now_ms;
    world.desks[0].counselor.outbox();
    world.desks[0].counselor.say(now_ms, conversation, "still in the newest key");
    let sent = world.desks[0].counselor.outbox();
    let epochs: Vec<u32> = sent.iter().filter_map(sent_epoch).collect();
    assert_eq!(epochs, [1]);
}

/// A relay that announces and takes back without end makes no page change lose the conversation.
#[test]
fn however_many_keys_there_were_what_a_page_change_needs_still_fits() {
    let (mut world, conversation, _) = talked(107);
    let mut deposits = 0;
    for number in 0..100 {
        let claim = ClaimId([number; 16]);
        let announced = ServerMsg::Newcomer(Newcomer { claim, ..omar(&world, JoinReason::Join, None) });
        for msg in [announced, ServerMsg::ClaimLapsed { conversation, claim }] {
            world.hand_over(Who::Mary, msg);
            for sent in world.mary.outbox() {
                if let ClientMsg::Deposit(deposit) = sent {
                    assert!(deposit.sealed.size_bytes() <= DEPOSIT_MAX_BYTES, "after {number}");
                    deposits += 1;
                }
            }
        }
    }
    assert!(deposits > 100, "{deposits} deposits are too few to tell anything");
}

#[test]
fn a_colleague_whom_the_organisation_has_signed_is_named_on_the_others_desk() {
    let (mut world, conversation, ana) = talked(89);
    let helper = omar(&world, JoinReason::Join, None);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(helper.clone()));
    let (given, _) = grants(&mut world);
    world.hand_over(ANA, ServerMsg::Colleague { conversation, news: News::Beside(Box::new(helper)) });
    world.hand_over(ANA, ServerMsg::Grant(given[0].clone()));
    let beside = &world.conversation_of("Ana").expect("hers").colleagues;
    assert_eq!(beside.iter().map(|badge| &badge.pseudonym[..]).collect::<Vec<_>>(), ["Omar"]);
    assert!(!world.conversation_of("Ana").expect("hers").is_beside, "she answers, he helps");

    let (claim, ticket, reason) = (OMARS_CLAIM, Sealed(vec![2]), JoinReason::Join);
    world.hand_over(OMAR, ServerMsg::Claimed { conversation, claim, reason, language: Language::En, ticket });
    let member = world.house.member("Ana");
    let anas = Newcomer {
        claim: ana,
        member: member.id,
        badge: member.badge.clone(),
        shift: world.relay.shift_of("Ana"),
        ..omar(&world, JoinReason::Claim, None)
    };
    world.hand_over(OMAR, ServerMsg::Colleague { conversation, news: News::Beside(Box::new(anas)) });
    world.hand_over(OMAR, ServerMsg::Grant(given[0].clone()));
    let omars = world.conversation_of("Omar").expect("his too");
    assert_eq!(omars.colleagues.iter().map(|badge| &badge.pseudonym[..]).collect::<Vec<_>>(), ["Ana"]);
    assert!(omars.is_beside);
}

#[test]
fn a_colleague_whom_the_organisation_has_not_signed_is_none() {
    let (mut world, conversation, _) = talked(87);
    let mut ghosts = House::of(&["Ana", "Omar"], NOON_MS / 1000, &mut Seeded(666));
    ghosts.sign_roster(&["Omar"], NOON_MS / 1000, &mut Seeded(667));
    let keys = ghosts.shift("Omar", NOON_MS / 1000, &mut Seeded(3));
    let ghost = Newcomer {
        roster: ghosts.roster.clone(),
        member: ghosts.member("Omar").id,
        badge: ghosts.member("Omar").badge.clone(),
        shift: keys.certificate.clone(),
        ..omar(&world, JoinReason::Join, None)
    };
    world.hand_over(ANA, ServerMsg::Colleague { conversation, news: News::Beside(Box::new(ghost)) });
    assert!(world.conversation_of("Ana").expect("hers").colleagues.is_empty());
}

#[test]
fn a_past_that_the_relay_made_up_is_not_believed() {
    let (mut world, conversation, ana) = talked(88);
    let newcomer = omar(&world, JoinReason::Transfer, Some(ana));
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    let (given, _) = grants(&mut world);
    let invented = invented_epoch(&world, conversation);
    let envelope = seal_envelope(&invented, &cert_of(&world, "Omar"), &mut Seeded(9)).expect("sound keys");
    let body = Body::Text("he is a good man".into());
    let word = seal_message(&invented, Author::Visitor, 0, MessageId([3; 16]), 0, &body);
    let mut forged = given[0].clone();
    forged.envelopes.insert(0, envelope);
    // Along with the genuine key, and afterwards.
    let (language, ticket, reason) = (Language::En, Sealed(vec![2]), JoinReason::Transfer);
    world.hand_over(OMAR, ServerMsg::Claimed { conversation, claim: OMARS_CLAIM, reason, language, ticket });
    world.hand_over(OMAR, ServerMsg::Grant(forged.clone()));
    deliver(&mut world, OMAR, std::slice::from_ref(&word));
    assert!(world.reads("Omar").is_empty());
    omar_opens(&mut world, given[0].clone(), JoinReason::Transfer);
    world.hand_over(OMAR, ServerMsg::Grant(forged));
    deliver(&mut world, OMAR, &[word]);
    assert!(world.reads("Omar").is_empty());
}

fn invented_epoch(world: &World, conversation: ConversationId) -> Epoch {
    let mut epochs = Epochs::new(OrgId::of(&world.house.org_key()), conversation);
    epochs.make_next(&mut Seeded(5)).clone()
}

fn sent_epoch(msg: &ClientMsg) -> Option<u32> {
    match msg {
        ClientMsg::Send { message, .. } => {
            MessageHeader::parse(message.as_bytes()).ok().map(|header| header.origin.epoch)
        }
        _ => None,
    }
}

fn pass_acks(world: &mut World, sent: Vec<ClientMsg>) {
    let conversation = world.conversation();
    for msg in sent {
        if let ClientMsg::Ack { ack, .. } | ClientMsg::Opened { ack, .. } = msg {
            world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack });
        }
    }
}
