//! From the queue to the end: who can read, what was written, what is wrong right now, and where to write.

use std::rc::Rc;

use amparo_client::view::{Coming, Connection, Phase, ShownBadge, VisitorView};
use amparo_protocol::wire::{JoinReason, PeerState};
use amparo_ui::avatar::avatar;
use amparo_ui::button::{Weight, button};
use amparo_ui::composer::{Draft, composer};
use amparo_ui::element::{El, el};
use amparo_ui::message_list::{Source, message_list};
use amparo_ui::notice::{Tone, notice};
use amparo_ui::texts::Texts;

use crate::chat::Chat;
use crate::choices::Choice;
use crate::doors::dial;
use crate::screens::choices::choices;
use crate::screens::sentence;
use crate::screens::waiting::waiting;

/// Of a discreet screen.
const DISCREET_MESSAGES: usize = 3;

pub fn conversation(chat: Chat) -> El {
    let is_talking = move || chat.view.with(|view| view.phase == Phase::Talking);
    let hides_earlier = move || is_talking() && chat.hides_earlier.get();
    let draft = Draft {
        read: Rc::new(move || chat.draft.get()),
        write: Rc::new(move |text| chat.draft.set(text)),
        spells: Rc::new(move || chat.is_on(Choice::Spelling)),
    };
    let write = composer(draft, move |text| chat.say(&text), || ());
    el("div", "am-conversation")
        .live_class("am-conversation--waiting", move || !is_talking())
        .child(bar(chat))
        .when(move || !is_talking(), move || waiting(chat))
        .when(hides_earlier, move || show_earlier(chat))
        .when(move || hidden_messages(chat) > 0, move || show_all(chat))
        .child(chat_messages(chat))
        .child(company(chat))
        .child(notices(chat))
        .child(el("div", "am-conversation__write").child(write))
}

/// What was written, as the state machine shows it now.
pub fn chat_messages(chat: Chat) -> El {
    message_list(Source {
        messages: Rc::new(move |read| {
            let hidden = hidden_messages(chat);
            chat.view.with(|view| read(&view.messages[hidden.min(view.messages.len())..]));
        }),
        other: Rc::new(String::new),
        on_send_again: Rc::new(move |message| chat.send_again(message)),
    })
}

/// How many of the first are not shown: a glance at the screen sees the last three.
fn hidden_messages(chat: Chat) -> usize {
    let is_discreet = chat.is_on(Choice::Discreet);
    chat.view.with(|view| if is_discreet { view.messages.len().saturating_sub(DISCREET_MESSAGES) } else { 0 })
}

fn show_all(chat: Chat) -> El {
    let show = move || chat.switch(Choice::Discreet, false);
    el("div", "am-conversation__earlier").child(button("conversation.show-all", Weight::Plain, "show-all", show))
}

fn show_earlier(chat: Chat) -> El {
    let show = button("continuing.show", Weight::Secondary, "show-written", move || chat.show_earlier());
    el("div", "am-conversation__earlier").child(show)
}

/// Who can read, and the end in one press.
fn bar(chat: Chat) -> El {
    el("div", "am-bar")
        .slot(move || readers(chat), move || (readers(chat) > 0).then(|| who(chat)))
        .child(button("conversation.end", Weight::Plain, "end", move || chat.end()))
        .child(choices(chat))
}

/// Another number when somebody else reads.
fn readers(chat: Chat) -> u32 {
    chat.view
        .with(|view| view.readers.iter().fold(0, |all: u32, badge| all.wrapping_mul(7) ^ (sum(&badge.pseudonym) | 1)))
}

/// Who comes, and the press that shows what was written before. Without it nothing of before is shown, and nobody waits.
fn company(chat: Chat) -> El {
    el("div", "am-notices")
        .attr("role", "status")
        .slot(move || coming(chat).map_or(0, |(_, sum)| sum), move || coming(chat).map(|(coming, _)| comes(coming)))
        .slot(
            move || asks_to_share(chat).map_or(0, |badge| sum(&badge.pseudonym) | 1),
            move || asks_to_share(chat).map(|badge| share(chat, badge)),
        )
}

fn coming(chat: Chat) -> Option<(Coming, u32)> {
    let coming = chat.view.with(|view| view.coming.clone())?;
    let number = sum(&coming.badge.pseudonym) ^ coming.reason as u32;
    Some((coming, number | 1))
}

fn comes(coming: Coming) -> El {
    let texts = Texts::here();
    let key = match coming.reason {
        JoinReason::Join => "conversation.comes-in",
        JoinReason::Transfer | JoinReason::Claim => "conversation.takes-over",
        // The same person on another device: nothing changes for her.
        JoinReason::Rejoin => return el("p", ""),
    };
    let words = move || texts.fill(key, &[("name", &coming.badge.pseudonym)]);
    notice(Tone::Calm, "coming").child(el("p", "").live_text(words))
}

fn share_with(chat: Chat) -> Option<ShownBadge> {
    chat.view.with(|view| view.may_share_with.clone())
}

/// Until she has answered; after that the press stays where she sees who reads.
fn asks_to_share(chat: Chat) -> Option<ShownBadge> {
    share_with(chat).filter(|_| !chat.keeps_earlier.get())
}

