//! A widget's connection: checks what its browser says, sends its messages down the lane, and passes on what it is told.
//!
//! Never: a socket, or a decision about the queue.

use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, DeviceId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::DEPOSIT_MAX_BYTES;
use amparo_protocol::wire::{ClientMsg, Grant, Have, Hello, LineState, Opening, ServerMsg, Span, Welcome, decode};

use super::command::{Command, Openings, Tell};
use super::direct::{Direct, Kind};
use super::header::is_ack_of;
use super::lane::{HAVE_MAX, Lane};
use super::session::{Heart, Link, Output, own_header, refill, typing};

const VISITOR: DeviceId = DeviceId([0; 8]);
const ENVELOPE_BYTES: usize = 141;

pub struct VisitorSession {
    link: Link,
    heart: Heart,
    lane: Option<Arc<Lane>>,
    /// A deposit was asked for: a second `Hello` is expected until then.
    hello_until_ms: Option<u64>,
    welcomed: bool,
    /// Of the screen.
    language: Language,
    /// Where the widget stands, once the line has told.
    site: SiteKey,
    /// What the browser was told last about the line.
    told: Option<Opening>,
    last_typing_ms: u64,
}

impl VisitorSession {
    pub fn new(link: Link, hello_until_ms: Option<u64>, language: Language, now_ms: u64) -> Self {
        Self {
            link,
            heart: Heart::new(now_ms),
            lane: None,
            hello_until_ms,
            welcomed: false,
            language,
            site: SiteKey::default(),
            told: None,
            last_typing_ms: 0,
        }
    }

    pub fn on_message(&mut self, now_ms: u64, received: &[u8]) -> Output {
        let done = match Direct::parse(received) {
            Some(direct) => self.pass(now_ms, &direct).map(|()| Output::default()),
            None => decode(received).map_err(|_| ErrorCode::Malformed).and_then(|msg| self.on_msg(now_ms, msg)),
        };
        done.unwrap_or_else(Output::refuse)
    }

    pub fn on_tell(&mut self, now_ms: u64, tell: Tell) -> Output {
        match tell {
            Tell::Msg(ServerMsg::Welcome(welcome)) => self.welcome(now_ms, welcome),
            Tell::Msg(ServerMsg::Line(opening)) => self.line(now_ms, opening),
            Tell::Line { openings } => self.line_changed(now_ms, &openings),
            Tell::Site { site } => {
                self.site = site;
                Output::default()
            }
            Tell::Msg(msg) => Output::msg(&msg),
            Tell::Refuse(code) => Output::refuse(code),
            Tell::Probe => self.heart.beat_now(now_ms, &self.link.hub),
            Tell::Entered { conversation } => self.attach(conversation, &[], |_| None),
            Tell::Resumed { conversation, state, ticket, have } => {
                self.attach(conversation, &have, |held| Some(ServerMsg::Resumed { conversation, state, held, ticket }))
            }
            Tell::Detached { .. } => {
                self.detach();
                Output::default()
            }
            // Told to counselors only.
            Tell::Joined { .. } | Tell::CounselorResumed { .. } => Output::default(),
        }
    }

    pub fn on_tick(&mut self, now_ms: u64) -> Output {
        match self.hello_until_ms {
            Some(until_ms) if now_ms >= until_ms => Output::refuse(ErrorCode::TooSlow),
            _ if self.welcomed => self.heart.on_tick(now_ms, &self.link.hub),
            _ => Output::default(),
        }
    }

    pub fn due_ms(&self) -> u64 {
        match self.hello_until_ms {
            Some(until_ms) => until_ms,
            None if self.welcomed => self.heart.due_ms(),
            None => u64::MAX,
        }
    }

    pub fn detach(&mut self) {
        if let Some(lane) = self.lane.take() {
            lane.detach(self.link.session);
        }
    }

    fn welcome(&mut self, now_ms: u64, welcome: Box<Welcome>) -> Output {
        self.welcomed = true;
        self.heart = Heart::new(now_ms);
        self.told = Some(welcome.spoken.line);
        self.with_beat(now_ms, &ServerMsg::Welcome(welcome))
    }

    fn line_changed(&mut self, now_ms: u64, openings: &Openings) -> Output {
        let own = openings.of(self.site);
        let own = own.get(self.language as usize).filter(|own| self.told.is_none_or(|told| self.means(told, **own)));
        match own {
            Some(own) if self.welcomed => self.line(now_ms, *own),
            _ => Output::default(),
        }
    }

    /// Whether the change is one for her. Whoever waits or talks is not shown whether somebody is free: thousands who wait
    /// would hear of every counselor who sits down or rises.
    fn means(&self, told: Opening, now: Opening) -> bool {
        let is_open = |opening: Opening| matches!(opening.state, LineState::Available | LineState::Busy);
        told != now && !(self.lane.is_some() && is_open(told) && is_open(now))
    }

