//! Practice: a simulated visitor who answers from a script, wholly inside this page. No relay, no queue, no keys.

use amparo_client::view::{Content, MessageState, ShownMessage};
use amparo_protocol::id::MessageId;

/// How long the simulated visitor takes to answer.
pub const ANSWER_MS: u64 = 3_000;

/// What she says, in this order; the last one is a goodbye.
pub const LINES: [&str; 6] =
    ["practice.line-1", "practice.line-2", "practice.line-3", "practice.line-4", "practice.line-5", "practice.line-6"];

#[derive(Clone, Default, PartialEq)]
pub struct Practice {
    pub messages: Vec<ShownMessage>,
    /// Tells the messages of one beginning from those of the next.
    began_ms: u64,
    said: usize,
    answer_at_ms: Option<u64>,
}

impl Practice {
    /// She has written first; `say` gives the words of a line.
    pub fn begin(now_ms: u64, say: impl Fn(&'static str) -> String) -> Self {
        let mut practice = Self { began_ms: now_ms, ..Self::default() };
        practice.visitor_says(now_ms, say);
        practice
    }

    pub fn counselor_says(&mut self, now_ms: u64, text: String) {
        self.push(now_ms, Content::Own { text, state: MessageState::Delivered });
        if !self.is_over() {
            self.answer_at_ms = Some(now_ms + ANSWER_MS);
        }
    }

    pub fn is_writing(&self) -> bool {
        self.answer_at_ms.is_some()
    }

    /// She has said goodbye.
    pub fn is_over(&self) -> bool {
        self.said == LINES.len()
    }

    pub fn is_due(&self, now_ms: u64) -> bool {
        self.answer_at_ms.is_some_and(|at_ms| at_ms <= now_ms)
    }

    pub fn visitor_says(&mut self, now_ms: u64, say: impl Fn(&'static str) -> String) {
        self.answer_at_ms = None;
        if let Some(line) = LINES.get(self.said) {
            self.said += 1;
            self.push(now_ms, Content::Theirs { text: say(line), from: None });
        }
    }

    fn push(&mut self, now_ms: u64, content: Content) {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.began_ms.to_be_bytes());
        id[8..].copy_from_slice(&(self.messages.len() as u64).to_be_bytes());
        self.messages.push(ShownMessage { id: MessageId(id), content, at_unix_ms: now_ms });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement 98.
    #[test]
    fn the_simulated_visitor_answers_each_message_until_she_says_goodbye() {
        let say = |line: &'static str| line.to_owned();
        let mut practice = Practice::begin(0, say);
        let mut now_ms = 0;
        for answered in 1..LINES.len() {
            practice.counselor_says(now_ms, "I am here.".to_owned());
            assert!(practice.is_writing() && !practice.is_due(now_ms + ANSWER_MS - 1));
            now_ms += ANSWER_MS;
            assert!(practice.is_due(now_ms));
            practice.visitor_says(now_ms, say);
            assert_eq!(practice.messages.len(), 1 + 2 * answered);
        }
        assert!(practice.is_over());
        practice.counselor_says(now_ms, "Goodbye.".to_owned());
        assert!(!practice.is_writing(), "nobody answers a goodbye");
    }
}
