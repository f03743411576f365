//! What a screen may show of a conversation: plain data, made by the state machines, never changed by the apps.

use amparo_protocol::colleague::TransferGone;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, MessageId, RosterMemberId};
use amparo_protocol::language::Language;
use amparo_protocol::wire;
use amparo_protocol::wire::{
    Back, EndReason, JoinReason, OfferGone, Opening, PeerState, Presence, RefuseReason, Release, Spoken, Welcome,
};

/// One entry of the message list, in the order in which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownMessage {
    /// Stable across states and epochs; the key of the list. A gap or notice has an id of its own.
    pub id: MessageId,
    pub content: Content,
    pub at_unix_ms: u64,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    Own {
        text: String,
        state: MessageState,
    },
    /// `from`: the badge of the member who wrote, empty for a colleague who is not known; `None` on the counselor's side for
    /// the visitor.
    Theirs {
        text: String,
        from: Option<ShownBadge>,
    },
    /// A message is missing and nobody holds it.
    Gap,
    /// Somebody joined, is back, left: by badge.
    Joined(ShownBadge),
    Left(ShownBadge),
}

impl core::fmt::Debug for Content {
    /// Shows the kind and state, never a word that was written.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Own { state: MessageState::Unread, .. } => "Own(unread)",
            Self::Own { state: MessageState::Sending, .. } => "Own(sending)",
            Self::Own { state: MessageState::Delivered, .. } => "Own(delivered)",
            Self::Own { state: MessageState::NotSent, .. } => "Own(not sent)",
            Self::Theirs { .. } => "Theirs",
            Self::Gap => "Gap",
            Self::Joined(_) => "Joined",
            Self::Left(_) => "Left",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// Typed before a counselor is there: it has not left this browser.
    Unread,
    Sending,
    /// A granted reader's browser has it (a sealed acknowledgement says so).
    Delivered,
    /// Not acknowledged within `NOT_SENT_SECS`, or the conversation ended: "send again" is offered.
    NotSent,
}

/// After how long without acknowledgement a message is shown as not sent. It is still delivered if it can be.
pub const NOT_SENT_SECS: u64 = 20;

wire! {
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownBadge {
    pub pseudonym: String,
    pub avatar: u8,
}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Connecting,
    Open,
    /// Lost; the transport tries again.
    Lost,
    /// The relay refused for good.
    Refused(ErrorCode),
}

/// Everything the widget draws. Compare by value; cheap enough to clone at each change.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitorView {
    pub connection: Connection,
    pub welcome: Option<Welcome>,
    pub phase: Phase,
    pub messages: Vec<ShownMessage>,
    /// Who can read what is written now, by badge; empty before a claim is opened.
    pub readers: Vec<ShownBadge>,
    /// Who is being brought into a conversation that goes on.
    pub coming: Option<Coming>,
    /// To whom a press would show what was written before.
    pub may_share_with: Option<ShownBadge>,
    /// Why she waits again.
    pub back: Option<Back>,
    /// "I am in danger now" was pressed.
    pub in_danger: bool,
    pub peer: PeerState,
    pub idle_warning: bool,
    pub typing: bool,
    /// After a reload: what had not been sent before it is gone.
    pub unsent_was_lost: bool,
    /// The organisation's key came from the relay, not from the tag.
    pub trusts_server: bool,
}

impl VisitorView {
    /// Before the first connection.
    pub fn new(phase: Phase, trusts_server: bool) -> Self {
        Self {
            connection: Connection::Connecting,
            welcome: None,
            phase,
            messages: Vec::new(),
            readers: Vec::new(),
            coming: None,
            may_share_with: None,
            back: None,
            in_danger: false,
            peer: PeerState::Here,
            idle_warning: false,
            typing: false,
            unsent_was_lost: false,
            trusts_server,
        }
    }

    /// Before the relay has said anything: nothing.
    pub fn spoken(&self) -> Option<&Spoken> {
        self.welcome.as_ref().map(|welcome| &welcome.spoken)
    }

    pub fn line(&self) -> Option<Opening> {
        self.spoken().map(|spoken| spoken.line)
    }
}

/// A member for whom a key is sealed, and who has not proved yet to hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    pub badge: ShownBadge,
    pub reason: JoinReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not in the queue: first screens.
    Before,
    /// After a page change: connected, place kept, nothing shown but "Continue".
    Continuing,
    Waiting {
        position: u32,
        still_there_until_ms: Option<u64>,
    },
    /// A counselor accepted; the key is being handed over.
    Claiming {
        claim: ClaimId,
    },
    Talking,
    Ended {
        reason: EndReason,
        clear_at_ms: u64,
    },
    /// The newcomer or the roster did not pass the checks: phones only.
    Distrusted(RefuseReason),
    /// The deposit was gone: nothing to continue.
    NothingToContinue,
}

/// Everything the desk draws.
#[derive(Clone, Debug, PartialEq)]
pub struct CounselorView {
    pub connection: Connection,
    pub presence: Presence,
    pub offers: Vec<ShownOffer>,
    pub last_offer_gone: Option<(ConversationId, OfferGone)>,
    pub conversations: Vec<ShownConversation>,
    /// Colleagues who want to hand a conversation over to this one.
    pub requests: Vec<ShownRequest>,
    /// Colleagues who call for a supervisor.
    pub calls: Vec<ShownCall>,
    pub roster_changed: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownOffer {
    pub conversation: ConversationId,
    pub language: Language,
    /// When the visitor entered the queue, by this browser's clock.
    pub waiting_since_ms: u64,
    pub until_ms: u64,
    pub whose: Whose,
}

/// Whose visitor is offered or asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// She came from a site for minors.
    pub for_minors: bool,
    /// The team that serves her site.
    pub team: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRequest {
    pub conversation: ConversationId,
    pub by: ShownBadge,
    pub language: Language,
    pub until_ms: u64,
    pub whose: Whose,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCall {
    pub conversation: ConversationId,
    pub by: ShownBadge,
    pub language: Language,
    pub whose: Whose,
}

/// Who could take a conversation over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownColleague {
    pub member: RosterMemberId,
    pub badge: ShownBadge,
    pub is_supervisor: bool,
}

/// How far a transfer to a colleague is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    None,
    /// The list is asked for.
    Looking,
    Choosing(Vec<ShownColleague>),
    /// It rings at this colleague.
    Asked(ShownBadge),
    Gone(TransferGone),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ShownConversation {
    pub conversation: ConversationId,
    pub language: Language,
    pub state: ConversationState,
    pub messages: Vec<ShownMessage>,
    pub peer: PeerState,
    pub idle_warning: bool,
    /// A reload brought it back: what was said before could be opened again or not.
    pub rejoined: bool,
    /// Colleagues who can read what is written now, by badge; an empty one is not known.
    pub colleagues: Vec<ShownBadge>,
    /// Came in beside the colleague who answers.
    pub is_beside: bool,
    /// The visitor has shared what was written before this member came.
    pub has_history: bool,
    pub transfer: Transfer,
    /// A supervisor is called: how many are rung, once the relay has said it.
    pub call: Option<Option<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationState {
    /// Accepted (or coming back); waiting for the visitor's client to grant the key.
    WaitingForKey,
    Talking,
    /// The counselor pressed end; undelivered messages are waited for until then.
    Ending {
        until_ms: u64,
    },
    Ended(EndReason),
    /// The claim was not completed in time or was refused by the visitor's client.
    Lapsed,
    /// Somebody else goes on, and no text is kept here.
    Released(Release),
    /// The key could not be joined to the former one.
    Broken,
}
