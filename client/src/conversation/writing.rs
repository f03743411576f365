//! What this side wrote: sealed when somebody can read it, sealed again for the next reader until one has it.

use amparo_protocol::id::{DeviceId, MessageId};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{Have, Span};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::conversation::held::Place;
use crate::conversation::track::Track;
use crate::conversation::{Conversation, Side, VISITOR};
use crate::crypto::seal::{Author, Body, seal_message};
use crate::crypto::text::split_text;
use crate::view::{Content, MessageState, NOT_SENT_SECS, ShownMessage};

/// How far a reloaded visitor's client jumps ahead, so that a number which was sent and lost is never used twice.
const NUMBERS_SKIPPED: u64 = 32;

/// One message written by this side.
pub struct Own {
    pub(super) id: MessageId,
    pub(super) text: Zeroizing<String>,
    /// Every place it was sealed for: an acknowledgement of any of them counts.
    pub(super) places: Vec<Place>,
    /// Since when it is on its way; `None` while it has not left this browser.
    pub(super) sent_at_ms: Option<u64>,
    pub(super) delivered: bool,
    /// One of those who read it now was away then: it is sealed once more, also if somebody has it.
    pub(super) missed: bool,
    /// A counselor's earlier device wrote it: shown, but not sealed again by itself.
    pub(super) from_elsewhere: bool,
    pub(super) shown_state: MessageState,
}

impl Conversation {
    /// Shows the text at once, in pieces that each fit one message. White space alone is nothing.
    pub fn say(&mut self, now_ms: u64, text: &str, random: &mut dyn CryptoRng) {
        for piece in split_text(text).into_iter().filter(|piece| !piece.trim().is_empty()) {
            let mut id = MessageId::default();
            random.fill_bytes(&mut id.0);
            let state = if self.side == Side::Visitor { MessageState::Unread } else { MessageState::Sending };
            let content = Content::Own { text: piece.to_owned(), state };
            self.script.push(self.writing_in.unwrap_or_default(), ShownMessage { id, content, at_unix_ms: now_ms });
            self.own.push(Own {
                id,
                text: Zeroizing::new(piece.to_owned()),
                places: Vec::new(),
                // A counselor's text has a reader as soon as the key is back; a visitor's may have none for long.
                sent_at_ms: (self.side == Side::Counselor).then_some(now_ms),
                delivered: false,
                missed: false,
                from_elsewhere: false,
                shown_state: state,
            });
        }
    }

    /// Seals, for the current epoch, what no reader has yet. Nothing while there is no epoch that counts.
    pub fn seal_due(&mut self, now_ms: u64, author: Author<'_>) -> Vec<Sealed> {
        let Some(epoch) = self.writing_in else { return Vec::new() };
        let is_due = |own: &Own| {
            (!own.delivered || own.missed) && !own.from_elsewhere && own.places.iter().all(|at| at.epoch != epoch)
        };
        let due: Vec<usize> = (0..self.own.len()).filter(|index| is_due(&self.own[*index])).collect();
        due.into_iter().filter_map(|index| self.seal_own(now_ms, index, epoch, author)).collect()
    }

    /// A reader was away while this epoch was written in: its words go out once more, under the next.
    pub fn repeat_words_of(&mut self, epoch: Option<u32>) {
        let is_of = |own: &&mut Own| own.missed || own.places.last().map(|at| at.epoch) == epoch;
        self.own.iter_mut().filter(is_of).for_each(|own| own.missed = true);
    }

    /// "Send again" was pressed: everything unacknowledged up to this message goes out once more, in order.
    pub fn send_again(&mut self, now_ms: u64, id: MessageId, author: Author<'_>) -> Vec<Sealed> {
        let Some(last) = self.own.iter().position(|own| own.id == id) else { return Vec::new() };
        for own in self.own[..=last].iter_mut().filter(|own| !own.delivered && own.sent_at_ms.is_some()) {
            own.sent_at_ms = Some(now_ms);
            own.from_elsewhere = false;
        }
        let Some(epoch) = self.writing_in else { return Vec::new() };
        let undelivered: Vec<usize> = (0..=last).filter(|index| !self.own[*index].delivered).collect();
        undelivered.into_iter().filter_map(|index| self.sealed_again(now_ms, index, epoch, author)).collect()
    }

    /// After a reload: the next own number is not known before the relay has said what it holds.
    pub fn awaits_numbers(&self) -> bool {
        self.writing_in.is_some_and(|epoch| self.restored.contains(&epoch))
    }

