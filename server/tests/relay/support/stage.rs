//! The pure relay with people on it. `settle` lets everybody read and answer; `pass` moves the clock.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::wire::{ClientMsg, Presence, ServerMsg, decode, encode};
use amparo_server::random::Random;
use amparo_server::relay::command::SessionId;
use amparo_server::relay::pure::Pure;

use super::house;
use super::person::{Counselor, Visitor};

const TICK_MS: u64 = 500;

pub struct Stage {
    pub relay: Pure,
    pub now_ms: u64,
    pub visitors: Vec<Browser<Visitor>>,
    pub counselors: Vec<Browser<Counselor>>,
    seed: u64,
}

/// A person's tab: connected or not, answering or frozen.
pub struct Browser<P> {
    pub person: P,
    pub session: Option<SessionId>,
    pub frozen: bool,
    pub refused: Option<ErrorCode>,
    /// Everything that the relay has sent to it.
    pub heard: Vec<Vec<u8>>,
}

impl<P> Browser<P> {
    fn new(person: P) -> Self {
        Self { person, session: None, frozen: false, refused: None, heard: Vec::new() }
    }
}

impl Stage {
    /// A relay that has been running for a while: the quiet time after its start is over.
    pub fn new() -> Self {
        Self::seeded(1)
    }

    pub fn seeded(seed: u64) -> Self {
        let now_ms = house::START_MS;
        let relay = Pure::start(house::facts(), house::ticket_keys(), Random::seeded(seed), now_ms);
        let mut stage = Self { relay, now_ms, visitors: Vec::new(), counselors: Vec::new(), seed };
        stage.pass(11);
        stage
    }

    /// One visitor and one counselor in a conversation.
    pub fn talking() -> (Self, ConversationId) {
        let mut stage = Self::new();
        stage.counselor_comes();
        stage.visitor_enters();
        stage.accepts(0, 0);
        let conversation = stage.conversation(0);
        assert!(stage.visitors[0].person.is_talking() && stage.counselors[0].person.is_talking(conversation));
        (stage, conversation)
    }

    pub fn conversation(&self, visitor: usize) -> ConversationId {
        self.visitors[visitor].person.conversation.expect("she has entered")
    }

    pub fn visitor_enters(&mut self) -> usize {
        let visitor = self.visitor_opens();
        self.visitor_says(visitor, Visitor::enter(Language::En));
        visitor
    }

    pub fn visitor_opens(&mut self) -> usize {
        self.visitors.push(Browser::new(Visitor::new()));
        let visitor = self.visitors.len() - 1;
        self.visitor_connects_anew(visitor);
        visitor
    }

    pub fn visitor_connects_anew(&mut self, visitor: usize) {
        let pass = self.relay.issue_pass(self.now_ms, house::SITE);
        self.visitor_connects_with(visitor, Visitor::hello(pass));
    }

    /// Comes back with her ticket.
    pub fn visitor_returns(&mut self, visitor: usize) {
        let hello = self.visitors[visitor].person.resume_hello().expect("she has a ticket");
        self.visitor_connects_with(visitor, hello);
    }

    pub fn visitor_connects_with(&mut self, visitor: usize, hello: Vec<u8>) {
        let session = self.relay.connect(self.now_ms, None);
        self.visitors[visitor].session = Some(session);
        self.visitors[visitor].refused = None;
        self.visitor_says(visitor, hello);
    }

    pub fn visitor_says(&mut self, visitor: usize, message: Vec<u8>) {
        if let Some(session) = self.visitors[visitor].session {
            self.relay.receive(self.now_ms, session, &message);
        }
        self.settle();
    }

    pub fn visitor_is_lost(&mut self, visitor: usize) {
        if let Some(session) = self.visitors[visitor].session.take() {
            self.relay.disconnect(self.now_ms, session);
        }
        self.settle();
    }

    /// Comes on duty and is available.
    pub fn counselor_comes(&mut self) -> usize {
        let number = u8::try_from(self.counselors.len()).expect("a small house");
        let mut person = Counselor::new(number, u64::from(number) + 1);
        person.presence = Presence::Available;
        self.counselors.push(Browser::new(person));
        self.counselor_connects(usize::from(number));
        usize::from(number)
    }

