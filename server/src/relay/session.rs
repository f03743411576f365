//! One connection, from its first message on: what both kinds of session share.
//!
//! Never: a socket. A session is told what came in and answers what to send, so that any transport can carry it.

use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::limits::{HEARTBEAT_SECS, PROTOCOL_VERSION};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Have, Hello, Resume, ServerMsg, Span, decode, encode};
use bytes::Bytes;

use super::command::{Command, LoginFacts, SessionId};
use super::counselor_session::CounselorSession;
use super::direct;
use super::header::MessageHeader;
use super::hub::{Hub, Outbox, Waiting};
use super::lane::{HAVE_MAX, Lane};
use super::visitor_session::VisitorSession;

/// How long a new connection, or one that was handed its deposit, has for its next `Hello`.
const HELLO_MS: u64 = 5 * 1000;
/// A connection that has answered no heartbeat for this long is closed.
const SILENT_MS: u64 = 60 * 1000;
/// Conversations that a counselor's browser may bring back at once, and ends it may report.
const RESUMES_MAX: usize = 16;
const ENDED_MAX: usize = 64;
const TYPING_MS: u64 = 5 * 1000;

/// What a session wants done, in order: commands to the owner, frames to its browser, then perhaps the end.
#[derive(Default)]
pub struct Output {
    pub commands: Vec<Command>,
    pub frames: Vec<Bytes>,
    pub refuse: Option<ErrorCode>,
}

/// A connection's state; the kind is decided by its first message.
pub enum Session {
    Greeting(Greeting),
    Visitor(VisitorSession),
    Counselor(CounselorSession),
}

/// What every session holds.
pub struct Link {
    pub session: SessionId,
    pub outbox: Outbox,
    pub hub: Arc<Hub>,
}

/// Nothing was said yet.
pub struct Greeting {
    link: Option<Link>,
    login: Option<LoginFacts>,
    until_ms: u64,
}

/// The application heartbeat of one connection.
pub struct Heart {
    beat: u32,
    next_ms: u64,
    /// The newest beat that was answered; zero: none yet, and the connection's first message counts as the answer.
    answered: u32,
    answered_ms: u64,
}

impl Session {
    pub fn new(link: Link, login: Option<LoginFacts>, now_ms: u64) -> Self {
        Self::Greeting(Greeting { link: Some(link), login, until_ms: now_ms + HELLO_MS })
    }

    /// A whole message has come in.
    pub fn on_message(&mut self, now_ms: u64, received: &[u8]) -> Output {
        match self {
            Self::Greeting(greeting) => match greeting.on_message(now_ms, received) {
                Ok((session, output)) => {
                    *self = session;
                    output
                }
                Err(code) => Output::refuse(code),
            },
            Self::Visitor(session) => session.on_message(now_ms, received),
            Self::Counselor(session) => session.on_message(now_ms, received),
        }
    }

    /// The owner has told it something, or a peer's frame has come.
    pub fn on_waiting(&mut self, now_ms: u64, waiting: Waiting) -> Output {
        match (self, waiting) {
            (_, Waiting::Frame(frame)) => Output::frame(*frame),
            (Self::Greeting(_), Waiting::Tell(_)) => Output::default(),
            (Self::Visitor(session), Waiting::Tell(tell)) => session.on_tell(now_ms, *tell),
            (Self::Counselor(session), Waiting::Tell(tell)) => session.on_tell(now_ms, *tell),
        }
    }

    /// `due_ms` has come.
    pub fn on_tick(&mut self, now_ms: u64) -> Output {
        match self {
            Self::Greeting(greeting) if now_ms >= greeting.until_ms => Output::refuse(ErrorCode::TooSlow),
            Self::Greeting(_) => Output::default(),
            Self::Visitor(session) => session.on_tick(now_ms),
            Self::Counselor(session) => session.on_tick(now_ms),
        }
    }

    /// When `on_tick` has something to do.
    pub fn due_ms(&self) -> u64 {
        match self {
            Self::Greeting(greeting) => greeting.until_ms,
            Self::Visitor(session) => session.due_ms(),
            Self::Counselor(session) => session.due_ms(),
        }
    }

    /// The connection is over: takes part in nothing any more.
    pub fn on_closed(&mut self) {
        match self {
            Self::Greeting(_) => {}
            Self::Visitor(session) => session.detach(),
            Self::Counselor(session) => session.detach_all(),
        }
    }
}

impl Greeting {
    fn on_message(&mut self, now_ms: u64, received: &[u8]) -> Result<(Session, Output), ErrorCode> {
        let msg = decode(received).map_err(|_| ErrorCode::Malformed)?;
        let ClientMsg::Hello(hello) = msg else { return Err(ErrorCode::Unexpected) };
        let (Hello::Visitor { version, .. }
        | Hello::Resume { version, .. }
        | Hello::Continue { version, .. }
        | Hello::Counselor { version, .. }) = &hello;
        if *version != PROTOCOL_VERSION {
            return Err(ErrorCode::Version);
        }
        let link = self.link.take().ok_or(ErrorCode::Unexpected)?;
        let session = link.session;
        match hello {
            Hello::Visitor { site, pass, language, .. } => {
                Ok(visitor(link, now_ms, None, language, Command::Open { session, site, pass, language }))
            }
            Hello::Resume { resume, .. } if resume.have.len() > HAVE_MAX => Err(ErrorCode::Invalid),
            Hello::Resume { resume, language, .. } => {
                Ok(visitor(link, now_ms, None, language, Command::Resume { session, resume, language }))
            }
            Hello::Continue { handle, .. } => {
                // Said with the `Resume` that follows.
                let language = Language::En;
                Ok(visitor(link, now_ms, Some(now_ms), language, Command::Continue { session, handle }))
            }
            Hello::Counselor { shift, resumes, ended, .. } => {
                let login = self.login.take().ok_or(ErrorCode::SignIn)?;
                let device = super::shift::device_of(shift.as_bytes()).ok_or(ErrorCode::Invalid)?;
                let is_within = |resume: &Resume| resume.have.len() <= HAVE_MAX;
                if resumes.len() > RESUMES_MAX || ended.len() > ENDED_MAX || !resumes.iter().all(is_within) {
                    return Err(ErrorCode::Invalid);
                }
                let counselor = Session::Counselor(CounselorSession::new(link, device, now_ms));
                Ok((counselor, Output::command(Command::Report { session, login, shift, resumes, ended })))
            }
        }
    }
}