    /// What anybody says of this visitor's numbers, so that none is used twice after a reload.
    pub fn hear_numbers(&mut self, have: &[Have], spans: &[Span]) {
        let heard = have.iter().map(|have| (have.epoch, have.sender, have.upto));
        for (epoch, sender, upto) in heard.chain(spans.iter().map(|span| (span.epoch, span.sender, span.upto))) {
            if let Some(highest) = self.restored.get_mut(&epoch)
                && sender == VISITOR
                && upto < u64::from(u32::MAX)
            {
                *highest = upto.max(*highest);
            }
        }
    }

    /// Brings the shown states up to date.
    pub fn refresh_states(&mut self, now_ms: u64, has_ended: bool) {
        for own in &mut self.own {
            let state = own.state(now_ms, has_ended, self.side);
            if state != own.shown_state {
                own.shown_state = state;
                self.script.set_own_state(own.id, state);
            }
        }
    }

    pub fn all_delivered(&self) -> bool {
        self.own.iter().all(|own| own.delivered || own.from_elsewhere)
    }

    pub(super) fn mark_delivered(&mut self) {
        for own in self.own.iter_mut().filter(|own| !own.delivered) {
            let is_acked = |at: &Place| self.acked.get(&at.track()).is_some_and(|upto| at.number <= *upto);
            own.delivered = own.places.iter().any(is_acked);
        }
    }

    pub(super) fn forget_places_in(&mut self, epoch: u32) {
        self.own.iter_mut().for_each(|own| own.places.retain(|at| at.epoch != epoch));
    }

    /// Notes a further place of a message that is known already; `false` when it is not known.
    pub(super) fn place_own(&mut self, id: MessageId, place: Place) -> bool {
        let Some(own) = self.own.iter_mut().find(|own| own.id == id) else { return false };
        own.places.push(place);
        self.mark_delivered();
        true
    }

    /// A message that this side wrote before a reload.
    pub(super) fn remember_own(&mut self, id: MessageId, text: Zeroizing<String>, place: Place, now_ms: u64) {
        self.own.push(Own {
            id,
            text,
            places: vec![place],
            sent_at_ms: Some(now_ms),
            delivered: false,
            missed: false,
            from_elsewhere: self.side == Side::Counselor,
            shown_state: MessageState::Sending,
        });
        self.mark_delivered();
    }

    fn seal_own(&mut self, now_ms: u64, index: usize, epoch: u32, author: Author<'_>) -> Option<Sealed> {
        let sender = author.sender();
        let number = self.take_number(epoch, sender);
        let after = self.tracks.get(&(epoch, sender)).map_or(0, |track| track.next());
        let own = self.own.get_mut(index)?;
        let mut body = Body::Text(own.text.to_string());
        let sealed = seal_message(self.epochs.as_ref()?.get(epoch)?, author, number, own.id, after, &body);
        if let Body::Text(text) = &mut body {
            text.zeroize();
        }
        let place = Place { epoch, sender, number };
        own.places.push(place);
        own.missed = false;
        own.sent_at_ms = Some(now_ms);
        self.held.insert(place, sealed.clone());
        let ready = self.tracks.get_or_insert(place.track(), Track::default()).accept(number, after);
        self.show(now_ms, place.track(), ready);
        Some(sealed)
    }

    /// The sealed bytes of before, unless a number before them is lost for good: then readers could never acknowledge
    /// them, and they are sealed under a new number that says so.
    fn sealed_again(&mut self, now_ms: u64, index: usize, epoch: u32, author: Author<'_>) -> Option<Sealed> {
        let track = (epoch, author.sender());
        let upto = self.tracks.get(&track).and_then(|track| track.upto());
        let is_current = |at: &&Place| at.track() == track && Some(at.number) <= upto;
        match self.own[index].places.iter().find(is_current).and_then(|at| self.held.get(*at)) {
            Some(sealed) => Some(sealed.clone()),
            None => self.seal_own(now_ms, index, epoch, author),
        }
    }

    fn take_number(&mut self, epoch: u32, sender: DeviceId) -> u64 {
        let highest = self.tracks.get(&(epoch, sender)).and_then(|track| track.highest());
        match self.restored.remove(&epoch) {
            Some(heard) => heard.max(highest.unwrap_or_default()) + NUMBERS_SKIPPED,
            None => {
                let floor = self.floors.get(&(epoch, sender)).copied().unwrap_or_default();
                highest.map_or(0, |highest| highest + 1).max(floor)
            }
        }
    }
}

impl Own {
    fn state(&self, now_ms: u64, has_ended: bool, side: Side) -> MessageState {
        let is_late = |sent_at_ms: u64| now_ms.saturating_sub(sent_at_ms) >= NOT_SENT_SECS * 1000;
        match self.sent_at_ms {
            _ if self.delivered => MessageState::Delivered,
            None if side == Side::Visitor && !has_ended => MessageState::Unread,
            Some(sent_at_ms) if !has_ended && !is_late(sent_at_ms) => MessageState::Sending,
            _ => MessageState::NotSent,
        }
    }
}
