//! What the loader hears of a conversation: only what is new, and never a word of it.

use amparo_client::view::{Content, Phase, VisitorView};
use amparo_protocol::id::EndToken;

use crate::port::{State, ToLoader};

/// What the loader was told last; it hears only what is new.
#[derive(Default)]
pub struct Told {
    state: Option<State>,
    half: bool,
    end_token: Option<EndToken>,
    /// Messages of the other side that were on an open panel.
    seen: usize,
    unread: u32,
}

impl Told {
    pub fn news(&mut self, view: &VisitorView, end_token: Option<EndToken>, is_shown: bool) -> Vec<ToLoader> {
        let mut news = Vec::new();
        if let Some(token) = end_token.filter(|_| end_token != self.end_token) {
            self.end_token = end_token;
            news.push(ToLoader::EndToken(token));
        }
        let (state, half) = state(view.phase);
        if self.half != half {
            self.half = half;
            news.push(ToLoader::Half(half));
        }
        if self.state != Some(state) {
            self.state = Some(state);
            news.push(ToLoader::State(state));
        }
        let theirs = view.messages.iter().filter(|message| matches!(message.content, Content::Theirs { .. })).count();
        if is_shown {
            self.seen = theirs;
        }
        let unread = theirs.saturating_sub(self.seen) as u32;
        if self.unread != unread {
            self.unread = unread;
            news.push(ToLoader::Unread(unread));
        }
        news
    }
}

/// What the loader may know of a phase, and whether a reload could continue it.
fn state(phase: Phase) -> (State, bool) {
    match phase {
        Phase::Before | Phase::NothingToContinue => (State::Before, false),
        Phase::Continuing => (State::Waiting, true),
        Phase::Waiting { .. } | Phase::Claiming { .. } => (State::Waiting, true),
        Phase::Talking => (State::Talking, true),
        Phase::Ended { .. } | Phase::Distrusted(_) => (State::Ended, false),
    }
}

#[cfg(test)]
mod tests {
    use amparo_client::view::ShownMessage;
    use amparo_protocol::id::MessageId;
    use amparo_protocol::wire::EndReason;

    use super::*;

    fn view(phase: Phase) -> VisitorView {
        VisitorView::new(phase, false)
    }

    fn hears(view: &mut VisitorView, number: u8) {
        let content = Content::Theirs { text: String::from("hello"), from: None };
        view.messages.push(ShownMessage { id: MessageId([number; 16]), content, at_unix_ms: 0 });
    }

    #[test]
    fn the_loader_hears_each_change_once() {
        let mut told = Told::default();
        let before = view(Phase::Before);
        assert_eq!(told.news(&before, None, true), [ToLoader::State(State::Before)]);
        assert_eq!(told.news(&before, None, true), []);
        let token = EndToken([4; 16]);
        let waiting = view(Phase::Waiting { position: 2, still_there_until_ms: None });
        let news = told.news(&waiting, Some(token), true);
        assert_eq!(news, [ToLoader::EndToken(token), ToLoader::Half(true), ToLoader::State(State::Waiting)]);
        assert_eq!(told.news(&waiting, Some(token), true), []);
        let ended = view(Phase::Ended { reason: EndReason::Counselor, clear_at_ms: 0 });
        assert_eq!(told.news(&ended, Some(token), true), [ToLoader::Half(false), ToLoader::State(State::Ended)]);
    }

    #[test]
    fn a_hidden_panel_counts_what_came_and_an_open_one_has_read_it() {
        let mut told = Told::default();
        let mut talking = view(Phase::Talking);
        hears(&mut talking, 1);
        told.news(&talking, None, true);
        hears(&mut talking, 2);
        assert_eq!(told.news(&talking, None, false), [ToLoader::Unread(1)]);
        hears(&mut talking, 3);
        assert_eq!(told.news(&talking, None, false), [ToLoader::Unread(2)]);
        assert_eq!(told.news(&talking, None, true), [ToLoader::Unread(0)]);
    }
}
