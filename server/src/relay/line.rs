//! The owner of a line: the one place that decides who waits, who is offered, who talks to whom, and when it ends.
//! A pure state machine: a command and the time go in, events come out; one task runs it (design D7).
//!
//! Never: messages, sockets, a clock, the disk. What a session needs to know reaches it as an event.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, Handle, Hash, MemberId, Pass, SiteKey, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::QUIET_AFTER_START_SECS;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ClientMsg, EndReason, Presence, ServerMsg};

use super::command::{BoardFacts, Command, Event, Openings, SessionId, Tell, What};
use super::facts::LineFacts;
use super::hours::Now;
use super::queue::Queue;
use super::ticket::{Membership, Side, TicketBody, Tickets};
use crate::buckets::{Bucket, Whence};
use crate::random::Random;
use crate::store::keys::TicketKey;

mod allowed;
mod blocking;
mod board;
mod claiming;
mod conversation;
mod counselors;
mod ending;
mod entering;
mod logins;
mod places;
mod returning;
mod together;
mod waiting;
mod watching;

use allowed::Allowed;
use conversation::Conversation;
use counselors::CounselorSeat;
use entering::VisitorSeat;
use logins::{EndedLogins, Which};

/// How often [`Line::on_tick`] is called.
pub const TICK_MS: u64 = 250;
/// Passes that may be outstanding at a time; the oldest give way.
const PASSES_MAX: usize = 20_000;

pub struct Line {
    pub generation: u64,
    started_ms: u64,
    random: Random,
    facts: Arc<LineFacts>,
    tickets: Tickets,
    queue: Queue,
    conversations: BTreeMap<ConversationId, Conversation>,
    /// Those that are not in the queue: few, however many wait.
    served: BTreeSet<ConversationId>,
    visitors: HashMap<SessionId, VisitorSeat>,
    counselors: BTreeMap<SessionId, CounselorSeat>,
    /// Presence outlives a connection of the same device, never a run of the relay.
    presences: HashMap<DeviceId, Presence>,
    /// Ended conversations, until their tickets have expired.
    ended_logins: Vec<EndedLogins>,
    tombstones: HashMap<ConversationId, Tombstone>,
    handles: HashMap<Handle, ConversationId>,
    end_tokens: HashMap<Hash, ConversationId>,
    passes: HashMap<Pass, IssuedPass>,
    passes_by_age: VecDeque<Pass>,
    last_joined_ms: u64,
    /// Where visitors' connections come from, as far as that is known, and who waits behind others until when.
    whences: HashMap<SessionId, Whence>,
    blocks: HashMap<Bucket, u64>,
    told_openings: Openings,
    /// What the hours say in this minute, for every language.
    hours: [Now; Language::COUNT],
    hours_minute: u64,
    /// As of the last decision.
    talking: BTreeMap<MemberId, u32>,
    allowed: Allowed,
    told_freshest_ms: Option<u64>,
    told_board: BoardFacts,
    out: Vec<Event>,
}

#[derive(Clone, Copy)]
struct Tombstone {
    reason: EndReason,
    /// Set where only a counselor's ticket says so, to a relay that does not know the conversation: it ended this
    /// membership, and no other.
    only: Option<ClaimId>,
    until_ms: u64,
}

impl Tombstone {
    fn counts_for(&self, membership: Option<Membership>) -> bool {
        self.only.is_none_or(|only| membership.is_some_and(|membership| membership.claim == only))
    }
}

struct IssuedPass {
    site: SiteKey,
    preview: Option<Box<SiteSettings>>,
    until_ms: u64,
}

