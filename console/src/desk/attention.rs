//! Whether somebody is at the desk, and how available they are: time that passes, touches, the lock, the rest after a
//! conversation.
//!
//! Never: what anybody wrote.

use amparo_client::view::{ConversationState, CounselorView};
use amparo_protocol::wire::Presence;
use amparo_ui::clock;
use leptos::prelude::*;

use super::Desk;
use super::place::Place;
use crate::cool_down::CoolDown;
use crate::idle::{Due, Idle};

impl Desk {
    /// Time has passed. Called by a timer, and by every message: a hidden page's timers are slow.
    pub fn on_time(&self) {
        let now_ms = clock::now_ms();
        self.now_ms.set(now_ms);
        if self.place.get_untracked() != Place::Desk {
            return;
        }
        let is_available = self.presence() == Some(Presence::Available);
        let former = self.idle.get_untracked();
        let mut idle = former;
        let due = idle.on_time(now_ms, is_available);
        if idle != former {
            self.idle.set(idle);
        }
        if due == Some(Due::Away) {
            self.set_presence(Presence::Away);
        }
        self.end_cool_down(now_ms);
        self.keep_own_duty(now_ms);
        self.send_what_is_due();
    }

    /// Somebody chose. A rest that was counted down ends with it.
    pub fn set_presence(&self, presence: Presence) {
        self.cool_down.set(CoolDown::default());
        self.act(|counselor, _| counselor.set_presence(presence));
        if presence == Presence::Available {
            // The relay says no to whoever is off by the rota; then the desk has to say why.
            self.load_own_duty();
        }
    }

    /// A rest follows each conversation of somebody who was available; the relay has made it a break.
    pub(super) fn begin_cool_down(&self, view: &CounselorView, now_ms: u64) {
        let mins = self.helps.with_untracked(|helps| helps.cool_down_mins);
        let has_ended = self.view.with_untracked(|former| {
            former
                .as_ref()
                .is_some_and(|former| former.presence == Presence::Available && has_newly_ended(former, view))
        });
        if mins > 0 && has_ended {
            self.cool_down.update(|cool_down| cool_down.begin(now_ms, mins));
        }
    }

    /// A break that ends by itself.
    pub fn is_resting(&self) -> bool {
        let is_break = self.view.with(|view| view.as_ref().is_some_and(|view| view.presence == Presence::Break));
        is_break && self.cool_down.with(|cool_down| cool_down.left_ms(0).is_some())
    }

    /// Nobody becomes available behind a locked screen.
    fn end_cool_down(&self, now_ms: u64) {
        if !self.cool_down.with_untracked(|cool_down| cool_down.is_over(now_ms)) {
            return;
        }
        let is_resting = self.presence() == Some(Presence::Break);
        let is_locked = self.idle.with_untracked(Idle::is_locked);
        self.cool_down.set(CoolDown::default());
        if is_resting && !is_locked {
            self.act(|counselor, _| counselor.set_presence(Presence::Available));
        }
    }

    /// Somebody is at the desk.
    pub fn touched(&self) {
        let now_ms = clock::now_ms();
        let was_asking = self.idle.with_untracked(Idle::is_asking);
        if was_asking {
            self.idle.update(|idle| idle.touch(now_ms));
        } else {
            // Nothing that is drawn depends on it.
            self.idle.update_untracked(|idle| idle.touch(now_ms));
        }
    }

    pub fn lock(&self) {
        self.idle.update(Idle::lock);
    }

    pub fn unlock(&self) {
        self.idle.update(|idle| idle.unlock(clock::now_ms()));
    }

    pub fn is_locked(&self) -> bool {
        self.idle.with(Idle::is_locked)
    }

    pub(super) fn presence(&self) -> Option<Presence> {
        self.view.with_untracked(|view| view.as_ref().map(|view| view.presence))
    }
}

/// A conversation that was going on is over, or goes on with somebody else.
fn has_newly_ended(former: &CounselorView, now: &CounselorView) -> bool {
    let is_ended = |state| matches!(state, ConversationState::Ended(_) | ConversationState::Released(_));
    now.conversations.iter().filter(|shown| is_ended(shown.state)).any(|shown| {
        former.conversations.iter().any(|before| before.conversation == shown.conversation && !is_ended(before.state))
    })
}
