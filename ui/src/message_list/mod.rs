//! What was written, in order, as a log that a screen reader follows. Bodies are plain text: a link in them is inert.

use std::rc::Rc;

use amparo_client::view::{Content, MessageState, ShownMessage};
use amparo_protocol::id::MessageId;
use leptos::prelude::*;

use crate::button::{Weight, button};
use crate::clock;
use crate::element::{El, Rows, el, follow};
use crate::texts::Texts;

/// Is lent all messages as they are now.
pub type Reader<'a> = &'a mut dyn FnMut(&[ShownMessage]);

/// Where the list gets what it shows, and whom it tells.
#[derive(Clone)]
pub struct Source {
    /// Followed where it is called inside [`follow`].
    pub messages: Rc<dyn Fn(Reader<'_>)>,
    /// Names the writer of a message that comes without a badge (on the counselor's side, the visitor).
    pub other: Rc<dyn Fn() -> String>,
    pub on_send_again: Rc<dyn Fn(MessageId)>,
}

/// [`message_list`] for a `view!`.
#[component]
pub fn MessageList(
    #[prop(into)] messages: Signal<Vec<ShownMessage>>,
    #[prop(into)] other: Signal<String>,
    on_send_again: Callback<MessageId>,
) -> impl IntoView {
    let source = Source {
        messages: Rc::new(move |read| messages.with(|messages| read(messages))),
        other: Rc::new(move || other.get()),
        on_send_again: Rc::new(move |message| on_send_again.run(message)),
    };
    message_list(source).into_leptos()
}

pub fn message_list(source: Source) -> El {
    let list = el("div", "am-messages__list");
    let shown = list.clone();
    let mut rows = Rows::new();
    follow(move || {
        let mut now = Vec::new();
        (source.messages)(&mut |messages| now = places(messages));
        rows.show(&shown, &now, |place| row(Row { place, source: source.clone() }));
    });
    // A scrollable region is in the tab order, so that it scrolls by keyboard.
    el("div", "am-messages")
        .attr("role", "log")
        .attr("tabindex", "0")
        .say_attr("aria-label", "messages.label")
        .test("messages")
        .child(list)
}

/// Where one entry stands. What may change in it later is looked up again, so that its element stays the same and
/// nothing is read out twice.
#[derive(Clone, Copy)]
struct Place {
    id: MessageId,
    index: usize,
    /// The first of several in a row by the same writer.
    starts_run: bool,
}

impl PartialEq for Place {
    /// The same element serves wherever the entry moves to.
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.starts_run) == (other.id, other.starts_run)
    }
}

fn places(messages: &[ShownMessage]) -> Vec<Place> {
    let mut places = Vec::with_capacity(messages.len());
    let mut before: Option<&Content> = None;
    for (index, message) in messages.iter().enumerate() {
        let starts_run = before.is_none_or(|before| !is_same_writer(before, &message.content));
        places.push(Place { id: message.id, index, starts_run });
        before = Some(&message.content);
    }
    places
}

fn is_same_writer(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Own { .. }, Content::Own { .. }) => true,
        (Content::Theirs { from: one, .. }, Content::Theirs { from: other, .. }) => one == other,
        _ => false,
    }
}

/// The index holds unless an earlier message was found and put before this one.
fn find(messages: &[ShownMessage], place: Place) -> Option<&ShownMessage> {
    let expected = messages.get(place.index).filter(|message| message.id == place.id);
    expected.or_else(|| messages.iter().find(|message| message.id == place.id))
}

/// What one row is made of.
#[derive(Clone)]
struct Row {
    place: Place,
    source: Source,
}

impl Row {
    fn message(&self) -> Option<ShownMessage> {
        let mut found = None;
        (self.source.messages)(&mut |messages| found = find(messages, self.place).cloned());
        found
    }

    fn state(&self) -> MessageState {
        let mut now = MessageState::Sending;
        (self.source.messages)(&mut |messages| {
            if let Some(Content::Own { state, .. }) = find(messages, self.place).map(|message| &message.content) {
                now = *state;
            }
        });
        now
    }
}

