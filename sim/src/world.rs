//! The relay's core, everybody's program, and the lines between them. Everything that crosses a line is bytes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use amparo_client::counselor::Counselor;
use amparo_client::view::Connection;
use amparo_protocol::api::PublicationEntry;
use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::language::Language;
use amparo_protocol::settings::{Date, SiteSettings};
use amparo_protocol::wire::{ClientMsg, Presence, ServerMsg, decode, encode};
use amparo_server::clock::Time;
use amparo_server::random::Random;
use amparo_server::relay::command::{LoginFacts, SessionId};
use amparo_server::relay::facts::{LineFacts, RosterFacts};
use amparo_server::relay::pure::Pure;
use amparo_server::store::keys::TicketKey;
use zeroize::Zeroizing;

use crate::crossed::Crossed;
use crate::house::House;
use crate::people::{Desk, SITE, Seat, of_visitor};
use crate::seeded::Seeded;

pub(crate) const START_MS: u64 = 1_800_000_000_000;
const LOGIN_MS: u64 = 12 * 60 * 60 * 1000;
const NAMES: [&str; 2] = ["Ana", "Omar"];

pub type LineId = u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Visitor(usize),
    Counselor(usize),
}

/// A relay that is wrong on purpose: a checker that does not notice checks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Every third message of a visitor is swallowed, and her line stays up.
    LosesVisitors,
    /// The same of a counselor.
    LosesCounselors,
    /// Heartbeats look as if they had just been said, however long they were on their way.
    HidesTheWay,
}

/// What is under way on one connection.
pub struct Line {
    pub who: Who,
    session: SessionId,
    up: VecDeque<Vec<u8>>,
    /// With the time at which the relay sent it.
    down: VecDeque<(u64, Vec<u8>)>,
    /// Nothing arrives before: a network that is away, or a browser that does not read.
    pub stalled_until_ms: u64,
}

pub struct World {
    pub now_ms: u64,
    pub random: Seeded,
    pub house: House,
    pub seats: Vec<Seat>,
    pub desks: Vec<Desk>,
    pub lines: BTreeMap<LineId, Line>,
    /// When the relay last heard the heartbeat's answer of a counselor who is available.
    pub last_answer_ms: u64,
    fault: Fault,
    sends: usize,
    relay: Pure,
    facts: Arc<LineFacts>,
    next_line: LineId,
    visitors: usize,
    pub crossed: Crossed,
    /// What has gone from a desk since it was looked at.
    pub read_before: Vec<String>,
    /// Which visitor's screen has ever named whom as a reader, for however short a moment.
    pub named: BTreeSet<(String, String)>,
    /// The desk at which nobody may attend visitors of this site.
    pub barred: Option<usize>,
}

impl World {
    pub fn new(seed: u64, visitors: usize, fault: Fault) -> Self {
        Self::of(seed, &NAMES, visitors, fault)
    }

