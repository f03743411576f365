//! The messages on the WebSocket (and on `/api/poll`), one value per message in the bytes of [`codec`](crate::codec).
//!
//! A connection's first message is a [`Hello`]; the relay answers [`ServerMsg::Welcome`] or [`ServerMsg::Ready`], or
//! refuses with an [`ErrorCode`]. Variants are only ever appended: their position is their number on the wire.
//! docs/protocol.md walks through every flow.

use serde::{Deserialize, Serialize};

use crate::codec::{Bytes, Wire};
use crate::colleague::{Ask, News};
use crate::error::ErrorCode;
use crate::id::{ClaimId, ConversationId, DeviceId, Handle, Hash, OrgKey, Pass, RosterMemberId, SiteKey, Ticket};
use crate::language::Language;
use crate::sealed::Sealed;
use crate::wire;

wire! {
/// From a browser to the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientMsg {
    Hello(Hello),
    /// Answers [`ServerMsg::Beat`]; sent from the message handler, never from a timer.
    Pong {
        beat: u32,
    },

    // The visitor's side.
    /// Enters the queue of the line.
    Enter {
        language: Language,
    },
    /// Pressed "I am still here".
    StillHere,
    /// The new epoch's key, sealed to the devices that the visitor's screen names. Kept and re-sent like a message.
    Grant(Grant),
    /// The newcomer did not pass the client's checks. The claim is void.
    Refuse {
        claim: ClaimId,
        reason: RefuseReason,
    },
    /// After a missing counselor: asks to be served by somebody else, from the front of the queue.
    AskAnother,
    /// Leaves sealed state for a reload or page change behind; replaces the former deposit.
    Deposit(Deposit),
    /// The page is going away; ends when the deposit expires.
    Leaving,

    // The counselor's side.
    Presence(Presence),
    Accept {
        conversation: ConversationId,
    },
    /// The key of this claim's epoch was opened; `ack` is the sealed proof for the visitor's client.
    Opened {
        conversation: ConversationId,
        claim: ClaimId,
        ack: Sealed,
    },

    // Both sides. The visitor's connection has one conversation; she names it all the same.
    /// A numbered message; its clear header names epoch, sender and number.
    Send {
        conversation: ConversationId,
        message: Sealed,
    },
    /// A sealed acknowledgement: unnumbered, never kept by the relay.
    Ack {
        conversation: ConversationId,
        ack: Sealed,
    },
    /// Messages of either direction that the relay or the peer lacks.
    Refill {
        conversation: ConversationId,
        messages: Vec<Sealed>,
    },
    End {
        conversation: ConversationId,
        reason: EndReason,
    },

    /// The visitor's screen speaks this language now.
    Speak {
        language: Language,
    },
    /// The visitor's mark "I am in danger now": goes to the front, no text is read for it.
    InDanger,
    /// The counselor is writing; at most one in five seconds.
    Typing {
        conversation: ConversationId,
    },
    /// The counselor's side: not alone in this conversation.
    Colleague {
        conversation: ConversationId,
        ask: Ask,
    },

    /// The visitor's side: SHA-256 of the end token, at the beginning and after each return. The latest counts.
    EndToken {
        hash: Hash,
    },
}

/// The first message of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hello {
    /// A visitor opens the chat.
    /// `language`: of the screen.
    Visitor { version: u16, site: SiteKey, pass: Pass, language: Language },
    /// A visitor's browser comes back after a lost connection, with everything still in memory.
    Resume { version: u16, resume: Resume, language: Language },
    /// A visitor's page was changed or reloaded: asks for the deposit under this handle, then sends `Resume`.
    Continue { version: u16, handle: Handle },
    /// A counselor's browser, signed in by cookie; `shift` is the signed shift certificate of this device.
    /// `resumes` name the conversations still in memory, `ended` the tickets of those it ended within 30 minutes.
    Counselor { version: u16, shift: Sealed, resumes: Vec<Resume>, ended: Vec<Ticket> },
}

/// What a returning browser knows of one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The ticket of the membership that counts for this browser.
    pub ticket: Ticket,
    /// Visitor only: the ticket of a claim whose key is sealed but whose first acknowledgement has not been seen.
    pub pending: Option<Ticket>,
    /// Highest contiguous number held, per epoch and sender.
    pub have: Vec<Have>,
}

