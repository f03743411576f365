//! A relay that forges acknowledgements, keys, words and tickets: nothing becomes readable by it, nothing panics.

use amparo_client::conversation::{Conversation, Holder, Side, VISITOR};
use amparo_client::crypto::ack::seal_ack;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::seal_envelope;
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::roster::Roster;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::crypto::shift::{ShiftCert, ShiftKeys};
use amparo_client::view::{MessageState, Phase};
use amparo_protocol::id::{ClaimId, ConversationId, Hash, MessageId};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    Back, ClientMsg, Grant, Have, Hello, JoinReason, Newcomer, PeerState, ResumedState, ServerMsg, TicketFor,
};

use crate::seeded::Seeded;
use crate::trust::{mary_conversation, newcomer};
use crate::world::{NOON_MS, Who, World};

#[test]
fn nobody_but_anas_browser_can_say_that_she_has_the_key() {
    let mut world = World::waiting(64);
    world.mary_says("please help");
    let newcomer = newcomer(&world, &world.house, JoinReason::Claim);
    let conversation = newcomer.conversation;
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    let grant = grant_of(&mut world);
    for forged in forged_acks(&grant) {
        world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack: forged });
        assert!(matches!(world.mary.view().phase, Phase::Claiming { .. }));
    }
    assert!(world.mary.outbox().is_empty(), "and nothing typed has left");
}

#[test]
fn a_relay_that_claims_everything_gets_no_word() {
    let mut world = World::waiting(65);
    world.mary_says("please help");
    let conversation = mary_conversation(&world);
    let claim = ClaimId([8; 16]);
    let lies = [
        ServerMsg::Resumed {
            conversation,
            state: ResumedState::Talking { claim, peer_here: true },
            held: Vec::new(),
            ticket: Some(TicketFor { ticket: Sealed(vec![1]), membership: Some(claim) }),
        },
        ServerMsg::Peer { conversation, state: PeerState::Here },
        ServerMsg::Ticket { conversation, ticket: TicketFor { ticket: Sealed(vec![1]), membership: Some(claim) } },
        ServerMsg::Want { conversation, have: Vec::new(), held: Vec::new() },
        ServerMsg::Grant(Grant { conversation, claim, epoch: 0, roster_seq: 1, envelopes: Vec::new() }),
    ];
    for lie in lies {
        world.hand_over(Who::Mary, lie);
        let leaks = |msg: &ClientMsg| matches!(msg, ClientMsg::Send { .. } | ClientMsg::Refill { .. });
        assert!(!world.mary.outbox().iter().any(leaks));
    }
    assert_eq!(world.mary_state("please help"), MessageState::Unread);
}

#[test]
fn a_forged_acknowledgement_delivers_nothing_and_an_old_one_takes_nothing_back() {
    let mut world = World::talking(66);
    world.mary_says("one");
    world.collect();
    let mary = world.mary_line.expect("connected");
    world.deliver_one(mary, true);
    let ana = world.desks[0].line.expect("connected");
    world.deliver_one(ana, false);
    let Some(ClientMsg::Ack { conversation, ack }) = world.lines[&ana].up.front().cloned() else { panic!("an ack") };
    for at in 0..ack.0.len() {
        let mut forged = ack.clone();
        forged.0[at] ^= 1;
        world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack: forged });
    }
    assert_eq!(world.mary_state("one"), MessageState::Sending);
    world.mary_says("two");
    world.settle();
    assert_eq!(world.mary_state("two"), MessageState::Delivered);
    world.hand_over(Who::Mary, ServerMsg::Ack { conversation, ack });
    assert_eq!(world.mary_state("two"), MessageState::Delivered);
}

