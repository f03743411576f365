//! The visitor's program against a relay that says anything: it never panics, and nothing typed leaves it, because no
//! counselor here has ever proved to hold a key.

use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::{Hash, OrgKey, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::wire::{ClientMsg, decode};

use super::pieces;
use crate::seeded::Seeded;

pub fn visitor(input: &[u8]) {
    let config = VisitorConfig {
        site: SiteKey([1; 12]),
        language: Language::En,
        org_key: Some(OrgKey([7; 32])),
        roster_min: 0,
        host_half: Some(Hash([3; 32])),
        continuing: input.len() % 2 == 1,
    };
    let mut visitor = Visitor::new(config, Box::new(Seeded(1)));
    let mut now_ms = 1_800_000_000_000;
    visitor.on_open(now_ms, Some(Pass([2; 32])));
    visitor.enter(now_ms);
    visitor.say(now_ms, "he must not know");
    for message in pieces(input) {
        now_ms += 700;
        match decode(message) {
            Ok(message) => visitor.on_msg(now_ms, message),
            Err(_) if message.len() % 5 == 0 => visitor.on_closed(now_ms),
            Err(_) if message.len() % 5 == 1 => visitor.on_open(now_ms, Some(Pass([2; 32]))),
            Err(_) if message.len() % 5 == 2 => visitor.say(now_ms, "again"),
            Err(_) if message.len() % 5 == 3 => visitor.enter(now_ms),
            Err(_) => visitor.on_tick(now_ms),
        }
        let said = visitor.outbox().into_iter().any(|message| matches!(message, ClientMsg::Send { .. }));
        assert!(!said, "a word left before a counselor held the key");
    }
}