/// "I hold this sender's messages of this epoch without a gap up to this number."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have {
    pub epoch: u32,
    pub sender: DeviceId,
    pub upto: u64,
}

/// A run of numbers that the relay's ring holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub epoch: u32,
    pub sender: DeviceId,
    pub from: u64,
    pub upto: u64,
}

/// A key granted by the visitor's client. `envelopes` are HLC/1 envelopes, each for one (epoch, device).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub conversation: ConversationId,
    pub claim: ClaimId,
    pub epoch: u32,
    /// The roster against which the visitor's client checked the newcomer.
    pub roster_seq: u64,
    pub envelopes: Vec<Sealed>,
}

/// The visitor's sealed state for a reload: neither half opens it alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    pub handle: Handle,
    /// The relay's half, random; rotates at every deposit.
    pub relay_half: Hash,
    /// Sealed under a key of both halves.
    pub sealed: Sealed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    Available,
    Break,
    /// The relay sets it when an offer was not answered.
    Away,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefuseReason {
    /// The roster is not signed by the organisation's key, or has a wrong shape.
    Roster,
    RosterTooOld,
    RosterExpired,
    /// The shift certificate is not of a member in the roster, or its window is wrong.
    Shift,
    Badge,
    /// The new epoch could not be joined to the former one.
    Continuity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The visitor ended or left.
    Visitor,
    /// The counselor ended.
    Counselor,
    /// Nobody wrote for half an hour.
    Idle,
    /// The other side did not come back.
    Missing,
    /// Ended for abuse.
    Abuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinReason {
    /// First counselor of this conversation, or the next after a missing one.
    Claim,
    /// The same member with a new device or after a reload.
    Rejoin,
    /// A second member beside the present one.
    Join,
    /// The present member hands the conversation over.
    Transfer,
}

/// From the relay to a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerMsg {
    /// Answers `Hello::Visitor`.
    Welcome(Box<Welcome>),
    /// Answers `Hello::Counselor`.
    Ready {
        generation: u64,
        now_unix_secs: u64,
        presence: Presence,
    },
    /// Application heartbeat. `freshest_age_secs`: age of the freshest available counselor's answer; `None` = nobody.
    /// `answered`: the newest beat of this connection whose answer has come, zero for none: then its first message counts.
    /// That was `answered_ms_ago`, so that a browser can tell how long this was on its way at most.
    Beat {
        beat: u32,
        freshest_age_secs: Option<u16>,
        answered: u32,
        answered_ms_ago: u32,
    },
    /// The connection is refused or was misused; the relay closes it next.
    Refused {
        code: ErrorCode,
    },

    // To the visitor.
    /// In the queue. `position` counts from one; sent again whenever it changes.
    Waiting {
        conversation: ConversationId,
        position: u32,
        ticket: Ticket,
    },
    StillThere,
    /// A counselor's device asks for the key.
    Newcomer(Newcomer),
    /// The claim's key was not opened in time, or the counselor went; the visitor keeps her place.
    ClaimLapsed {
        conversation: ConversationId,
        claim: ClaimId,
    },
    /// Answers `Hello::Continue`.
    Deposited {
        relay_half: Hash,
        sealed: Sealed,
    },
    /// Answers `Hello::Resume` after `Welcome`; `held` is what the ring holds, those beyond `have` follow as `Deliver`.
    Resumed {
        conversation: ConversationId,
        state: ResumedState,
        held: Vec<Span>,
        ticket: Option<TicketFor>,
    },

    // To the counselor.
    Offer {
        conversation: ConversationId,
        language: Language,
        waited_secs: u32,
    },
    OfferGone {
        conversation: ConversationId,
        why: OfferGone,
    },
    /// This counselor was first. The visitor's client now checks the device and grants the key. Sent again for a rejoin.
    Claimed {
        conversation: ConversationId,
        claim: ClaimId,
        reason: JoinReason,
        language: Language,
        ticket: Ticket,
    },
    Grant(Grant),
    /// This counselor's returned conversation: answers one `Resume` of `Hello::Counselor`.
    CounselorResumed {
        conversation: ConversationId,
        held: Vec<Span>,
        ticket: Ticket,
    },
    Presence(Presence),
    /// A newer roster was published: fetch it and certify new shift keys.
    RosterChanged {
        seq: u64,
    },

    // Both sides.
    Deliver {
        conversation: ConversationId,
        message: Sealed,
    },
    Ack {
        conversation: ConversationId,
        ack: Sealed,
    },
    /// A peer lacks what is beyond `have` and not in `held`: send it as `Refill`.
    Want {
        conversation: ConversationId,
        have: Vec<Have>,
        held: Vec<Span>,
    },
    Peer {
        conversation: ConversationId,
        state: PeerState,
    },
    /// A fresh ticket for the same membership.
    Ticket {
        conversation: ConversationId,
        ticket: TicketFor,
    },
    Ended {
        conversation: ConversationId,
        reason: EndReason,
    },

    /// The conversation's counselor went for good; the visitor is at the front of the queue again.
    BackInQueue {
        conversation: ConversationId,
        position: u32,
        ticket: Ticket,
        why: Back,
    },
    /// Both: nobody has written for `IDLE_WARN_SECS`.
    IdleWarning {
        conversation: ConversationId,
    },
    Typing {
        conversation: ConversationId,
    },
    /// To a widget before it entered the queue: whether the line takes visitors of its language now.
    Line(Opening),
    Spoken(Box<Spoken>),
    /// To a counselor's device: it takes no part in this conversation any more, whatever keys it holds.
    Released {
        conversation: ConversationId,
        why: Release,
    },
    /// To the visitor: this membership has ended and others go on. The relay sends that device nothing any more; her
    /// client makes a new key for those who stay. `ticket` names only these.
    Left {
        conversation: ConversationId,
        claim: ClaimId,
        ticket: Ticket,
    },
    Colleague {
        conversation: ConversationId,
        news: News,
    },
}

