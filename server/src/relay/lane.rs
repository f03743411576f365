//! A conversation's direct lane: its ring and the sessions that take part. A message goes from the sender's session into
//! the ring and to the readers' queues under one short lock, without passing through the owner task.
//!
//! Never: a decision about who may take part; the owner tells sessions to attach and to leave.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{Have, ServerMsg, Span, encode};
use bytes::Bytes;

use super::command::SessionId;
use super::header::MessageHeader;
use super::hub::Outbox;
use super::ring::{Ring, RingBudget};

/// No `have` list of an honest client comes near; it bounds what a resume, and a message, may cost.
pub const HAVE_MAX: usize = 256;

pub struct Lane {
    pub conversation: ConversationId,
    inner: Mutex<Inner>,
    /// Zero until the first message.
    last_message_ms: AtomicU64,
}

struct Inner {
    ring: Ring,
    /// Whether the ring keeps anything: connections that only wait must not fill the memory that all rings share.
    has_member: bool,
    attached: Vec<Attached>,
    erased: bool,
}

struct Attached {
    session: SessionId,
    outbox: Outbox,
    /// What it said it held when it came, and in one piece with it what it was sent since.
    have: Vec<Have>,
}

/// What a session finds when it attaches.
pub struct Found {
    pub held: Vec<Span>,
    /// The ring's messages beyond what the session has.
    pub frames: Vec<Bytes>,
    /// What each peer said it has.
    pub peers: Vec<Vec<Have>>,
}

impl Lane {
    pub fn new(conversation: ConversationId, has_member: bool, budget: Arc<RingBudget>) -> Self {
        let inner = Inner { ring: Ring::new(budget), has_member, attached: Vec::new(), erased: false };
        Self { conversation, inner: Mutex::new(inner), last_message_ms: AtomicU64::new(0) }
    }

    /// Takes part from now on. One lock spans attaching and reading the ring: no message falls between.
    pub fn attach(&self, session: SessionId, outbox: Outbox, have: &[Have], is_member: bool) -> Found {
        let mut inner = self.lock();
        inner.has_member |= is_member;
        inner.attached.retain(|attached| attached.session != session);
        let found = Found {
            held: inner.ring.spans(),
            frames: inner.ring.beyond(have).cloned().collect(),
            peers: inner.attached.iter().map(|peer| peer.have.clone()).collect(),
        };
        if !inner.erased {
            inner.attached.push(Attached { session, outbox, have: have.to_vec() });
        }
        found
    }

    pub fn detach(&self, session: SessionId) {
        self.lock().attached.retain(|attached| attached.session != session);
    }

