//! What the owner of a line is told and what it answers: plain values that could travel between machines.
//!
//! Never: a reply channel, a lock or a socket in one of them; sessions are named by id, and every event carries the
//! generation of the line that said it.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_protocol::desk::WaitingRow;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, Handle, Hash, MemberId, Pass, SiteKey, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{
    ClientMsg, EndReason, Have, Opening, Presence, Resume, ResumedState, ServerMsg, TicketFor,
};
use serde::{Deserialize, Serialize};

use crate::buckets::Whence;

/// One connection, unique for as long as the relay runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// A counselor's signed-in browser, as the relay needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginFacts {
    pub id: Hash,
    pub member: MemberId,
    pub languages: Vec<Language>,
    pub until_ms: u64,
}

/// To the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// A site's page asked for the one-time pass; its origin was checked.
    PassIssued {
        pass: Pass,
        site: SiteKey,
        /// Of a site that an administrator only looks at, and that no store has.
        preview: Option<Box<SiteSettings>>,
    },
    /// `POST /api/end`, already hashed.
    EndToken {
        end_token: Hash,
    },
    /// Signed out, expired or revoked.
    LoginEnded {
        login: Hash,
    },
    /// Removed, or all logins of this member have ended: none of their connections counts.
    MemberRemoved {
        member: MemberId,
    },
    /// When messages last passed through these conversations.
    Active {
        conversations: Vec<(ConversationId, u64)>,
    },

    /// A visitor's connection, before it says anything.
    Arrived {
        session: SessionId,
        whence: Whence,
    },
    /// A supervisor ends the conversation that they are in; whoever is on its other side waits behind others for a day.
    Block {
        conversation: ConversationId,
        by: MemberId,
    },

    Open {
        session: SessionId,
        site: SiteKey,
        pass: Pass,
        language: Language,
    },
    Continue {
        session: SessionId,
        handle: Handle,
    },
    Resume {
        session: SessionId,
        resume: Resume,
        language: Language,
    },
    Report {
        session: SessionId,
        login: LoginFacts,
        shift: Sealed,
        resumes: Vec<Resume>,
        ended: Vec<Ticket>,
    },
    /// Answered a heartbeat.
    Answered {
        session: SessionId,
    },
    /// Anything else that a session lets through: never `Send`, `Ack`, `Refill` or `Typing`, which take the lane.
    Said {
        session: SessionId,
        msg: ClientMsg,
    },
    /// The connection is closed.
    Gone {
        session: SessionId,
    },
}

/// From the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub generation: u64,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Tell {
        session: SessionId,
        tell: Tell,
    },
    LaneOpened {
        conversation: ConversationId,
        /// A member takes part or did: before that nobody could have sealed anything that is worth keeping.
        has_member: bool,
    },
    LaneErased {
        conversation: ConversationId,
    },
    LineChanged {
        openings: Arc<Openings>,
    },
    /// The newest answer of a counselor on duty; every widget's heartbeat carries its age.
    Freshest {
        answered_ms: Option<u64>,
    },
    /// For the counters of the day.
    Counted {
        language: Language,
        count: Count,
    },
    /// For supervisors.
    Board(BoardFacts),
}

/// Whether visitors may enter, for every language in the order of [`Language::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Openings {
    pub of_most: Vec<Opening>,
    /// On sites that are not everybody's: those for minors, and those that a team serves.
    pub of_sites: BTreeMap<SiteKey, Vec<Opening>>,
}

impl Openings {
    pub fn of(&self, site: SiteKey) -> &[Opening] {
        self.of_sites.get(&site).unwrap_or(&self.of_most)
    }
}

/// What is counted per day. Each is about the line; none tells one conversation from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    Entered,
    /// The first offer of her to anybody.
    Offered,
    Answered,
    /// Left the queue unanswered.
    GaveUp,
    /// Turned away because too many waited.
    Full,
    /// Turned away because the line was closed.
    Closed,
    Ended(EndReason),
}

impl Count {
    /// As it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Offered => "offered",
            Self::Answered => "answered",
            Self::GaveUp => "gave-up",
            Self::Full => "full",
            Self::Closed => "closed",
            Self::Ended(EndReason::Visitor) => "ended-visitor",
            Self::Ended(EndReason::Counselor) => "ended-counselor",
            Self::Ended(EndReason::Idle) => "ended-idle",
            Self::Ended(EndReason::Missing) => "ended-missing",
            Self::Ended(EndReason::Abuse) => "ended-abuse",
        }
    }
}

/// Who is on and how many wait. Nothing in it names a visitor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardFacts {
    pub waiting: Vec<WaitingRow>,
    pub seats: Vec<SeatFacts>,
}

/// A counselor's desk that is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatFacts {
    pub member: MemberId,
    pub languages: Vec<Language>,
    pub presence: Presence,
    pub conversations: u32,
}

