//! The sealed messages of one conversation that the relay keeps, in memory only and bounded: a connection that comes
//! back is served from here, and what no longer fits is filled by the peer (design D1).
//!
//! Never: a message cut in two, an order between senders, a byte on disk.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use amparo_protocol::id::DeviceId;
use amparo_protocol::limits::RING_MAX_BYTES;
use amparo_protocol::wire::{Have, Span};
use bytes::Bytes;

use super::header::MessageHeader;

/// One kept message. `frame` is the whole `Deliver`, encoded once.
struct Kept {
    epoch: u32,
    sender: DeviceId,
    number: u64,
    frame: Bytes,
}

/// Oldest first.
pub struct Ring {
    kept: VecDeque<Kept>,
    size_bytes: usize,
    budget: Arc<RingBudget>,
}

/// What all rings together may hold.
pub struct RingBudget {
    used_bytes: AtomicUsize,
    max_bytes: usize,
}

impl RingBudget {
    pub fn new(max_bytes: usize) -> Arc<Self> {
        Arc::new(Self { used_bytes: AtomicUsize::new(0), max_bytes })
    }

    pub fn used_bytes(&self) -> usize {
        self.used_bytes.load(Ordering::Relaxed)
    }

    fn fits(&self, more_bytes: usize) -> bool {
        self.used_bytes() + more_bytes <= self.max_bytes
    }
}

impl Ring {
    pub fn new(budget: Arc<RingBudget>) -> Self {
        Self { kept: VecDeque::new(), size_bytes: 0, budget }
    }

    /// A new message, at the end; the oldest give way. `false` when it is held already.
    pub fn append(&mut self, header: &MessageHeader, frame: &Bytes) -> bool {
        if self.holds(header) {
            return false;
        }
        while !self.fits(frame.len()) && !self.kept.is_empty() {
            self.drop_oldest();
        }
        if self.fits(frame.len()) {
            let at = self.kept.len();
            self.insert(at, header, frame);
        }
        true
    }

    /// A message that a peer brought back, before what its sender wrote later; only what came before it gives way. Written
    /// while a line was down it is among the newest: a ring with a hole there would be refilled at every return.
    /// `false` when it is held already.
    pub fn refill(&mut self, header: &MessageHeader, frame: &Bytes) -> bool {
        if self.holds(header) {
            return false;
        }
        let mut at = self.kept.iter().position(|kept| kept.is_after(header)).unwrap_or(self.kept.len());
        while !self.fits(frame.len()) && at > 0 {
            self.drop_oldest();
            at -= 1;
        }
        if self.fits(frame.len()) {
            self.insert(at, header, frame);
        }
        true
    }

    /// What is held beyond `have`, oldest first.
    pub fn beyond<'a>(&'a self, have: &'a [Have]) -> impl Iterator<Item = &'a Bytes> {
        self.kept.iter().filter(move |kept| !have.iter().any(|have| kept.is_within(have))).map(|kept| &kept.frame)
    }

    /// The last of the numbers that follow this one without a hole.
    pub fn contiguous_to(&self, header: &MessageHeader) -> u64 {
        let is_later =
            |kept: &&Kept| (kept.epoch, kept.sender) == (header.epoch, header.sender) && kept.number > header.number;
        let mut later: Vec<u64> = self.kept.iter().filter(is_later).map(|kept| kept.number).collect();
        later.sort_unstable();
        later.into_iter().fold(header.number, |upto, next| if upto.checked_add(1) == Some(next) { next } else { upto })
    }

    /// The runs of numbers held, per epoch and sender.
    pub fn spans(&self) -> Vec<Span> {
        let mut numbers: BTreeMap<(u32, DeviceId), Vec<u64>> = BTreeMap::new();
        for kept in &self.kept {
            numbers.entry((kept.epoch, kept.sender)).or_default().push(kept.number);
        }
        let mut spans = Vec::new();
        for ((epoch, sender), mut numbers) in numbers {
            numbers.sort_unstable();
            for number in numbers {
                match spans.last_mut() {
                    Some(Span { epoch: e, sender: s, upto, .. })
                        if *e == epoch && *s == sender && upto.checked_add(1) == Some(number) =>
                    {
                        *upto = number;
                    }
                    _ => spans.push(Span { epoch, sender, from: number, upto: number }),
                }
            }
        }
        spans
    }

    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    pub fn erase(&mut self) {
        self.kept = VecDeque::new();
        self.budget.used_bytes.fetch_sub(self.size_bytes, Ordering::Relaxed);
        self.size_bytes = 0;
    }

    fn holds(&self, header: &MessageHeader) -> bool {
        self.kept.iter().rev().any(|kept| kept.is(header))
    }

    fn fits(&self, more_bytes: usize) -> bool {
        self.size_bytes + more_bytes <= RING_MAX_BYTES && self.budget.fits(more_bytes)
    }

