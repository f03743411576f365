//! A browser as the relay sees it: answers heartbeats, grants, opens, keeps and refills sealed messages. It seals nothing;
//! its messages have the right headers and sizes.

use std::collections::{BTreeMap, BTreeSet};

use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, Handle, Hash, Pass, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    ClientMsg, Deposit, EndReason, Grant, Have, Hello, Presence, Resume, ResumedState, ServerMsg, Span, encode,
};
use amparo_server::relay::header::MessageHeader;

use super::house;

/// Which numbered message this is.
pub type Number = (u32, DeviceId, u64);

/// What both kinds keep of one conversation.
#[derive(Default)]
pub struct Kept {
    pub messages: BTreeMap<Number, Sealed>,
    /// What the other side wrote, in the order in which it arrived for the first time.
    pub received: Vec<Number>,
}

#[derive(Default)]
pub struct Visitor {
    pub conversation: Option<ConversationId>,
    pub position: Option<u32>,
    pub ticket: Option<Ticket>,
    pub membership: Option<ClaimId>,
    pub pending: Option<(ClaimId, Ticket, u32)>,
    pub epoch: u32,
    pub number: u64,
    pub kept: Kept,
    pub ended: Option<EndReason>,
    /// `false`: she does not grant, as if her checks took for ever.
    pub grants: bool,
    /// Presses "I am still here" when asked.
    pub presses: bool,
    pub seen: Vec<ServerMsg>,
}

pub struct Counselor {
    pub number: u8,
    pub device: DeviceId,
    pub offers: BTreeSet<ConversationId>,
    pub conversations: BTreeMap<ConversationId, Membership>,
    pub ended: Vec<Ticket>,
    pub presence: Presence,
    /// `false`: the key is granted and never opened.
    pub opens: bool,
    pub seen: Vec<ServerMsg>,
}

pub struct Membership {
    pub claim: ClaimId,
    pub ticket: Ticket,
    pub epoch: Option<u32>,
    pub number: u64,
    pub kept: Kept,
}

pub fn message(conversation: ConversationId, epoch: u32, sender: DeviceId, number: u64) -> Sealed {
    let mut bytes = vec![0; 1127];
    bytes[..2].copy_from_slice(&[1, 1]);
    bytes[18..34].copy_from_slice(&conversation.0);
    bytes[34..38].copy_from_slice(&epoch.to_be_bytes());
    bytes[54] = u8::from(sender != DeviceId::default());
    bytes[55..63].copy_from_slice(&sender.0);
    bytes[63..71].copy_from_slice(&number.to_be_bytes());
    Sealed(bytes)
}

pub fn ack(conversation: ConversationId, sender: DeviceId) -> Sealed {
    let mut bytes = message(conversation, 0, sender, 0).0;
    bytes.truncate(347);
    bytes[0] = 2;
    Sealed(bytes)
}

impl Kept {
    fn keep(&mut self, message: &Sealed) -> Option<Number> {
        let header = MessageHeader::parse(message.as_bytes()).expect("the relay passes on whole messages");
        let number = (header.epoch, header.sender, header.number);
        let is_new = self.messages.insert(number, message.clone()).is_none();
        is_new.then_some(number)
    }

    fn have(&self) -> Vec<Have> {
        let mut upto: BTreeMap<(u32, DeviceId), u64> = BTreeMap::new();
        for (epoch, sender, number) in self.messages.keys() {
            let next = upto.get(&(*epoch, *sender)).map_or(1, |upto| upto + 1);
            if *number == next {
                upto.insert((*epoch, *sender), next);
            }
        }
        upto.into_iter().map(|((epoch, sender), upto)| Have { epoch, sender, upto }).collect()
    }

    fn lacking(&self, have: &[Have], held: &[Span]) -> Vec<Sealed> {
        let known = |(epoch, sender, number): &Number| {
            have.iter().any(|h| h.epoch == *epoch && h.sender == *sender && *number <= h.upto)
                || held.iter().any(|s| s.epoch == *epoch && s.sender == *sender && (s.from..=s.upto).contains(number))
        };
        self.messages.iter().filter(|(number, _)| !known(number)).map(|(_, message)| message.clone()).collect()
    }
}

fn refills(conversation: ConversationId, lacking: Vec<Sealed>) -> impl Iterator<Item = Vec<u8>> {
    lacking.into_iter().map(move |message| encode(&ClientMsg::Refill { conversation, messages: vec![message] }))
}

impl Visitor {
    pub fn new() -> Self {
        Self { grants: true, presses: true, ..Self::default() }
    }

    pub fn hello(pass: Pass) -> Vec<u8> {
        encode(&ClientMsg::Hello(Hello::Visitor {
            version: PROTOCOL_VERSION,
            site: house::SITE,
            pass,
            language: Language::En,
        }))
    }

