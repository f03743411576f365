//! Where in the program somebody is.

use crate::api::Failure;

/// Which screen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Until the relay has said what is needed.
    Opening,
    SetUp,
    /// The set-up is done: the first site's tag is shown.
    FirstTag,
    Invitation,
    /// The demonstration makes its accounts by itself.
    Preparing,
    SignIn,
    /// Password or phone are lost, and are replaced.
    Recovery,
    /// After a reload: the login is alive, the keys are gone, the password is asked again.
    Unlock,
    /// Signed in; an administrator has to approve.
    Approval,
    Desk,
    /// Nothing can go on: the address was used, or this window was replaced.
    Stopped(Failure),
}

/// The parts of the desk. On a phone one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    People,
    Conversation,
    Help,
    Practice,
    Passkeys,
    /// On a phone: the way to the pages below.
    House,
    Board,
    Counts,
    Line,
    Members,
    Sites,
}

impl Part {
    pub fn is_house(self) -> bool {
        !matches!(self, Self::People | Self::Conversation | Self::Help)
    }
}