#[test]
fn who_held_an_older_key_only_cannot_say_that_a_newer_message_was_read() {
    let world = World::new(71);
    let ana = world.house.shift("Ana", NOON_MS / 1000, &mut Seeded(1));
    let omar = world.house.shift("Omar", NOON_MS / 1000, &mut Seeded(2));
    let mut mary = Conversation::new(Side::Visitor);
    mary.begin(ana.org, ConversationId([1; 16]));
    for (number, keys) in [&ana, &omar].into_iter().enumerate() {
        mary.epochs_mut().expect("begun").make_next(&mut Seeded(number as u64));
        mary.open_epoch(NOON_MS, number as u32, vec![holder(keys)]);
    }
    mary.say(NOON_MS, "to Omar alone", &mut Seeded(3));
    mary.seal_due(NOON_MS, Author::Visitor);
    let have = [Have { epoch: 1, sender: VISITOR, upto: 0 }];
    let ack_of = |epoch, keys| {
        let epoch = mary.epochs().and_then(|epochs| epochs.get(epoch)).expect("made");
        seal_ack(epoch, Author::Counselor(keys), &have, &mut Seeded(4))
    };
    let (by_ana, by_omar) = (ack_of(0, &ana), ack_of(1, &omar));
    mary.take_ack(&by_ana);
    assert!(!mary.all_delivered());
    mary.take_ack(&by_omar);
    assert!(mary.all_delivered());
}

#[test]
fn an_acknowledgement_handed_back_to_its_author_delivers_nothing() {
    let mut world = World::talking(67);
    world.mary_says("one");
    world.says("Ana", "uno");
    world.collect();
    let ana = world.desks[0].line.expect("connected");
    let mary = world.mary_line.expect("connected");
    world.deliver_one(mary, true);
    world.deliver_one(ana, false);
    let acks: Vec<ServerMsg> = world.lines[&ana].up.iter().filter_map(as_ack).collect();
    assert!(!acks.is_empty());
    acks.into_iter().for_each(|ack| world.hand_over(Who::Counselor(0), ack));
    assert_eq!(world.state("Ana", "uno"), MessageState::Sending);
}

