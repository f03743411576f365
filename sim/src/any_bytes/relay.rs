//! The whole relay without sockets, fed by several browsers that say anything at any time: it never panics, and what it
//! answers is always a whole message.

use std::sync::Arc;

use amparo_protocol::id::SiteKey;
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ClientMsg, Hello, ServerMsg, decode, encode};
use amparo_server::random::Random;
use amparo_server::relay::facts::LineFacts;
use amparo_server::relay::pure::Pure;

use super::pieces;
use crate::world::ticket_keys;

const SITE: SiteKey = SiteKey([1; 12]);

/// Of each piece the first byte says what happens, the second how long before.
pub fn relay(input: &[u8]) {
    let mut facts = LineFacts::default();
    facts.sites.insert(SITE, SiteSettings::new("Site", vec!["https://example.org".to_owned()], "112"));
    let mut now_ms = 1_800_000_000_000;
    let mut relay = Pure::start(Arc::new(facts), ticket_keys(), Random::seeded(1), now_ms);
    let mut browsers = Vec::new();
    for piece in pieces(input) {
        let [what, wait, bytes @ ..] = piece else { return };
        now_ms += u64::from(*wait) * 100;
        match what % 8 {
            0 => browsers.push(relay.connect(now_ms, None)),
            1 => {
                let browser = relay.connect(now_ms, None);
                let pass = relay.issue_pass(now_ms, SITE);
                let hello = Hello::Visitor { version: PROTOCOL_VERSION, site: SITE, pass, language: Language::En };
                relay.receive(now_ms, browser, &encode(&ClientMsg::Hello(hello)));
                relay.receive(now_ms, browser, &encode(&ClientMsg::Enter { language: Language::En }));
                browsers.push(browser);
            }
            2 => relay.tick(now_ms),
            _ if browsers.is_empty() => {}
            3 => relay.disconnect(now_ms, browsers.swap_remove(usize::from(*wait) % browsers.len())),
            _ => relay.receive(now_ms, browsers[usize::from(*what) % browsers.len()], bytes),
        }
        for browser in &browsers {
            while let Some(sent) = relay.sent(*browser) {
                assert!(decode::<ServerMsg>(&sent).is_ok());
            }
        }
    }
}