    fn insert(&mut self, at: usize, header: &MessageHeader, frame: &Bytes) {
        let MessageHeader { epoch, sender, number, .. } = *header;
        self.size_bytes += frame.len();
        self.budget.used_bytes.fetch_add(frame.len(), Ordering::Relaxed);
        self.kept.insert(at, Kept { epoch, sender, number, frame: frame.clone() });
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.size_bytes -= oldest.frame.len();
            self.budget.used_bytes.fetch_sub(oldest.frame.len(), Ordering::Relaxed);
        }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.erase();
    }
}

impl Kept {
    fn is(&self, header: &MessageHeader) -> bool {
        self.number == header.number && self.epoch == header.epoch && self.sender == header.sender
    }

    fn is_after(&self, header: &MessageHeader) -> bool {
        self.epoch > header.epoch
            || (self.epoch == header.epoch && self.sender == header.sender && self.number > header.number)
    }

    fn is_within(&self, have: &Have) -> bool {
        self.epoch == have.epoch && self.sender == have.sender && self.number <= have.upto
    }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::id::ConversationId;
    use proptest::prelude::*;

    use super::*;

    const MESSAGE_BYTES: usize = 1200;

    fn header(epoch: u32, sender: u8, number: u64) -> MessageHeader {
        MessageHeader { conversation: ConversationId([1; 16]), epoch, sender: DeviceId([sender; 8]), number }
    }

    fn frame(number: u64) -> Bytes {
        let mut bytes = vec![0; MESSAGE_BYTES];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Bytes::from(bytes)
    }

    fn ring() -> Ring {
        Ring::new(RingBudget::new(usize::MAX))
    }

    #[test]
    fn the_oldest_give_way_and_the_newest_stay() {
        let mut ring = ring();
        for number in 0..1000 {
            assert!(ring.append(&header(0, 0, number), &frame(number)));
        }
        let room = (RING_MAX_BYTES / MESSAGE_BYTES) as u64;
        assert_eq!(ring.spans(), [Span { epoch: 0, sender: DeviceId([0; 8]), from: 1000 - room, upto: 999 }]);
        assert!(ring.size_bytes() <= RING_MAX_BYTES);
    }

    #[test]
    fn a_refilled_message_comes_before_what_its_sender_wrote_later() {
        let mut ring = ring();
        for number in [5, 6] {
            ring.append(&header(1, 0, number), &frame(number));
        }
        for number in [3, 4, 5] {
            assert_eq!(ring.refill(&header(1, 0, number), &frame(number)), number < 5);
        }
        let frames: Vec<Bytes> = ring.beyond(&[]).cloned().collect();
        assert_eq!(frames, [3, 4, 5, 6].map(frame));
        let have = [Have { epoch: 1, sender: DeviceId([0; 8]), upto: 4 }];
        assert_eq!(ring.beyond(&have).count(), 2);
    }

    /// Else both browsers would send it again at every return, and the relay pass it on.
    #[test]
    fn what_was_written_while_the_line_was_down_is_kept_and_the_oldest_give_way() {
        let mut ring = ring();
        for number in 0..1000 {
            ring.append(&header(0, 0, number), &frame(number));
        }
        for number in 1000..1050 {
            assert!(ring.refill(&header(0, 0, number), &frame(number)));
        }
        let room = (RING_MAX_BYTES / MESSAGE_BYTES) as u64;
        assert_eq!(ring.spans(), [Span { epoch: 0, sender: DeviceId([0; 8]), from: 1050 - room, upto: 1049 }]);
        assert!(ring.size_bytes() <= RING_MAX_BYTES);
    }

    #[test]
    fn nothing_gives_way_for_what_is_older() {
        let mut ring = ring();
        for number in 500..1000 {
            ring.append(&header(0, 0, number), &frame(number));
        }
        let before = ring.spans();
        assert!(ring.refill(&header(0, 0, 1), &frame(1)), "it is still new to the other side");
        assert_eq!(ring.spans(), before);
    }

    #[test]
    fn all_rings_together_stay_within_the_budget_and_give_it_back() {
        let budget = RingBudget::new(10 * MESSAGE_BYTES);
        let mut one = Ring::new(budget.clone());
        let mut other = Ring::new(budget.clone());
        for number in 0..20 {
            one.append(&header(0, 0, number), &frame(number));
            other.append(&header(0, 0, number), &frame(number));
        }
        assert!(budget.used_bytes() <= 10 * MESSAGE_BYTES);
        drop(one);
        other.erase();
        assert_eq!(budget.used_bytes(), 0);
    }

    proptest! {
        #[test]
        fn spans_tell_exactly_what_is_held(numbers in proptest::collection::vec((0u32..3, 0u8..3, 0u64..30), 0..120)) {
            let mut ring = ring();
            let mut held = std::collections::BTreeSet::new();
            for (epoch, sender, number) in numbers {
                prop_assert_eq!(ring.append(&header(epoch, sender, number), &frame(number)), held.insert((epoch, sender, number)));
            }
            let told: std::collections::BTreeSet<_> = ring
                .spans()
                .into_iter()
                .flat_map(|span| (span.from..=span.upto).map(move |number| (span.epoch, span.sender.0[0], number)))
                .collect();
            prop_assert_eq!(told, held);
        }
    }
}
