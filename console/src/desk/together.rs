//! Colleagues: what is asked of them, and what of it rings here.

use amparo_client::counselor::Counselor;
use amparo_client::view::ShownRequest;
use amparo_protocol::colleague::Ask;
use amparo_protocol::id::ConversationId;
use leptos::prelude::*;

use super::Desk;

impl Desk {
    /// Whoever gives a conversation away sends first what could still be taken back.
    pub fn ask(&self, id: ConversationId, ask: Ask) {
        if matches!(ask, Ask::TransferTo(_) | Ask::GiveBack | Ask::Leave) {
            self.send_what_is_held(id);
        }
        self.act(|counselor, now_ms| Counselor::ask(counselor, now_ms, id, ask));
    }

    pub fn forget_transfer(&self, id: ConversationId) {
        self.act(|counselor, now_ms| counselor.forget_transfer(now_ms, id));
    }

    /// Colleagues call for a supervisor.
    pub fn has_calls(&self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| !view.calls.is_empty()))
    }

    /// The colleague who has asked first.
    pub fn request(&self) -> Option<ShownRequest> {
        self.view.with(|view| view.as_ref()?.requests.first().cloned())
    }
}