#[test]
fn a_replayed_envelope_opens_no_second_claim() {
    let mut world = World::waiting(68);
    world.tick(1);
    world.settle();
    let now_ms = world.now_ms;
    let desk = world.desk("Ana");
    let offer = desk.counselor.view().offers[0].conversation;
    desk.counselor.accept(now_ms, offer);
    world.collect();
    let (ana, mary) = (world.desks[0].line.expect("connected"), world.mary_line.expect("connected"));
    let grant = loop {
        world.deliver_one(ana, true);
        world.deliver_one(mary, false);
        if let Some(grant) = world.lines[&mary].up.iter().find_map(as_grant) {
            break grant;
        }
    };
    world.tick(30);
    world.settle();
    world.tick(0);
    world.settle();
    world.accepts("Ana");
    let conversation = world.conversation();
    let claim = ClaimId([7; 16]);
    let ticket = Sealed::default();
    let language = Language::En;
    let reason = JoinReason::Rejoin;
    world.hand_over(Who::Counselor(0), ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    world.hand_over(Who::Counselor(0), ServerMsg::Grant(Grant { claim, ..grant }));
    let sent = world.desks[0].counselor.outbox();
    assert!(!sent.iter().any(|msg| matches!(msg, ClientMsg::Opened { .. })));
}

#[test]
fn a_key_that_the_relay_made_does_not_continue_the_conversation() {
    let mut world = World::talking(69);
    let conversation = world.conversation();
    let (claim, ticket) = (ClaimId([7; 16]), Sealed::default());
    let (language, reason) = (Language::En, JoinReason::Rejoin);
    let forged = |epoch| forged_grant(&world, claim, epoch);
    for grant in [forged(1), forged(2), forged(7)] {
        let ticket = ticket.clone();
        world.hand_over(Who::Counselor(0), ServerMsg::Claimed { conversation, claim, reason, language, ticket });
        world.hand_over(Who::Counselor(0), ServerMsg::Grant(grant));
        let sent = world.desks[0].counselor.outbox();
        assert!(!sent.iter().any(|msg| matches!(msg, ClientMsg::Opened { .. })));
    }
    world.mary_says("still me");
    world.settle();
    assert_eq!(world.reads("Ana"), ["still me"]);
}

#[test]
fn a_word_put_into_marys_mouth_by_who_holds_the_key_is_not_shown() {
    let mut mary = Conversation::new(Side::Visitor);
    let ana = World::new(72).house.shift("Ana", NOON_MS / 1000, &mut Seeded(1));
    mary.begin(ana.org, ConversationId([1; 16]));
    let epoch = mary.epochs_mut().expect("begun").make_next(&mut Seeded(2)).clone();
    mary.open_epoch(NOON_MS, 0, vec![holder(&ana)]);
    let body = Body::Text("he is a good man".into());
    let forged = seal_message(&epoch, Author::Visitor, 0, MessageId([3; 16]), 0, &body);
    assert!(!mary.take_in(NOON_MS, forged));
    assert_eq!(mary.messages(), []);
    let genuine = seal_message(&epoch, Author::Counselor(&ana), 0, MessageId([3; 16]), 0, &body);
    assert!(mary.take_in(NOON_MS, genuine));
}

#[test]
fn a_forgery_that_came_before_the_key_does_not_keep_the_true_message_out() {
    let omar = World::new(74).house.shift("Omar", NOON_MS / 1000, &mut Seeded(1));
    let mut desk = Conversation::new(Side::Counselor);
    desk.begin(omar.org, ConversationId([1; 16]));
    let epoch = desk.epochs_mut().expect("begun").make_next(&mut Seeded(2)).clone();
    let body = Body::Text("please help".into());
    let genuine = seal_message(&epoch, Author::Visitor, 0, MessageId([3; 16]), 0, &body);
    let mut forged = genuine.clone();
    *forged.0.last_mut().expect("sealed") ^= 1;
    assert!(!desk.take_in(NOON_MS, forged));
    desk.open_epoch(NOON_MS, 0, vec![holder(&omar)]);
    assert!(desk.take_in(NOON_MS, genuine));
    assert_eq!(desk.messages().len(), 1);
}

#[test]
fn a_ticket_of_another_membership_is_not_taken() {
    let mut world = World::talking(73);
    let conversation = mary_conversation(&world);
    let other = TicketFor { ticket: Sealed(vec![1]), membership: Some(ClaimId([8; 16])) };
    world.hand_over(Who::Mary, ServerMsg::Ticket { conversation, ticket: other });
    world.hang_up(Who::Mary);
    let now_ms = world.now_ms;
    world.mary.on_open(now_ms, None);
    let Some(ClientMsg::Hello(Hello::Resume { resume, .. })) = world.mary.outbox().into_iter().next() else {
        panic!("she resumes")
    };
    assert_ne!(resume.ticket, Sealed(vec![1]));
}

#[test]
fn the_ticket_of_a_membership_that_begins_is_shown_beside_the_one_that_counts() {
    let mut world = World::waiting(79);
    let newcomer = newcomer(&world, &world.house, JoinReason::Claim);
    let (conversation, claim) = (newcomer.conversation, newcomer.claim);
    world.hand_over(Who::Mary, ServerMsg::Newcomer(newcomer));
    let begins = Sealed(vec![7]);
    for (ticket, membership) in [(begins.clone(), claim), (Sealed(vec![8]), ClaimId([9; 16]))] {
        let ticket = TicketFor { ticket, membership: Some(membership) };
        world.hand_over(Who::Mary, ServerMsg::Ticket { conversation, ticket });
    }
    world.hang_up(Who::Mary);
    let now_ms = world.now_ms;
    world.mary.on_open(now_ms, None);
    let sent = world.mary.outbox();
    let [ClientMsg::Hello(Hello::Resume { resume, .. })] = &sent[..] else { panic!("she resumes: {sent:?}") };
    assert_eq!(resume.pending, Some(begins));
}

#[test]
fn changed_and_repeated_bytes_of_her_own_are_not_shown() {
    let mut world = World::talking(70);
    world.mary_says("one");
    world.settle();
    let shown = world.mary.view().messages.len();
    let conversation = world.conversation();
    let own = world.relay.ring_of(conversation);
    for mut message in own {
        world.hand_over(Who::Mary, ServerMsg::Deliver { conversation, message: message.clone() });
        for at in 0..message.0.len() {
            message.0[at] ^= 0x80;
            world.hand_over(Who::Mary, ServerMsg::Deliver { conversation, message: message.clone() });
            message.0[at] ^= 0x80;
        }
    }
    assert_eq!(world.mary.view().messages.len(), shown);
}

#[test]
fn nonsense_in_any_order_never_panics_and_never_leaks() {
    for seed in 0..60 {
        let mut random = Seeded(seed);
        let mut world = if seed % 2 == 0 { World::waiting(seed) } else { World::talking(seed) };
        world.mary_says("secret");
        world.settle();
        let ring_bytes = world.relay.ring_bytes();
        for _ in 0..40 {
            let msg = nonsense(&world, &mut random);
            world.hand_over(Who::Mary, msg.clone());
            world.hand_over(Who::Counselor(0), msg);
            world.tick(1);
        }
        let leaks = |msg: &ClientMsg| matches!(msg, ClientMsg::Send { .. });
        assert!(ring_bytes > 0 || !world.mary.outbox().iter().any(leaks), "seed {seed}");
    }
}

fn nonsense(world: &World, random: &mut Seeded) -> ServerMsg {
    let conversation = mary_conversation(world);
    let claim = ClaimId([random.next() as u8; 16]);
    let ticket = Sealed(vec![random.next() as u8; 5]);
    let rubbish = Sealed((0..random.below(200)).map(|_| random.next() as u8).collect());
    let epoch = random.below(3) as u32;
    match random.below(13) {
        0 => ServerMsg::Waiting { conversation, position: 0, ticket },
        1 => ServerMsg::ClaimLapsed { conversation, claim },
        2 => ServerMsg::Deliver { conversation, message: rubbish },
        3 => ServerMsg::Ack { conversation, ack: rubbish },
        4 => ServerMsg::Deposited { relay_half: Hash([1; 32]), sealed: rubbish },
        5 => ServerMsg::BackInQueue { conversation, position: 9, ticket, why: Back::Missing },
        6 => ServerMsg::Grant(Grant { conversation, claim, epoch, roster_seq: 1, envelopes: vec![rubbish] }),
        7 => ServerMsg::Ticket { conversation, ticket: TicketFor { ticket, membership: None } },
        8 => ServerMsg::CounselorResumed { conversation, held: Vec::new(), ticket },
        9 => ServerMsg::StillThere,
        10 => ServerMsg::Peer { conversation, state: PeerState::MayAskAnother },
        11 => ServerMsg::Newcomer(Newcomer { shift: rubbish, ..newcomer(world, &world.house, JoinReason::Transfer) }),
        _ => ServerMsg::Beat { beat: 1, freshest_age_secs: Some(u16::MAX), answered: 0, answered_ms_ago: 0 },
    }
}

fn holder(keys: &ShiftKeys) -> Holder {
    Holder { device: keys.device(), cert: Some(keys.cert.clone()), badge: None }
}

fn grant_of(world: &mut World) -> Grant {
    world.mary.outbox().iter().find_map(as_grant).expect("a grant")
}

fn as_grant(msg: &ClientMsg) -> Option<Grant> {
    match msg {
        ClientMsg::Grant(grant) => Some(grant.clone()),
        _ => None,
    }
}

fn as_ack(msg: &ClientMsg) -> Option<ServerMsg> {
    match msg {
        ClientMsg::Ack { conversation, ack } => Some(ServerMsg::Ack { conversation: *conversation, ack: ack.clone() }),
        _ => None,
    }
}

/// What a relay could make up: acknowledgements under a key of its own, and the grant's own bytes.
fn forged_acks(grant: &Grant) -> Vec<Sealed> {
    let house = World::new(64).house;
    let keys = house.shift("Ana", NOON_MS / 1000, &mut Seeded(99));
    let mut epochs = Epochs::new(OrgId::of(&house.org_key()), grant.conversation);
    let epoch = epochs.make_next(&mut Seeded(1));
    let other_key = seal_ack(epoch, Author::Counselor(&keys), &[], &mut Seeded(2));
    let mut as_visitor = seal_ack(epoch, Author::Visitor, &[], &mut Seeded(2));
    as_visitor.0.truncate(200);
    vec![other_key, as_visitor, grant.envelopes[0].clone(), Sealed::default()]
}

/// A relay can seal any key to a counselor's public sealing key.
fn forged_grant(world: &World, claim: ClaimId, epoch: u32) -> Grant {
    let roster = Roster::open(&world.house.roster, &world.house.org_key()).expect("the house's own");
    let cert = ShiftCert::open(&world.relay.shift_of("Ana"), &roster, NOON_MS / 1000).expect("Ana's own");
    let conversation = world.conversation();
    let mut epochs = Epochs::new(OrgId::of(&world.house.org_key()), conversation);
    let mut random = Seeded(5);
    for _ in 0..=epoch {
        epochs.make_next(&mut random);
    }
    let forged = epochs.newest().expect("just made");
    let envelope = seal_envelope(forged, &cert, &mut random).expect("sound keys");
    Grant { conversation, claim, epoch, roster_seq: cert.roster_seq, envelopes: vec![envelope] }
}
