//! The whole relay without a runtime: line, hub and sessions in one value, fed with bytes and the time. The served relay
//! does the same with tasks and sockets around; a simulation drives this one.
//!
//! Never: a clock, a thread, a socket.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{EndToken, Hash, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ServerMsg, encode};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::command::{Command, Event, LoginFacts, SessionId, What};
use super::facts::LineFacts;
use super::hub::{Hub, Inbox};
use super::line::Line;
use super::session::{Link, Output, Session};
use crate::random::Random;
use crate::store::keys::TicketKey;

pub struct Pure {
    line: Line,
    hub: Arc<Hub>,
    connections: BTreeMap<SessionId, Connection>,
    random: Random,
    counted: BTreeMap<(Language, &'static str), u64>,
}

struct Connection {
    session: Session,
    inbox: Inbox,
    sent: VecDeque<Bytes>,
    refused: Option<ErrorCode>,
}

impl Pure {
    /// Starts a run. The same ticket keys make it the successor of a run that was dropped.
    pub fn start(facts: Arc<LineFacts>, keys: Vec<TicketKey>, random: Random, now_ms: u64) -> Self {
        let line = Line::new(facts, keys, random.clone(), now_ms);
        Self { line, hub: Arc::default(), connections: BTreeMap::new(), random, counted: BTreeMap::new() }
    }

    pub fn issue_pass(&mut self, now_ms: u64, site: SiteKey) -> Pass {
        self.pass(now_ms, site, None)
    }

    pub fn issue_preview_pass(&mut self, now_ms: u64, site: SiteKey, settings: SiteSettings) -> Pass {
        self.pass(now_ms, site, Some(Box::new(settings)))
    }

    fn pass(&mut self, now_ms: u64, site: SiteKey, preview: Option<Box<SiteSettings>>) -> Pass {
        let pass = Pass(self.random.bytes());
        self.command(now_ms, Command::PassIssued { pass, site, preview });
        pass
    }

    pub fn end_by_token(&mut self, now_ms: u64, end_token: EndToken) {
        let end_token = Hash(Sha256::digest(end_token.as_bytes()).into());
        self.command(now_ms, Command::EndToken { end_token });
    }

    pub fn connect(&mut self, now_ms: u64, login: Option<LoginFacts>) -> SessionId {
        let (id, outbox, inbox) = self.hub.connect(&CancellationToken::new());
        let link = Link { session: id, outbox, hub: self.hub.clone() };
        let session = Session::new(link, login, now_ms);
        self.connections.insert(id, Connection { session, inbox, sent: VecDeque::new(), refused: None });
        id
    }

    /// The connection is lost, from either end.
    pub fn disconnect(&mut self, now_ms: u64, id: SessionId) {
        if let Some(mut connection) = self.connections.remove(&id) {
            connection.session.on_closed();
            self.hub.disconnect(id);
            self.command(now_ms, Command::Gone { session: id });
        }
    }

    /// One message of a browser. Bytes for a connection that was refused are lost, as on a closed socket.
    pub fn receive(&mut self, now_ms: u64, id: SessionId, message: &[u8]) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.refused.is_none() {
            let output = connection.session.on_message(now_ms, message);
            self.carry_out(now_ms, id, output);
            self.settle(now_ms);
        }
    }

    /// Everything that is due: the line's rules and the sessions' heartbeats.
    pub fn tick(&mut self, now_ms: u64) {
        if let Some(active) = self.hub.active_since(0) {
            self.command(now_ms, active);
        }
        let events = self.line.on_tick(now_ms);
        self.publish(events);
        let due: Vec<SessionId> =
            self.connections.iter().filter(|(_, c)| c.is_due(now_ms)).map(|(id, _)| *id).collect();
        for id in due {
            let output = self.connections.get_mut(&id).map(|connection| connection.session.on_tick(now_ms));
            self.carry_out(now_ms, id, output.unwrap_or_default());
        }
        self.settle(now_ms);
    }

    pub fn facts_changed(&mut self, now_ms: u64, facts: Arc<LineFacts>) {
        let events = self.line.on_facts(now_ms, facts);
        self.publish(events);
        self.settle(now_ms);
    }

    /// Any command that requests give the owner.
    pub fn command(&mut self, now_ms: u64, command: Command) {
        let events = self.line.on_commands(now_ms, [command]);
        self.publish(events);
        self.settle(now_ms);
    }

    /// The next message sent to this browser.
    pub fn sent(&mut self, id: SessionId) -> Option<Bytes> {
        self.connections.get_mut(&id)?.sent.pop_front()
    }

    /// Set once the relay has refused the connection; it was sent as `Refused` too.
    pub fn refused(&self, id: SessionId) -> Option<ErrorCode> {
        self.connections.get(&id)?.refused
    }

    pub fn line(&self) -> &Line {
        &self.line
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// What a served relay would have added to its counters.
    pub fn counted(&self) -> &BTreeMap<(Language, &'static str), u64> {
        &self.counted
    }

    fn publish(&mut self, events: Vec<Event>) {
        for event in &events {
            if let What::Counted { language, count } = event.what {
                *self.counted.entry((language, count.word())).or_default() += 1;
            }
        }
        self.hub.publish(events);
    }

    /// Hands everything that waits to its session, until nothing waits.
    fn settle(&mut self, now_ms: u64) {
        loop {
            let mut waited = false;
            let ids: Vec<SessionId> = self.connections.keys().copied().collect();
            for id in ids {
                while let Some(output) = self.connections.get_mut(&id).and_then(|c| c.next(now_ms)) {
                    waited = true;
                    self.carry_out(now_ms, id, output);
                }
            }
            if !waited {
                return;
            }
        }
    }

    fn carry_out(&mut self, now_ms: u64, id: SessionId, output: Output) {
        for command in output.commands {
            let events = self.line.on_commands(now_ms, [command]);
            self.publish(events);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.sent.extend(output.frames);
        if let Some(code) = output.refuse {
            connection.sent.push_back(Bytes::from(encode(&ServerMsg::Refused { code })));
            connection.refused = Some(code);
            connection.session.on_closed();
            self.hub.disconnect(id);
            let events = self.line.on_commands(now_ms, [Command::Gone { session: id }]);
            self.publish(events);
        }
    }
}

impl Connection {
    fn is_due(&self, now_ms: u64) -> bool {
        self.refused.is_none() && self.session.due_ms() <= now_ms
    }

    fn next(&mut self, now_ms: u64) -> Option<Output> {
        if self.refused.is_some() {
            return None;
        }
        if self.inbox.over.is_cancelled() {
            return Some(Output::refuse(ErrorCode::TooSlow));
        }
        self.inbox.next_now().map(|waiting| self.session.on_waiting(now_ms, waiting))
    }
}
