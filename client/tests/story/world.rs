//! A visitor (Mary), two counselors (Ana, Omar), a relay and the lines between them. Everything that crosses a line is
//! written as bytes and read again; lines break and the relay forgets whenever a story says so.

use std::collections::{BTreeMap, VecDeque};

use amparo_client::counselor::Counselor;
use amparo_client::view::{
    Connection as Link, Content, ConversationState, MessageState, Phase, ShownConversation, ShownMessage,
};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::{ConversationId, Hash, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::MESSAGE_MAX_BYTES;
use amparo_protocol::wire::{ClientMsg, EndReason, Presence, ServerMsg, decode, encode};

use crate::house::House;
use crate::relay::{Connection, Relay};
use crate::seeded::Seeded;

pub const NOON_MS: u64 = 1_790_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Mary,
    Counselor(usize),
}

/// What is under way on one connection.
pub struct Line {
    pub who: Who,
    pub up: VecDeque<ClientMsg>,
    pub down: VecDeque<ServerMsg>,
}

pub struct Desk {
    pub name: &'static str,
    pub counselor: Counselor,
    pub line: Option<Connection>,
}

pub struct World {
    pub now_ms: u64,
    pub random: Seeded,
    pub house: House,
    pub relay: Relay,
    pub mary: Visitor,
    pub mary_line: Option<Connection>,
    pub half: Hash,
    pub desks: Vec<Desk>,
    pub lines: BTreeMap<Connection, Line>,
    /// Every byte that crossed a line.
    pub crossed: Vec<u8>,
    next_connection: Connection,
    generation: u64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Seeded(seed);
        let house = House::of(&["Ana", "Omar"], NOON_MS / 1000, &mut random);
        let half = Hash(random.bytes());
        let relay = Relay::start(1, NOON_MS, random.fork());
        let mary = Visitor::new(config(&house, half, false), Box::new(random.fork()));
        let mut world = Self {
            now_ms: NOON_MS,
            house,
            relay,
            mary,
            mary_line: None,
            half,
            desks: Vec::new(),
            lines: BTreeMap::new(),
            crossed: Vec::new(),
            next_connection: 0,
            generation: 1,
            random,
        };
        for name in ["Ana", "Omar"] {
            let counselor = world.sign_in(name);
            world.desks.push(Desk { name, counselor, line: None });
        }
        world
    }

    /// Mary has entered, Ana has accepted and holds the key.
    pub fn talking(seed: u64) -> Self {
        let mut world = Self::waiting(seed);
        world.accepts("Ana");
        assert_eq!(world.mary.view().phase, Phase::Talking);
        world
    }

    /// Mary waits, Ana and Omar are available.
    pub fn waiting(seed: u64) -> Self {
        let mut world = Self::new(seed);
        world.everybody_connects();
        for desk in &mut world.desks {
            desk.counselor.set_presence(Presence::Available);
        }
        world.mary.enter(world.now_ms);
        world.settle();
        world
    }

    // What people do.

    pub fn mary_says(&mut self, text: &str) {
        self.mary.say(self.now_ms, text);
    }

    pub fn says(&mut self, name: &str, text: &str) {
        let conversation = self.conversation_of(name).expect("at the desk").conversation;
        let now_ms = self.now_ms;
        self.desk(name).counselor.say(now_ms, conversation, text);
    }

    pub fn accepts(&mut self, name: &str) {
        self.tick(0);
        self.settle();
        let now_ms = self.now_ms;
        let offer = self.desk(name).counselor.view().offers.first().expect("an offer").conversation;
        self.desk(name).counselor.accept(now_ms, offer);
        self.settle();
    }

    pub fn ends(&mut self, name: &str) {
        let conversation = self.conversation_of(name).expect("at the desk").conversation;
        let now_ms = self.now_ms;
        self.desk(name).counselor.end(now_ms, conversation, EndReason::Counselor);
    }

    /// The counselor's browser forgets everything and signs in again.
    pub fn reloads(&mut self, name: &'static str) {
        let at = self.at(name);
        self.hang_up(Who::Counselor(at));
        self.desks[at].counselor = self.sign_in(name);
        self.connect(Who::Counselor(at));
        self.desks[at].counselor.set_presence(Presence::Available);
    }

    /// The visitor's page changes: only the host half goes along.
    pub fn mary_reloads(&mut self) {
        self.mary.leaving();
        self.collect();
        self.drain_up(Who::Mary);
        self.hang_up(Who::Mary);
        self.mary = Visitor::new(config(&self.house, self.half, true), Box::new(self.random.fork()));
        self.connect(Who::Mary);
    }

    // What is seen.

    pub fn mary_reads(&self) -> Vec<String> {
        self.mary.view().messages.iter().filter_map(their_text).collect()
    }

    pub fn reads(&self, name: &str) -> Vec<String> {
        let shown = self.conversation_of(name);
        shown.map(|shown| shown.messages.iter().filter_map(their_text).collect()).unwrap_or_default()
    }

    /// What both wrote, in the order of the counselor's screen.
    pub fn screen_of(&self, name: &str) -> Vec<String> {
        let text = |message: &ShownMessage| own_text(message).or_else(|| their_text(message));
        let shown = self.conversation_of(name);
        shown.map(|shown| shown.messages.iter().filter_map(text).collect()).unwrap_or_default()
    }

    pub fn mary_state(&self, text: &str) -> MessageState {
        own_state(&self.mary.view().messages, text)
    }

    pub fn state(&self, name: &str, text: &str) -> MessageState {
        own_state(&self.conversation_of(name).expect("at the desk").messages, text)
    }

    pub fn conversation_of(&self, name: &str) -> Option<&ShownConversation> {
        self.desks[self.at(name)].counselor.view().conversations.first()
    }

    pub fn is_talking(&self, name: &str) -> bool {
        self.conversation_of(name).is_some_and(|shown| shown.state == ConversationState::Talking)
    }

    pub fn conversation(&self) -> ConversationId {
        self.desks.iter().flat_map(|desk| &desk.counselor.view().conversations).next().expect("one").conversation
    }

    pub fn desk(&mut self, name: &str) -> &mut Desk {
        let at = self.at(name);
        &mut self.desks[at]
    }

    pub fn at(&self, name: &str) -> usize {
        self.desks.iter().position(|desk| desk.name == name).expect("a desk")
    }

    // Lines and the relay.

    pub fn everybody_connects(&mut self) {
        for who in self.everybody() {
            if self.line_of(who).is_none() {
                self.connect(who);
            }
        }
        self.settle();
    }

    pub fn everybody(&self) -> Vec<Who> {
        core::iter::once(Who::Mary).chain((0..self.desks.len()).map(Who::Counselor)).collect()
    }

    pub fn connect(&mut self, who: Who) {
        self.next_connection += 1;
        let connection = self.next_connection;
        self.lines.insert(connection, Line { who, up: VecDeque::new(), down: VecDeque::new() });
        match who {
            Who::Mary => {
                self.relay.connect_visitor(connection);
                self.mary_line = Some(connection);
                let pass = self.mary.needs_pass().then_some(Pass([5; 32]));
                self.mary.on_open(self.now_ms, pass);
            }
            Who::Counselor(at) => {
                let desk = &mut self.desks[at];
                self.relay.connect_counselor(connection, desk.name);
                desk.line = Some(connection);
                desk.counselor.on_open(self.now_ms);
            }
        }
    }

    /// The line breaks: what is under way on it is lost.
    pub fn hang_up(&mut self, who: Who) {
        let Some(connection) = self.line_of(who) else { return };
        self.lines.remove(&connection);
        self.relay.disconnect(connection);
        match who {
            Who::Mary => {
                self.mary_line = None;
                self.mary.on_closed(self.now_ms);
            }
            Who::Counselor(at) => {
                self.desks[at].line = None;
                self.desks[at].counselor.on_closed(self.now_ms);
            }
        }
    }

    /// `kill -9`: the relay forgets everything, every line breaks.
    pub fn kill_relay(&mut self) {
        self.generation += 1;
        let random = self.random.fork();
        self.relay = Relay::start(self.generation, self.now_ms, random);
        self.everybody().into_iter().for_each(|who| self.hang_up(who));
    }

    /// Everything under way arrives, in order, until nobody has anything to say.
    pub fn settle(&mut self) {
        self.collect();
        while let Some(connection) = self.busy().first().copied() {
            self.deliver_one(connection, true);
            self.deliver_one(connection, false);
        }
    }

    /// Connections on which something is under way.
    pub fn busy(&self) -> Vec<Connection> {
        let is_busy = |line: &Line| !line.up.is_empty() || !line.down.is_empty();
        self.lines.iter().filter(|(_, line)| is_busy(line)).map(|(connection, _)| *connection).collect()
    }

    /// One message of one direction arrives.
    pub fn deliver_one(&mut self, connection: Connection, is_up: bool) {
        let Some(line) = self.lines.get_mut(&connection) else { return };
        let who = line.who;
        if is_up {
            if let Some(msg) = line.up.pop_front() {
                self.relay.take(connection, msg, &self.house);
            }
        } else if let Some(msg) = line.down.pop_front() {
            self.hand_over(who, msg);
        }
        self.collect();
    }

    pub fn hand_over(&mut self, who: Who, msg: ServerMsg) {
        match who {
            Who::Mary => {
                self.mary.on_msg(self.now_ms, msg);
                if self.mary.view().connection == Link::Lost {
                    self.hang_up(Who::Mary);
                }
            }
            Who::Counselor(at) => self.desks[at].counselor.on_msg(self.now_ms, msg),
        }
    }

    /// Time passes for everybody, second by second, without a message arriving.
    pub fn tick(&mut self, secs: u64) {
        for _ in 0..secs {
            self.now_ms += 1000;
            self.mary.on_tick(self.now_ms);
            self.desks.iter_mut().for_each(|desk| desk.counselor.on_tick(self.now_ms));
        }
        self.relay.now_ms = self.now_ms;
        self.relay.tick(&self.house);
        self.collect();
    }

    /// Puts what everybody wants to send onto the lines.
    pub fn collect(&mut self) {
        for who in self.everybody() {
            let sent = match who {
                Who::Mary => self.mary.outbox(),
                Who::Counselor(at) => self.desks[at].counselor.outbox(),
            };
            let connection = self.line_of(who);
            for msg in sent {
                let bytes = encode(&msg);
                assert!(bytes.len() <= MESSAGE_MAX_BYTES, "fits the wire");
                let line = connection.and_then(|connection| self.lines.get_mut(&connection));
                line.expect("nothing is sent while not connected").up.push_back(decode(&bytes).expect("own bytes"));
                self.crossed.extend(bytes);
            }
        }
        for (connection, msg) in core::mem::take(&mut self.relay.out) {
            let bytes = encode(&msg);
            if let Some(line) = self.lines.get_mut(&connection) {
                line.down.push_back(decode(&bytes).expect("own bytes"));
            }
            self.crossed.extend(bytes);
        }
    }

    pub fn line_of(&self, who: Who) -> Option<Connection> {
        match who {
            Who::Mary => self.mary_line,
            Who::Counselor(at) => self.desks[at].line,
        }
    }

    fn drain_up(&mut self, who: Who) {
        while let Some(connection) = self.line_of(who).filter(|at| !self.lines[at].up.is_empty()) {
            self.deliver_one(connection, true);
        }
    }

    fn sign_in(&mut self, name: &str) -> Counselor {
        let shift = self.house.shift(name, self.now_ms / 1000, &mut self.random);
        Counselor::new(shift, Box::new(self.random.fork()))
    }
}

pub fn config(house: &House, half: Hash, continuing: bool) -> VisitorConfig {
    VisitorConfig {
        language: Language::En,
        site: SiteKey([2; 12]),
        org_key: Some(house.org_key()),
        roster_min: 1,
        host_half: Some(half),
        continuing,
    }
}

pub fn their_text(message: &ShownMessage) -> Option<String> {
    match &message.content {
        Content::Theirs { text, .. } => Some(text.clone()),
        _ => None,
    }
}

pub fn own_text(message: &ShownMessage) -> Option<String> {
    match &message.content {
        Content::Own { text, .. } => Some(text.clone()),
        _ => None,
    }
}

fn own_state(messages: &[ShownMessage], said: &str) -> MessageState {
    let state = |message: &ShownMessage| match &message.content {
        Content::Own { text, state } if text == said => Some(*state),
        _ => None,
    };
    messages.iter().find_map(state).expect("shown")
}

/// Who joined (`+`) and who left (`-`), as a screen says it.
pub fn notice(message: &ShownMessage) -> Option<String> {
    match &message.content {
        Content::Joined(badge) => Some(format!("+{}", badge.pseudonym)),
        Content::Left(badge) => Some(format!("-{}", badge.pseudonym)),
        _ => None,
    }
}
