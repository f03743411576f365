//! Resume tickets: what a browser brings back after its connection or the relay itself was lost (design D2). Sealed by
//! the relay for itself; a key opens tickets and never a message.
//!
//! Never: a name, an address, or anything about a visitor but her place.

use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MemberId, RosterMemberId, SiteKey, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::TICKET_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire;
use amparo_protocol::wire::{decode, encode};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};

use crate::random::Random;
use crate::store::keys::TicketKey;

const VERSION: u8 = 2;
const LABEL: &[u8] = b"amparo ticket";
const NONCE_BYTES: usize = 12;

wire! {
/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketBody {
    pub version: u8,
    /// The run of the relay that sealed it.
    pub generation: u64,
    pub conversation: ConversationId,
    pub side: Side,
    pub site: SiteKey,
    pub line: u8,
    pub language: Language,
    pub channel: Channel,
    pub joined_at_ms: u64,
    /// Before all others in the queue.
    pub front: bool,
    pub membership: Option<Membership>,
    /// On the visitor's side: a second member who takes part.
    pub beside: Option<Membership>,
    pub issued_ms: u64,
    pub expires_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Visitor,
    Counselor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Web,
}

/// A counselor's device in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    pub claim: ClaimId,
    pub roster_member: RosterMemberId,
    pub member: MemberId,
    pub device: DeviceId,
}
}

impl TicketBody {
    /// A ticket for the one line and channel of this version, good from now on.
    #[expect(clippy::too_many_arguments, reason = "a ticket is exactly this list")]
    pub fn new(
        generation: u64,
        conversation: ConversationId,
        side: Side,
        site: SiteKey,
        language: Language,
        joined_at_ms: u64,
        front: bool,
        membership: Option<Membership>,
        beside: Option<Membership>,
        now_ms: u64,
    ) -> Self {
        Self {
            version: VERSION,
            generation,
            conversation,
            side,
            site,
            line: 0,
            language,
            channel: Channel::Web,
            joined_at_ms,
            front,
            membership,
            beside,
            issued_ms: now_ms,
            expires_ms: now_ms + TICKET_SECS * 1000,
        }
    }
}

/// Seals and opens tickets with the key of the day; the former key still opens.
pub struct Tickets {
    /// Newest first.
    keys: Vec<TicketKey>,
    random: Random,
}

impl Tickets {
    /// `keys`: newest first, at least one.
    pub fn new(keys: Vec<TicketKey>, random: Random) -> Self {
        Self { keys, random }
    }

    pub fn seal(&self, body: &TicketBody) -> Ticket {
        let key = self.keys.first().expect("the relay loads or makes a ticket key before it serves");
        let nonce: [u8; NONCE_BYTES] = self.random.bytes();
        let plain = encode(body);
        let sealed = cipher(key)
            .encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: LABEL })
            .expect("a ticket is far below the cipher's limit");
        let mut ticket = vec![u8::try_from(key.id.len()).expect("key ids are short")];
        ticket.extend_from_slice(key.id.as_bytes());
        ticket.extend_from_slice(&nonce);
        ticket.extend_from_slice(&sealed);
        Sealed(ticket)
    }

    /// `None` when no key here has sealed it. Says nothing about its age.
    pub fn open(&self, ticket: &Ticket) -> Option<TicketBody> {
        let (length, rest) = ticket.as_bytes().split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let key = self.keys.iter().find(|key| key.id.as_bytes() == id)?;
        let plain = cipher(key).decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad: LABEL }).ok()?;
        let body: TicketBody = decode(&plain).ok()?;
        (body.version == VERSION).then_some(body)
    }
}

fn cipher(key: &TicketKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&(*key.secret).into())
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::clock::Time;

    fn key(id: &str) -> TicketKey {
        TicketKey { id: id.to_owned(), secret: Zeroizing::new([id.as_bytes()[0]; 32]), made_at: Time(0) }
    }

    fn body() -> TicketBody {
        let membership = Membership {
            claim: ClaimId([1; 16]),
            roster_member: RosterMemberId([2; 16]),
            member: MemberId([3; 16]),
            device: DeviceId([4; 8]),
        };
        let conversation = ConversationId([5; 16]);
        let site = SiteKey([6; 12]);
        TicketBody::new(
            1,
            conversation,
            Side::Visitor,
            site,
            Language::Ar,
            7,
            false,
            Some(membership),
            Some(membership),
            9,
        )
    }

    #[test]
    fn a_ticket_opens_with_todays_and_yesterdays_key_and_no_other() {
        let yesterday = Tickets::new(vec![key("a")], Random::seeded(1));
        let today = Tickets::new(vec![key("b"), key("a")], Random::seeded(2));
        let later = Tickets::new(vec![key("c"), key("b")], Random::seeded(3));
        let ticket = yesterday.seal(&body());
        assert_eq!(today.open(&ticket), Some(body()));
        assert_eq!(later.open(&ticket), None);
    }

    #[test]
    fn no_changed_bit_of_a_ticket_opens() {
        let tickets = Tickets::new(vec![key("a")], Random::seeded(1));
        let ticket = tickets.seal(&body());
        for bit in 0..ticket.size_bytes() * 8 {
            let mut changed = ticket.clone();
            changed.0[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(tickets.open(&changed), None, "bit {bit}");
        }
        for size in 0..ticket.size_bytes() {
            assert_eq!(tickets.open(&Sealed(ticket.0[..size].to_vec())), None);
        }
    }
}