fn row(row: Row) -> El {
    let Some(message) = row.message() else { return el("p", "") };
    match message.content {
        Content::Own { text, .. } => {
            let bubble = bubble(&row, "am-message am-message--own", "true").child(body(&text)).child(foot(&row));
            bubble.live_attr("data-state", move || Some(state_name(row.state()).to_owned()))
        }
        Content::Theirs { text, from } => {
            let bubble = bubble(&row, "am-message am-message--theirs", "false");
            let starts_run = row.place.starts_run;
            let name = move || from.as_ref().map_or_else(|| (row.source.other)(), |badge| badge.pseudonym.clone());
            let bubble = if starts_run { bubble.child(head(name, message.at_unix_ms)) } else { bubble };
            bubble.child(body(&text))
        }
        Content::Gap => remark("message.gap", String::new()),
        Content::Joined(badge) => remark("message.joined", badge.pseudonym),
        Content::Left(badge) => remark("message.left", badge.pseudonym),
    }
}

fn bubble(row: &Row, class: &str, is_own: &str) -> El {
    let bubble = el("div", class).test("message").attr("data-own", is_own);
    if row.place.starts_run { bubble.attr("data-first", "") } else { bubble }
}

fn head(name: impl Fn() -> String + 'static, at_unix_ms: u64) -> El {
    let time = el("span", "am-message__time").text(&clock::time_of_day(at_unix_ms));
    el("p", "am-message__head").child(el("bdi", "am-message__name").live_text(name)).child(time)
}

fn body(text: &str) -> El {
    el("p", "am-message__body").attr("dir", "auto").attr("translate", "no").test("message-text").text(text)
}

/// A line between messages that nobody wrote.
fn remark(key: &'static str, name: String) -> El {
    let texts = Texts::here();
    el("p", "am-message__remark").test("remark").live_text(move || texts.fill(key, &[("name", &name)]))
}

/// An own message's state in words. It is not read out at each change: only what was not sent asks for something.
fn foot(row: &Row) -> El {
    let texts = Texts::here();
    let (own, alerting, failing, again) = (row.clone(), row.clone(), row.clone(), row.clone());
    let words = el("span", "am-message__state")
        .attr("aria-live", "off")
        .test("message-state")
        .live_class("am-message__state--alert", move || alerting.state() == MessageState::NotSent)
        .live_text(move || texts.get(state_key(own.state())));
    let send_again = move || (again.source.on_send_again)(again.place.id);
    el("p", "am-message__foot").child(words).when(
        move || failing.state() == MessageState::NotSent,
        move || button("message.send-again", Weight::Plain, "send-again", send_again.clone()),
    )
}

fn state_name(state: MessageState) -> &'static str {
    match state {
        MessageState::Unread => "unread",
        MessageState::Sending => "sending",
        MessageState::Delivered => "delivered",
        MessageState::NotSent => "not-sent",
    }
}

fn state_key(state: MessageState) -> &'static str {
    match state {
        MessageState::Unread => "message.unread",
        MessageState::Sending => "message.sending",
        MessageState::Delivered => "message.delivered",
        MessageState::NotSent => "message.not-sent",
    }
}

#[cfg(test)]
mod tests {
    use amparo_client::view::ShownBadge;

    use super::*;

    fn message(number: u8, content: Content) -> ShownMessage {
        ShownMessage { id: MessageId([number; 16]), content, at_unix_ms: 0 }
    }

    fn theirs(name: &str) -> Content {
        Content::Theirs { text: String::new(), from: Some(ShownBadge { pseudonym: name.to_owned(), avatar: 0 }) }
    }

    fn own() -> Content {
        Content::Own { text: String::new(), state: MessageState::Sending }
    }

    #[test]
    fn the_name_stands_above_the_first_of_a_run_by_the_same_writer() {
        let contents =
            [theirs("Ana"), theirs("Ana"), own(), theirs("Ana"), theirs("Omar"), Content::Gap, theirs("Omar")];
        let messages: Vec<_> = contents.into_iter().zip(1..).map(|(content, n)| message(n, content)).collect();
        let starts: Vec<_> = places(&messages).iter().map(|row| row.starts_run).collect();
        assert_eq!(starts, [true, false, true, true, true, true, true]);
    }

    #[test]
    fn an_entry_is_found_again_after_an_earlier_one_was_put_before_it() {
        let mut messages = vec![message(1, own()), message(2, own())];
        let last = places(&messages)[1];
        messages.insert(0, message(3, theirs("Ana")));
        assert_eq!(find(&messages, last).map(|found| found.id), Some(MessageId([2; 16])));
        messages.clear();
        assert_eq!(find(&messages, last), None);
    }
}
