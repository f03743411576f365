//! What counselors ask of their colleagues about one conversation, and what they hear: the silent call for a supervisor,
//! transfer, who else takes part. None of it carries a word of the conversation.

use serde::{Deserialize, Serialize};

use crate::id::RosterMemberId;
use crate::language::Language;
use crate::sealed::Sealed;
use crate::wire;
use crate::wire::Newcomer;

wire! {
/// From a member's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Answered by [`News::Free`].
    WhoIsFree,
    /// Asks this colleague to take the conversation over.
    TransferTo(RosterMemberId),
    /// The colleague's answer. Nothing moves before it.
    AcceptTransfer,
    DeclineTransfer,
    /// A signal without text to every supervisor who is present.
    CallSupervisor,
    /// No supervisor is needed any more.
    CallOff,
    /// A called supervisor comes in beside the present counselor.
    Join,
    /// A called supervisor, or one who has joined, goes on alone.
    TakeOver,
    /// One of two members leaves; the other goes on.
    Leave,
    /// The visitor waits again, at the front of the queue.
    GiveBack,
}

/// To a member's console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    Free(Vec<Colleague>),
    /// A colleague asks for a transfer; it rings for `OFFER_SECS`.
    TransferAsked { by: Colleague, language: Language },
    TransferGone(TransferGone),
    /// A colleague calls for a supervisor.
    Called { by: Colleague, language: Language },
    CallGone,
    /// To the caller: how many supervisors are rung. Zero: nobody is there.
    Ringing { supervisors: u32 },
    /// Another member's device takes part in the conversation, or did before this one. Its `ticket` is empty.
    Beside(Box<Newcomer>),
    /// The visitor of this conversation, who was just offered or is asked for, came from a site for minors.
    ForMinors,
    /// That visitor came from a site that this team serves: its name, as the console shows it.
    OfTeam(String),
}

/// A member as colleagues see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Of one signing of the roster.
    pub member: RosterMemberId,
    pub badge: Sealed,
    pub is_supervisor: bool,
}

/// Why a transfer came to nothing. The present counselor goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransferGone {
    Declined,
    NotAnswered,
    /// That colleague is not free, or gone.
    NotFree,
    /// Accepted, and the key was not opened in time or was refused by the visitor's client.
    Void,
    /// To the colleague who was asked: it is not wanted any more.
    Withdrawn,
}
}