    pub fn counselor_connects(&mut self, counselor: usize) {
        self.counselor_connects_as_of(counselor, self.now_ms);
    }

    /// With a login and a shift that began at `since_ms`.
    pub fn counselor_connects_as_of(&mut self, counselor: usize, since_ms: u64) {
        let person = &self.counselors[counselor].person;
        let (hello, login) = (person.hello(since_ms), house::login(person.number, since_ms));
        let session = self.relay.connect(self.now_ms, Some(login));
        self.counselors[counselor].session = Some(session);
        self.counselors[counselor].refused = None;
        self.counselor_says(counselor, hello);
    }

    pub fn counselor_says(&mut self, counselor: usize, message: Vec<u8>) {
        if let Some(session) = self.counselors[counselor].session {
            self.relay.receive(self.now_ms, session, &message);
        }
        self.settle();
    }

    pub fn counselor_is_lost(&mut self, counselor: usize) {
        if let Some(session) = self.counselors[counselor].session.take() {
            self.relay.disconnect(self.now_ms, session);
        }
        self.settle();
    }

    /// A reload of the console: memory and keys are gone, the member signs in again.
    pub fn counselor_reloads(&mut self, counselor: usize) {
        self.counselor_is_lost(counselor);
        let device = u64::from_be_bytes(self.counselors[counselor].person.device.0) + 50;
        self.counselors[counselor].person.reload(device);
        self.counselor_connects(counselor);
    }

    pub fn accepts(&mut self, counselor: usize, visitor: usize) {
        let conversation = self.conversation(visitor);
        self.counselor_says(counselor, encode(&ClientMsg::Accept { conversation }));
    }

    pub fn visitor_writes(&mut self, visitor: usize) {
        let message = self.visitors[visitor].person.says();
        self.visitor_says(visitor, message);
    }

    pub fn counselor_writes(&mut self, counselor: usize, conversation: ConversationId) {
        let message = self.counselors[counselor].person.says(conversation);
        self.counselor_says(counselor, message);
    }

    /// `kill -9`: connections and memory are gone; the ticket key is all that stays.
    pub fn relay_is_killed(&mut self) {
        self.seed += 1;
        self.relay = Pure::start(house::facts(), house::ticket_keys(), Random::seeded(self.seed), self.now_ms);
        for visitor in &mut self.visitors {
            visitor.session = None;
        }
        for counselor in &mut self.counselors {
            counselor.session = None;
            counselor.person.offers.clear();
        }
    }

    /// Time passes, heartbeats are answered by whoever is not frozen.
    pub fn pass(&mut self, secs: u64) {
        let until_ms = self.now_ms + secs * 1000;
        while self.now_ms < until_ms {
            self.now_ms += TICK_MS;
            self.relay.tick(self.now_ms);
            self.settle();
        }
    }

    /// Everybody reads and answers until nothing is left to read.
    pub fn settle(&mut self) {
        loop {
            let mut answers: Vec<(SessionId, Vec<u8>)> = Vec::new();
            let mut read = false;
            for browser in &mut self.visitors {
                read |= browser.read(&mut self.relay, &mut answers, Visitor::on_msg);
            }
            for browser in &mut self.counselors {
                read |= browser.read(&mut self.relay, &mut answers, Counselor::on_msg);
            }
            for (session, answer) in answers {
                self.relay.receive(self.now_ms, session, &answer);
            }
            if !read {
                return;
            }
        }
    }
}

impl<P> Browser<P> {
    fn read(
        &mut self,
        relay: &mut Pure,
        answers: &mut Vec<(SessionId, Vec<u8>)>,
        on_msg: impl Fn(&mut P, ServerMsg) -> Vec<Vec<u8>>,
    ) -> bool {
        let Some(session) = self.session.filter(|_| !self.frozen) else { return false };
        let mut read = false;
        while let Some(bytes) = relay.sent(session) {
            read = true;
            let msg = decode(&bytes).expect("the relay sends whole messages");
            self.heard.push(bytes.to_vec());
            if let ServerMsg::Refused { code } = msg {
                self.refused = Some(code);
                self.session = None;
                return true;
            }
            answers.extend(on_msg(&mut self.person, msg).into_iter().map(|answer| (session, answer)));
        }
        read
    }
}
