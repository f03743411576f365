//! A console's connection: checks what its browser says, sends its messages down the lanes of its conversations, and
//! passes on what it is told.
//!
//! Never: a socket, or a decision about the queue.

use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, DeviceId};
use amparo_protocol::wire::{ClientMsg, Have, ServerMsg, Span, decode};

use super::command::{Command, Tell};
use super::direct::{Direct, Kind};
use super::header::is_ack_of;
use super::lane::Lane;
use super::session::{Heart, Link, Output, own_header, refill, typing};

pub struct CounselorSession {
    link: Link,
    heart: Heart,
    /// This tab's device, as its shift certificate names it.
    device: DeviceId,
    lanes: Vec<Arc<Lane>>,
    ready: bool,
    last_typing_ms: u64,
}

impl CounselorSession {
    pub fn new(link: Link, device: DeviceId, now_ms: u64) -> Self {
        Self { link, heart: Heart::new(now_ms), device, lanes: Vec::new(), ready: false, last_typing_ms: 0 }
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
            Tell::Msg(msg @ ServerMsg::Ready { .. }) => {
                self.ready = true;
                let mut output = Output::msg(&msg);
                output.frames.extend(self.heart.beat_now(now_ms, &self.link.hub).frames);
                output
            }
            // Consoles know the line by their own presence.
            Tell::Line { .. } => Output::default(),
            Tell::Msg(msg) => Output::msg(&msg),
            Tell::Refuse(code) => Output::refuse(code),
            Tell::Probe => self.heart.beat_now(now_ms, &self.link.hub),
            Tell::Joined { conversation } => self.attach(conversation, &[], |_| None),
            Tell::CounselorResumed { conversation, ticket, have } => self
                .attach(conversation, &have, |held| Some(ServerMsg::CounselorResumed { conversation, held, ticket })),
            Tell::Detached { conversation } => {
                self.detach(conversation);
                Output::default()
            }
            // Told to visitors only.
            Tell::Entered { .. } | Tell::Resumed { .. } | Tell::Site { .. } => Output::default(),
        }
    }

    pub fn on_tick(&mut self, now_ms: u64) -> Output {
        if self.ready { self.heart.on_tick(now_ms, &self.link.hub) } else { Output::default() }
    }

    pub fn due_ms(&self) -> u64 {
        if self.ready { self.heart.due_ms() } else { u64::MAX }
    }

    pub fn detach_all(&mut self) {
        for lane in self.lanes.drain(..) {
            lane.detach(self.link.session);
        }
    }

    fn detach(&mut self, conversation: ConversationId) {
        let session = self.link.session;
        for lane in self.lanes.extract_if(.., |lane| lane.conversation == conversation) {
            lane.detach(session);
        }
    }

    fn pass(&mut self, now_ms: u64, direct: &Direct<'_>) -> Result<(), ErrorCode> {
        // What crossed the end of the conversation, or this device's leaving, means nothing any more.
        let Some(lane) = self.lane_of(direct.conversation) else { return Ok(()) };
        match direct.kind {
            Kind::Send => {
                let header = own_header(lane.conversation, direct.body)?;
                let own = header.sender == self.device;
                own.then(|| lane.send(self.link.session, &header, direct.frame(), now_ms)).ok_or(ErrorCode::Malformed)
            }
            Kind::Ack => {
                let own = is_ack_of(direct.body, lane.conversation, self.device);
                own.then(|| lane.pass(self.link.session, direct.frame())).ok_or(ErrorCode::Malformed)
            }
        }
    }

    fn on_msg(&mut self, now_ms: u64, msg: ClientMsg) -> Result<Output, ErrorCode> {
        let session = self.link.session;
        match msg {
            ClientMsg::Pong { beat } if self.heart.on_pong(now_ms, beat) => {
                Ok(Output::command(Command::Answered { session }))
            }
            ClientMsg::Pong { .. } => Ok(Output::default()),
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

    /// Whether this is a counselor's to say; the line decides whether it means anything now.
    fn may_say(&self, msg: &ClientMsg) -> Result<bool, ErrorCode> {
        let allowed = match msg {
            ClientMsg::Presence(_) | ClientMsg::Accept { .. } | ClientMsg::End { .. } => true,
            ClientMsg::Colleague { .. } => true,
            ClientMsg::Opened { conversation, ack, .. } => {
                let own = is_ack_of(ack.as_bytes(), *conversation, self.device);
                own.then_some(true).ok_or(ErrorCode::Malformed)?
            }
            _ => false,
        };
        Ok(allowed && self.ready)
    }

    fn attach(
        &mut self,
        conversation: ConversationId,
        have: &[Have],
        answer: impl FnOnce(Vec<Span>) -> Option<ServerMsg>,
    ) -> Output {
        let Some((lane, output)) = self.link.attach(conversation, have, true, answer) else { return Output::default() };
        self.lanes.retain(|lane| lane.conversation != conversation);
        self.lanes.push(lane);
        output
    }

    fn lane_of(&self, conversation: ConversationId) -> Option<&Arc<Lane>> {
        self.lanes.iter().find(|lane| lane.conversation == conversation)
    }
}
