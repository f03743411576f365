//! The whole relay without sockets, fed by several browsers that say anything at any time: it never panics, and what it
//! answers is always a whole message. Counselors are among them; what nobody could guess, such as the number of the
//! conversation that was offered, is put where it belongs.

use amparo_protocol::colleague::Ask;
use amparo_protocol::id::{ClaimId, ConversationId, Hash};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Grant, Hello, ServerMsg, decode, encode};
use amparo_server::random::Random;
use amparo_server::relay::command::SessionId;
use amparo_server::relay::pure::Pure;

use super::known::{KNOWN, NAMES};
use super::pieces;
use crate::people::SITE;
use crate::world::{START_MS, login, ticket_keys};

/// Kind and length of a sealed message and of an acknowledgement (docs/protocol.md, section 3).
const MESSAGE: (u8, usize) = (1, 87 + 1024 + 16);
const ACK: (u8, usize) = (2, 75 + 256 + 16);
const ENVELOPE_BYTES: usize = 141;

/// Of each piece the first byte says what happens, the second how long before.
pub fn relay(input: &[u8]) {
    let mut floor = Floor::open();
    for piece in pieces(input) {
        let [what, wait, bytes @ ..] = piece else { return };
        floor.now_ms += u64::from(*wait) * 100;
        floor.happens(*what, *wait, bytes);
        floor.hear();
    }
}

struct Floor {
    relay: Pure,
    now_ms: u64,
    browsers: Vec<SessionId>,
    conversation: ConversationId,
    claim: ClaimId,
}

impl Floor {
    fn open() -> Self {
        let relay = Pure::start(KNOWN.facts.clone(), ticket_keys(), Random::seeded(1), START_MS);
        let (conversation, claim) = (ConversationId::default(), ClaimId::default());
        Self { relay, now_ms: START_MS, browsers: Vec::new(), conversation, claim }
    }

    fn happens(&mut self, what: u8, wait: u8, bytes: &[u8]) {
        let (kind, more) = (what % 8, usize::from(what / 8));
        match kind {
            0 if more % 2 == 1 => self.counselor_comes(more / 2 % NAMES.len()),
            0 => self.browsers.push(self.relay.connect(self.now_ms, None)),
            1 => self.visitor_enters(),
            2 if more == 0 => self.relay.tick(self.now_ms),
            _ if self.browsers.is_empty() => {}
            2 => self.says(usize::from(wait), &encode(&self.fitting(more, bytes))),
            3 => {
                let gone = self.browsers.swap_remove(usize::from(wait) % self.browsers.len());
                self.relay.disconnect(self.now_ms, gone);
            }
            _ => self.says(usize::from(what), bytes),
        }
    }

    fn counselor_comes(&mut self, number: usize) {
        let browser = self.relay.connect(self.now_ms, Some(login(number)));
        for greeting in &KNOWN.greetings[number] {
            self.relay.receive(self.now_ms, browser, greeting);
        }
        self.browsers.push(browser);
    }

    fn visitor_enters(&mut self) {
        let browser = self.relay.connect(self.now_ms, None);
        let pass = self.relay.issue_pass(self.now_ms, SITE);
        let language = Language::En;
        let hello = Hello::Visitor { version: PROTOCOL_VERSION, site: SITE, pass, language };
        for msg in [ClientMsg::Hello(hello), ClientMsg::Enter { language }] {
            self.relay.receive(self.now_ms, browser, &encode(&msg));
        }
        self.browsers.push(browser);
    }