fn visitor(
    link: Link,
    now_ms: u64,
    continuing: Option<u64>,
    language: Language,
    command: Command,
) -> (Session, Output) {
    let hello_until_ms = continuing.map(|since_ms| since_ms + 2 * HELLO_MS);
    (Session::Visitor(VisitorSession::new(link, hello_until_ms, language, now_ms)), Output::command(command))
}

impl Output {
    pub fn refuse(code: ErrorCode) -> Self {
        Self { refuse: Some(code), ..Self::default() }
    }

    pub fn command(command: Command) -> Self {
        Self { commands: vec![command], ..Self::default() }
    }

    pub fn frame(frame: Bytes) -> Self {
        Self { frames: vec![frame], ..Self::default() }
    }

    pub fn msg(msg: &ServerMsg) -> Self {
        Self::frame(Bytes::from(encode(msg)))
    }

    pub fn push(&mut self, msg: &ServerMsg) {
        self.frames.push(Bytes::from(encode(msg)));
    }
}

impl Heart {
    /// The first beat is due at once.
    pub fn new(now_ms: u64) -> Self {
        Self { beat: 0, next_ms: now_ms, answered: 0, answered_ms: now_ms }
    }

    pub fn due_ms(&self) -> u64 {
        self.next_ms
    }

    /// Beats when it is time to; a connection that has been silent too long is refused.
    pub fn on_tick(&mut self, now_ms: u64, hub: &Hub) -> Output {
        if now_ms < self.next_ms {
            Output::default()
        } else if now_ms >= self.answered_ms + SILENT_MS {
            Output::refuse(ErrorCode::TooSlow)
        } else {
            self.beat_now(now_ms, hub)
        }
    }

    pub fn beat_now(&mut self, now_ms: u64, hub: &Hub) -> Output {
        self.beat = self.beat.wrapping_add(1);
        self.next_ms = now_ms + HEARTBEAT_SECS * 1000;
        Output::msg(&ServerMsg::Beat {
            beat: self.beat,
            freshest_age_secs: hub.freshest_age_secs(now_ms),
            answered: self.answered,
            answered_ms_ago: u32::try_from(now_ms.saturating_sub(self.answered_ms)).unwrap_or(u32::MAX),
        })
    }

    /// `false` for a beat that was never sent.
    pub fn on_pong(&mut self, now_ms: u64, beat: u32) -> bool {
        let sent = beat != 0 && beat <= self.beat;
        if sent {
            self.answered = beat;
            self.answered_ms = now_ms;
        }
        sent
    }
}

impl Link {
    /// Takes part in a conversation: attaches first and reads the ring second. What `answer` makes of the spans held comes
    /// before the ring's messages; then it says what its peers lack, and asks them for what is lacking here.
    pub fn attach(
        &self,
        conversation: ConversationId,
        have: &[Have],
        is_member: bool,
        answer: impl FnOnce(Vec<Span>) -> Option<ServerMsg>,
    ) -> Option<(Arc<Lane>, Output)> {
        let lane = self.hub.lane(conversation)?;
        let found = lane.attach(self.session, self.outbox.clone(), have, is_member);
        let mut output = Output::default();
        let resumed = answer(found.held.clone());
        output.frames.extend(resumed.iter().map(|msg| Bytes::from(encode(msg))));
        output.frames.extend(found.frames);
        // Also to a device that has just come in: what it said before the lane was open to it went nowhere.
        for have in found.peers {
            output.push(&ServerMsg::Want { conversation, have, held: found.held.clone() });
        }
        lane.ask_peers(self.session, have.to_vec(), found.held);
        Some((lane, output))
    }
}

/// Messages that a peer or the relay lacks: each must belong to this conversation.
pub fn refill(link: &Link, lane: &Lane, messages: Vec<Sealed>) -> Result<(), ErrorCode> {
    for message in messages {
        let header = own_header(lane.conversation, message.as_bytes())?;
        lane.refill(link.session, &header, direct::deliver(lane.conversation, message));
    }
    Ok(())
}

/// The header of a message of this conversation.
pub fn own_header(conversation: ConversationId, message: &[u8]) -> Result<MessageHeader, ErrorCode> {
    let header = MessageHeader::parse(message).filter(|header| header.conversation == conversation);
    header.ok_or(ErrorCode::Malformed)
}

/// Passes "is writing" on, at most once in five seconds.
pub fn typing(link: &Link, lane: &Lane, last_ms: &mut u64, now_ms: u64) {
    if now_ms >= *last_ms + TYPING_MS {
        *last_ms = now_ms;
        let msg = ServerMsg::Typing { conversation: lane.conversation };
        lane.pass(link.session, Bytes::from(encode(&msg)));
    }
}