    pub fn of(seed: u64, names: &[&'static str], visitors: usize, fault: Fault) -> Self {
        Self::with(seed, names, visitors, fault, |_| ())
    }

    /// The site is for minors, and the checks of the member at this desk have run out.
    pub fn for_minors(seed: u64, names: &[&'static str], visitors: usize, barred: usize) -> Self {
        let world = Self::with(seed, names, visitors, Fault::None, |facts| {
            facts.sites.values_mut().for_each(|site| site.is_for_minors = true);
            let until = |number| Date { year: if number == barred { 2020 } else { 2100 }, month: 1, day: 1 };
            facts.valid_until = (0..names.len()).map(|number| (member_id(number), until(number))).collect();
        });
        Self { barred: Some(barred), ..world }
    }

    fn with(
        seed: u64,
        names: &[&'static str],
        visitors: usize,
        fault: Fault,
        change: impl FnOnce(&mut LineFacts),
    ) -> Self {
        let mut random = Seeded(seed);
        let house = House::of(names, START_MS / 1000, &mut random);
        let mut facts = facts(&house);
        change(&mut facts);
        let facts = Arc::new(facts);
        let relay = Pure::start(facts.clone(), ticket_keys(), Random::seeded(random.next()), START_MS);
        let mut world = Self {
            now_ms: START_MS,
            house,
            seats: Vec::new(),
            desks: Vec::new(),
            lines: BTreeMap::new(),
            last_answer_ms: 0,
            fault,
            sends: 0,
            relay,
            facts,
            next_line: 0,
            visitors: 0,
            crossed: Crossed::default(),
            read_before: Vec::new(),
            named: BTreeSet::new(),
            barred: None,
            random,
        };
        for (number, name) in names.iter().copied().enumerate() {
            let program = world.sign_in(name);
            world.desks.push(Desk {
                name,
                program,
                login: login(number),
                line: None,
                said: 0,
                again: BTreeSet::new(),
                ahead_ms: 0,
            });
        }
        (0..visitors).for_each(|_| world.somebody_comes());
        // The quiet time after a start.
        world.pass(11);
        world
    }

    /// A new visitor.
    pub fn somebody_comes(&mut self) {
        let seat = Seat::new(self.visitors, &self.house, &mut self.random);
        self.visitors += 1;
        self.seats.push(seat);
    }

    /// A new visitor takes the seat of one who is done.
    pub fn somebody_else_comes(&mut self, at: usize) {
        self.hang_up(Who::Visitor(at));
        self.somebody_comes();
        self.seats.swap_remove(at);
    }

    pub fn everybody(&self) -> Vec<Who> {
        let visitors = (0..self.seats.len()).map(Who::Visitor);
        visitors.chain((0..self.desks.len()).map(Who::Counselor)).collect()
    }

    pub fn anybody(&mut self) -> Who {
        let everybody = self.everybody();
        everybody[self.random.below(everybody.len())]
    }

    pub fn line_of(&self, who: Who) -> Option<LineId> {
        match who {
            Who::Visitor(at) => self.seats[at].line,
            Who::Counselor(at) => self.desks[at].line,
        }
    }

    pub fn connect(&mut self, who: Who) {
        if self.line_of(who).is_some() {
            return;
        }
        self.next_line += 1;
        let id = self.next_line;
        let login = match who {
            Who::Visitor(_) => None,
            Who::Counselor(at) => Some(self.desks[at].login.clone()),
        };
        let session = self.relay.connect(self.now_ms, login);
        let line = Line { who, session, up: VecDeque::new(), down: VecDeque::new(), stalled_until_ms: 0 };
        self.lines.insert(id, line);
        match who {
            Who::Visitor(at) => {
                let seat = &mut self.seats[at];
                seat.line = Some(id);
                let pass = seat.program.needs_pass().then(|| self.relay.issue_pass(self.now_ms, SITE));
                seat.program.on_open(self.now_ms + seat.ahead_ms, pass);
            }
            Who::Counselor(at) => {
                let desk = &mut self.desks[at];
                desk.line = Some(id);
                desk.program.on_open(self.now_ms + desk.ahead_ms);
            }
        }
        self.collect();
    }

    /// The line breaks: what is under way on it is lost.
    pub fn hang_up(&mut self, who: Who) {
        let Some(line) = self.line_of(who).and_then(|id| self.lines.remove(&id)) else { return };
        self.relay.disconnect(self.now_ms, line.session);
        self.is_cut_off(who);
        self.collect();
    }

    fn is_cut_off(&mut self, who: Who) {
        match who {
            Who::Visitor(at) => {
                let seat = &mut self.seats[at];
                seat.line = None;
                seat.program.on_closed(self.now_ms + seat.ahead_ms);
            }
            Who::Counselor(at) => {
                let desk = &mut self.desks[at];
                desk.line = None;
                desk.program.on_closed(self.now_ms + desk.ahead_ms);
            }
        }
    }

    /// `kill -9`, and a start with what is on the disk: the ticket keys.
    pub fn kill_relay(&mut self) {
        let random = Random::seeded(self.random.next());
        self.relay = Pure::start(self.facts.clone(), ticket_keys(), random, self.now_ms);
        for who in self.everybody() {
            let Some(id) = self.line_of(who) else { continue };
            self.lines.remove(&id);
            self.is_cut_off(who);
        }
    }

    /// The counselor's browser forgets everything and signs in again.
    pub fn reload_desk(&mut self, at: usize) {
        self.hang_up(Who::Counselor(at));
        let name = self.desks[at].name;
        self.desks[at].program = self.sign_in(name);
        self.connect(Who::Counselor(at));
        self.desks[at].program.set_presence(Presence::Available);
        self.collect();
    }

    /// Time passes second by second; programs and relay do what is due, and nothing arrives.
    pub fn pass(&mut self, secs: u64) {
        for _ in 0..secs {
            self.now_ms += 1000;
            self.seats.iter_mut().for_each(|seat| seat.program.on_tick(self.now_ms + seat.ahead_ms));
            self.desks.iter_mut().for_each(|desk| desk.program.on_tick(self.now_ms + desk.ahead_ms));
            self.relay.tick(self.now_ms);
            self.collect();
        }
    }

    /// The relay's clock and everybody's jump ahead: a machine that slept.
    pub fn sleep(&mut self, secs: u64) {
        self.now_ms += secs * 1000;
        self.pass(1);
    }

    /// The clock of one browser jumps ahead of all others: it was set, or that machine slept.
    pub fn jump_ahead(&mut self, who: Who, secs: u64) {
        match who {
            Who::Visitor(at) => self.seats[at].ahead_ms += secs * 1000,
            Who::Counselor(at) => self.desks[at].ahead_ms += secs * 1000,
        }
    }

    /// What is sealed comes twice and in another order, as from a relay that errs: the numbers within are there for that.
    pub fn muddle(&mut self) {
        for line in self.lines.values_mut() {
            let sealed = |at: &usize| is_sealed(&line.down[*at].1);
            let sealed: Vec<usize> = (0..line.down.len()).filter(sealed).collect();
            if let [first, .., last] = sealed[..] {
                let again = line.down[first].clone();
                line.down.swap(first, last);
                line.down.push_back(again);
            }
        }
    }

    /// Lines on which something can arrive now.
    pub fn busy(&self) -> Vec<LineId> {
        let is_busy =
            |line: &Line| line.stalled_until_ms <= self.now_ms && (!line.up.is_empty() || !line.down.is_empty());
        self.lines.iter().filter(|(_, line)| is_busy(line)).map(|(id, _)| *id).collect()
    }

    /// One message of one direction arrives.
    pub fn deliver(&mut self, id: LineId, is_up: bool) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let (who, session) = (line.who, line.session);
        if is_up {
            let Some(bytes) = line.up.pop_front() else { return };
            self.note_answer(who, &bytes);
            if !self.swallows(who, &bytes) {
                self.relay.receive(self.now_ms, session, &bytes);
            }
        } else if let Some((sent_ms, bytes)) = line.down.pop_front() {
            let mut msg: ServerMsg = decode(&bytes).expect("the relay sends whole messages");
            if self.fault == Fault::HidesTheWay {
                hide_the_way(&mut msg, self.now_ms - sent_ms);
            }
            let is_refused = matches!(msg, ServerMsg::Refused { .. });
            self.hand_over(who, msg);
            if is_refused || self.has_lost(who) {
                self.hang_up(who);
            }
        }
        self.collect();
    }

    /// Everything under way arrives, until nobody has anything to say.
    pub fn settle(&mut self) {
        self.collect();
        while let Some(id) = self.busy().first().copied() {
            self.deliver(id, true);
            self.deliver(id, false);
        }
    }

    /// Puts what everybody wants to send onto the lines; it is lost where there is none.
    pub fn collect(&mut self) {
        for who in self.everybody() {
            let sent = match who {
                Who::Visitor(at) => self.seats[at].program.outbox(),
                Who::Counselor(at) => self.desks[at].program.outbox(),
            };
            let line = self.line_of(who);
            for msg in sent {
                let bytes = encode(&msg);
                self.crossed.note(&msg, &bytes);
                if let Some(line) = line.and_then(|id| self.lines.get_mut(&id)) {
                    line.up.push_back(bytes);
                }
            }
        }
        for line in self.lines.values_mut() {
            while let Some(sent) = self.relay.sent(line.session) {
                line.down.push_back((self.now_ms, sent.to_vec()));
            }
        }
    }

    fn hand_over(&mut self, who: Who, msg: ServerMsg) {
        // What was on a desk until now counts as read, though it is gone at the next look.
        if let (Who::Counselor(at), ServerMsg::Released { .. } | ServerMsg::Ended { .. }) = (who, &msg) {
            let shown = self.desks[at].program.view().conversations.iter().flat_map(|shown| &shown.messages);
            self.read_before.extend(shown.filter_map(of_visitor).map(str::to_owned));
        }
        match who {
            Who::Visitor(at) => {
                let seat = &mut self.seats[at];
                seat.program.on_msg(self.now_ms + seat.ahead_ms, msg);
                self.named.extend(seat.names());
            }
            Who::Counselor(at) => {
                let desk = &mut self.desks[at];
                desk.program.on_msg(self.now_ms + desk.ahead_ms, msg);
            }
        }
    }

    fn has_lost(&self, who: Who) -> bool {
        let connection = match who {
            Who::Visitor(at) => self.seats[at].program.view().connection,
            Who::Counselor(at) => self.desks[at].program.view().connection,
        };
        connection == Connection::Lost
    }

    fn note_answer(&mut self, who: Who, bytes: &[u8]) {
        let Who::Counselor(at) = who else { return };
        let is_available = self.desks[at].program.view().presence == Presence::Available;
        if is_available
            && matches!(decode(bytes), Ok(ClientMsg::Pong { .. } | ClientMsg::Presence(_) | ClientMsg::Hello(_)))
        {
            self.last_answer_ms = self.now_ms;
        }
    }

    fn swallows(&mut self, who: Who, bytes: &[u8]) -> bool {
        let is_meant = match self.fault {
            Fault::LosesVisitors => matches!(who, Who::Visitor(_)),
            Fault::LosesCounselors => matches!(who, Who::Counselor(_)),
            Fault::None | Fault::HidesTheWay => false,
        };
        if !is_meant || !matches!(decode(bytes), Ok(ClientMsg::Send { .. })) {
            return false;
        }
        self.sends += 1;
        self.sends.is_multiple_of(3)
    }

    fn sign_in(&mut self, name: &str) -> Counselor {
        let shift = self.house.shift(name, self.now_ms / 1000, &mut self.random);
        Counselor::new(shift, Box::new(self.random.fork()))
    }
}

fn is_sealed(bytes: &[u8]) -> bool {
    matches!(decode(bytes), Ok(ServerMsg::Deliver { .. } | ServerMsg::Ack { .. }))
}

fn hide_the_way(msg: &mut ServerMsg, way_ms: u64) {
    if let ServerMsg::Beat { answered_ms_ago, .. } = msg {
        *answered_ms_ago += u32::try_from(way_ms).expect("a line lives for days at most");
    }
}

pub(crate) fn facts(house: &House) -> LineFacts {
    let entries = house.members.iter().enumerate().map(|(number, member)| PublicationEntry {
        member: member_id(number),
        roster_member: member.id,
        key_index: 0,
        badge: member.badge.clone(),
        roles: member.roles(),
    });
    let roster = RosterFacts { roster: house.roster.clone(), entries: entries.collect() };
    LineFacts {
        organisation: "Refugio".to_owned(),
        org_key: house.org_key(),
        rosters: BTreeMap::from([(house.roster_seq, roster)]),
        sites: BTreeMap::from([(SITE, SiteSettings::new("Help", Vec::new(), "112"))]),
        languages: vec![Language::En],
        ..LineFacts::default()
    }
}

pub(crate) fn login(number: usize) -> LoginFacts {
    LoginFacts {
        id: Hash([number as u8 + 1; 32]),
        member: member_id(number),
        languages: vec![Language::En],
        until_ms: START_MS + LOGIN_MS,
    }
}

pub(crate) fn member_id(number: usize) -> MemberId {
    MemberId([number as u8 + 1; 16])
}

pub(crate) fn ticket_keys() -> Vec<TicketKey> {
    vec![TicketKey { id: "day".to_owned(), secret: Zeroizing::new([9; 32]), made_at: Time(0) }]
}
