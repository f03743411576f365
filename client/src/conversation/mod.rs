//! One conversation as both browsers keep it: the sealed bytes of both directions, what of them can be opened and shown,
//! what this side wrote and whether a reader has it.
//!
//! Never: the queue, tickets, a connection. The two state machines decide when something is sent; here is what.

mod acks;
pub mod held;
mod reading;
mod script;
mod track;
mod writing;

use amparo_protocol::id::{ConversationId, DeviceId, MessageId};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire;
use amparo_protocol::wire::{Have, Span};

use crate::conversation::held::{Held, TrackName};
use crate::conversation::reading::Opened;
use crate::conversation::script::Script;
pub use crate::conversation::script::wipe;
use crate::conversation::track::Track;
use crate::conversation::writing::Own;
use crate::crypto::epoch::Epochs;
use crate::crypto::primitives::OrgId;
use crate::crypto::seal::Direction;
use crate::crypto::shift::ShiftCert;
use crate::table::Table;
use crate::view::{Content, ShownBadge, ShownMessage};

/// The sender that stands for the visitor.
pub const VISITOR: DeviceId = DeviceId([0; DeviceId::SIZE]);

/// Stands for the device that a returned counselor's earlier epochs were granted to: it is not known any more.
pub const FORMER_DEVICE: DeviceId = VISITOR;

/// How long a missing number is waited for before the rest is shown with a gap.
const GAP_SECS: u64 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Visitor,
    Counselor,
}

impl Side {
    fn writes(self) -> Direction {
        match self {
            Self::Visitor => Direction::VisitorToCounselor,
            Self::Counselor => Direction::CounselorToVisitor,
        }
    }

    fn is_sender(self, sender: DeviceId) -> bool {
        (sender == VISITOR) == (self == Self::Visitor)
    }
}

wire! {
/// A device that an epoch was granted to, and the badge under which the visitor's screen showed it.
#[derive(Clone, Debug)]
pub struct Holder {
    pub device: DeviceId,
    /// Proves who wrote, where more than one device holds the epoch.
    pub cert: Option<ShiftCert>,
    pub badge: Option<ShownBadge>,
}
}

pub struct Conversation {
    side: Side,
    /// `None` until the relay has named the conversation. Holds lapsed epochs too: the chain runs through them.
    epochs: Option<Epochs>,
    /// The epochs that count: opened by a device they were granted to. On a counselor's side the own device comes first;
    /// nobody is named for an epoch that the visitor has shared afterwards.
    granted: Table<u32, Vec<Holder>>,
    /// On a counselor's side: colleagues' devices that take part or did.
    others: Vec<Holder>,
    /// The newest epoch in which the visitor's own client was heard.
    confirmed: Option<u32>,
    /// In which epoch this side writes; `None` while nobody could read it.
    writing_in: Option<u32>,
    held: Held,
    tracks: Table<TrackName, Track>,
    /// Opened, and waiting to be shown.
    opened: Table<held::Place, Opened>,
    gap_since_ms: Table<TrackName, u64>,
    own: Vec<Own>,
    /// The highest own number that a reader acknowledged.
    acked: Table<TrackName, u64>,
    ack_due: bool,
    /// Own senders of which this browser has written every message itself: nobody else can add one.
    whole: Vec<DeviceId>,
    /// Epochs written in before a reload: to the highest own number that anybody mentioned.
    restored: Table<u32, u64>,
    /// Of epochs that were forgotten: numbers below were used, should one count again.
    floors: Table<TrackName, u64>,
    earlier: Earlier,
    script: Script,
}

/// What was written before a reload stays hidden until a second press.
#[derive(Default)]
struct Earlier {
    hides_all: bool,
    upto: Table<TrackName, u64>,
    shown: bool,
}

impl Conversation {
    pub fn new(side: Side) -> Self {
        let whole = if side == Side::Visitor { vec![VISITOR] } else { Vec::new() };
        Self {
            side,
            epochs: None,
            granted: Table::default(),
            others: Vec::new(),
            confirmed: None,
            writing_in: None,
            held: Held::default(),
            tracks: Table::default(),
            opened: Table::default(),
            gap_since_ms: Table::default(),
            own: Vec::new(),
            acked: Table::default(),
            ack_due: false,
            whole,
            restored: Table::default(),
            floors: Table::default(),
            earlier: Earlier::default(),
            script: Script::default(),
        }
    }

    /// The relay has named the conversation.
    pub fn begin(&mut self, org: OrgId, conversation: ConversationId) {
        self.epochs = Some(Epochs::new(org, conversation));
    }

    /// After a reload: epochs that were in use. What was written before is hidden until [`show_earlier`](Self::show_earlier).
    pub fn restore(&mut self, epochs: Epochs, granted: Table<u32, Vec<Holder>>, writing_in: Option<u32>) {
        granted.rows().iter().for_each(|(epoch, _)| self.restored.insert(*epoch, 0));
        self.epochs = Some(epochs);
        self.granted = granted;
        self.writing_in = writing_in;
        self.whole.clear();
        self.earlier.hides_all = true;
    }

    pub fn epochs(&self) -> Option<&Epochs> {
        self.epochs.as_ref()
    }

    pub fn epochs_mut(&mut self) -> Option<&mut Epochs> {
        self.epochs.as_mut()
    }

    pub fn granted(&self) -> &Table<u32, Vec<Holder>> {
        &self.granted
    }

