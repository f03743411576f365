//! A visitor and a counselor, each with a connection of their own: the real hand-over of the key, then real sealing.
//!
//! The same pair also talks over the bare reference, with a key it made itself.

use std::time::{Duration, Instant};

use amparo_client::crypto::ack::{open_ack, seal_ack};
use amparo_client::crypto::admit::admit;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::{open_envelope, seal_envelope};
use amparo_client::crypto::primitives::{OrgId, random_bytes};
use amparo_client::crypto::seal::{Author, Body, Holders, open_message, seal_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ConversationId, DeviceId, MessageId, OrgKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, Have, Newcomer, Presence, ServerMsg};

use crate::house::{House, SignedIn, now_unix_secs, random};
use crate::line::{ADDRESS, Line};
use crate::relay::{Amparo, Reference};

pub const TEXT: &str = "Good evening. I am here, and I have time for you. Take all the time you need.";

/// Both ends of one conversation.
pub struct Pair {
    pub(crate) visitor: Line,
    pub(crate) counselor: Line,
    pub(crate) conversation: ConversationId,
    pub(crate) epochs: Epochs,
    device: DeviceId,
    pub(crate) keys: ShiftKeys,
    pub(crate) next: u64,
    /// Over the reference the relayed bytes arrive as they were sent.
    bare: bool,
}

impl Pair {
    /// Messages so far.
    pub fn sent(&self) -> u64 {
        self.next
    }

    /// The visitor's next message and its acknowledgement; answers how long the message took to be opened.
    pub async fn exchange(&mut self) -> Duration {
        self.exchange_sealed().await.0
    }

    /// The same, with the sealed bytes that crossed the relay.
    pub async fn exchange_sealed(&mut self) -> (Duration, Sealed) {
        let epoch = self.epochs.newest().expect("the epoch was made at the claim");
        let began = Instant::now();
        let id = MessageId(random_bytes(&mut random()));
        let message = seal_message(epoch, Author::Visitor, self.next, id, self.next, &Body::Text(TEXT.to_owned()));
        self.next += 1;
        let sealed = message.clone();
        self.visitor.send(&ClientMsg::Send { conversation: self.conversation, message }).await;
        let message = self.counselor.message(self.bare).await;
        let opened = open_message(epoch, &message, Holders::Only(self.device)).expect("our own message opens");
        let delivered = began.elapsed();
        let have = [Have { epoch: epoch.number(), sender: DeviceId::default(), upto: opened.header.number }];
        let ack = seal_ack(epoch, Author::Counselor(&self.keys), &have, &mut random());
        self.counselor.send(&ClientMsg::Ack { conversation: self.conversation, ack }).await;
        let ack = self.visitor.ack(self.bare).await;
        open_ack(epoch, &ack).expect("our own acknowledgement opens");
        (delivered, sealed)
    }

    /// The visitor ends, and both browsers close.
    pub async fn end(mut self) {
        let conversation = self.conversation;
        self.visitor.send(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
        self.counselor.until(|message| matches!(message, ServerMsg::Ended { .. }).then_some(())).await;
    }
}

/// One after another, so that each offer finds its own counselor.
pub async fn open_all(relay: &Amparo, house: &House) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for counselor in &house.counselors {
        pairs.push(open(relay, house, counselor, ADDRESS).await);
    }
    pairs
}

/// The same sealing with nothing but axum between the two.
pub async fn open_all_on_reference(reference: &Reference, count: usize) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for number in 0..count {
        let url = |side| format!("ws://{}/{number}/{side}", reference.address);
        let org = OrgKey([7; 32]);
        let signing = ed25519_key();
        let keys = ShiftKeys::certify(&signing, OrgId::of(&org), Default::default(), 1, now_unix_secs(), &mut random());
        let conversation = ConversationId(random_bytes(&mut random()));
        let mut epochs = Epochs::new(OrgId::of(&org), conversation);
        epochs.make_next(&mut random());
        let (visitor, counselor) = (Line::open(&url(0), "").await, Line::open(&url(1), "").await);
        let device = keys.device();
        pairs.push(Pair { visitor, counselor, conversation, epochs, device, keys, next: 0, bare: true });
    }
    pairs
}

fn ed25519_key() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&random_bytes(&mut random()))
}

/// A visitor who comes from this address, and this counselor.
pub async fn open(relay: &Amparo, house: &House, signed_in: &SignedIn, address: &str) -> Pair {
    let keys = house.shift(signed_in);
    let mut counselor = Line::of_counselor(&relay.socket(), signed_in, &keys).await;
    counselor.send(&ClientMsg::Presence(Presence::Available)).await;
    let mut visitor = Line::welcomed_from(address, &relay.socket(), house).await;
    visitor.send(&ClientMsg::Enter { language: Language::En }).await;
    let conversation = counselor.until(|message| match message {
        ServerMsg::Offer { conversation, .. } => Some(conversation),
        _ => None,
    });
    let conversation = conversation.await;
    counselor.send(&ClientMsg::Accept { conversation }).await;
    let newcomer = visitor.newcomer().await;
    let (epochs, grant) = grant(house, &newcomer);
    visitor.send(&ClientMsg::Grant(grant)).await;
    let (claim, envelope) = counselor.grant().await;
    let mut theirs = Epochs::new(OrgId::of(&house.org_key), conversation);
    open_envelope(&envelope, &keys, &mut theirs).expect("the envelope is for this device");
    let epoch = theirs.newest().expect("the envelope held an epoch");
    let ack = seal_ack(epoch, Author::Counselor(&keys), &[], &mut random());
    counselor.send(&ClientMsg::Opened { conversation, claim, ack }).await;
    visitor.ack(false).await;
    Pair { visitor, counselor, conversation, epochs, device: keys.device(), keys, next: 0, bare: false }
}

fn grant(house: &House, newcomer: &Newcomer) -> (Epochs, Grant) {
    let admitted = admit(newcomer, &house.org_key, 0, now_unix_secs()).expect("a counselor of this house");
    let mut epochs = Epochs::new(OrgId::of(&house.org_key), newcomer.conversation);
    let epoch = epochs.make_next(&mut random());
    let grant = Grant {
        conversation: newcomer.conversation,
        claim: newcomer.claim,
        epoch: epoch.number(),
        roster_seq: admitted.roster.seq(),
        envelopes: vec![seal_envelope(epoch, &admitted.cert, &mut random()).expect("the device's key is a good one")],
    };
    (epochs, grant)
}
