//! Sealed objects as the other side, the relay, or an attacker sends them: nothing that was not sealed opens, and the
//! relay reads no header where there is none.

use amparo_client::crypto::ack::open_ack;
use amparo_client::crypto::deposit::HostHalf;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::open_envelope;
use amparo_client::crypto::header;
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::seal::{Holders, open_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ConversationId, DeviceId, Hash, OrgKey};
use amparo_protocol::sealed::Sealed;
use amparo_server::random::Random;
use amparo_server::relay::direct::Direct;
use amparo_server::relay::header::{MessageHeader, is_ack_of};
use amparo_server::relay::ticket::Tickets;
use ed25519_dalek::SigningKey;

use crate::seeded::Seeded;

pub fn sealed(bytes: &[u8]) {
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
    assert!(HostHalf::new(Hash([3; 32])).open_deposit(&Hash([4; 32]), &sealed).is_err());

    let _header = MessageHeader::parse(bytes);
    assert!(!is_ack_of(bytes, conversation, DeviceId([5; 8])) || bytes.len() > 75);
    let _direct = Direct::parse(bytes);
    let tickets = Tickets::new(Vec::new(), Random::seeded(1));
    assert!(tickets.open(&sealed).is_none());
}
