//! The sealed bytes of both directions that a browser keeps until the end, so that a relay that forgot can be refilled.
//!
//! Never: text or keys; nothing here can be opened.

use amparo_protocol::id::{ConversationId, DeviceId};
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, RING_MAX_BYTES};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Have, Span};

/// What a relay is refilled with: half of its ring. The two browsers and the relay saw messages arrive in orders that differ
/// a little; refilled to the brim, the ring would drop for each of the two what the other holds for its newest, and on a
/// slow line that came before every new word.
const REFILL_MAX_BYTES: usize = RING_MAX_BYTES / 2;

/// One sender in one epoch.
pub type TrackName = (u32, DeviceId);

/// One numbered message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub epoch: u32,
    pub sender: DeviceId,
    pub number: u64,
}

impl Place {
    pub fn track(self) -> TrackName {
        (self.epoch, self.sender)
    }
}

#[derive(Default)]
pub struct Held {
    /// In the order of arrival: what is handed on keeps it.
    log: Vec<(Place, Sealed)>,
}

impl Held {
    /// The place is not held yet.
    pub fn insert(&mut self, place: Place, sealed: Sealed) {
        self.log.push((place, sealed));
    }

    pub fn remove(&mut self, place: Place) {
        self.log.retain(|(held, _)| *held != place);
    }

    pub fn get(&self, place: Place) -> Option<&Sealed> {
        self.log.iter().rev().find(|(held, _)| *held == place).map(|(_, sealed)| sealed)
    }

    pub fn contains(&self, place: Place) -> bool {
        self.get(place).is_some()
    }

    /// Everything of one epoch, in the order of arrival: that is how both sides' messages interleave.
    pub fn of_epoch(&self, epoch: u32) -> Vec<Place> {
        self.log.iter().map(|(place, _)| *place).filter(|place| place.epoch == epoch).collect()
    }

    /// What a peer lacks: beyond `have` and not in the relay's `spans`.
    pub fn beyond(&self, have: &[Have], spans: &[Span]) -> Vec<Sealed> {
        let lacked = |place: &Place| !is_had(have, place) && !is_in(spans, place);
        self.log.iter().filter(|(place, _)| lacked(place)).map(|(_, sealed)| sealed.clone()).collect()
    }

    /// What the relay's ring lacks of the newest messages.
    pub fn newest_beyond(&self, spans: &[Span]) -> Vec<Sealed> {
        let all = &self.log;
        let mut free_bytes = REFILL_MAX_BYTES;
        let mut first = all.len();
        while let Some((_, sealed)) = first.checked_sub(1).map(|before| &all[before]) {
            let Some(left) = free_bytes.checked_sub(sealed.size_bytes()) else { break };
            free_bytes = left;
            first -= 1;
        }
        all[first..].iter().filter(|(place, _)| !is_in(spans, place)).map(|(_, sealed)| sealed.clone()).collect()
    }
}

/// `Refill`s of these messages, in order, each small enough for the wire.
pub fn refills(conversation: ConversationId, messages: Vec<Sealed>) -> Vec<ClientMsg> {
    /// Variant, conversation, count; and a length before each message.
    const ENVELOPE_BYTES: usize = 32;
    const LENGTH_BYTES: usize = 3;
    let mut refills = Vec::new();
    let mut batch = Vec::new();
    let mut batch_bytes = ENVELOPE_BYTES;
    for message in messages {
        let size_bytes = message.size_bytes() + LENGTH_BYTES;
        if batch_bytes + size_bytes > MESSAGE_MAX_BYTES && !batch.is_empty() {
            refills.push(ClientMsg::Refill { conversation, messages: core::mem::take(&mut batch) });
            batch_bytes = ENVELOPE_BYTES;
        }
        batch_bytes += size_bytes;
        batch.push(message);
    }
    if !batch.is_empty() {
        refills.push(ClientMsg::Refill { conversation, messages: batch });
    }
    refills
}

fn is_had(have: &[Have], place: &Place) -> bool {
    have.iter().any(|have| (have.epoch, have.sender) == place.track() && place.number <= have.upto)
}

fn is_in(spans: &[Span], place: &Place) -> bool {
    let in_span = |span: &Span| (span.from..=span.upto).contains(&place.number);
    spans.iter().any(|span| (span.epoch, span.sender) == place.track() && in_span(span))
}

#[cfg(test)]
mod tests {
    use amparo_protocol::wire::encode;

    use super::*;

    const VISITOR: DeviceId = DeviceId([0; 8]);

    fn message(number: u64, size_bytes: usize) -> (Place, Sealed) {
        (Place { epoch: 0, sender: VISITOR, number }, Sealed(vec![number as u8; size_bytes]))
    }

    fn holding(count: u64, size_bytes: usize) -> Held {
        let mut held = Held::default();
        for number in 0..count {
            let (place, sealed) = message(number, size_bytes);
            held.insert(place, sealed);
        }
        held
    }

    #[test]
    fn a_peer_gets_what_neither_it_nor_the_relay_has() {
        let have = [Have { epoch: 0, sender: VISITOR, upto: 1 }];
        let spans = [Span { epoch: 0, sender: VISITOR, from: 3, upto: 4 }];
        let sent: Vec<u8> = holding(6, 10).beyond(&have, &spans).iter().map(|sealed| sealed.0[0]).collect();
        assert_eq!(sent, [2, 5]);
    }

    #[test]
    fn a_relay_gets_the_newest_that_fit_and_nothing_twice() {
        let spans = [Span { epoch: 0, sender: VISITOR, from: 99, upto: 99 }];
        let sent = holding(100, 16_487).newest_beyond(&spans);
        assert_eq!(sent.len(), REFILL_MAX_BYTES / 16_487 - 1);
        assert_eq!(sent.last(), Some(&message(98, 16_487).1));
    }

    #[test]
    fn every_refill_fits_the_wire_and_none_is_sent_half_empty() {
        let mixed = [1_127, 4_199, 16_487, 16_487, 1_127].into_iter().cycle().take(60).collect();
        for sizes in [mixed, vec![61; 700]] {
            let messages: Vec<Sealed> = sizes.into_iter().map(|size| Sealed(vec![1; size])).collect();
            let refills = refills(ConversationId([1; 16]), messages.clone());
            let sent: Vec<&[Sealed]> = refills.iter().map(messages_of).collect();
            assert_eq!(sent.concat(), messages);
            assert!(refills.iter().all(|refill| encode(refill).len() <= MESSAGE_MAX_BYTES));
            for (refill, (own, next)) in refills.iter().zip(sent.iter().zip(&sent[1..])) {
                let with_the_next = encode(refill).len() + next[0].size_bytes();
                // A length is counted as three bytes, and is less for a short message.
                let counted_bytes = with_the_next + 2 * own.len() + 64;
                assert!(counted_bytes > MESSAGE_MAX_BYTES, "{with_the_next} bytes would have fitted");
            }
        }
    }

    fn messages_of(refill: &ClientMsg) -> &[Sealed] {
        match refill {
            ClientMsg::Refill { messages, .. } => messages,
            other => panic!("{other:?}"),
        }
    }
}