    /// A message about the conversation that was named last.
    fn fitting(&self, which: usize, bytes: &[u8]) -> ClientMsg {
        let (conversation, claim) = (self.conversation, self.claim);
        let first = bytes.first().copied().unwrap_or_default();
        match which % 8 {
            0 => ClientMsg::Accept { conversation },
            1 => {
                let (epoch, roster_seq) = (u32::from(first), KNOWN.house.roster_seq);
                ClientMsg::Grant(Grant {
                    conversation,
                    claim,
                    epoch,
                    roster_seq,
                    envelopes: vec![Sealed(vec![1; ENVELOPE_BYTES])],
                })
            }
            2 => ClientMsg::Opened { conversation, claim, ack: self.dressed(ACK, bytes) },
            3 => ClientMsg::Send { conversation, message: self.dressed(MESSAGE, bytes) },
            4 => ClientMsg::Ack { conversation, ack: self.dressed(ACK, bytes) },
            5 => ClientMsg::Refill { conversation, messages: vec![self.dressed(MESSAGE, bytes)] },
            6 => ClientMsg::Typing { conversation },
            _ if first >= 128 => ClientMsg::EndToken { hash: Hash([first; 32]) },
            _ => ClientMsg::Colleague { conversation, ask: ask(first) },
        }
    }

    /// With a clear header of the conversation that was named last: these bytes are its epoch, sender and number.
    fn dressed(&self, (kind, length): (u8, usize), bytes: &[u8]) -> Sealed {
        let [epoch, sender, number, ..] = bytes else { return Sealed(bytes.to_vec()) };
        let mut sealed = vec![0; length];
        sealed[..2].copy_from_slice(&[kind, 1]);
        sealed[18..34].copy_from_slice(self.conversation.as_bytes());
        sealed[37] = *epoch;
        if let Some(device) = KNOWN.devices.get(usize::from(*sender)) {
            sealed[54] = 1;
            sealed[55..63].copy_from_slice(device.as_bytes());
        }
        sealed[70] = *number;
        Sealed(sealed)
    }

    fn says(&mut self, who: usize, bytes: &[u8]) {
        let browser = self.browsers[who % self.browsers.len()];
        self.relay.receive(self.now_ms, browser, bytes);
    }

    fn hear(&mut self) {
        for browser in &self.browsers {
            while let Some(sent) = self.relay.sent(*browser) {
                match decode::<ServerMsg>(&sent).expect("the relay sends whole messages") {
                    ServerMsg::Offer { conversation, .. } => self.conversation = conversation,
                    ServerMsg::Newcomer(newcomer) => {
                        (self.conversation, self.claim) = (newcomer.conversation, newcomer.claim);
                    }
                    _ => {}
                }
            }
        }
    }
}

fn ask(which: u8) -> Ask {
    let asks = [
        Ask::WhoIsFree,
        Ask::TransferTo(KNOWN.house.member("Omar").id),
        Ask::CallSupervisor,
        Ask::CallOff,
        Ask::Join,
        Ask::TakeOver,
        Ask::Leave,
        Ask::GiveBack,
        Ask::AcceptTransfer,
        Ask::DeclineTransfer,
    ];
    asks[usize::from(which) % asks.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else the fuzzer would only ever see how strangers are refused.
    #[test]
    fn an_input_can_make_two_talk() {
        let mut floor = Floor::open();
        let (visitor, ana) = (1, 0);
        // What a start waits for first.
        floor.now_ms += 11_000;
        let mut happens = |what, wait, bytes: &[u8]| {
            floor.happens(what, wait, bytes);
            floor.hear();
        };
        happens(8, 0, &[]);
        happens(1, 0, &[]);
        happens(2, 0, &[]);
        happens(2 + 8 * 8, ana, &[]);
        happens(2 + 8 * 9, visitor, &[1]);
        happens(2 + 8 * 10, ana, &[1, 0, 0]);
        let id = floor.conversation;
        floor.says(0, &encode(&ClientMsg::Send { conversation: id, message: floor.dressed(MESSAGE, &[1, 0, 0]) }));
        let heard = floor.relay.sent(floor.browsers[1]).expect("Ana's message reaches the visitor");
        assert!(matches!(decode(&heard), Ok(ServerMsg::Deliver { .. })));
    }
}
