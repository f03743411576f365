//! The ways into the program and out of it: which screen comes first, what begins with somebody's keys, signing out.

use amparo_protocol::api::Me;
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::Texts;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Keys};
use crate::api::{self, Failure};
use crate::browser::Fragment;
use crate::demo;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::roster_age;
use crate::shift;

/// Decides the first screen from the address and what the relay says.
pub fn open(desk: Desk, texts: Texts, arrival: Option<Fragment>) {
    spawn_local(async move {
        match arrival {
            Some(Fragment::SetUp(_)) => desk.place.set(Place::SetUp),
            Some(Fragment::Invitation(_)) => desk.place.set(Place::Invitation),
            Some(Fragment::Demo(token)) => demo::arrive(desk, texts, &token).await,
            None => come_back(desk).await,
        }
    });
}

/// Without a secret in the address: a login that is alive needs the password only.
pub async fn come_back(desk: Desk) {
    match api::me().await {
        Ok(me) => {
            desk.is_demo.set(me.demo);
            desk.me.set(Some(me));
            if !demo::unlock(desk).await {
                desk.place.set(Place::Unlock);
            }
        }
        Err(Failure::Refused(_)) => {
            if let Ok(state) = api::setup_state().await {
                desk.is_demo.set(state.demo);
            }
            desk.place.set(Place::SignIn);
        }
        Err(failure) => desk.place.set(Place::Stopped(failure)),
    }
}

/// Somebody's keys are open: shows the right screen and begins the shift.
pub fn arrive(desk: Desk, me: Me, keys: Keys, to: Place) {
    let is_approved = me.approved;
    let (known, account) = (me.clone(), keys.account.clone());
    spawn_local(async move {
        let _ = account::renew_keys(&known, &account).await;
    });
    desk.enter(me, keys);
    if is_approved {
        desk.place.set(to);
        begin(desk);
    }
}

/// Asked now and then by the screen that waits for approval.
pub async fn ask_for_approval(desk: Desk) {
    match api::me().await {
        Ok(me) if me.approved && desk.place.get_untracked() == Place::Approval => {
            desk.know(me);
            desk.place.set(Place::Desk);
            begin(desk);
        }
        Err(Failure::Refused(ErrorCode::SignIn)) => desk.leave(Place::SignIn),
        // Not yet, or a bad line: the next question comes by itself.
        _ => {}
    }
}

pub async fn sign_out(desk: Desk) {
    desk.leave(Place::SignIn);
    // The login ends by itself after its hours; a bad line is no reason to stay signed in on the screen.
    let _ = api::sign_out().await;
}

fn begin(desk: Desk) {
    desk.load_helps();
    spawn_local(async move {
        if !untrack(|| desk.is_counselor()) {
            let _ = roster_age::look(desk).await;
        } else if let Err(failure) = shift::begin(desk).await {
            desk.leave(Place::Stopped(failure));
        }
        demo::approve_everybody(desk);
    });
}
