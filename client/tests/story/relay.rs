//! A pretend relay: what docs/protocol.md asks of one, in memory, without sockets, limits or abuse rules. It never opens a
//! seal; its tickets are plain, because nobody here forges one.

use std::collections::{BTreeMap, BTreeSet};

use amparo_client::crypto::header::MessageHeader;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, Handle, Hash, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{CLAIM_SECS, COUNSELOR_MISSING_ASK_SECS, COUNSELOR_MISSING_MOVE_SECS, RING_MAX_BYTES};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    Back, ClientMsg, Deposit, EndReason, Grant, Have, Hello, JoinReason, LineState, Manner, Newcomer, OfferGone,
    Opening, PeerState, Presence, Release, Resume, ResumedState, ServerMsg, Spoken, Welcome,
};

use crate::house::House;
use crate::kept::{Attempt, Kept, State, TicketState, away, place, read_ticket, state_of};
use crate::seeded::Seeded;

pub type Connection = u32;

pub struct Relay {
    pub generation: u64,
    pub now_ms: u64,
    random: Seeded,
    parties: BTreeMap<Connection, Party>,
    kept: BTreeMap<ConversationId, Kept>,
    ended: BTreeSet<ConversationId>,
    deposits: BTreeMap<Handle, (ConversationId, Deposit)>,
    pub end_tokens: BTreeMap<Hash, ConversationId>,
    beats: u32,
    /// How often a visitor with a place said that she is in danger.
    pub in_danger: usize,
    /// What is to be sent, in order.
    pub out: Vec<(Connection, ServerMsg)>,
}

/// Who is behind a connection.
enum Party {
    Visitor { conversation: Option<ConversationId> },
    Counselor { name: String, shift: Sealed, presence: Presence },
}

impl Relay {
    pub fn start(generation: u64, now_ms: u64, random: Seeded) -> Self {
        Self {
            generation,
            now_ms,
            random,
            parties: BTreeMap::new(),
            kept: BTreeMap::new(),
            ended: BTreeSet::new(),
            deposits: BTreeMap::new(),
            end_tokens: BTreeMap::new(),
            beats: 0,
            in_danger: 0,
            out: Vec::new(),
        }
    }

    pub fn connect_visitor(&mut self, connection: Connection) {
        self.parties.insert(connection, Party::Visitor { conversation: None });
    }

    pub fn connect_counselor(&mut self, connection: Connection, name: &str) {
        let party = Party::Counselor { name: name.into(), shift: Sealed::default(), presence: Presence::Break };
        self.parties.insert(connection, party);
    }

    pub fn disconnect(&mut self, connection: Connection) {
        self.parties.remove(&connection);
        let now_ms = self.now_ms;
        let mut told = Vec::new();
        for (id, kept) in &mut self.kept {
            if kept.visitor == Some(connection) {
                kept.visitor = None;
                told.extend(kept.counselor.map(|to| (to, away(*id))));
            }
            if kept.counselor == Some(connection) {
                kept.counselor = None;
                kept.counselor_gone_ms = Some(now_ms);
                told.extend(kept.visitor.map(|to| (to, away(*id))));
            }
        }
        self.out.extend(told);
    }

    pub fn take(&mut self, from: Connection, msg: ClientMsg, house: &House) {
        match self.parties.get(&from) {
            Some(Party::Visitor { conversation }) => {
                let conversation = *conversation;
                self.take_of_visitor(from, conversation, msg, house);
            }
            Some(Party::Counselor { name, .. }) => {
                let name = name.clone();
                self.take_of_counselor(from, &name, msg, house);
            }
            None => {}
        }
    }

    /// Lapsed claims, missing counselors, heartbeats, offers.
    pub fn tick(&mut self, house: &House) {
        self.beats += 1;
        let beat = ServerMsg::Beat { beat: self.beats, freshest_age_secs: Some(0), answered: 0, answered_ms_ago: 0 };
        self.out.extend(self.parties.keys().map(|to| (*to, beat.clone())));
        let ids: Vec<ConversationId> = self.kept.keys().copied().collect();
        for id in ids {
            self.lapse_old_attempts(id);
            self.move_from_missing_counselor(id);
        }
        self.offer_first(house);
    }

    pub fn ring_bytes(&self) -> usize {
        self.kept.values().flat_map(|kept| &kept.ring).map(Sealed::size_bytes).sum()
    }

