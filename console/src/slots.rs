//! Which letter and colour a conversation has on the desk. It keeps them until it is cleared; then they are free again.

use amparo_protocol::id::ConversationId;

/// A place on the desk: the letter on screen and the colour along the conversation's edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub usize);

/// Colours in the style sheet (`am-person--0` and so on). The letter tells more people apart than the colour.
pub const COLOURS: usize = 6;

impl Slot {
    pub fn letter(self) -> char {
        char::from(b'A' + (self.0 % 26) as u8)
    }

    pub fn class(self) -> String {
        format!("am-person--{}", self.0 % COLOURS)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    taken: Vec<Option<ConversationId>>,
}

impl Slots {
    pub fn of(&self, conversation: ConversationId) -> Option<Slot> {
        self.taken.iter().position(|taken| *taken == Some(conversation)).map(Slot)
    }

    /// Frees the places of conversations that are gone and gives new ones the first free place.
    pub fn update(&mut self, present: &[ConversationId]) {
        for place in &mut self.taken {
            *place = place.filter(|conversation| present.contains(conversation));
        }
        for conversation in present {
            if self.of(*conversation).is_none() {
                match self.taken.iter().position(Option::is_none) {
                    Some(free) => self.taken[free] = Some(*conversation),
                    None => self.taken.push(Some(*conversation)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_keeps_its_letter_while_others_come_and_go() {
        let [first, second, third] = [1, 2, 3].map(|n| ConversationId([n; 16]));
        let mut slots = Slots::default();
        slots.update(&[first, second]);
        slots.update(&[second]);
        assert_eq!(slots.of(second).map(Slot::letter), Some('B'));
        slots.update(&[second, third]);
        assert_eq!(slots.of(third).map(Slot::letter), Some('A'));
        assert_eq!(slots.of(first), None);
    }
}