    pub fn writing_in(&self) -> Option<u32> {
        self.writing_in
    }

    /// The devices that hold the epoch in which this side writes.
    pub fn holders(&self) -> &[Holder] {
        self.writing_in.and_then(|epoch| self.granted.get(&epoch)).map_or(&[], Vec::as_slice)
    }

    /// On a counselor's side: a colleague's device, checked.
    pub fn note_other(&mut self, other: Holder) {
        self.others.retain(|known| known.device != other.device);
        self.others.push(other);
    }

    pub fn other(&self, device: DeviceId) -> Option<&Holder> {
        self.others.iter().find(|other| other.device == device)
    }

    /// Whether the visitor's client was heard in this epoch or a newer one: then it counts for her, whatever a relay says.
    pub fn is_confirmed(&self, epoch: u32) -> bool {
        self.confirmed.is_some_and(|confirmed| confirmed >= epoch)
    }

    /// Whether anything was written in an epoch that counted before this one.
    pub fn has_text_before(&self, epoch: u32) -> bool {
        let is_before = |(of, _): &TrackName| *of < epoch && self.granted.contains(of);
        self.tracks.rows().iter().any(|(name, track)| is_before(name) && track.highest().is_some())
    }

    /// From now on this epoch counts: what came in it is opened, and this side writes in the newest.
    pub fn open_epoch(&mut self, now_ms: u64, epoch: u32, holders: Vec<Holder>) {
        let own = holders.first().map(|holder| holder.device);
        if let Some(own) = own.filter(|own| *own != FORMER_DEVICE && self.side == Side::Counselor) {
            self.whole.push(own);
        }
        self.granted.insert(epoch, holders);
        self.writing_in = self.granted.last_key();
        self.open_held(now_ms, epoch);
    }

    /// The claim of this epoch lapsed: it never counted, and what was written in it is written again in the former one.
    pub fn forget_epoch(&mut self, epoch: u32) {
        self.granted.remove(&epoch);
        self.writing_in = self.granted.last_key();
        for place in self.held.of_epoch(epoch) {
            self.held.remove(place);
        }
        for (name, track) in self.tracks.rows().iter().filter(|((of, _), _)| *of == epoch) {
            let floor = track.highest().map_or(0, |highest| highest + 1);
            let kept = self.floors.get_or_insert(*name, floor);
            *kept = floor.max(*kept);
        }
        self.tracks.retain(|(of, _)| *of != epoch);
        self.forget_places_in(epoch);
    }

    /// The reader went for good: what is written from now on waits for the next epoch.
    pub fn stop_writing(&mut self) {
        self.writing_in = None;
    }

    /// "I hold this much": of every sender and epoch, also of those that cannot be opened here.
    pub fn have(&self) -> Vec<Have> {
        self.tracks.rows().iter().filter_map(have_of).collect()
    }

    pub fn beyond(&self, have: &[Have], spans: &[Span]) -> Vec<Sealed> {
        self.held.beyond(have, spans)
    }

    pub fn newest_beyond(&self, spans: &[Span]) -> Vec<Sealed> {
        self.held.newest_beyond(spans)
    }

    /// What the relay's ring holds now was written before the reload that this browser comes back from.
    pub fn note_earlier(&mut self, spans: &[Span]) {
        if self.earlier.hides_all {
            for span in spans {
                let upto = self.earlier.upto.get_or_insert((span.epoch, span.sender), span.upto);
                *upto = span.upto.max(*upto);
            }
        }
    }

    /// The first press after a reload: what comes from now on is shown.
    pub fn show_from_now(&mut self) {
        self.script.touch();
        self.earlier.hides_all = false;
    }

    pub fn show_earlier(&mut self) {
        self.script.touch();
        self.earlier.shown = true;
    }

    pub fn notice(&mut self, id: MessageId, content: Content, now_ms: u64) {
        let epoch = self.writing_in.unwrap_or_default();
        self.script.push(epoch, ShownMessage { id, content, at_unix_ms: now_ms });
    }

    /// Whether the list of messages has changed since this was asked last.
    pub fn take_changed(&mut self) -> bool {
        self.script.take_changed()
    }

    pub fn messages(&self) -> Vec<ShownMessage> {
        self.script.shown(self.earlier.shown)
    }

    /// Gaps that were waited for long enough are shown. While not attached, what is missing may still come.
    pub fn on_tick(&mut self, now_ms: u64, attached: bool) {
        if attached {
            self.give_up_gaps(now_ms);
        } else {
            self.gap_since_ms.rows_mut().for_each(|(_, since_ms)| *since_ms = now_ms);
        }
    }

    /// Keys and sealed bytes go; what is on the screen stays until it is cleared.
    pub fn forget_keys(&mut self) {
        let script = core::mem::take(&mut self.script);
        let own = core::mem::take(&mut self.own);
        *self = Self { script, own, earlier: core::mem::take(&mut self.earlier), ..Self::new(self.side) };
    }

    /// Everything goes.
    pub fn erase(&mut self) {
        self.script.erase();
        self.forget_keys();
        self.own.clear();
    }
}

/// "I hold this much" of one sender and epoch.
fn have_of(((epoch, sender), track): &(TrackName, Track)) -> Option<Have> {
    Some(Have { epoch: *epoch, sender: *sender, upto: track.upto()? })
}
