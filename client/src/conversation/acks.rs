//! Sealed acknowledgements: what a reader's browser has, said so that nobody else can say it.

use amparo_protocol::id::DeviceId;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::Have;
use rand_core::CryptoRng;

use crate::conversation::held::TrackName;
use crate::conversation::{Conversation, Side, VISITOR, have_of};
use crate::crypto::ack::{OpenedAck, open_ack, seal_ack};
use crate::crypto::header::AckHeader;
use crate::crypto::seal::Author;

impl Conversation {
    /// Takes an acknowledgement of an epoch that counts. A forged one does not open; an old one changes nothing.
    pub fn take_ack(&mut self, ack: &Sealed) {
        let Ok(AckHeader { origin, .. }) = AckHeader::parse(ack.as_bytes()) else { return };
        let Some(holders) = self.granted.get(&origin.epoch) else { return };
        let is_reader = match self.side {
            Side::Visitor => holders.iter().any(|holder| holder.device == origin.sender),
            Side::Counselor => origin.sender == VISITOR,
        };
        let opened = self.open_ack_of(origin.epoch, origin.sender, ack).filter(|_| is_reader);
        let Some(OpenedAck { have, .. }) = opened else { return };
        // Who holds an older epoch's key only cannot speak for a newer one.
        let side = self.side;
        self.confirm(origin.epoch, origin.sender);
        for had in have.iter().filter(|had| had.epoch <= origin.epoch && side.is_sender(had.sender)) {
            let upto = self.acked.get_or_insert((had.epoch, had.sender), had.upto);
            *upto = had.upto.max(*upto);
        }
        self.hear_numbers(&have, &[]);
        self.mark_delivered();
    }

    /// Whether this is the genuine word of that device that it has opened that epoch's key.
    pub fn proves_opened(&self, epoch: u32, device: DeviceId, ack: &Sealed) -> bool {
        self.open_ack_of(epoch, device, ack).is_some()
    }

    /// Both sides say again what they have whenever either comes back.
    pub fn restate_ack(&mut self) {
        self.ack_due = true;
    }

    /// The acknowledgement that is due, if any.
    pub fn due_ack(&mut self, author: Author<'_>, random: &mut dyn CryptoRng) -> Option<Sealed> {
        if !self.ack_due {
            return None;
        }
        self.ack_due = false;
        self.own_ack(author, random)
    }

    /// What this browser holds of the other side's messages and could open. May be empty: "I have this epoch's key".
    pub fn own_ack(&self, author: Author<'_>, random: &mut dyn CryptoRng) -> Option<Sealed> {
        let epoch = self.epochs.as_ref()?.get(self.writing_in?)?;
        Some(seal_ack(epoch, author, &self.readable(), random))
    }

    fn readable(&self) -> Vec<Have> {
        let is_read = |(epoch, sender): &TrackName| self.granted.contains(epoch) && !self.side.is_sender(*sender);
        self.tracks.rows().iter().rev().filter(|(name, _)| is_read(name)).filter_map(have_of).collect()
    }

    fn open_ack_of(&self, epoch: u32, reader: DeviceId, ack: &Sealed) -> Option<OpenedAck> {
        let epochs = self.epochs.as_ref()?;
        let opened = open_ack(epochs.get(epoch)?, ack).ok()?;
        let origin = &opened.header.origin;
        (origin.sender == reader && origin.direction != self.side.writes()).then_some(opened)
    }
}