    /// Of everything that the rings hold.
    pub fn newest_epoch(&self) -> Option<u32> {
        self.kept.values().flat_map(|kept| &kept.ring).map(|message| place(message).0).max()
    }

    pub fn conversations(&self) -> Vec<ConversationId> {
        self.kept.keys().copied().collect()
    }

    /// Whether a visitor is connected and left a deposit.
    pub fn knows_visitor(&self) -> bool {
        self.kept.values().any(|kept| kept.visitor.is_some()) && !self.deposits.is_empty()
    }

    pub fn ring_of(&self, conversation: ConversationId) -> Vec<Sealed> {
        self.kept[&conversation].ring.clone()
    }

    /// Of the counselor who talks.
    pub fn claim_of(&self, conversation: ConversationId) -> Option<ClaimId> {
        match &self.kept[&conversation].state {
            State::Talking { claim, .. } => Some(*claim),
            _ => None,
        }
    }

    pub fn shift_of(&self, counselor: &str) -> Sealed {
        let shift = |party: &Party| match party {
            Party::Counselor { name, shift, .. } if name == counselor => Some(shift.clone()),
            _ => None,
        };
        self.parties.values().find_map(shift).expect("connected")
    }

    fn take_of_visitor(&mut self, from: Connection, id: Option<ConversationId>, msg: ClientMsg, house: &House) {
        match (msg, id) {
            (ClientMsg::Hello(Hello::Visitor { .. }), _) => self.send(from, self.welcome(house)),
            (ClientMsg::Hello(Hello::Continue { handle, .. }), _) => self.give_deposit(from, handle),
            (ClientMsg::Hello(Hello::Resume { resume, .. }), _) => self.resume_visitor(from, resume, house),
            (ClientMsg::Enter { language }, None) => self.enter(from, language),
            (ClientMsg::Grant(grant), Some(id)) => self.pass_grant(id, grant),
            (ClientMsg::Refuse { claim, .. }, Some(id)) => self.refuse(id, claim),
            (ClientMsg::Deposit(deposit), Some(id)) => drop(self.deposits.insert(deposit.handle, (id, deposit))),
            (ClientMsg::EndToken { hash }, Some(id)) => drop(self.end_tokens.insert(hash, id)),
            (ClientMsg::AskAnother, Some(id)) => self.back_in_queue(id),
            (ClientMsg::InDanger, Some(_)) => self.in_danger += 1,
            (msg, Some(id)) => self.take_of_either(from, id, msg),
            _ => {}
        }
    }

    fn take_of_counselor(&mut self, from: Connection, name: &str, msg: ClientMsg, house: &House) {
        match msg {
            ClientMsg::Hello(Hello::Counselor { shift, resumes, ended, .. }) => {
                self.parties.insert(from, Party::Counselor { name: name.into(), shift, presence: Presence::Break });
                let ready =
                    ServerMsg::Ready { generation: self.generation, now_unix_secs: 0, presence: Presence::Break };
                self.send(from, ready);
                ended.iter().for_each(|ticket| self.end(read_ticket(ticket).conversation, EndReason::Counselor));
                let resumed: Vec<ConversationId> =
                    resumes.into_iter().map(|resume| self.resume_counselor(from, name, resume)).collect();
                self.announce_rejoins(from, name, &resumed, house);
            }
            ClientMsg::Presence(wanted) => {
                if let Some(Party::Counselor { presence, .. }) = self.parties.get_mut(&from) {
                    *presence = wanted;
                }
            }
            ClientMsg::Accept { conversation } => self.claim(from, name, conversation, house),
            ClientMsg::Opened { conversation, claim, ack } => self.opened(from, conversation, claim, ack),
            ClientMsg::Send { conversation, .. }
            | ClientMsg::Ack { conversation, .. }
            | ClientMsg::Refill { conversation, .. }
            | ClientMsg::Typing { conversation }
            | ClientMsg::End { conversation, .. } => self.take_of_either(from, conversation, msg),
            _ => {}
        }
    }