/// What the visitor's first screen needs. Nothing in it names a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Changes with every start of the relay.
    pub generation: u64,
    pub now_unix_secs: u64,
    pub organisation: String,
    pub org_key: OrgKey,
    /// The newest signed roster; empty before the organisation has signed one.
    pub roster: Sealed,
    pub emergency: String,
    /// What visitors may choose from.
    pub languages: Vec<Language>,
    /// Every screen says that this is a demonstration.
    pub demo: bool,
    /// How long a deposit outlives the connection.
    pub deposit_secs: u32,
    pub manner: Manner,
    pub spoken: Spoken,
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

/// The organisation's colour, corrected so that everything drawn in it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    /// On a light screen; what stands on it is white.
    pub light: Colour,
    /// On a dark screen; what stands on it is nearly black.
    pub dark: Colour,
}

/// How a site wants its chat to behave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manner {
    pub accent: Option<Accent>,
    /// Only the last three messages are shown, until the visitor asks for more.
    pub is_discreet: bool,
    /// What was written is covered while the page is hidden or not in front.
    pub covers_when_hidden: bool,
    /// The texts for children may be chosen.
    pub offers_simple_words: bool,
    /// They are shown whether chosen or not.
    pub speaks_simple_words: bool,
}

/// What differs from language to language. Answers `ClientMsg::Speak`, and comes again when the organisation changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    pub language: Language,
    pub line: Opening,
    pub phones: Vec<Phone>,
    /// When the phones are answered next; `None`: now, or nothing was set.
    pub phones_open_unix_secs: Option<u64>,
    pub whatsapp: Option<WhatsApp>,
    pub links: Vec<Link>,
    /// "There are many of us today", in the organisation's words; empty: in ours.
    pub surge: Option<String>,
    /// The organisation's own words in place of ours.
    pub texts: Vec<OwnWords>,
}

/// Whether the line takes visitors of one language now, and when it does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub state: LineState,
    /// Set only while it is closed and hours are set.
    pub opens_unix_secs: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// As shown and, reduced to digits and a leading plus, as dialled.
    pub number: String,
    /// Free text of the organisation, such as hours; may be empty.
    pub note: String,
    pub kind: PhoneKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhoneKind {
    Voice,
    Sms,
    TextPhone,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsApp {
    /// International number, digits only.
    pub digits: String,
    /// A neutral greeting; may be empty.
    pub text: String,
    /// Offered on every screen, not only where nobody answers here.
    pub always: bool,
    /// When it is answered next; `None`: now, or nothing was set.
    pub opens_unix_secs: Option<u64>,
    /// The link as a picture to be scanned from another device.
    pub qr: QrCode,
}

/// A square of dark and light modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules on each side.
    pub size: u8,
    /// Row by row, eight modules a byte, the first in the highest bit; 1 is dark.
    pub modules: Vec<u8>,
}

