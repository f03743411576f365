//! A secret under a key, for the relay to keep. The purpose is bound to it.
//!
//! Never: a wrap opened for another purpose than it was made for.

use amparo_protocol::sealed::Sealed;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, join, label};
use crate::crypto::primitives::{NONCE_BYTES, aead_open, aead_seal, random_bytes};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Password,
    Recovery,
    Invitation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this was not wrapped under this key for this purpose")]
pub struct WrapError;

pub fn wrap(key: &[u8; 32], purpose: Purpose, secret: &[u8], random: &mut dyn CryptoRng) -> Sealed {
    let nonce: [u8; NONCE_BYTES] = random_bytes(random);
    let ciphertext = aead_seal(key, &nonce, &aad(purpose), secret);
    Sealed(join(&[&label("hlc1 wrap"), &nonce, &ciphertext]))
}

/// The secret, of exactly the expected size.
pub fn unwrap<const N: usize>(
    key: &[u8; 32],
    purpose: Purpose,
    wrapped: &Sealed,
) -> Result<Zeroizing<[u8; N]>, WrapError> {
    let (nonce, ciphertext) = parse(wrapped).ok_or(WrapError)?;
    let secret = aead_open(key, &nonce, &aad(purpose), ciphertext).ok_or(WrapError)?;
    let mut fixed = Zeroizing::new([0; N]);
    if secret.len() != N {
        return Err(WrapError);
    }
    fixed.copy_from_slice(&secret);
    Ok(fixed)
}

fn parse(wrapped: &Sealed) -> Option<([u8; NONCE_BYTES], &[u8])> {
    let mut reader = Reader::new(wrapped.as_bytes());
    reader.exactly(&label("hlc1 wrap"))?;
    let nonce = reader.array()?;
    Some((nonce, reader.rest()))
}

fn aad(purpose: Purpose) -> Vec<u8> {
    join(&[&label("hlc1 wrap"), &label(purpose.name())])
}

impl Purpose {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Recovery => "recovery",
            Self::Invitation => "invitation",
        }
    }
}
