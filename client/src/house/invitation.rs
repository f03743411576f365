//! An invitation's secret: in the link's fragment, so the relay that hands the invitation over cannot swap the keys.
//!
//! Never: the secret at the relay, except wrapped for the administrator who made it.

use core::fmt;

use amparo_protocol::api::Approval;
use amparo_protocol::id::{Hash, from_base64, to_base64};
use amparo_protocol::sealed::Sealed;
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::bytes::label;
use crate::crypto::primitives::{Prk, hash, hmac};
use crate::house::account::{AccountKeys, AccountSecret};
use crate::house::wrap::{Purpose, WrapError, unwrap, wrap};

const SECRET_BYTES: usize = 16;

/// 16 random bytes, single use.
#[derive(Clone)]
pub struct InvitationSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl InvitationSecret {
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        random.fill_bytes(&mut *secret);
        Self(secret)
    }

    pub fn from_bytes(secret: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// For the link's fragment.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(to_base64(&*self.0))
    }

    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(from_base64(text)?);
        bytes.as_slice().try_into().ok().map(Self::from_bytes)
    }

    /// What the invited browser shows the relay.
    pub fn token(&self) -> Sealed {
        let token: Zeroizing<[u8; 32]> = self.prk().expand(&[&label("token")]);
        Sealed(token.to_vec())
    }

    /// What the relay knows from the start: the token's SHA-256, which also names the invitation.
    pub fn name(&self) -> Hash {
        hash(&[self.token().as_bytes()])
    }

    /// Says that whoever knows the secret chose these keys.
    pub fn binding(&self, keys: &AccountKeys) -> Hash {
        let key: Zeroizing<[u8; 32]> = self.prk().expand(&[&label("bind")]);
        Hash(hmac(&*key, &[&label("hlc1 invitation"), &keys.signing, &keys.sealing]))
    }

    pub fn is_bound_to(&self, keys: &AccountKeys, binding: &Hash) -> bool {
        self.binding(keys).0.ct_eq(&binding.0).into()
    }

    /// For the administrator's own later check, with the roles that she invites to: the relay cannot add one.
    pub fn wrap_for(&self, administrator: &AccountSecret, roles: u8, random: &mut dyn CryptoRng) -> Sealed {
        let mut invited = Zeroizing::new([roles; SECRET_BYTES + 1]);
        invited[..SECRET_BYTES].copy_from_slice(&*self.0);
        wrap(&administrator.invitations_key(), Purpose::Invitation, &*invited, random)
    }

    /// The secret, and the roles that it was wrapped with.
    pub fn unwrap_for(administrator: &AccountSecret, wrapped: &Sealed) -> Result<(Self, u8), WrapError> {
        let invited = unwrap::<{ SECRET_BYTES + 1 }>(&administrator.invitations_key(), Purpose::Invitation, wrapped)?;
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        secret.copy_from_slice(&invited[..SECRET_BYTES]);
        Ok((Self(secret), invited[SECRET_BYTES]))
    }

    fn prk(&self) -> Prk {
        Prk::extract("hlc1 invitation", &*self.0)
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(…)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    #[error("only the administrator who invited this member can approve")]
    InvitedByAnother,
    #[error("the keys of this account are not those that the invited person chose")]
    NotBound,
    #[error("this account has other roles than it was invited to")]
    OtherRoles,
}

/// Whether the account that waits for approval, with these roles, is the one that answered this administrator's invitation.
pub fn check_approval(
    approval: &Approval,
    roles: u8,
    keys: &AccountKeys,
    administrator: &AccountSecret,
) -> Result<(), ApprovalError> {
    let (secret, invited_roles) = InvitationSecret::unwrap_for(administrator, &approval.wrapped_secret)
        .map_err(|_| ApprovalError::InvitedByAnother)?;
    let is_this_invitation = secret.name() == approval.invitation;
    if !is_this_invitation || !secret.is_bound_to(keys, &approval.binding) {
        return Err(ApprovalError::NotBound);
    }
    (roles == invited_roles).then_some(()).ok_or(ApprovalError::OtherRoles)
}