    fn line(&mut self, now_ms: u64, opening: Opening) -> Output {
        self.told = Some(opening);
        self.with_beat(now_ms, &ServerMsg::Line(opening))
    }

    /// A heartbeat comes along with what says whether somebody is there: the widget knows at once how fresh that is.
    fn with_beat(&mut self, now_ms: u64, msg: &ServerMsg) -> Output {
        let mut output = Output::msg(msg);
        output.frames.extend(self.heart.beat_now(now_ms, &self.link.hub).frames);
        output
    }

    fn pass(&mut self, now_ms: u64, direct: &Direct<'_>) -> Result<(), ErrorCode> {
        // What crossed the end of the conversation on its way means nothing any more.
        let Some(lane) = self.lane_of(direct.conversation) else { return Ok(()) };
        match direct.kind {
            Kind::Send => {
                let header = own_header(lane.conversation, direct.body)?;
                let own = header.sender == VISITOR;
                own.then(|| lane.send(self.link.session, &header, direct.frame(), now_ms)).ok_or(ErrorCode::Malformed)
            }
            Kind::Ack => {
                let own = is_ack_of(direct.body, lane.conversation, VISITOR);
                own.then(|| lane.pass(self.link.session, direct.frame())).ok_or(ErrorCode::Malformed)
            }
        }
    }

    fn on_msg(&mut self, now_ms: u64, msg: ClientMsg) -> Result<Output, ErrorCode> {
        let session = self.link.session;
        match msg {
            ClientMsg::Hello(Hello::Resume { resume, language, .. }) if self.hello_until_ms.take().is_some() => {
                if resume.have.len() > HAVE_MAX {
                    return Err(ErrorCode::Invalid);
                }
                self.language = language;
                Ok(Output::command(Command::Resume { session, resume, language }))
            }
            ClientMsg::Speak { language } if self.welcomed => {
                self.language = language;
                Ok(Output::command(Command::Said { session, msg: ClientMsg::Speak { language } }))
            }
            ClientMsg::Pong { beat } => Ok(self.on_pong(now_ms, beat)),
            ClientMsg::Refill { conversation, messages } => {
                let lane = self.lane_of(conversation);
                lane.map_or(Ok(()), |lane| refill(&self.link, lane, messages))?;
                Ok(Output::default())
            }
            ClientMsg::Typing { conversation } => {
                let mut last_ms = self.last_typing_ms;
                if let Some(lane) = self.lane_of(conversation) {
                    typing(&self.link, lane, &mut last_ms, now_ms);
                }
                self.last_typing_ms = last_ms;
                Ok(Output::default())
            }
            said if self.may_say(&said)? => Ok(Output::command(Command::Said { session, msg: said })),
            _ => Err(ErrorCode::Unexpected),
        }
    }

    /// Whether this is a visitor's to say; the line decides whether it means anything now.
    fn may_say(&self, msg: &ClientMsg) -> Result<bool, ErrorCode> {
        let allowed = match msg {
            ClientMsg::Enter { .. } | ClientMsg::StillHere | ClientMsg::InDanger => true,
            ClientMsg::EndToken { .. } => true,
            ClientMsg::Refuse { .. } | ClientMsg::AskAnother | ClientMsg::Leaving | ClientMsg::End { .. } => true,
            ClientMsg::Grant(grant) => has_envelopes_only(grant).then_some(true).ok_or(ErrorCode::Invalid)?,
            ClientMsg::Deposit(deposit) => {
                let fits = deposit.sealed.size_bytes() <= DEPOSIT_MAX_BYTES;
                fits.then_some(true).ok_or(ErrorCode::TooLarge)?
            }
            _ => false,
        };
        Ok(allowed && self.welcomed)
    }

    fn on_pong(&mut self, now_ms: u64, beat: u32) -> Output {
        let session = self.link.session;
        let counts = self.heart.on_pong(now_ms, beat) && self.lane.is_some();
        if counts { Output::command(Command::Answered { session }) } else { Output::default() }
    }

    fn attach(
        &mut self,
        conversation: ConversationId,
        have: &[Have],
        answer: impl FnOnce(Vec<Span>) -> Option<ServerMsg>,
    ) -> Output {
        let Some((lane, output)) = self.link.attach(conversation, have, false, answer) else {
            return Output::default();
        };
        self.lane = Some(lane);
        output
    }

    fn lane_of(&self, conversation: ConversationId) -> Option<&Arc<Lane>> {
        self.lane.as_ref().filter(|lane| lane.conversation == conversation)
    }
}

fn has_envelopes_only(grant: &Grant) -> bool {
    !grant.envelopes.is_empty() && grant.envelopes.iter().all(|envelope| envelope.size_bytes() == ENVELOPE_BYTES)
}