impl Line {
    /// A run of the relay: it remembers nothing and learns from the tickets that come back.
    pub fn new(facts: Arc<LineFacts>, keys: Vec<TicketKey>, random: Random, now_ms: u64) -> Self {
        let mut line = Self {
            generation: random.u64(),
            started_ms: now_ms,
            facts,
            tickets: Tickets::new(keys, random.clone()),
            random,
            queue: Queue::default(),
            conversations: BTreeMap::new(),
            served: BTreeSet::new(),
            visitors: HashMap::new(),
            counselors: BTreeMap::new(),
            presences: HashMap::new(),
            tombstones: HashMap::new(),
            ended_logins: Vec::new(),
            handles: HashMap::new(),
            end_tokens: HashMap::new(),
            passes: HashMap::new(),
            passes_by_age: VecDeque::new(),
            last_joined_ms: 0,
            whences: HashMap::new(),
            blocks: HashMap::new(),
            told_openings: Openings::default(),
            hours: [Now::Unset; Language::COUNT],
            hours_minute: 0,
            talking: BTreeMap::new(),
            allowed: Allowed::default(),
            told_freshest_ms: None,
            told_board: BoardFacts::default(),
            out: Vec::new(),
        };
        line.look_at_hours(now_ms);
        line
    }

    /// The store has changed.
    pub fn on_facts(&mut self, now_ms: u64, facts: Arc<LineFacts>) -> Vec<Event> {
        let published = facts.newest_roster().0 != self.facts.newest_roster().0;
        self.facts = facts;
        self.languages_changed();
        self.hours_minute = 0;
        self.look_at_hours(now_ms);
        if published {
            self.roster_changed(now_ms);
        }
        self.tell_spoken(now_ms);
        self.decided(now_ms)
    }

    /// The key of the day was replaced. Newest first.
    pub fn on_ticket_keys(&mut self, keys: Vec<TicketKey>) {
        self.tickets = Tickets::new(keys, self.random.clone());
    }

    /// Nobody is connected and nobody is expected back.
    pub fn is_deserted(&self) -> bool {
        self.visitors.is_empty() && self.counselors.is_empty() && self.conversations.is_empty()
    }

    /// Carried out one after the other, then decided once.
    pub fn on_commands(&mut self, now_ms: u64, commands: impl IntoIterator<Item = Command>) -> Vec<Event> {
        let mut needs_decision = false;
        for command in commands {
            // That somebody is still there changes nothing that cannot wait for the next tick.
            needs_decision |=
                !matches!(command, Command::Answered { .. } | Command::PassIssued { .. } | Command::Arrived { .. });
            self.carry_out(now_ms, command);
        }
        if needs_decision { self.decided(now_ms) } else { std::mem::take(&mut self.out) }
    }

    fn carry_out(&mut self, now_ms: u64, command: Command) {
        match command {
            Command::PassIssued { pass, site, preview } => self.pass_issued(now_ms, pass, site, preview),
            Command::EndToken { end_token } => self.end_by_token(now_ms, end_token),
            Command::LoginEnded { login } => self.logins_end(now_ms, Which::Login(login)),
            Command::MemberRemoved { member } => self.logins_end(now_ms, Which::AllOf(member)),
            Command::Active { conversations } => self.active(conversations),
            Command::Arrived { session, whence } => drop(self.whences.insert(session, whence)),
            Command::Block { conversation, by } => self.block(now_ms, conversation, by),
            Command::Open { session, site, pass, language } => self.open(now_ms, session, site, pass, language),
            Command::Continue { session, handle } => self.continue_by_handle(now_ms, session, handle),
            Command::Resume { session, resume, language } => self.resume(now_ms, session, resume, language),
            Command::Report { session, login, shift, resumes, ended } => {
                self.report(now_ms, session, login, &shift, resumes, &ended);
            }
            Command::Answered { session } => self.answered(now_ms, session),
            Command::Said { session, msg } => self.said(now_ms, session, msg),
            Command::Gone { session } => self.gone(now_ms, session),
        }
    }

    /// Call every [`TICK_MS`] while somebody is there: everything that happens because time has passed.
    pub fn on_tick(&mut self, now_ms: u64) -> Vec<Event> {
        self.look_at_hours(now_ms);
        self.watch(now_ms);
        self.go_round(now_ms);
        self.decided(now_ms)
    }