    fn take_of_either(&mut self, from: Connection, id: ConversationId, msg: ClientMsg) {
        let is_member = self.kept.get(&id).is_some_and(|kept| [kept.visitor, kept.counselor].contains(&Some(from)));
        match msg {
            _ if !is_member => {}
            ClientMsg::Send { message, .. } => self.append(from, id, message),
            ClientMsg::Refill { messages, .. } => {
                messages.into_iter().for_each(|message| self.append(from, id, message));
            }
            ClientMsg::Ack { ack, .. } => self.pass(from, id, ServerMsg::Ack { conversation: id, ack }),
            ClientMsg::Typing { .. } => self.pass(from, id, ServerMsg::Typing { conversation: id }),
            ClientMsg::End { reason, .. } => self.end(id, reason),
            _ => {}
        }
    }

    fn enter(&mut self, from: Connection, language: Language) {
        let id = ConversationId(self.random.bytes());
        let kept = Kept::new(language, self.now_ms, State::Waiting);
        self.kept.insert(id, Kept { visitor: Some(from), ..kept });
        self.parties.insert(from, Party::Visitor { conversation: Some(id) });
        let ticket = self.ticket(id, None);
        self.send(from, ServerMsg::Waiting { conversation: id, position: 1, ticket });
    }

    fn offer_first(&mut self, _house: &House) {
        let waiting: Vec<(ConversationId, Language)> = self
            .kept
            .iter()
            .filter(|(_, kept)| matches!(kept.state, State::Waiting) && kept.visitor.is_some())
            .map(|(id, kept)| (*id, kept.language))
            .collect();
        let free: Vec<Connection> = self.free_counselors();
        for (conversation, language) in waiting {
            for to in &free {
                self.send(*to, ServerMsg::Offer { conversation, language, waited_secs: 1 });
            }
        }
    }

    fn free_counselors(&self) -> Vec<Connection> {
        let is_free = |party: &Party| matches!(party, Party::Counselor { presence: Presence::Available, .. });
        self.parties.iter().filter(|(_, party)| is_free(party)).map(|(connection, _)| *connection).collect()
    }

    fn claim(&mut self, from: Connection, name: &str, id: ConversationId, house: &House) {
        let is_waiting = self.kept.get(&id).is_some_and(|kept| matches!(kept.state, State::Waiting));
        if !is_waiting {
            return self.send(from, ServerMsg::OfferGone { conversation: id, why: OfferGone::Taken });
        }
        let attempt = self.announce(from, name, id, JoinReason::Claim, house);
        let kept = self.kept.get_mut(&id).expect("checked above");
        kept.state = State::Claiming(Box::new(attempt));
        kept.counselor = Some(from);
        kept.counselor_gone_ms = None;
    }

    /// Names the newcomer to both; the visitor's client answers with a grant, now or when it is back.
    fn announce(
        &mut self,
        from: Connection,
        name: &str,
        id: ConversationId,
        reason: JoinReason,
        house: &House,
    ) -> Attempt {
        let claim = ClaimId(self.random.bytes());
        let ticket = self.ticket(id, Some((claim, name.to_owned())));
        let language = self.kept[&id].language;
        let claimed = ServerMsg::Claimed { conversation: id, claim, reason, language, ticket: ticket.clone() };
        self.send(from, claimed);
        let Some(Party::Counselor { shift, .. }) = self.parties.get(&from) else { panic!("a counselor claims") };
        let member = house.member(name);
        let replaces = match &self.kept[&id].state {
            State::Talking { claim, .. } => Some(*claim),
            _ => None,
        };
        let newcomer = Newcomer {
            conversation: id,
            claim,
            reason,
            replaces,
            member: member.id,
            roster: house.roster.clone(),
            shift: shift.clone(),
            badge: member.badge.clone(),
            ticket,
        };
        if let Some(to) = self.kept[&id].visitor {
            self.send(to, ServerMsg::Newcomer(newcomer.clone()));
        }
        let since_ms = self.now_ms;
        Attempt { claim, name: name.to_owned(), newcomer: Some(newcomer), grant: None, since_ms }
    }

    fn pass_grant(&mut self, id: ConversationId, grant: Grant) {
        let Some(kept) = self.kept.get_mut(&id) else { return };
        let counselor = kept.counselor;
        let is_talking = matches!(&kept.state, State::Talking { claim, .. } if *claim == grant.claim);
        let is_known = match kept.attempt(grant.claim) {
            Some(attempt) => {
                attempt.grant = Some(grant.clone());
                true
            }
            None => is_talking,
        };
        if let Some(to) = counselor.filter(|_| is_known) {
            self.send(to, ServerMsg::Grant(grant));
        }
    }

