//! Taking messages in: each is opened at most once, kept sealed, and shown once in its sender's order.

use amparo_protocol::id::{DeviceId, MessageId};
use amparo_protocol::sealed::Sealed;
use zeroize::Zeroizing;

use crate::conversation::held::{Place, TrackName};
use crate::conversation::track::{Ready, Track};
use crate::conversation::{Conversation, FORMER_DEVICE, GAP_SECS, Holder, Side, VISITOR};
use crate::crypto::header::MessageHeader;
use crate::crypto::seal::{Body, Holders, OpenedMessage, open_message};
use crate::view::{Content, MessageState, ShownBadge, ShownMessage};

/// No honest sender counts this far; a number beyond it is dropped, so that no sum overflows.
const NUMBER_MAX: u64 = 1 << 48;

/// An opened message until it is shown.
pub struct Opened {
    id: MessageId,
    /// `None` for what is kept for contiguity only.
    text: Option<Zeroizing<String>>,
    at_unix_ms: u64,
}

impl Conversation {
    /// Takes one sealed message in, of whichever direction. `true` when it is new and of the other side.
    pub fn take_in(&mut self, now_ms: u64, message: Sealed) -> bool {
        let Some(header) = self.legal_header(&message) else { return false };
        let place = Place { epoch: header.origin.epoch, sender: header.origin.sender, number: header.number };
        let is_own = self.is_own(place);
        if self.held.contains(place) {
            // Its sender may have missed the acknowledgement.
            self.ack_due |= header.origin.direction != self.side.writes();
            return false;
        }
        if is_own && self.whole.contains(&place.sender) {
            return false;
        }
        if !self.granted.contains(&place.epoch) {
            self.keep_unopened(place, message);
            return false;
        }
        let Some(opened) = self.open(place, &message) else { return false };
        self.held.insert(place, message);
        self.count(now_ms, place, opened);
        !is_own
    }

    /// Opens what came in this epoch before its key did; what does not open was forged and goes.
    pub(super) fn open_held(&mut self, now_ms: u64, epoch: u32) {
        self.tracks.retain(|(of, _)| *of != epoch);
        for place in self.held.of_epoch(epoch) {
            match self.held.get(place).and_then(|message| self.open(place, message)) {
                Some(opened) => self.count(now_ms, place, opened),
                None => self.held.remove(place),
            }
        }
    }

    pub(super) fn give_up_gaps(&mut self, now_ms: u64) {
        let is_over = |since_ms: u64| now_ms.saturating_sub(since_ms) >= GAP_SECS * 1000;
        let since = self.gap_since_ms.rows().iter();
        let over: Vec<TrackName> = since.filter(|(_, since_ms)| is_over(*since_ms)).map(|(name, _)| *name).collect();
        for name in over {
            self.gap_since_ms.remove(&name);
            let ready = self.tracks.get_mut(&name).map(|track| track.give_up()).unwrap_or_default();
            self.show(now_ms, name, ready);
        }
    }

    pub(super) fn show(&mut self, now_ms: u64, (epoch, sender): TrackName, ready: Vec<Ready>) {
        for Ready { number, gap_before } in ready {
            let place = Place { epoch, sender, number };
            if let Some(opened) = self.opened.remove(&place) {
                self.present(place, opened);
            }
            if gap_before {
                self.script.mark_gap(place, now_ms);
            } else {
                self.script.heal_gap(place);
            }
        }
    }

    fn legal_header(&self, message: &Sealed) -> Option<MessageHeader> {
        let header = MessageHeader::parse(message.as_bytes()).ok()?;
        let is_ours = header.origin.conversation == self.epochs.as_ref()?.conversation;
        (is_ours && header.number <= NUMBER_MAX).then_some(header)
    }

    /// A newcomer keeps the bytes of epochs it cannot open: the relay may need them again. Their numbers are taken as
    /// they are, because what is inside is not known.
    fn keep_unopened(&mut self, place: Place, message: Sealed) {
        self.held.insert(place, message);
        self.tracks.get_or_insert(place.track(), Track::default()).accept(place.number, place.number);
    }

    fn open(&self, place: Place, message: &Sealed) -> Option<OpenedMessage> {
        let epoch = self.epochs.as_ref()?.get(place.epoch)?;
        open_message(epoch, message, self.proof_of(place)?).ok()
    }

