//! What the visitor sees, one file for each screen, and which of them it is now.

pub mod choices;
pub mod closed;
pub mod continuing;
pub mod conversation;
pub mod distrusted;
pub mod ended;
pub mod safety;
pub mod waiting;
pub mod welcome;

use amparo_client::view::{Connection, Phase, VisitorView};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::wire::LineState;
use amparo_ui::element::{El, el};

use crate::chat::{Chat, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Welcome,
    Safety,
    Unsafe,
    /// From the queue to the end one screen, so that a half-written message and the focus stay where they are.
    Conversation,
    Ended,
    Closed,
    Full,
    Unreachable,
    /// The relay said no, for good.
    Refused(ErrorCode),
    /// Whoever wanted to join did not pass the checks.
    Distrusted,
    Continuing,
    NothingToContinue,
}

impl Screen {
    pub fn of(view: &VisitorView, step: Step, no_pass: Option<ErrorCode>) -> Self {
        match (view.phase, view.connection) {
            // What has been said stays readable whatever the connection does.
            (Phase::Ended { .. }, _) => Self::Ended,
            (Phase::Distrusted(_), _) => Self::Distrusted,
            (_, Connection::Refused(code)) => Self::Refused(code),
            (Phase::Waiting { .. } | Phase::Claiming { .. } | Phase::Talking, _) => Self::Conversation,
            (Phase::Continuing, _) => Self::Continuing,
            (Phase::NothingToContinue, _) if step == Step::Welcome => Self::NothingToContinue,
            (Phase::Before | Phase::NothingToContinue, connection) => {
                no_pass.map_or_else(|| Self::before(view, step, connection), Self::Refused)
            }
        }
    }

    fn before(view: &VisitorView, step: Step, connection: Connection) -> Self {
        match view.line().map(|line| line.state) {
            Some(LineState::Closed) => Self::Closed,
            Some(LineState::Full) => Self::Full,
            None if connection == Connection::Lost => Self::Unreachable,
            _ => match step {
                Step::Welcome => Self::Welcome,
                Step::Safety => Self::Safety,
                Step::Unsafe => Self::Unsafe,
                Step::Entering => Self::Conversation,
            },
        }
    }

    /// The screen's elements.
    pub fn draw(self, chat: Chat) -> El {
        match self {
            Self::Welcome => welcome::welcome(chat),
            Self::Safety => safety::safety(chat),
            Self::Unsafe => safety::not_safe(chat),
            Self::Conversation => conversation::conversation(chat),
            Self::Ended => ended::ended(chat),
            Self::Closed => closed::closed(chat),
            Self::Full => closed::full(chat),
            Self::Unreachable => closed::unreachable(chat),
            Self::Refused(code) => closed::refused(chat, code),
            Self::Distrusted => distrusted::distrusted(chat),
            Self::Continuing => continuing::continuing(chat),
            Self::NothingToContinue => continuing::nothing_to_continue(chat),
        }
    }

    /// Another number for another screen.
    pub fn number(self) -> u32 {
        match self {
            Self::Welcome => 0,
            Self::Safety => 1,
            Self::Unsafe => 2,
            Self::Conversation => 3,
            Self::Ended => 4,
            Self::Closed => 5,
            Self::Full => 6,
            Self::Unreachable => 7,
            Self::Distrusted => 8,
            Self::Continuing => 9,
            Self::NothingToContinue => 10,
            Self::Refused(code) => u32::from(code.close_code()),
        }
    }

    /// The hook for tests.
    pub fn name(self, phase: Phase) -> &'static str {
        match self {
            Self::Welcome => "before",
            Self::Safety => "safety",
            Self::Unsafe => "unsafe",
            Self::Conversation if phase == Phase::Talking => "talking",
            Self::Conversation => "waiting",
            Self::Ended => "ended",
            Self::Closed => "closed",
            Self::Full => "full",
            Self::Unreachable => "unreachable",
            Self::Refused(_) => "refused",
            Self::Distrusted => "distrusted",
            Self::Continuing => "continuing",
            Self::NothingToContinue => "nothing-to-continue",
        }
    }
}

/// One column of short sentences under a heading, which gets the focus when the screen appears.
fn page(heading: &'static str) -> El {
    el("div", "am-screen").child(heading_of(el("h2", "").say(heading)))
}

