//! What the pretend relay knows of one conversation, and its tickets.

use amparo_client::crypto::header::MessageHeader;
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{Grant, Have, Newcomer, PeerState, ServerMsg, Span};
use serde::{Deserialize, Serialize};

use crate::relay::Connection;

/// What the relay knows of one conversation, in memory only.
pub struct Kept {
    pub language: Language,
    pub joined_at_ms: u64,
    pub state: State,
    /// A returning device beside the present membership.
    pub rejoin: Option<Attempt>,
    pub visitor: Option<Connection>,
    pub counselor: Option<Connection>,
    pub counselor_gone_ms: Option<u64>,
    pub visitor_have: Vec<Have>,
    pub counselor_have: Vec<Have>,
    pub ring: Vec<Sealed>,
}

pub enum State {
    Waiting,
    Claiming(Box<Attempt>),
    Talking { claim: ClaimId, name: String },
}

/// A counselor's device that asks for the key.
pub struct Attempt {
    pub claim: ClaimId,
    pub name: String,
    pub newcomer: Option<Newcomer>,
    pub grant: Option<Grant>,
    pub since_ms: u64,
}

/// What a ticket says.
#[derive(Clone, Serialize, Deserialize)]
pub struct TicketState {
    pub conversation: ConversationId,
    pub language: Language,
    pub joined_at_ms: u64,
    pub membership: Option<(ClaimId, String)>,
}

impl Kept {
    pub fn new(language: Language, joined_at_ms: u64, state: State) -> Self {
        Self {
            language,
            joined_at_ms,
            state,
            rejoin: None,
            visitor: None,
            counselor: None,
            counselor_gone_ms: None,
            visitor_have: Vec::new(),
            counselor_have: Vec::new(),
            ring: Vec::new(),
        }
    }

    /// A membership that the visitor's client states beats what the relay thinks. Answers a claim that is void by it.
    pub fn believe(
        &mut self,
        membership: &Option<(ClaimId, String)>,
        pending: &Option<(ClaimId, String)>,
        now_ms: u64,
    ) -> Option<ClaimId> {
        let stated = [membership, pending].into_iter().flatten().map(|(claim, _)| *claim);
        let known = match &self.state {
            State::Waiting => return None,
            State::Claiming(attempt) => attempt.claim,
            State::Talking { claim, .. } => *claim,
        };
        let is_ungranted = matches!(&self.state, State::Claiming(attempt) if attempt.grant.is_none());
        if stated.into_iter().any(|claim| claim == known) || is_ungranted {
            return None;
        }
        self.state = state_of(membership, pending, now_ms);
        self.rejoin = None;
        self.counselor_gone_ms = Some(now_ms);
        Some(known)
    }

    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        let claiming = match &self.state {
            State::Claiming(attempt) => Some(&**attempt),
            _ => None,
        };
        claiming.into_iter().chain(&self.rejoin)
    }

    pub fn attempt(&mut self, claim: ClaimId) -> Option<&mut Attempt> {
        let claiming = match &mut self.state {
            State::Claiming(attempt) => Some(&mut **attempt),
            _ => None,
        };
        claiming.into_iter().chain(&mut self.rejoin).find(|attempt| attempt.claim == claim)
    }

    pub fn is_of(&self, name: &str) -> bool {
        match &self.state {
            State::Waiting => false,
            State::Claiming(attempt) => attempt.name == name,
            State::Talking { name: member, .. } => member == name,
        }
    }

    pub fn spans(&self) -> Vec<Span> {
        let span = |message: &Sealed| {
            let (epoch, sender, number) = place(message);
            Span { epoch, sender, from: number, upto: number }
        };
        self.ring.iter().map(span).collect()
    }

    pub fn beyond(&self, have: &[Have]) -> Vec<Sealed> {
        let is_had = |message: &Sealed| {
            let (epoch, sender, number) = place(message);
            have.iter().any(|have| (have.epoch, have.sender) == (epoch, sender) && number <= have.upto)
        };
        self.ring.iter().filter(|message| !is_had(message)).cloned().collect()
    }
}

pub fn state_of(membership: &Option<(ClaimId, String)>, pending: &Option<(ClaimId, String)>, now_ms: u64) -> State {
    match (membership, pending) {
        (Some((claim, name)), _) => State::Talking { claim: *claim, name: name.clone() },
        (None, Some((claim, name))) => {
            let (newcomer, grant) = (None, None);
            State::Claiming(Box::new(Attempt { claim: *claim, name: name.clone(), newcomer, grant, since_ms: now_ms }))
        }
        (None, None) => State::Waiting,
    }
}

pub fn place(message: &Sealed) -> (u32, DeviceId, u64) {
    let header = MessageHeader::parse(message.as_bytes()).expect("only parsed messages enter the ring");
    (header.origin.epoch, header.origin.sender, header.number)
}

pub fn read_ticket(ticket: &Ticket) -> TicketState {
    postcard::from_bytes(ticket.as_bytes()).expect("a ticket of this relay")
}

pub fn away(conversation: ConversationId) -> ServerMsg {
    ServerMsg::Peer { conversation, state: PeerState::Away { for_secs: 25 } }
}
