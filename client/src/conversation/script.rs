//! The list of messages as a screen shows it: everything once, each sender's in their own order, gaps marked.
//!
//! Never: sealed bytes, keys.

use amparo_protocol::id::MessageId;
use zeroize::Zeroize;

use crate::conversation::held::Place;
use crate::view::{Content, MessageState, ShownMessage};

#[derive(Default)]
pub struct Script {
    entries: Vec<Entry>,
    changed: bool,
}

struct Entry {
    /// The epoch in which it was first shown.
    epoch: u32,
    /// Where a received message or the message behind a gap stands; own messages and notices have none.
    place: Option<Place>,
    /// Of the time before a reload: shown only after a second press.
    earlier: bool,
    message: ShownMessage,
}

impl Script {
    pub fn shown(&self, with_earlier: bool) -> Vec<ShownMessage> {
        let is_shown = |entry: &&Entry| with_earlier || !entry.earlier;
        self.entries.iter().filter(is_shown).map(|entry| entry.message.clone()).collect()
    }

    /// Whether a screen would show something else than when this was asked last.
    pub fn take_changed(&mut self) -> bool {
        core::mem::take(&mut self.changed)
    }

    pub fn touch(&mut self) {
        self.changed = true;
    }

    pub fn contains(&self, id: MessageId) -> bool {
        self.entries.iter().any(|entry| entry.message.id == id)
    }

    /// Something that belongs at the end: an own message just written, a notice.
    pub fn push(&mut self, epoch: u32, message: ShownMessage) {
        self.changed = true;
        self.entries.push(Entry { epoch, place: None, earlier: false, message });
    }

    /// A numbered message goes behind its sender's earlier ones and before later ones, also when it comes late.
    pub fn insert(&mut self, place: Place, message: ShownMessage, earlier: bool) {
        self.changed = true;
        let at = self.position(place);
        self.entries.insert(at, Entry { epoch: place.epoch, place: Some(place), earlier, message });
    }

    /// A message that is shown has come under an earlier key as well: it was written then, and stands where it was said.
    pub fn stands_at(&mut self, id: MessageId, place: Place) {
        let is_later = |entry: &Entry| entry.message.id == id && entry.place.is_some_and(|at| at.epoch > place.epoch);
        if let Some(from) = self.entries.iter().position(is_later) {
            self.changed = true;
            let entry = self.entries.remove(from);
            let at = self.position(place);
            self.entries.insert(at, Entry { epoch: place.epoch, place: Some(place), ..entry });
        }
    }

    /// Marks that what came before the message at `place` is missing.
    pub fn mark_gap(&mut self, place: Place, at_unix_ms: u64) {
        let id = gap_id(place);
        let Some(at) = self.entries.iter().position(|entry| entry.place == Some(place)) else { return };
        if !self.contains(id) {
            self.changed = true;
            let earlier = self.entries[at].earlier;
            let message = ShownMessage { id, content: Content::Gap, at_unix_ms };
            self.entries.insert(at, Entry { epoch: place.epoch, place: Some(place), earlier, message });
        }
    }

    pub fn heal_gap(&mut self, place: Place) {
        let id = gap_id(place);
        let before = self.entries.len();
        self.entries.retain(|entry| entry.message.id != id);
        self.changed |= self.entries.len() != before;
    }

    pub fn set_own_state(&mut self, id: MessageId, now: MessageState) {
        self.changed = true;
        for entry in &mut self.entries {
            if entry.message.id == id
                && let Content::Own { state, .. } = &mut entry.message.content
            {
                *state = now;
            }
        }
    }

    pub fn erase(&mut self) {
        self.changed |= !self.entries.is_empty();
        for mut entry in self.entries.drain(..) {
            wipe(&mut entry.message);
        }
    }

    fn position(&self, place: Place) -> usize {
        let is_later = |entry: &Entry| {
            let follows = |other: Place| other.track() == place.track() && other.number > place.number;
            entry.epoch > place.epoch || entry.place.is_some_and(follows)
        };
        self.entries.iter().position(is_later).unwrap_or(self.entries.len())
    }
}

/// Overwrites what was written, as far as a copy in this memory goes.
pub fn wipe(message: &mut ShownMessage) {
    match &mut message.content {
        Content::Own { text, .. } | Content::Theirs { text, .. } => text.zeroize(),
        Content::Gap | Content::Joined(_) | Content::Left(_) => {}
    }
}

/// Stable for the place, and equal to no message's random id but by accident.
fn gap_id(place: Place) -> MessageId {
    let mut id = [0; MessageId::SIZE];
    id[..8].copy_from_slice(&place.number.to_be_bytes());
    id[8..12].copy_from_slice(&place.epoch.to_be_bytes());
    id[12..].copy_from_slice(&place.sender.0[..4]);
    MessageId(id)
}

#[cfg(test)]
mod tests {
    use amparo_protocol::id::DeviceId;

    use super::*;

    fn place(epoch: u32, number: u64) -> Place {
        Place { epoch, sender: DeviceId([7; 8]), number }
    }

    fn said(text: &str) -> ShownMessage {
        let mut id = [9; MessageId::SIZE];
        id[0] = text.as_bytes()[0];
        ShownMessage { id: MessageId(id), content: Content::Theirs { text: text.into(), from: None }, at_unix_ms: 0 }
    }

    fn read(script: &Script) -> String {
        let letter = |message: ShownMessage| match message.content {
            Content::Theirs { text, .. } => text,
            _ => "-".into(),
        };
        script.shown(true).into_iter().map(letter).collect()
    }

    #[test]
    fn what_comes_late_stands_where_it_was_said() {
        let mut script = Script::default();
        script.insert(place(0, 1), said("b"), false);
        script.mark_gap(place(0, 1), 0);
        script.insert(place(1, 0), said("c"), false);
        assert_eq!(read(&script), "-bc");
        script.insert(place(0, 0), said("a"), false);
        assert_eq!(read(&script), "a-bc");
        script.heal_gap(place(0, 1));
        assert_eq!(read(&script), "abc");
    }

    #[test]
    fn erased_means_empty() {
        let mut script = Script::default();
        script.push(0, said("a"));
        script.erase();
        assert_eq!(script.shown(true), []);
        let mut message = said("a");
        wipe(&mut message);
        assert_eq!(message.content, Content::Theirs { text: String::new(), from: None });
    }
}
