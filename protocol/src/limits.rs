//! Every size and time that both sides agree on. Sizes in bytes, times in seconds.

/// The version spoken by this build. The relay also answers every version it still serves files for.
pub const PROTOCOL_VERSION: u16 = 1;

/// Largest message accepted in either direction, on the WebSocket and on `/api/poll`.
pub const MESSAGE_MAX_BYTES: usize = 20 * 1024;
/// Messages that one request to `/api/poll` or its answer carries, each with its length.
pub const POLL_BATCH_BYTES: usize = 64 * 1024;
/// How long the relay keeps such a request without an answer. Proxies that give up sooner than this are rare.
pub const POLL_HOLD_SECS: u64 = 15;
/// A connection without a request for this long is lost.
pub const POLL_LEASE_SECS: u64 = HEARTBEAT_SECS * HEARTBEAT_MISSES;
/// Plaintext sizes after padding (docs/protocol.md, Message).
pub const PADDED_BYTES: [usize; 3] = [1024, 4096, 16384];
/// Longest text of one message in UTF-8; the composer splits before sealing.
pub const TEXT_MAX_BYTES: usize = 16_000;
/// Sealed bytes the relay keeps per conversation, in memory only.
pub const RING_MAX_BYTES: usize = 256 * 1024;
/// Most devices that one epoch is sealed to.
pub const RECIPIENTS_MAX: usize = 8;
/// Largest resume deposit (epoch keys, ticket, counters), sealed.
pub const DEPOSIT_MAX_BYTES: usize = 8 * 1024;

/// The relay's application heartbeat (design D8); two misses end the lease.
pub const HEARTBEAT_SECS: u64 = 8;
pub const HEARTBEAT_MISSES: u64 = 2;
/// A browser that has heard nothing for this long takes its connection for lost: two heartbeats, and some time for the way.
pub const RELAY_SILENT_SECS: u64 = HEARTBEAT_SECS * HEARTBEAT_MISSES + 4;
/// Age of the freshest counselor's answer plus the widget's own silence above which "available" is not shown.
pub const AVAILABLE_MAX_AGE_SECS: u64 = 24;

/// How long an offer rings before the counselor counts as away.
pub const OFFER_SECS: u64 = 30;
/// How long a visitor has to press "I am still here"; a press counts for as long.
pub const STILL_THERE_SECS: u64 = 30;
/// How long a claim may take until the counselor's browser has opened the key.
pub const CLAIM_SECS: u64 = 30;
/// A second member whose connection has been gone for this long has left; so has the first, if a second is there.
pub const MEMBER_MISSING_LEAVES_SECS: u64 = 60;
/// Most members that take part in one conversation.
pub const MEMBERS_MAX: usize = 2;
/// After a start nothing is offered for this long, so that everybody can come back first.
pub const QUIET_AFTER_START_SECS: u64 = 10;
/// How long a living connection has to answer before a second holder of its ticket displaces it.
pub const DISPLACE_PING_SECS: u64 = 3;

/// A resume ticket's life, and how often a live connection gets a fresh one.
pub const TICKET_SECS: u64 = 30 * 60;
pub const TICKET_REFRESH_SECS: u64 = 5 * 60;
/// How long a resume deposit outlives the visitor's connection unless the site set otherwise.
pub const DEPOSIT_SECS: u64 = 2 * 60;
pub const DEPOSIT_MAX_SECS: u64 = 10 * 60;
/// An embed pass, once issued.
pub const PASS_SECS: u64 = 2 * 60;

/// A counselor missing in mid-conversation: told after, may ask for another after, moved by itself after.
pub const COUNSELOR_MISSING_TOLD_SECS: u64 = 25;
pub const COUNSELOR_MISSING_ASK_SECS: u64 = 60;
pub const COUNSELOR_MISSING_MOVE_SECS: u64 = 5 * 60;
/// A visitor missing in mid-conversation, without a word that she left.
pub const VISITOR_MISSING_END_SECS: u64 = 10 * 60;
/// Silence of both sides that ends a conversation, and when both screens warn.
pub const IDLE_END_SECS: u64 = 30 * 60;
pub const IDLE_WARN_SECS: u64 = 25 * 60;
/// How long the visitor's screen keeps the text after the counselor ended.
pub const KEEP_AFTER_END_SECS: u64 = 60;

/// Life of a counselor device's shift keys, of a login, an invitation and the roster.
pub const SHIFT_MAX_SECS: u64 = 12 * 60 * 60;
pub const LOGIN_MAX_SECS: u64 = 12 * 60 * 60;
/// In a conversation that is open when a login or shift ends, both go on counting for this long, without new offers.
pub const AFTER_SHIFT_SECS: u64 = 2 * 60 * 60;
pub const INVITATION_SECS: u64 = 72 * 60 * 60;
pub const ROSTER_SECS: u64 = 180 * 24 * 60 * 60;
/// From this age on every console says that it has to be signed again.
pub const ROSTER_WARN_SECS: u64 = 120 * 24 * 60 * 60;
pub const ROSTER_RENEW_SECS: u64 = 7 * 24 * 60 * 60;
/// Clock error that the visitor's client forgives when it checks a shift or the roster.
pub const CLOCK_TOLERANCE_SECS: u64 = 24 * 60 * 60;
