//! A member's account secret and the keys that follow from it.
//!
//! Never: the secret itself outside of this value, except wrapped.

use core::fmt;

use amparo_protocol::sealed::Sealed;
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::label;
use crate::crypto::hpke::SealingKey;
use crate::crypto::primitives::{Prk, random_secret};
use crate::house::recovery::RecoveryCode;
use crate::house::wrap::{Purpose, WrapError, unwrap, wrap};

/// 32 random bytes made in the member's browser.
#[derive(Clone)]
pub struct AccountSecret(Zeroizing<[u8; 32]>);

/// What names an account to administrators: both public keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountKeys {
    /// Ed25519 `apk`.
    pub signing: [u8; 32],
    /// X25519 `akk`.
    pub sealing: [u8; 32],
}

impl AccountSecret {
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        Self(random_secret(random))
    }

    pub fn from_bytes(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    pub fn public_keys(&self) -> AccountKeys {
        AccountKeys { signing: self.signing_key().verifying_key().to_bytes(), sealing: *self.sealing_key().public() }
    }

    /// `apk`: signs key batches.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.derive(&[&label("apk")]))
    }

    /// `akk`: the organisation key is sealed to it.
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey::from_bytes(&self.derive(&[&label("akk")]))
    }

    /// `idk_i`: stands in one signing of the roster and certifies this member's shift keys there.
    pub fn roster_key(&self, index: u32) -> SigningKey {
        SigningKey::from_bytes(&self.derive(&[&label("idk"), &index.to_be_bytes()]))
    }

    /// Wraps the secrets of invitations that this member makes.
    pub(crate) fn invitations_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive(&[&label("invitations")])
    }

    /// `export_key` comes from OPAQUE (`house::sign_in`).
    pub fn wrap_by_password(&self, export_key: &[u8], random: &mut dyn CryptoRng) -> Sealed {
        wrap(&password_key(export_key), Purpose::Password, &*self.0, random)
    }

    pub fn unwrap_by_password(export_key: &[u8], wrapped: &Sealed) -> Result<Self, WrapError> {
        unwrap(&password_key(export_key), Purpose::Password, wrapped).map(Self)
    }

    pub fn wrap_by_recovery(&self, code: &RecoveryCode, random: &mut dyn CryptoRng) -> Sealed {
        wrap(&code.wrapping_key(), Purpose::Recovery, &*self.0, random)
    }

    pub fn unwrap_by_recovery(code: &RecoveryCode, wrapped: &Sealed) -> Result<Self, WrapError> {
        unwrap(&code.wrapping_key(), Purpose::Recovery, wrapped).map(Self)
    }

    fn derive(&self, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        Prk::extract("hlc1 account", &*self.0).expand(info)
    }
}

impl fmt::Debug for AccountSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountSecret(…)")
    }
}

fn password_key(export_key: &[u8]) -> Zeroizing<[u8; 32]> {
    Prk::extract("hlc1 wrap", export_key).expand(&[&label(Purpose::Password.name())])
}
