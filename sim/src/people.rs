//! Those who sit before the screens: a visitor's and a counselor's program, with the line that each has now.

use std::collections::BTreeSet;

use amparo_client::counselor::Counselor;
use amparo_client::view::{
    Connection, Content, ConversationState, MessageState, Phase, ShownConversation, ShownMessage,
};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::{Hash, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::wire::PeerState;
use amparo_server::relay::command::LoginFacts;

use crate::house::House;
use crate::seeded::Seeded;
use crate::world::LineId;

pub const SITE: SiteKey = SiteKey([2; 12]);

pub struct Seat {
    /// Begins everything that this visitor writes.
    pub name: String,
    pub program: Visitor,
    pub line: Option<LineId>,
    pub said: Vec<String>,
    /// How far this browser's clock has jumped ahead of everybody's.
    pub ahead_ms: u64,
}

pub struct Desk {
    pub name: &'static str,
    pub program: Counselor,
    pub login: LoginFacts,
    pub line: Option<LineId>,
    pub said: usize,
    /// What was sent again by a press: it stands where it was sent then.
    pub again: BTreeSet<String>,
    pub ahead_ms: u64,
}

impl Seat {
    /// Her screen's name, beside everybody whom it names as a reader or a newcomer.
    pub fn names(&self) -> impl Iterator<Item = (String, String)> {
        let view = self.program.view();
        let badges = view.readers.iter().chain(view.coming.iter().map(|coming| &coming.badge));
        badges.map(|badge| (self.name.clone(), badge.pseudonym.clone()))
    }

    pub fn new(number: usize, house: &House, random: &mut Seeded) -> Self {
        let config = VisitorConfig {
            site: SITE,
            language: Language::En,
            org_key: Some(house.org_key()),
            roster_min: 1,
            host_half: Some(Hash(random.bytes())),
            continuing: false,
        };
        let program = Visitor::new(config, Box::new(random.fork()));
        Self { name: format!("visitor {number}"), program, line: None, said: Vec::new(), ahead_ms: 0 }
    }

    pub fn is_in(&self) -> bool {
        matches!(self.program.view().phase, Phase::Waiting { .. } | Phase::Claiming { .. } | Phase::Talking)
    }

    /// Her screen says that somebody talks with her, and is there.
    pub fn is_attended(&self) -> bool {
        let view = self.program.view();
        view.phase == Phase::Talking && view.peer == PeerState::Here
    }

    pub fn is_over(&self) -> bool {
        matches!(self.program.view().phase, Phase::Ended { .. } | Phase::Distrusted(_) | Phase::NothingToContinue)
            || matches!(self.program.view().connection, Connection::Refused(_))
    }

    pub fn says(&mut self, now_ms: u64) {
        let text = format!("{} says {:05}", self.name, self.said.len());
        self.program.say(now_ms + self.ahead_ms, &text);
        self.said.push(text);
    }
}

impl Desk {
    /// The conversations in which this screen says that they talk.
    pub fn talking(&self) -> impl Iterator<Item = &ShownConversation> {
        self.program.view().conversations.iter().filter(|shown| shown.state == ConversationState::Talking)
    }

    pub fn says(&mut self, now_ms: u64) {
        let talking: Vec<_> = self.talking().map(|shown| shown.conversation).collect();
        for conversation in talking {
            let text = format!("{} says {:05}", self.name, self.said);
            self.said += 1;
            self.program.say(now_ms + self.ahead_ms, conversation, &text);
        }
    }

    /// Presses "send again" at everything that the screen calls not sent.
    pub fn sends_again(&mut self, now_ms: u64) {
        let messages = self.talking().flat_map(|shown| shown.messages.iter().map(|one| (shown.conversation, one)));
        let unsent = messages.filter_map(|(conversation, message)| match own(message)? {
            (text, MessageState::NotSent) => Some((conversation, message.id, text.to_owned())),
            _ => None,
        });
        for (conversation, message, text) in unsent.collect::<Vec<_>>() {
            self.again.insert(text);
            self.program.send_again(now_ms + self.ahead_ms, conversation, message);
        }
    }
}

pub fn theirs(message: &ShownMessage) -> Option<&str> {
    match &message.content {
        Content::Theirs { text, .. } => Some(text),
        _ => None,
    }
}

/// What this side wrote, and how far it has come.
pub fn own(message: &ShownMessage) -> Option<(&str, MessageState)> {
    match &message.content {
        Content::Own { text, state } => Some((text, *state)),
        _ => None,
    }
}

/// On a counselor's screen: what the visitor wrote, not a colleague.
pub fn of_visitor(message: &ShownMessage) -> Option<&str> {
    theirs(message).filter(|_| matches!(message.content, Content::Theirs { from: None, .. }))
}

pub fn text(message: &ShownMessage) -> Option<&str> {
    match &message.content {
        Content::Theirs { text, .. } | Content::Own { text, .. } => Some(text),
        _ => None,
    }
}