    /// Keeps a new message and passes it to everybody else. `frame` is the encoded `Deliver`.
    pub fn send(&self, from: SessionId, header: &MessageHeader, frame: Bytes, now_ms: u64) {
        let mut inner = self.lock();
        if inner.keeps(from) && inner.ring.append(header, &frame) {
            inner.deliver(from, header, header.number, &frame);
            self.last_message_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    /// Keeps a message that a peer brought back where there is room for it, and passes it on all the same.
    pub fn refill(&self, from: SessionId, header: &MessageHeader, frame: Bytes) {
        let mut inner = self.lock();
        if inner.keeps(from) && inner.ring.refill(header, &frame) {
            let upto = inner.ring.contiguous_to(header);
            inner.deliver(from, header, upto, &frame);
        }
    }

    /// Passes on what is never kept: acknowledgements, typing, what a returning peer lacks.
    pub fn pass(&self, from: SessionId, frame: Bytes) {
        let inner = self.lock();
        if inner.takes_part(from) {
            inner.pass(from, &frame);
        }
    }

    /// Tells everybody else what the returned session lacks.
    pub fn ask_peers(&self, from: SessionId, have: Vec<Have>, held: Vec<Span>) {
        let want = ServerMsg::Want { conversation: self.conversation, have, held };
        self.pass(from, Bytes::from(encode(&want)));
    }

    /// The conversation is over: nothing is kept and nobody takes part.
    pub fn erase(&self) {
        let mut inner = self.lock();
        inner.ring.erase();
        inner.attached = Vec::new();
        inner.erased = true;
    }

    pub fn last_message_ms(&self) -> u64 {
        self.last_message_ms.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no holder of a lane's lock panics")
    }
}

impl Inner {
    fn takes_part(&self, session: SessionId) -> bool {
        self.attached.iter().any(|attached| attached.session == session)
    }

    /// Whether what this session says may be kept.
    fn keeps(&self, session: SessionId) -> bool {
        self.has_member && self.takes_part(session)
    }

    /// `upto`: the last of this sender's numbers that everybody has with this one.
    fn deliver(&mut self, from: SessionId, header: &MessageHeader, upto: u64, frame: &Bytes) {
        self.pass(from, frame);
        self.attached.iter_mut().for_each(|attached| grow(&mut attached.have, header, upto));
    }

    fn pass(&self, from: SessionId, frame: &Bytes) {
        for peer in self.attached.iter().filter(|peer| peer.session != from) {
            peer.outbox.frame(frame.clone());
        }
    }
}

/// Sent by it or to it: either way it has this message now; and with one that was brought back what follows in the ring,
/// which it was sent when it came. Else whoever came late would be said to lack that at every return of the other side.
fn grow(all: &mut Vec<Have>, header: &MessageHeader, upto: u64) {
    let is_full = all.len() >= HAVE_MAX;
    let is_of = |have: &&mut Have| (have.epoch, have.sender) == (header.epoch, header.sender);
    match all.iter_mut().find(is_of) {
        Some(have) if have.upto.checked_add(1) == Some(header.number) => have.upto = upto,
        Some(_) => {}
        // A sender's first in an epoch is number 0.
        None if header.number == 0 && !is_full => {
            let MessageHeader { epoch, sender, .. } = *header;
            all.push(Have { epoch, sender, upto });
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::id::DeviceId;

    use super::*;

    #[test]
    fn nothing_is_kept_for_a_conversation_that_never_had_a_member() {
        let (budget, hub) = (RingBudget::new(usize::MAX), super::super::hub::Hub::default());
        let conversation = ConversationId([1; 16]);
        let lane = Lane::new(conversation, false, budget.clone());
        let (visitor, outbox, _inbox) = hub.connect(&tokio_util::sync::CancellationToken::new());
        let (member, members_outbox, _members_inbox) = hub.connect(&tokio_util::sync::CancellationToken::new());
        let header = MessageHeader { conversation, epoch: 0, sender: DeviceId([0; 8]), number: 0 };
        let frame = || Bytes::from(vec![0; 1_127]);
        lane.attach(visitor, outbox, &[], false);
        lane.refill(visitor, &header, frame());
        lane.send(visitor, &header, frame(), 1);
        assert_eq!(budget.used_bytes(), 0);
        lane.attach(member, members_outbox, &[], true);
        lane.refill(visitor, &header, frame());
        assert!(budget.used_bytes() > 0, "she brings it back when the member asks for it");
    }

    #[test]
    fn who_came_late_has_what_the_ring_held_and_what_was_brought_back() {
        let conversation = ConversationId([1; 16]);
        let header = |number| MessageHeader { conversation, epoch: 0, sender: DeviceId([0; 8]), number };
        let (mut ring, mut have) = (Ring::new(RingBudget::new(usize::MAX)), Vec::new());
        for number in [2, 3, 4, 6] {
            ring.append(&header(number), &Bytes::from(vec![0; 1_127]));
        }
        for number in [0, 1] {
            grow(&mut have, &header(number), ring.contiguous_to(&header(number)));
        }
        assert_eq!(have, [Have { epoch: 0, sender: DeviceId([0; 8]), upto: 4 }]);
    }

    #[test]
    fn whatever_epochs_a_browser_makes_up_little_is_kept_of_them() {
        let mut have = Vec::new();
        for epoch in 0..2_000 {
            let conversation = ConversationId([1; 16]);
            let header = MessageHeader { conversation, epoch, sender: DeviceId([0; 8]), number: 0 };
            grow(&mut have, &header, 0);
        }
        assert_eq!(have.len(), HAVE_MAX);
    }
}