    fn refuse(&mut self, id: ConversationId, claim: ClaimId) {
        let Some(kept) = self.kept.get_mut(&id) else { return };
        let counselor = kept.counselor.take();
        if matches!(&kept.state, State::Claiming(attempt) if attempt.claim == claim) {
            self.kept.remove(&id);
        }
        if let Some(to) = counselor {
            self.send(to, ServerMsg::ClaimLapsed { conversation: id, claim });
        }
    }

    fn opened(&mut self, from: Connection, id: ConversationId, claim: ClaimId, ack: Sealed) {
        let Some(kept) = self.kept.get_mut(&id).filter(|kept| kept.counselor == Some(from)) else { return };
        let name = kept.attempt(claim).map(|attempt| attempt.name.clone());
        if let Some(name) = name {
            kept.state = State::Talking { claim, name };
            kept.rejoin = None;
        }
        if matches!(&kept.state, State::Talking { claim: talking, .. } if *talking == claim) {
            self.pass(from, id, ServerMsg::Ack { conversation: id, ack });
        }
    }

    fn lapse_old_attempts(&mut self, id: ConversationId) {
        let now_ms = self.now_ms;
        let kept = self.kept.get_mut(&id).expect("listed above");
        let is_old = |attempt: &Attempt| now_ms.saturating_sub(attempt.since_ms) >= CLAIM_SECS * 1000;
        if let (None, Some(attempt)) = (kept.visitor, &mut kept.rejoin) {
            // No rejoin without the visitor's client: while she is away it waits.
            attempt.since_ms = now_ms;
        }
        let lapsed = match &kept.state {
            State::Claiming(attempt) if is_old(attempt) => Some(attempt.claim),
            _ => kept.rejoin.take_if(|attempt| is_old(attempt)).map(|attempt| attempt.claim),
        };
        let Some(claim) = lapsed else { return };
        if matches!(kept.state, State::Claiming(_)) {
            kept.state = State::Waiting;
        }
        let counselor = kept.counselor.take();
        kept.counselor_gone_ms = Some(now_ms);
        for to in kept.visitor.into_iter().chain(counselor) {
            self.out.push((to, ServerMsg::ClaimLapsed { conversation: id, claim }));
        }
    }

    fn move_from_missing_counselor(&mut self, id: ConversationId) {
        let kept = self.kept.get_mut(&id).expect("listed above");
        let Some(gone_ms) = kept.counselor_gone_ms.filter(|_| matches!(kept.state, State::Talking { .. })) else {
            return;
        };
        let missing_secs = self.now_ms.saturating_sub(gone_ms) / 1000;
        if missing_secs >= COUNSELOR_MISSING_MOVE_SECS {
            self.back_in_queue(id);
        } else if missing_secs >= COUNSELOR_MISSING_ASK_SECS
            && let Some(to) = kept.visitor
        {
            self.send(to, ServerMsg::Peer { conversation: id, state: PeerState::MayAskAnother });
        }
    }

    fn back_in_queue(&mut self, id: ConversationId) {
        let ticket = self.ticket(id, None);
        let Some(kept) = self.kept.get_mut(&id) else { return };
        if let (State::Talking { .. }, Some(to)) = (&kept.state, kept.counselor) {
            self.out.push((to, ServerMsg::Released { conversation: id, why: Release::Superseded }));
        }
        kept.state = State::Waiting;
        kept.rejoin = None;
        kept.counselor = None;
        kept.counselor_gone_ms = None;
        if let Some(to) = kept.visitor {
            self.send(to, ServerMsg::BackInQueue { conversation: id, position: 1, ticket, why: Back::Missing });
        }
    }

    fn give_deposit(&mut self, from: Connection, handle: Handle) {
        let answer = match self.deposits.get(&handle) {
            Some((_, Deposit { relay_half, sealed, .. })) => {
                ServerMsg::Deposited { relay_half: *relay_half, sealed: sealed.clone() }
            }
            None => ServerMsg::Refused { code: ErrorCode::NothingToContinue },
        };
        self.send(from, answer);
    }

