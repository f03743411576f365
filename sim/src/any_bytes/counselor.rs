//! The counselor's program against a relay that says anything: it never panics and shows no text that nobody sealed.

use amparo_client::counselor::Counselor;
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ConversationId, OrgKey};
use amparo_protocol::wire::{Presence, decode};
use ed25519_dalek::SigningKey;

use super::pieces;
use crate::seeded::Seeded;

pub fn counselor(input: &[u8]) {
    let signing = SigningKey::from_bytes(&[9; 32]);
    let org = OrgId::of(&OrgKey([7; 32]));
    let keys = ShiftKeys::certify(&signing, org, Default::default(), 1, 1_800_000_000, &mut Seeded(2));
    let mut counselor = Counselor::new(keys, Box::new(Seeded(1)));
    let mut now_ms = 1_800_000_000_000;
    counselor.on_open(now_ms);
    counselor.set_presence(Presence::Available);
    for message in pieces(input) {
        now_ms += 700;
        let conversation = ConversationId([message.first().copied().unwrap_or(1); 16]);
        match decode(message) {
            Ok(message) => counselor.on_msg(now_ms, message),
            Err(_) if message.len() % 4 == 0 => counselor.on_closed(now_ms),
            Err(_) if message.len() % 4 == 1 => counselor.on_open(now_ms),
            Err(_) if message.len() % 4 == 2 => counselor.accept(now_ms, conversation),
            Err(_) => counselor.on_tick(now_ms),
        }
        counselor.say(now_ms, conversation, "hello");
        let _sent = counselor.outbox();
    }
}
