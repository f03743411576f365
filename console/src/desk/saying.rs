//! From the composer to the conversation: phrases by their code, the two seconds in which a message can be taken back.

use amparo_protocol::id::ConversationId;
use amparo_ui::clock::{self, Timeout};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Desk;
use crate::api;
use crate::outgoing::{HOLD_MS, Held};
use crate::phrases;

impl Desk {
    /// Holds the message for two seconds. One that is held already goes at once, so that the order stays.
    pub fn say(&self, id: ConversationId, text: String) {
        let held = Held { conversation: id, text, due_ms: clock::now_ms() + u64::from(HOLD_MS) };
        let former = self.outgoing.try_update(|outgoing| outgoing.hold(held)).flatten();
        former.into_iter().for_each(|held| self.send(held));
        let desk = *self;
        Timeout::new(HOLD_MS, move || desk.send_what_is_due()).run_to_the_end();
    }

    /// Back into the draft, before anything that was written since.
    pub fn take_back(&self, id: ConversationId) {
        let text = self.outgoing.try_update(|outgoing| outgoing.cancel(id)).flatten();
        text.into_iter().for_each(|text| {
            self.draft(id).update(|draft| {
                let later = std::mem::take(draft);
                *draft = if later.is_empty() { text } else { format!("{text}\n{later}") };
            });
        });
    }

    /// Before the conversation is ended: what was sent is sent.
    pub fn send_what_is_held(&self, id: ConversationId) {
        let text = self.outgoing.try_update(|outgoing| outgoing.cancel(id)).flatten();
        text.into_iter().for_each(|text| self.send(Held { conversation: id, text, due_ms: 0 }));
    }

    pub(super) fn send_what_is_due(&self) {
        let now_ms = clock::now_ms();
        if self.outgoing.with_untracked(|outgoing| outgoing.has_due(now_ms)) {
            let due = self.outgoing.try_update(|outgoing| outgoing.take_due(now_ms)).unwrap_or_default();
            due.into_iter().for_each(|held| self.send(held));
        }
    }

    fn send(&self, held: Held) {
        self.act(|counselor, now_ms| counselor.say(now_ms, held.conversation, &held.text));
    }

    /// The draft has changed: a phrase's code becomes the phrase, to be edited before it is sent.
    pub fn on_typing(&self, id: ConversationId) {
        self.act(|counselor, now_ms| counselor.typing(now_ms, id));
        let Some(language) = self.language_of(id) else { return };
        let draft = self.draft(id);
        let expanded = self
            .helps
            .with_untracked(|helps| draft.with_untracked(|draft| phrases::expanded(draft, &helps.phrases, language)));
        expanded.into_iter().for_each(|text| draft.set(text));
    }

    /// Puts a text at the end of the draft of the conversation in front, never to the visitor by itself.
    pub fn put_into_draft(&self, text: &str) {
        let Some(open) = self.open.get_untracked() else { return };
        self.draft(open).update(|draft| {
            if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
                draft.push(' ');
            }
            draft.push_str(text);
        });
        self.part.set(super::place::Part::Conversation);
    }

    /// Asked for at the beginning and with every new conversation. On a bad line the former ones stay.
    pub fn load_helps(&self) {
        let desk = *self;
        spawn_local(async move {
            if let Ok(row) = api::desk().await {
                desk.helps.set(row.settings);
            }
        });
    }
}
