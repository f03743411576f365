//! Sealed objects as the other side, the relay, or an attacker sends them: nothing that was not sealed opens, the relay
//! reads no header where there is none, and what lies within a right seal may be anything.

use amparo_client::crypto::ack::open_ack;
use amparo_client::crypto::deposit::HostHalf;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::open_envelope;
use amparo_client::crypto::header::{self, MESSAGE_HEADER_BYTES};
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::seal::{Holders, open_message, read_padded};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::{ConversationId, DeviceId, Hash, OrgKey, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{Deposit, ServerMsg, decode};
use amparo_server::random::Random;
use amparo_server::relay::direct::Direct;
use amparo_server::relay::header::{MessageHeader, is_ack_of};
use amparo_server::relay::ticket::{TicketBody, Tickets};
use ed25519_dalek::SigningKey;

use crate::seeded::Seeded;
use crate::world::ticket_keys;

const HALF: Hash = Hash([3; 32]);
const NOW_MS: u64 = 1_800_000_000_000;

pub fn sealed(bytes: &[u8]) {
    nothing_opens(bytes);
    if let [choice, within @ ..] = bytes {
        whoever_holds_the_key_wrote(*choice, within);
    }
}

fn nothing_opens(bytes: &[u8]) {
    let (org, conversation) = (OrgId::of(&OrgKey([7; 32])), ConversationId([1; 16]));
    let mut epochs = Epochs::new(org, conversation);
    let epoch = epochs.make_next(&mut Seeded(1));
    let sealed = Sealed(bytes.to_vec());
    assert!(open_message(epoch, &sealed, Holders::Only(DeviceId([2; 8]))).is_err());
    assert!(open_ack(epoch, &sealed).is_err());
    let _header = header::MessageHeader::parse(bytes);
    let signing = SigningKey::from_bytes(&[9; 32]);
    let keys = ShiftKeys::certify(&signing, org, Default::default(), 1, 1_800_000_000, &mut Seeded(2));
    assert!(open_envelope(&sealed, &keys, &mut Epochs::new(org, conversation)).is_err());
    assert!(HostHalf::new(HALF).open_deposit(&Hash([4; 32]), &sealed).is_err());

    let _header = MessageHeader::parse(bytes);
    assert!(!is_ack_of(bytes, conversation, DeviceId([5; 8])) || bytes.len() > 75);
    let _direct = Direct::parse(bytes);
    assert!(Tickets::new(ticket_keys(), Random::seeded(1)).open(&sealed).is_none());
}

/// The seal is right and what lies within is anything: of a message, of a deposit, of a ticket.
fn whoever_holds_the_key_wrote(choice: u8, within: &[u8]) {
    match choice % 3 {
        0 => {
            let Some((head, padded)) = within.split_at_checked(MESSAGE_HEADER_BYTES) else { return };
            if let Ok(header) = header::MessageHeader::parse(within) {
                let holders = Holders::Only(header.origin.sender);
                let _shown = read_padded(padded, header, head, holders);
            }
        }
        1 => {
            let Deposit { relay_half, sealed, .. } = HostHalf::new(HALF).seal_deposit(within, &mut Seeded(3));
            let mut visitor = Visitor::new(continuing(), Box::new(Seeded(1)));
            visitor.on_open(NOW_MS, None);
            visitor.on_msg(NOW_MS, ServerMsg::Deposited { relay_half, sealed });
            visitor.continue_here(NOW_MS);
            let _sent = visitor.outbox();
        }
        _ => {
            let tickets = Tickets::new(ticket_keys(), Random::seeded(1));
            if let Ok(body) = decode::<TicketBody>(within) {
                let _opened = tickets.open(&tickets.seal(&body));
            }
        }
    }
}

fn continuing() -> VisitorConfig {
    VisitorConfig {
        site: SiteKey([1; 12]),
        language: Language::En,
        org_key: Some(OrgKey([7; 32])),
        roster_min: 0,
        host_half: Some(HALF),
        continuing: true,
    }
}