fn share(chat: Chat, badge: ShownBadge) -> El {
    let texts = Texts::here();
    let words = move || texts.fill("conversation.share-words", &[("name", &badge.pseudonym)]);
    let without = button("conversation.share-no", Weight::Plain, "share-no", move || chat.keeps_earlier.set(true));
    notice(Tone::Calm, "share-earlier").child(el("p", "").live_text(words)).child(share_button(chat)).child(without)
}

fn share_button(chat: Chat) -> El {
    button("conversation.share", Weight::Secondary, "share", move || chat.share_history())
}

fn sum(name: &str) -> u32 {
    name.bytes().fold(1, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

fn who(chat: Chat) -> El {
    let readers = chat.view.with(|view| view.readers.clone());
    let readers = readers.into_iter().map(|badge| {
        let name = el("bdi", "").text(&badge.pseudonym);
        el("li", "am-who__one").test("reader").child(avatar(badge.avatar)).child(name)
    });
    el("details", "am-who")
        .test("who")
        .child(el("summary", "").say("who.summary"))
        .child(sentence("who.text"))
        .child(el("ul", "am-who__list").children(readers))
        .when(move || chat.keeps_earlier.get() && share_with(chat).is_some(), move || share_button(chat))
        .child(el("p", "am-who__soft").say("conversation.back"))
}

/// What is wrong or new right now. One polite region that is always there, so that what appears in it is read out.
fn notices(chat: Chat) -> El {
    let lost_unsent = move || chat.hides_earlier.get() && chat.view.with(|view| view.unsent_was_lost);
    let remark = move || chat.view.with(Remark::of);
    el("div", "am-notices")
        .attr("role", "status")
        .when(lost_unsent, || notice(Tone::Calm, "unsent-lost").say("conversation.unsent-lost"))
        .slot(move || remark().map_or(0, |remark| remark as u32), move || remark().map(|remark| remark.draw(chat)))
}

/// The most pressing thing to know about the connection, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remark {
    Lost = 1,
    Away,
    MayAskAnother,
    IdleWarning,
    Typing,
}

impl Remark {
    fn of(view: &VisitorView) -> Option<Self> {
        if view.connection != Connection::Open {
            return Some(Self::Lost);
        }
        match view.peer {
            _ if view.phase != Phase::Talking => None,
            PeerState::MayAskAnother => Some(Self::MayAskAnother),
            PeerState::Away { .. } | PeerState::Left => Some(Self::Away),
            PeerState::Here if view.idle_warning => Some(Self::IdleWarning),
            PeerState::Here if view.typing => Some(Self::Typing),
            PeerState::Here => None,
        }
    }

    fn draw(self, chat: Chat) -> El {
        match self {
            Self::Lost => notice(Tone::Alert, "lost").say("conversation.lost"),
            Self::Away => missing(chat, "away"),
            Self::MayAskAnother => missing(chat, "may-ask").child(button(
                "conversation.ask-another",
                Weight::Secondary,
                "ask-another",
                move || chat.ask_another(),
            )),
            Self::IdleWarning => notice(Tone::Calm, "idle-warning").say("conversation.idle"),
            Self::Typing => el("p", "am-notices__soft").test("typing").live_text(typing(chat)),
        }
    }
}

fn typing(chat: Chat) -> impl Fn() -> String {
    let texts = Texts::here();
    move || {
        let name = chat.view.with(|view| match &view.readers[..] {
            [badge] => Some(badge.pseudonym.clone()),
            _ => None,
        });
        match name {
            Some(name) => texts.fill("conversation.typing", &[("name", &name)]),
            // The sign does not say who of several it is.
            None => texts.get("conversation.typing-one"),
        }
    }
}

/// The counselor's connection is gone: said plainly, with the numbers beside it.
fn missing(chat: Chat, state: &str) -> El {
    let numbers = el("p", "am-notices__numbers")
        .children(chat.phones().iter().map(|phone| dial(&phone.number)))
        .child(el("span", "am-notices__soft").say("call.trace"));
    notice(Tone::Alert, "peer").attr("data-state", state).child(sentence("conversation.away")).child(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talking() -> VisitorView {
        VisitorView {
            connection: Connection::Open,
            readers: vec![ShownBadge { pseudonym: String::from("Ana"), avatar: 0 }],
            idle_warning: true,
            typing: true,
            ..VisitorView::new(Phase::Talking, false)
        }
    }

    #[test]
    fn one_remark_at_a_time_the_most_pressing_first() {
        let mut view = talking();
        view.peer = PeerState::Away { for_secs: 30 };
        view.connection = Connection::Lost;
        assert_eq!(Remark::of(&view), Some(Remark::Lost));
        view.connection = Connection::Open;
        assert_eq!(Remark::of(&view), Some(Remark::Away));
        view.peer = PeerState::Here;
        assert_eq!(Remark::of(&view), Some(Remark::IdleWarning));
        view.idle_warning = false;
        assert_eq!(Remark::of(&view), Some(Remark::Typing));
        view.typing = false;
        assert_eq!(Remark::of(&view), None);
    }

    #[test]
    fn in_the_queue_nobody_can_be_missing() {
        let mut view = talking();
        view.phase = Phase::Waiting { position: 1, still_there_until_ms: None };
        view.peer = PeerState::Away { for_secs: 30 };
        assert_eq!(Remark::of(&view), None);
    }
}
