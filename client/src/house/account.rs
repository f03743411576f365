//! A member's account secret and the keys that follow from it.
//!
//! Never: the secret itself outside of this value, except wrapped.

use core::fmt;

use amparo_protocol::id::Hash;
use amparo_protocol::sealed::Sealed;
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::{join, label};
use crate::crypto::hpke::SealingKey;
use crate::crypto::primitives::{Prk, random_secret, sign};
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

    /// `apk`: signs key batches and recoveries.
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

    /// Tells the relay that whoever finishes this attempt has opened the account with the recovery code.
    pub fn sign_recovery(&self, attempt: Hash) -> Sealed {
        let signature = sign(&self.signing_key(), &join(&[&label("hlc1 recovery"), attempt.as_bytes()]));
        Sealed(signature.to_vec())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::primitives::verify;

    fn code(byte: u8) -> RecoveryCode {
        RecoveryCode::from_bytes([byte; 20])
    }

    /// As the relay keeps it.
    fn wrapped_by(account: &AccountSecret, code: &RecoveryCode) -> Sealed {
        account.wrap_by_recovery(code, &mut Same)
    }

    #[test]
    fn whoever_has_the_code_signs_for_the_account_and_for_this_attempt_alone() {
        let account = AccountSecret::from_bytes([7; 32]);
        let opened = AccountSecret::unwrap_by_recovery(&code(1), &wrapped_by(&account, &code(1))).expect("the code");
        let signature = opened.sign_recovery(Hash([3; 32]));
        let signature: &[u8; 64] = signature.as_bytes().try_into().expect("an Ed25519 signature");
        let of = |label: &[u8], attempt: u8| [label, &[attempt; 32]].concat();
        let apk = account.public_keys().signing;
        assert!(verify(&apk, &of(b"\x0dhlc1 recovery", 3), signature).is_some(), "docs/protocol.md, Recovery");
        assert!(verify(&apk, &of(b"\x0dhlc1 recovery", 4), signature).is_none());
        assert!(verify(&apk, &of(b"", 3), signature).is_none());
        let another = AccountSecret::from_bytes([8; 32]).public_keys().signing;
        assert!(verify(&another, &of(b"\x0dhlc1 recovery", 3), signature).is_none());
    }

    #[test]
    fn another_code_opens_nothing() {
        let wrapped = wrapped_by(&AccountSecret::from_bytes([7; 32]), &code(1));
        assert!(AccountSecret::unwrap_by_recovery(&code(2), &wrapped).is_err());
        assert!(AccountSecret::unwrap_by_password(&[1; 20], &wrapped).is_err(), "a wrap has one purpose");
        // What the relay makes up for a name that nobody has is as long as this (server/src/password.rs).
        assert_eq!(wrapped.size_bytes(), 70);
    }

    /// Always the same bytes; nothing here depends on chance.
    struct Same;

    impl rand_core::TryRng for Same {
        type Error = core::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(9)
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(9)
        }

        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
            out.fill(9);
            Ok(())
        }
    }

    impl rand_core::TryCryptoRng for Same {}
}