/// A page that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub title: String,
    /// https only.
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnWords {
    pub key: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineState {
    /// At least one counselor who speaks the language is free; the widget still checks the age.
    Available,
    /// Open, and all of them are in conversations or on a break.
    Busy,
    /// Outside the hours, or nobody who speaks the language is on duty.
    Closed,
    /// The queue limit is reached.
    Full,
    /// The relay has just started and does not know yet.
    Reconnecting,
}

/// A ticket and the membership it names, so that the visitor's client keeps the one she has seen opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFor {
    pub ticket: Ticket,
    pub membership: Option<ClaimId>,
}

/// A counselor's device as announced to the visitor's client. The only fields about a member that ever reach her side
/// (design D10): ids and keys of one signing, role bits in the roster, and the badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newcomer {
    pub conversation: ConversationId,
    pub claim: ClaimId,
    pub reason: JoinReason,
    /// The membership that ends once this one counts.
    pub replaces: Option<ClaimId>,
    pub member: RosterMemberId,
    /// The roster of the certificate's `roster_seq`.
    pub roster: Sealed,
    pub shift: Sealed,
    pub badge: Sealed,
    /// Counts once the first acknowledgement of the new epoch has been seen.
    pub ticket: Ticket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResumedState {
    Waiting {
        position: u32,
    },
    /// A claim whose key is not opened yet.
    Claiming {
        claim: ClaimId,
    },
    /// `peer_here`: the counselor's connection lives.
    Talking {
        claim: ClaimId,
        peer_here: bool,
    },
}

/// Why a visitor waits again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Back {
    /// The counselor's connection did not come back.
    Missing,
    /// The counselor gave the conversation back.
    Returned,
}

/// Why a counselor's device takes no part any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Release {
    /// Somebody else counts by now.
    Superseded,
    /// A colleague accepted the transfer and has the key.
    Transferred,
    /// A supervisor took it over.
    TakenOver,
    /// This member left.
    Left,
    /// This member gave the conversation back to the queue.
    GivenBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OfferGone {
    /// Another counselor was faster.
    Taken,
    /// The visitor left or is not answering.
    VisitorLeft,
    /// Nobody answered within `OFFER_SECS`: this counselor is away now.
    NotAnswered,
}

/// How the other side is. Counted from its last answered heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerState {
    Here,
    /// Told to the visitor after `COUNSELOR_MISSING_TOLD_SECS`, to the counselor at once.
    Away {
        for_secs: u32,
    },
    /// The visitor may ask for somebody else.
    MayAskAnother,
    /// The visitor's page said that it is leaving.
    Left,
}
}

/// The message could not be read: unknown variant, wrong length or bytes left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be read")]
pub struct Malformed;

/// The bytes of one message.
pub fn encode<T: Wire>(message: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.put(&mut bytes);
    bytes
}

/// Reads one message that must fill the bytes exactly.
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut left = Bytes(bytes);
    T::take(&mut left).filter(|_| left.0.is_empty()).ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_fills_its_bytes_exactly() {
        let message = ClientMsg::Send { conversation: ConversationId([1; 16]), message: Sealed(vec![9; 1127]) };
        let mut bytes = encode(&message);
        assert_eq!(decode::<ClientMsg>(&bytes), Ok(message));
        bytes.push(0);
        assert_eq!(decode::<ClientMsg>(&bytes), Err(Malformed));
        bytes.truncate(bytes.len() - 2);
        assert_eq!(decode::<ClientMsg>(&bytes), Err(Malformed));
    }

    #[test]
    fn a_huge_claimed_length_is_refused_without_allocating() {
        let mut bytes = vec![15, 16];
        bytes.extend([0; 16]);
        bytes.extend([0xff, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(decode::<ClientMsg>(&bytes), Err(Malformed));
    }
}