    pub fn enter(language: Language) -> Vec<u8> {
        encode(&ClientMsg::Enter { language })
    }

    /// What she says on a new connection when she still knows her conversation.
    pub fn resume(&self) -> Option<Resume> {
        let pending = self.pending.as_ref().map(|(_, ticket, _)| ticket.clone());
        Some(Resume { ticket: self.ticket.clone()?, pending, have: self.kept.have() })
    }

    pub fn resume_hello(&self) -> Option<Vec<u8>> {
        let resume = self.resume()?;
        Some(encode(&ClientMsg::Hello(Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En })))
    }

    pub fn deposit(handle: Handle) -> Vec<u8> {
        let sealed = Sealed(vec![1; 300]);
        encode(&ClientMsg::Deposit(Deposit { handle, relay_half: Hash([1; 32]), sealed }))
    }

    pub fn says(&mut self) -> Vec<u8> {
        let conversation = self.conversation.expect("she is in a conversation");
        self.number += 1;
        let message = message(conversation, self.epoch, DeviceId::default(), self.number);
        self.kept.keep(&message);
        encode(&ClientMsg::Send { conversation, message })
    }

    pub fn is_talking(&self) -> bool {
        self.membership.is_some() && self.ended.is_none()
    }

    /// Takes one message in and answers at once what her client would answer.
    pub fn on_msg(&mut self, msg: ServerMsg) -> Vec<Vec<u8>> {
        self.seen.push(msg.clone());
        let mut answers = Vec::new();
        match msg {
            ServerMsg::Beat { beat, .. } => answers.push(encode(&ClientMsg::Pong { beat })),
            ServerMsg::Waiting { conversation, position, ticket } => self.waits(conversation, position, ticket),
            ServerMsg::BackInQueue { conversation, position, ticket, .. } => {
                self.pending = None;
                self.waits(conversation, position, ticket);
            }
            ServerMsg::StillThere if self.presses => answers.push(encode(&ClientMsg::StillHere)),
            ServerMsg::Newcomer(newcomer) => {
                let epoch = match &self.pending {
                    Some((claim, _, epoch)) if *claim == newcomer.claim => *epoch,
                    _ => self.next_epoch(),
                };
                self.pending = Some((newcomer.claim, newcomer.ticket, epoch));
                answers.extend(self.grant());
            }
            ServerMsg::Ack { .. } => {
                if let Some((claim, ticket, epoch)) = self.pending.take() {
                    (self.membership, self.ticket, self.epoch) = (Some(claim), Some(ticket), epoch);
                    self.number = 0;
                }
            }
            ServerMsg::ClaimLapsed { claim, .. } => {
                self.pending.take_if(|(pending, ..)| *pending == claim);
            }
            ServerMsg::Resumed { conversation, state, held, ticket } => {
                self.resumed(state);
                if let Some(ticket) = ticket.filter(|ticket| ticket.membership == self.membership) {
                    self.ticket = Some(ticket.ticket);
                }
                answers.extend(self.grant());
                answers.extend(refills(conversation, self.kept.lacking(&[], &held)));
            }
            ServerMsg::Ticket { ticket, .. } if ticket.membership == self.membership => {
                self.ticket = Some(ticket.ticket);
            }
            ServerMsg::Deliver { message, .. } => self.kept.receive(&message),
            ServerMsg::Want { conversation, have, held } => {
                answers.extend(refills(conversation, self.kept.lacking(&have, &held)));
            }
            ServerMsg::Ended { reason, .. } => self.ended = Some(reason),
            _ => {}
        }
        answers
    }

    fn waits(&mut self, conversation: ConversationId, position: u32, ticket: Ticket) {
        self.conversation = Some(conversation);
        self.position = Some(position);
        self.membership = None;
        self.ticket = Some(ticket);
    }

    fn resumed(&mut self, state: ResumedState) {
        if let ResumedState::Waiting { position } = state {
            self.position = Some(position);
            self.membership = None;
        }
    }

    fn next_epoch(&self) -> u32 {
        self.pending.as_ref().map_or(self.epoch, |(.., epoch)| *epoch) + 1
    }

    fn grant(&self) -> Option<Vec<u8>> {
        let (claim, _, epoch) = self.pending.as_ref().filter(|_| self.grants)?;
        let envelopes = vec![Sealed(vec![1; 141])];
        let conversation = self.conversation?;
        let grant = Grant { conversation, claim: *claim, epoch: *epoch, roster_seq: 1, envelopes };
        Some(encode(&ClientMsg::Grant(grant)))
    }
}

impl Kept {
    fn receive(&mut self, message: &Sealed) {
        if let Some(number) = self.keep(message) {
            self.received.push(number);
        }
    }
}