    /// What a message of this sender in this epoch must bear; `None` where the sender has nothing to say.
    fn proof_of(&self, place: Place) -> Option<Holders<'_>> {
        let holders = self.granted.get(&place.epoch)?;
        let only = Some(Holders::Only(place.sender));
        match (self.side, holders.as_slice()) {
            _ if place.sender == VISITOR => only,
            (Side::Visitor, [holder]) => only.filter(|_| holder.device == place.sender),
            (Side::Visitor, several) => several.iter().find(|holder| holder.device == place.sender).and_then(signed_by),
            (Side::Counselor, _) if self.other(place.sender).is_some() => self.other(place.sender).and_then(signed_by),
            // Their own device of before a reload, or colleagues before a transfer: in an epoch that was granted to those
            // and not to this one.
            (Side::Counselor, holders) => {
                only.filter(|_| holders.first().is_none_or(|own| own.device == FORMER_DEVICE))
            }
        }
    }

    /// Written on this side of the screen: by the visitor, or by the same member.
    pub(super) fn is_own(&self, place: Place) -> bool {
        let is_shared = self.granted.get(&place.epoch).is_some_and(Vec::is_empty);
        self.side.is_sender(place.sender)
            && (self.side == Side::Visitor || (self.other(place.sender).is_none() && !is_shared))
    }

    /// The visitor's client was heard in this epoch.
    pub(super) fn confirm(&mut self, epoch: u32, sender: DeviceId) {
        if self.side == Side::Counselor && sender == VISITOR {
            self.confirmed = self.confirmed.max(Some(epoch));
        }
    }

    fn count(&mut self, now_ms: u64, place: Place, message: OpenedMessage) {
        let text = match message.body {
            Body::Text(text) => Some(Zeroizing::new(text)),
            Body::History | Body::End | Body::Unknown(_) => None,
        };
        self.confirm(place.epoch, place.sender);
        self.opened.insert(place, Opened { id: message.header.message, text, at_unix_ms: now_ms });
        let track = self.tracks.get_or_insert(place.track(), Track::default());
        let ready = track.accept(place.number, message.after);
        if track.has_hidden() {
            self.gap_since_ms.get_or_insert(place.track(), now_ms);
        } else {
            self.gap_since_ms.remove(&place.track());
        }
        self.ack_due |= message.header.origin.direction != self.side.writes();
        self.show(now_ms, place.track(), ready);
    }

    fn present(&mut self, place: Place, opened: Opened) {
        let Some(text) = opened.text else { return };
        let is_own = self.is_own(place);
        let is_known = is_own && self.place_own(opened.id, place);
        if is_known || self.script.contains(opened.id) {
            return self.script.stands_at(opened.id, place);
        }
        let content = if is_own {
            self.remember_own(opened.id, text.clone(), place, opened.at_unix_ms);
            Content::Own { text: text.to_string(), state: MessageState::Sending }
        } else {
            Content::Theirs { text: text.to_string(), from: self.badge_of(place) }
        };
        let message = ShownMessage { id: opened.id, content, at_unix_ms: opened.at_unix_ms };
        self.script.insert(place, message, self.is_earlier(place));
    }

    /// Who wrote, where it was not the visitor. A colleague who is not known has an empty badge.
    fn badge_of(&self, place: Place) -> Option<ShownBadge> {
        let holders = self.granted.get(&place.epoch).map_or(&[][..], Vec::as_slice);
        let known = self.others.iter().chain(holders).find(|holder| holder.device == place.sender);
        let badge = known.and_then(|holder| holder.badge.clone());
        match self.side {
            Side::Counselor if place.sender == VISITOR => None,
            Side::Counselor => Some(badge.unwrap_or_default()),
            Side::Visitor => badge,
        }
    }

    fn is_earlier(&self, place: Place) -> bool {
        let upto = self.earlier.upto.get(&place.track());
        self.earlier.hides_all || upto.is_some_and(|upto| place.number <= *upto)
    }
}

fn signed_by(holder: &Holder) -> Option<Holders<'_>> {
    holder.cert.as_ref().map(core::slice::from_ref).map(Holders::Several)
}
