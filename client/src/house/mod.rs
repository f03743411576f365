//! What members' browsers do besides conversations: accounts, sign-in, invitations, the organisation's key, the roster.
//!
//! Never: anything that a visitor's browser needs, or a secret that leaves unwrapped.

pub mod account;
pub mod invitation;
pub mod key_batch;
pub mod org_key;
pub mod publication;
pub mod recovery;
pub mod register;
pub mod shift_start;
pub mod sign_in;
pub mod signing;
pub mod wrap;