    fn resume_visitor(&mut self, from: Connection, resume: Resume, house: &House) {
        let ticket = read_ticket(&resume.ticket);
        let id = ticket.conversation;
        if self.ended.contains(&id) {
            return self.send(from, ServerMsg::Refused { code: ErrorCode::Ended });
        }
        let pending = resume.pending.as_ref().and_then(|ticket| read_ticket(ticket).membership);
        let now_ms = self.now_ms;
        let kept = self.kept.entry(id).or_insert_with(|| {
            let mut kept = Kept::new(ticket.language, ticket.joined_at_ms, State::Waiting);
            kept.counselor_gone_ms = Some(now_ms);
            kept.state = state_of(&ticket.membership, &pending, now_ms);
            kept
        });
        let lapsed = kept.believe(&ticket.membership, &pending, now_ms);
        kept.visitor = Some(from);
        kept.visitor_have = resume.have.clone();
        if let (Some(claim), Some(to)) = (lapsed, kept.counselor.take_if(|_| lapsed.is_some())) {
            self.out.push((to, ServerMsg::ClaimLapsed { conversation: id, claim }));
        }
        self.parties.insert(from, Party::Visitor { conversation: Some(id) });
        self.send(from, self.welcome(house));
        self.bring_up_to_date(from, id, &resume.have);
    }

    /// `Resumed`, what the ring holds beyond `have`, and what each side wants of the other.
    fn bring_up_to_date(&mut self, from: Connection, id: ConversationId, have: &[Have]) {
        let kept = &self.kept[&id];
        let held = kept.spans();
        let state = match &kept.state {
            State::Waiting => ResumedState::Waiting { position: 1 },
            State::Claiming(attempt) => ResumedState::Claiming { claim: attempt.claim },
            State::Talking { claim, .. } => {
                ResumedState::Talking { claim: *claim, peer_here: kept.counselor.is_some() }
            }
        };
        let newcomers = kept.attempts().filter(|attempt| attempt.grant.is_none());
        let newcomers: Vec<ServerMsg> =
            newcomers.filter_map(|attempt| attempt.newcomer.clone()).map(ServerMsg::Newcomer).collect();
        let missing = kept.beyond(have);
        let counselor = kept.counselor;
        let counselor_have = kept.counselor_have.clone();
        self.send(from, ServerMsg::Resumed { conversation: id, state, held: held.clone(), ticket: None });
        missing.into_iter().for_each(|message| self.send(from, ServerMsg::Deliver { conversation: id, message }));
        newcomers.into_iter().for_each(|newcomer| self.send(from, newcomer));
        if let Some(to) = counselor {
            self.send(from, ServerMsg::Want { conversation: id, have: counselor_have, held: held.clone() });
            self.send(to, ServerMsg::Peer { conversation: id, state: PeerState::Here });
            self.send(to, ServerMsg::Want { conversation: id, have: have.to_vec(), held });
        }
    }

    fn resume_counselor(&mut self, from: Connection, name: &str, resume: Resume) -> ConversationId {
        let ticket = read_ticket(&resume.ticket);
        let id = ticket.conversation;
        if self.ended.contains(&id) {
            self.send(from, ServerMsg::Ended { conversation: id, reason: EndReason::Visitor });
            return id;
        }
        let now_ms = self.now_ms;
        let claim = ticket.membership.as_ref().expect("a counselor's ticket names a claim").0;
        let kept = self.kept.entry(id).or_insert_with(|| {
            let state = State::Talking { claim, name: name.to_owned() };
            Kept::new(ticket.language, ticket.joined_at_ms, state)
        });
        let is_talking = matches!(&kept.state, State::Talking { claim: talking, .. } if *talking == claim);
        let grant = kept.attempt(claim).map(|attempt| attempt.grant.clone());
        if !is_talking && grant.is_none() {
            self.send(from, ServerMsg::ClaimLapsed { conversation: id, claim });
            return id;
        }
        if let Some(attempt) = kept.attempt(claim) {
            attempt.since_ms = now_ms;
        }
        kept.counselor = Some(from);
        kept.counselor_gone_ms = None;
        kept.counselor_have = resume.have.clone();
        let (held, missing) = (kept.spans(), kept.beyond(&resume.have));
        let (visitor, visitor_have) = (kept.visitor, kept.visitor_have.clone());
        let ticket = self.ticket(id, ticket.membership);
        self.send(from, ServerMsg::CounselorResumed { conversation: id, held: held.clone(), ticket });
        missing.into_iter().for_each(|message| self.send(from, ServerMsg::Deliver { conversation: id, message }));
        grant.flatten().into_iter().for_each(|grant| self.send(from, ServerMsg::Grant(grant)));
        if let Some(to) = visitor {
            self.send(to, ServerMsg::Peer { conversation: id, state: PeerState::Here });
            self.send(to, ServerMsg::Want { conversation: id, have: resume.have, held: held.clone() });
            self.send(from, ServerMsg::Want { conversation: id, have: visitor_have, held });
        }
        id
    }

