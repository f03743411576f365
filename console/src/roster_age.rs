//! How old the signed list of members is: from some age on everybody reads it, so that the line does not close unforeseen.

use amparo_client::crypto::roster::Roster;
use amparo_protocol::id::OrgKey;
use amparo_protocol::limits::ROSTER_WARN_SECS;
use amparo_protocol::sealed::Sealed;
use leptos::prelude::*;

use crate::api::{self, Failure};
use crate::desk::Desk;

const DAY_SECS: u64 = 24 * 60 * 60;

/// Asks the relay for the list and notes when it was signed. A bad line is no reason to say anything.
pub async fn look(desk: Desk) -> Result<(), Failure> {
    let answer = api::roster().await?;
    note(desk, &answer.roster);
    Ok(())
}

/// A list that does not carry the organisation's signature says nothing here; whoever needs it refuses it.
pub fn note(desk: Desk, signed: &Sealed) {
    let org_key: Option<OrgKey> = desk.me.with_untracked(|me| me.as_ref().map(|me| me.org_key));
    let roster = org_key.and_then(|org_key| Roster::open(signed, &org_key).ok());
    desk.roster_issued_secs.set(roster.map(|roster| roster.body.issued_unix_secs));
}

/// Its age in days, where everybody should know it.
pub fn days_to_tell(issued_unix_secs: u64, now_unix_secs: u64) -> Option<u64> {
    let age_secs = now_unix_secs.saturating_sub(issued_unix_secs);
    (age_secs >= ROSTER_WARN_SECS).then_some(age_secs / DAY_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_hundred_and_twentieth_day_everybody_reads_how_old_the_list_is() {
        let issued = 1_900_000_000;
        let on_day = |day: u64| days_to_tell(issued, issued + day * DAY_SECS);
        assert_eq!([on_day(0), on_day(119)], [None, None]);
        assert_eq!(days_to_tell(issued, issued + 120 * DAY_SECS - 1), None);
        assert_eq!([on_day(120), on_day(180)], [Some(120), Some(180)]);
        assert_eq!(days_to_tell(issued, 0), None, "a clock that is behind");
    }
}