/// What one session has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tell {
    /// Send this.
    Msg(ServerMsg),
    /// Refuse and close.
    Refuse(ErrorCode),
    /// Send a heartbeat now: somebody else shows this conversation's ticket.
    Probe,
    /// A visitor's side takes part in the conversation from now on.
    Entered {
        conversation: ConversationId,
    },
    /// A counselor's side takes part from now on.
    Joined {
        conversation: ConversationId,
    },
    /// Takes part again: what the ring holds beyond `have` follows.
    Resumed {
        conversation: ConversationId,
        state: ResumedState,
        ticket: Option<TicketFor>,
        have: Vec<Have>,
    },
    CounselorResumed {
        conversation: ConversationId,
        ticket: Ticket,
        have: Vec<Have>,
    },
    /// The line's state in every language.
    Line {
        openings: Arc<Openings>,
    },
    /// To a visitor's session: which of the [`Openings`] are meant for it.
    Site {
        site: SiteKey,
    },
    /// Takes no part any more.
    Detached {
        conversation: ConversationId,
    },
}

impl Command {
    /// The session that this comes from.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::PassIssued { .. }
            | Self::EndToken { .. }
            | Self::LoginEnded { .. }
            | Self::MemberRemoved { .. }
            | Self::Active { .. }
            | Self::Block { .. } => None,
            Self::Arrived { session, .. }
            | Self::Open { session, .. }
            | Self::Continue { session, .. }
            | Self::Resume { session, .. }
            | Self::Report { session, .. }
            | Self::Answered { session }
            | Self::Said { session, .. }
            | Self::Gone { session } => Some(*session),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use amparo_protocol::id::ClaimId;
    use amparo_protocol::wire::LineState;
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::buckets::Bucket;

    const SESSION: SessionId = SessionId(7);
    const CONVERSATION: ConversationId = ConversationId([1; 16]);

    fn travels<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
        let bytes = postcard::to_allocvec(&value).expect("plain data");
        assert_eq!(postcard::from_bytes::<T>(&bytes).as_ref(), Ok(&value));
    }

    #[test]
    fn every_command_could_come_from_another_machine() {
        let resume = Resume { ticket: Sealed(vec![1]), pending: None, have: vec![] };
        let login = LoginFacts { id: Hash([1; 32]), member: MemberId([2; 16]), languages: vec![], until_ms: 5 };
        travels(Command::PassIssued { pass: Pass([1; 32]), site: SiteKey([2; 12]), preview: None });
        travels(Command::EndToken { end_token: Hash([1; 32]) });
        travels(Command::LoginEnded { login: Hash([1; 32]) });
        travels(Command::MemberRemoved { member: MemberId([2; 16]) });
        let bucket = Bucket([5; 16]);
        travels(Command::Arrived { session: SESSION, whence: Whence { bucket, former: Some(bucket) } });
        travels(Command::Block { conversation: CONVERSATION, by: MemberId([2; 16]) });
        travels(Command::Active { conversations: vec![(CONVERSATION, 3)] });
        travels(Command::Open {
            session: SESSION,
            site: SiteKey([2; 12]),
            pass: Pass([1; 32]),
            language: Language::En,
        });
        travels(Command::Continue { session: SESSION, handle: Handle([1; 16]) });
        travels(Command::Resume { session: SESSION, resume: resume.clone(), language: Language::En });
        travels(Command::Report {
            session: SESSION,
            login,
            shift: Sealed(vec![2]),
            resumes: vec![resume],
            ended: vec![Sealed(vec![3])],
        });
        travels(Command::Answered { session: SESSION });
        travels(Command::Said { session: SESSION, msg: ClientMsg::Presence(Presence::Break) });
        travels(Command::Gone { session: SESSION });
    }

    #[test]
    fn every_event_could_go_to_another_machine() {
        let busy = vec![Opening { state: LineState::Busy, opens_unix_secs: Some(5) }];
        let of_sites = BTreeMap::from([(SiteKey([2; 12]), busy.clone())]);
        let openings = Arc::new(Openings { of_most: busy, of_sites });
        let tells = [
            Tell::Msg(ServerMsg::ClaimLapsed { conversation: CONVERSATION, claim: ClaimId([4; 16]) }),
            Tell::Refuse(ErrorCode::Elsewhere),
            Tell::Probe,
            Tell::Entered { conversation: CONVERSATION },
            Tell::Joined { conversation: CONVERSATION },
            Tell::Resumed {
                conversation: CONVERSATION,
                state: ResumedState::Waiting { position: 1 },
                ticket: None,
                have: vec![],
            },
            Tell::CounselorResumed { conversation: CONVERSATION, ticket: Sealed(vec![1]), have: vec![] },
            Tell::Line { openings: openings.clone() },
            Tell::Site { site: SiteKey([2; 12]) },
            Tell::Detached { conversation: CONVERSATION },
        ];
        let told = tells.map(|tell| What::Tell { session: SESSION, tell });
        let others = [
            What::LaneOpened { conversation: CONVERSATION, has_member: true },
            What::LaneErased { conversation: CONVERSATION },
            What::LineChanged { openings: openings.clone() },
            What::Freshest { answered_ms: Some(1) },
            What::Counted { language: Language::Ar, count: Count::Ended(EndReason::Idle) },
            What::Board(BoardFacts {
                waiting: vec![WaitingRow { language: Language::Es, count: 2, since_unix_secs: 7 }],
                seats: vec![SeatFacts {
                    member: MemberId([2; 16]),
                    languages: vec![Language::Es],
                    presence: Presence::Break,
                    conversations: 1,
                }],
            }),
        ];
        for what in told.into_iter().chain(others) {
            travels(Event { generation: 9, what });
        }
    }
}