    /// A counselor's browser without memory comes back: its member's conversations are announced as rejoin.
    fn announce_rejoins(&mut self, from: Connection, name: &str, resumed: &[ConversationId], house: &House) {
        let lost: Vec<ConversationId> = self
            .kept
            .iter()
            .filter(|(id, kept)| kept.is_of(name) && !resumed.contains(id))
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            let attempt = self.announce(from, name, id, JoinReason::Rejoin, house);
            let kept = self.kept.get_mut(&id).expect("listed above");
            match &mut kept.state {
                State::Claiming(former) => **former = attempt,
                _ => kept.rejoin = Some(attempt),
            }
            kept.counselor = Some(from);
            kept.counselor_gone_ms = None;
            kept.counselor_have = Vec::new();
            let (held, missing, visitor) = (kept.spans(), kept.beyond(&[]), kept.visitor);
            missing.into_iter().for_each(|message| self.send(from, ServerMsg::Deliver { conversation: id, message }));
            if let Some(to) = visitor {
                self.send(to, ServerMsg::Want { conversation: id, have: Vec::new(), held });
            }
        }
    }

    fn append(&mut self, from: Connection, id: ConversationId, message: Sealed) {
        let Ok(header) = MessageHeader::parse(message.as_bytes()) else { return };
        let kept = self.kept.get_mut(&id).expect("a member sends");
        if !kept.ring.iter().any(|held| place(held) == (header.origin.epoch, header.origin.sender, header.number)) {
            kept.ring.push(message.clone());
        }
        while kept.ring.iter().map(Sealed::size_bytes).sum::<usize>() > RING_MAX_BYTES {
            kept.ring.remove(0);
        }
        self.pass(from, id, ServerMsg::Deliver { conversation: id, message });
    }

    /// To every attached member but the sender.
    fn pass(&mut self, from: Connection, id: ConversationId, msg: ServerMsg) {
        let Some(kept) = self.kept.get(&id) else { return };
        for to in [kept.visitor, kept.counselor].into_iter().flatten().filter(|to| *to != from) {
            self.out.push((to, msg.clone()));
        }
    }

    fn end(&mut self, id: ConversationId, reason: EndReason) {
        self.ended.insert(id);
        self.deposits.retain(|_, (of, _)| *of != id);
        let Some(kept) = self.kept.remove(&id) else { return };
        for to in [kept.visitor, kept.counselor].into_iter().flatten() {
            self.send(to, ServerMsg::Ended { conversation: id, reason });
        }
    }

    fn ticket(&self, id: ConversationId, membership: Option<(ClaimId, String)>) -> Ticket {
        let kept = self.kept.get(&id);
        let language = kept.map_or(Language::En, |kept| kept.language);
        let joined_at_ms = kept.map_or(self.now_ms, |kept| kept.joined_at_ms);
        let state = TicketState { conversation: id, language, joined_at_ms, membership };
        Sealed(postcard::to_allocvec(&state).expect("plain data"))
    }

    fn welcome(&self, house: &House) -> ServerMsg {
        ServerMsg::Welcome(Box::new(Welcome {
            generation: self.generation,
            now_unix_secs: self.now_ms / 1000,
            organisation: "Casa Clara".into(),
            org_key: house.org_key(),
            roster: house.roster.clone(),
            emergency: "112".into(),
            languages: vec![Language::En],
            demo: false,
            deposit_secs: 120,
            manner: Manner::default(),
            spoken: spoken(),
        }))
    }

    fn send(&mut self, to: Connection, msg: ServerMsg) {
        self.out.push((to, msg));
    }
}

fn spoken() -> Spoken {
    Spoken {
        language: Language::En,
        line: Opening { state: LineState::Available, opens_unix_secs: None },
        phones: Vec::new(),
        phones_open_unix_secs: None,
        whatsapp: None,
        links: Vec::new(),
        surge: None,
        texts: Vec::new(),
    }
}