fn heading_of(heading: El) -> El {
    heading.attr("class", "am-screen__heading").attr("tabindex", "-1")
}

pub fn sentence(key: &'static str) -> El {
    el("p", "").say(key)
}

#[cfg(test)]
mod tests {
    use amparo_protocol::id::OrgKey;
    use amparo_protocol::language::Language;
    use amparo_protocol::sealed::Sealed;
    use amparo_protocol::wire::{EndReason, Manner, Opening, RefuseReason, Spoken, Welcome};

    use super::*;

    fn view(phase: Phase, connection: Connection, line: Option<LineState>) -> VisitorView {
        VisitorView { connection, welcome: line.map(welcome), ..VisitorView::new(phase, false) }
    }

    fn welcome(state: LineState) -> Welcome {
        let spoken = Spoken {
            language: Language::En,
            line: Opening { state, opens_unix_secs: None },
            phones: Vec::new(),
            phones_open_unix_secs: None,
            whatsapp: None,
            links: Vec::new(),
            surge: None,
            texts: Vec::new(),
        };
        Welcome {
            generation: 0,
            now_unix_secs: 0,
            organisation: String::new(),
            org_key: OrgKey::default(),
            roster: Sealed::default(),
            emergency: String::new(),
            languages: Vec::new(),
            demo: false,
            deposit_secs: 0,
            manner: Manner::default(),
            spoken,
        }
    }

    fn shown(phase: Phase, connection: Connection, line: Option<LineState>) -> Screen {
        Screen::of(&view(phase, connection, line), Step::Welcome, None)
    }

    #[test]
    fn a_chat_that_never_reached_the_relay_shows_phones_and_one_that_did_keeps_its_screen() {
        assert_eq!(shown(Phase::Before, Connection::Connecting, None), Screen::Welcome);
        assert_eq!(shown(Phase::Before, Connection::Lost, None), Screen::Unreachable);
        assert_eq!(shown(Phase::Before, Connection::Lost, Some(LineState::Available)), Screen::Welcome);
        assert_eq!(shown(Phase::Talking, Connection::Lost, None), Screen::Conversation);
    }

    #[test]
    fn a_closed_line_opens_other_doors_and_a_busy_one_lets_wait() {
        assert_eq!(shown(Phase::Before, Connection::Open, Some(LineState::Closed)), Screen::Closed);
        assert_eq!(shown(Phase::Before, Connection::Open, Some(LineState::Full)), Screen::Full);
        assert_eq!(shown(Phase::Before, Connection::Open, Some(LineState::Busy)), Screen::Welcome);
        assert_eq!(shown(Phase::Before, Connection::Open, Some(LineState::Reconnecting)), Screen::Welcome);
    }

    #[test]
    fn a_refusal_shows_its_code_but_never_hides_what_was_said() {
        let refused = Connection::Refused(ErrorCode::Elsewhere);
        assert_eq!(shown(Phase::Talking, refused, None), Screen::Refused(ErrorCode::Elsewhere));
        let ended = Phase::Ended { reason: EndReason::Counselor, clear_at_ms: 0 };
        assert_eq!(shown(ended, refused, None), Screen::Ended);
        assert_eq!(shown(Phase::Distrusted(RefuseReason::Badge), refused, None), Screen::Distrusted);
        let without_pass = view(Phase::Before, Connection::Connecting, None);
        let screen = Screen::of(&without_pass, Step::Welcome, Some(ErrorCode::UnknownSite));
        assert_eq!(screen, Screen::Refused(ErrorCode::UnknownSite));
    }

    #[test]
    fn with_nothing_to_continue_the_way_leads_on_to_a_new_conversation() {
        let lost = view(Phase::NothingToContinue, Connection::Open, Some(LineState::Available));
        assert_eq!(Screen::of(&lost, Step::Welcome, None), Screen::NothingToContinue);
        assert_eq!(Screen::of(&lost, Step::Safety, None), Screen::Safety);
    }

    #[test]
    fn the_safety_question_comes_before_the_queue() {
        let open = view(Phase::Before, Connection::Open, Some(LineState::Available));
        assert_eq!(Screen::of(&open, Step::Safety, None), Screen::Safety);
        assert_eq!(Screen::of(&open, Step::Unsafe, None), Screen::Unsafe);
    }
}
