//! The start of a shift: does the published roster hold this member's own key, and fresh shift keys under it.

use amparo_protocol::api::PublicationEntry;
use amparo_protocol::id::OrgKey;
use amparo_protocol::sealed::Sealed;
use rand_core::CryptoRng;

use crate::crypto::primitives::OrgId;
use crate::crypto::roster::{Roster, RosterError};
use crate::crypto::shift::ShiftKeys;
use crate::house::account::AccountSecret;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftStartError {
    #[error(transparent)]
    Roster(#[from] RosterError),
    #[error("the roster does not hold this member with their own key")]
    NotListed,
}

/// `minimum_seq`: the highest roster this browser has seen. `own` is what the relay says is this member's entry.
pub fn start_shift(
    account: &AccountSecret,
    org_key: &OrgKey,
    roster: &Sealed,
    own: &PublicationEntry,
    minimum_seq: u64,
    now_unix_secs: u64,
    random: &mut dyn CryptoRng,
) -> Result<ShiftKeys, ShiftStartError> {
    let roster = Roster::open_current(roster, org_key, minimum_seq, now_unix_secs)?;
    let entry = roster.entry(&own.roster_member).ok_or(ShiftStartError::NotListed)?;
    let roster_key = account.roster_key(own.key_index);
    if entry.roster_key != roster_key.verifying_key().to_bytes() {
        return Err(ShiftStartError::NotListed);
    }
    Ok(ShiftKeys::certify(&roster_key, OrgId::of(org_key), entry.member, roster.seq(), now_unix_secs, random))
}