impl Counselor {
    pub fn new(number: u8, device: u64) -> Self {
        Self {
            number,
            device: DeviceId(device.to_be_bytes()),
            offers: BTreeSet::new(),
            conversations: BTreeMap::new(),
            ended: Vec::new(),
            presence: Presence::Break,
            opens: true,
            seen: Vec::new(),
        }
    }

    pub fn hello(&self, now_ms: u64) -> Vec<u8> {
        let resume = |membership: &Membership| Resume {
            ticket: membership.ticket.clone(),
            pending: None,
            have: membership.kept.have(),
        };
        encode(&ClientMsg::Hello(Hello::Counselor {
            version: PROTOCOL_VERSION,
            shift: house::shift(self.number, self.device, now_ms),
            resumes: self.conversations.values().map(resume).collect(),
            ended: self.ended.clone(),
        }))
    }

    /// A reload: all memory is gone, the device is a new one.
    pub fn reload(&mut self, device: u64) {
        let presence = self.presence;
        *self = Self { presence, ..Self::new(self.number, device) };
    }

    pub fn says(&mut self, conversation: ConversationId) -> Vec<u8> {
        let device = self.device;
        let membership = self.conversations.get_mut(&conversation).expect("the counselor talks there");
        let epoch = membership.epoch.expect("the key is opened");
        membership.number += 1;
        let message = message(conversation, epoch, device, membership.number);
        membership.kept.keep(&message);
        encode(&ClientMsg::Send { conversation, message })
    }

    pub fn end(&mut self, conversation: ConversationId) -> Vec<u8> {
        if let Some(membership) = self.conversations.remove(&conversation) {
            self.ended.push(membership.ticket);
        }
        encode(&ClientMsg::End { conversation, reason: EndReason::Counselor })
    }

    pub fn is_talking(&self, conversation: ConversationId) -> bool {
        self.conversations.get(&conversation).is_some_and(|membership| membership.epoch.is_some())
    }

    pub fn on_msg(&mut self, msg: ServerMsg) -> Vec<Vec<u8>> {
        self.seen.push(msg.clone());
        let mut answers = Vec::new();
        match msg {
            ServerMsg::Beat { beat, .. } => answers.push(encode(&ClientMsg::Pong { beat })),
            ServerMsg::Ready { presence, .. } if presence != self.presence => {
                answers.push(encode(&ClientMsg::Presence(self.presence)));
            }
            ServerMsg::Presence(presence) => self.presence = presence,
            ServerMsg::Offer { conversation, .. } => {
                self.offers.insert(conversation);
            }
            ServerMsg::OfferGone { conversation, .. } => {
                self.offers.remove(&conversation);
            }
            ServerMsg::Claimed { conversation, claim, ticket, .. } => {
                self.offers.remove(&conversation);
                let membership = Membership { claim, ticket, epoch: None, number: 0, kept: Kept::default() };
                self.conversations.insert(conversation, membership);
            }
            ServerMsg::Grant(grant) => answers.extend(self.open(&grant)),
            ServerMsg::CounselorResumed { conversation, held, ticket } => {
                if let Some(membership) = self.conversations.get_mut(&conversation) {
                    membership.ticket = ticket;
                    let lacking = membership.kept.lacking(&[], &held);
                    answers.extend(refills(conversation, lacking));
                }
            }
            ServerMsg::Deliver { conversation, message } => {
                if let Some(membership) = self.conversations.get_mut(&conversation) {
                    membership.kept.receive(&message);
                }
            }
            ServerMsg::Want { conversation, have, held } => {
                if let Some(membership) = self.conversations.get(&conversation) {
                    answers.extend(refills(conversation, membership.kept.lacking(&have, &held)));
                }
            }
            ServerMsg::Ticket { conversation, ticket } => {
                if let Some(membership) = self.conversations.get_mut(&conversation) {
                    membership.ticket = ticket.ticket;
                }
            }
            ServerMsg::ClaimLapsed { conversation, claim } => {
                self.conversations.retain(|id, membership| *id != conversation || membership.claim != claim);
            }
            ServerMsg::Ended { conversation, .. } | ServerMsg::Released { conversation, .. } => {
                self.conversations.remove(&conversation);
            }
            _ => {}
        }
        answers
    }

    fn open(&mut self, grant: &Grant) -> Option<Vec<u8>> {
        let device = self.device;
        let membership = self.conversations.get_mut(&grant.conversation)?;
        if !self.opens || membership.claim != grant.claim {
            return None;
        }
        membership.epoch = Some(grant.epoch);
        let conversation = grant.conversation;
        let ack = ack(conversation, device);
        Some(encode(&ClientMsg::Opened { conversation, claim: grant.claim, ack }))
    }
}