    /// How many conversations it holds, waiting ones included.
    pub fn conversation_count(&self) -> usize {
        self.conversations.len()
    }

    pub fn waiting_count(&self) -> usize {
        self.queue.len()
    }

    /// Nothing is offered yet: everybody comes back first.
    fn is_quiet(&self, now_ms: u64) -> bool {
        now_ms < self.started_ms + QUIET_AFTER_START_SECS * 1000
    }

    fn said(&mut self, now_ms: u64, session: SessionId, msg: ClientMsg) {
        if let ClientMsg::End { conversation, reason } = msg {
            return self.end_by_session(now_ms, session, conversation, reason);
        }
        if self.counselors.contains_key(&session) {
            self.counselor_said(now_ms, session, msg);
        } else if let ClientMsg::Speak { language } = msg {
            self.speak(now_ms, session, language);
        } else if let Some(conversation) = self.visitors.get(&session).map(|seat| seat.conversation) {
            self.visitor_said(now_ms, session, conversation, msg);
        }
    }

    fn answered(&mut self, now_ms: u64, session: SessionId) {
        if let Some(seat) = self.counselors.get_mut(&session) {
            seat.answered_ms = now_ms;
            for id in &self.served {
                let Some(conversation) = self.conversations.get_mut(id) else { continue };
                for seat in conversation.seats_mut().filter(|seat| seat.session == Some(session)) {
                    seat.answered_ms = now_ms;
                }
            }
        } else if let Some(id) = self.visitors.get(&session).and_then(|seat| seat.conversation) {
            self.visitor_answered(now_ms, session, id);
        }
    }

    fn active(&mut self, conversations: Vec<(ConversationId, u64)>) {
        for (id, at_ms) in conversations {
            let newer = |conversation: &&mut Conversation| conversation.last_message_ms < at_ms;
            if let Some(conversation) = self.conversations.get_mut(&id).filter(newer) {
                conversation.last_message_ms = at_ms;
                conversation.idle_warned = false;
            }
        }
    }

    fn gone(&mut self, now_ms: u64, session: SessionId) {
        self.whences.remove(&session);
        if self.counselors.remove(&session).is_some() {
            self.counselor_gone(now_ms, session);
        } else if let Some(seat) = self.visitors.remove(&session) {
            self.visitor_gone(now_ms, session, seat.conversation);
        }
    }

    /// After every change: pairs, tells places and the state of the line, and hands over what was said.
    fn decided(&mut self, now_ms: u64) -> Vec<Event> {
        self.talking = self.count_talking();
        self.pair(now_ms);
        self.tell_front(now_ms);
        self.tell_state(now_ms);
        self.tell_board();
        std::mem::take(&mut self.out)
    }

    fn publish(&mut self, what: What) {
        self.out.push(Event { generation: self.generation, what });
    }

    fn tell(&mut self, session: SessionId, tell: Tell) {
        self.publish(What::Tell { session, tell });
    }

    fn send(&mut self, session: SessionId, msg: ServerMsg) {
        self.tell(session, Tell::Msg(msg));
    }

    /// Refuses and forgets the session; its connection closes.
    fn refuse(&mut self, session: SessionId, code: ErrorCode) {
        self.visitors.remove(&session);
        self.counselors.remove(&session);
        self.tell(session, Tell::Refuse(code));
    }

    fn ticket(
        &self,
        now_ms: u64,
        conversation: &Conversation,
        side: Side,
        membership: Option<Membership>,
        beside: Option<Membership>,
    ) -> Ticket {
        self.tickets.seal(&TicketBody::new(
            self.generation,
            conversation.id,
            side,
            conversation.site,
            conversation.language,
            conversation.joined_at_ms,
            conversation.front,
            membership,
            beside,
            now_ms,
        ))
    }

    fn new_claim(&self) -> ClaimId {
        ClaimId(self.random.bytes())
    }
}
