//! How a counselor ends a conversation: as usual, or for abuse with a reason that is counted and told to nobody.

use amparo_protocol::api::roles;
use amparo_protocol::desk::{AbuseReason, AbuseReport, BlockRequest};
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::wire::EndReason;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Desk;
use crate::api;

impl Desk {
    pub fn end(&self, id: ConversationId) {
        self.send_what_is_held(id);
        self.act(|counselor, now_ms| counselor.end(now_ms, id, EndReason::Counselor));
    }

    pub fn end_for_abuse(&self, id: ConversationId, reason: AbuseReason) {
        let language = self.language_of(id);
        self.outgoing.update(|outgoing| drop(outgoing.cancel(id)));
        self.act(|counselor, now_ms| counselor.end(now_ms, id, EndReason::Abuse));
        language.into_iter().for_each(|language| {
            spawn_local(async move {
                // A count that a bad line has swallowed is missed by nobody.
                let _ = api::count_abuse(&AbuseReport { language, reason }).await;
            });
        });
    }

    /// The same, and whoever is on the other side waits behind others for a day. The relay ends it; where it does not hear
    /// of it, it ends like any other.
    pub fn end_and_block(&self, id: ConversationId, reason: AbuseReason) {
        let Some(language) = self.language_of(id) else { return };
        self.outgoing.update(|outgoing| drop(outgoing.cancel(id)));
        let desk = *self;
        spawn_local(async move {
            let report = AbuseReport { language, reason };
            if api::block(&BlockRequest { conversation: id, report }).await.is_err() {
                desk.end_for_abuse(id, reason);
            }
        });
    }

    /// Whether this member may put somebody behind others.
    pub fn may_block(&self) -> bool {
        self.has_role(roles::SUPERVISOR)
    }

    pub(super) fn language_of(&self, id: ConversationId) -> Option<Language> {
        self.view.with_untracked(|view| {
            let shown = view.as_ref()?.conversations.iter().find(|shown| shown.conversation == id)?;
            Some(shown.language)
        })
    }
}
