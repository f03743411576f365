//! A shift's beginning: the member's own entry in the roster, fresh keys for this device, the connection.
//!
//! Never: shift keys of an earlier page. A reload makes new ones, and the visitor's screen shows who is back.

use amparo_client::counselor::Counselor;
use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::house::shift_start::{ShiftStartError, start_shift};
use amparo_protocol::error::ErrorCode;
use amparo_ui::clock;
use amparo_ui::random::{self, BrowserRandom};
use leptos::prelude::*;

use crate::api::{self, Failure};
use crate::desk::Desk;
use crate::roster_age;

pub async fn begin(desk: Desk) -> Result<(), Failure> {
    let shift = certify(desk).await?;
    desk.begin_shift(Counselor::new(shift, random::browser()));
    Ok(())
}

/// A newer roster was published: fresh keys for conversations from now on, the former ones for those that are open.
pub async fn renew(desk: Desk) -> Result<(), Failure> {
    let shift = certify(desk).await?;
    desk.renew_shift(shift);
    // Roles may have changed with the list; on a bad line the pages show the former ones, and the relay decides anyway.
    if let Ok(me) = api::me().await {
        desk.know(me);
    }
    Ok(())
}

async fn certify(desk: Desk) -> Result<ShiftKeys, Failure> {
    let answer = api::roster().await?;
    let own = answer.own.ok_or(Failure::Refused(ErrorCode::NotFound))?;
    let org_key = desk.me.with_untracked(|me| me.as_ref().map(|me| me.org_key));
    let org_key = org_key.ok_or(Failure::Refused(ErrorCode::SignIn))?;
    let now_unix_secs = clock::now_ms() / 1_000;
    let started = desk.with_keys(|keys| {
        let minimum_seq = keys.roster_seq;
        keys.roster_seq = minimum_seq.max(answer.seq);
        start_shift(&keys.account, &org_key, &answer.roster, &own, minimum_seq, now_unix_secs, &mut BrowserRandom)
    });
    roster_age::note(desk, &answer.roster);
    started.ok_or(Failure::Refused(ErrorCode::SignIn))?.map_err(|error| match error {
        ShiftStartError::Roster(_) => Failure::Roster,
        ShiftStartError::NotListed => Failure::NotListed,
    })
}
