//! May this device have the key? Receiver rules 1 to 3 over one announcement, all or nothing.
//!
//! Never: a newcomer of whom only a part could be checked.

use amparo_protocol::id::OrgKey;
use amparo_protocol::wire::{Newcomer, RefuseReason};

use crate::crypto::badge::Badge;
use crate::crypto::roster::Roster;
use crate::crypto::shift::ShiftCert;

/// A newcomer who may be named on the visitor's screen and be granted a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    pub roster: Roster,
    pub cert: ShiftCert,
    pub badge: Badge,
}

/// `minimum_seq` is the highest of `data-roster-min` and of every roster seen before.
pub fn admit(
    newcomer: &Newcomer,
    org_key: &OrgKey,
    minimum_seq: u64,
    now_unix_secs: u64,
) -> Result<Admitted, RefuseReason> {
    let roster = Roster::open_current(&newcomer.roster, org_key, minimum_seq, now_unix_secs)
        .map_err(|error| error.refuse_reason())?;
    let cert = ShiftCert::open(&newcomer.shift, &roster, now_unix_secs).map_err(|_| RefuseReason::Shift)?;
    if cert.member != newcomer.member {
        return Err(RefuseReason::Shift);
    }
    let entry = roster.entry(&cert.member).ok_or(RefuseReason::Shift)?;
    let badge = Badge::open(&newcomer.badge, &entry.badge_hash).map_err(|_| RefuseReason::Badge)?;
    Ok(Admitted { roster, cert, badge })
}
