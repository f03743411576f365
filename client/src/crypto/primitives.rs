//! The suite's primitives in the few shapes that docs/protocol.md uses: SHA-256, HKDF, HMAC, ChaCha20-Poly1305, Ed25519.
//!
//! Never: a second algorithm, a key longer in memory than its holder.

use amparo_protocol::id::{Hash, OrgKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto::bytes::label;

/// 0x01: X25519, HKDF-SHA256, ChaCha20-Poly1305, Ed25519. 0x02 is reserved for X-Wing; anything but this is refused.
pub const SUITE: u8 = 1;
pub const SIGNATURE_BYTES: usize = 64;
pub const NONCE_BYTES: usize = 12;

/// Names an organisation inside every object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrgId(pub [u8; 16]);

impl OrgId {
    pub fn of(org_key: &OrgKey) -> Self {
        let digest = hash(&[&label("hlc1 org"), org_key.as_bytes()]);
        Self(digest.0[..16].try_into().expect("16 of 32 bytes"))
    }
}

/// SHA-256 of all parts, one after the other.
pub fn hash(parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    Hash(digest.finalize().into())
}

pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A pseudorandom key of HKDF (RFC 5869), from which named keys are expanded.
#[derive(Clone)]
pub struct Prk(Hkdf<Sha256>);

impl Prk {
    pub fn extract(salt: &str, secret: &[u8]) -> Self {
        Self(Hkdf::new(Some(salt.as_bytes()), secret))
    }

    pub fn expand<const N: usize>(&self, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
        expand(&self.0, info)
    }
}

/// `Expand` where the key is used as it is, without `Extract`.
pub fn expand_key<const N: usize>(key: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    expand(&Hkdf::from_prk(key).expect("32 bytes are a whole pseudorandom key"), info)
}

fn expand<const N: usize>(hkdf: &Hkdf<Sha256>, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    hkdf.expand_multi_info(info, &mut *out).expect("far below HKDF's limit of 8,160 bytes");
    out
}

pub fn random_bytes<const N: usize>(random: &mut dyn CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill_bytes(&mut bytes);
    bytes
}

pub fn random_secret(random: &mut dyn CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill_bytes(&mut *bytes);
    bytes
}

pub fn aead_seal(key: &[u8; 32], nonce: &[u8; NONCE_BYTES], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    ChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&Nonce::from(*nonce), Payload { msg: plaintext, aad })
        .expect("far below the cipher's limit of 256 GiB")
}

/// `None` unless key, nonce, associated data and every byte are right.
pub fn aead_open(
    key: &[u8; 32],
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = ChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad }).ok().map(Zeroizing::new)
}

/// A body followed by its signature: the form of every signed object.
pub fn sign_object(key: &SigningKey, mut body: Vec<u8>) -> Vec<u8> {
    let signature = key.sign(&body).to_bytes();
    body.extend_from_slice(&signature);
    body
}

/// The body of a signed object, if `public` signed exactly these bytes.
pub fn open_object<'a>(public: &[u8; 32], signed: &'a [u8]) -> Option<&'a [u8]> {
    let (body, signature) = signed.split_last_chunk::<SIGNATURE_BYTES>()?;
    verify(public, body, signature)?;
    Some(body)
}

pub fn sign(key: &SigningKey, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
    key.sign(message).to_bytes()
}

/// Strict verification: also refuses weak keys and malleable signatures.
pub fn verify(public: &[u8; 32], message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> Option<()> {
    let key = VerifyingKey::from_bytes(public).ok()?;
    key.verify_strict(message, &Signature::from_bytes(signature)).ok()
}

/// Whether a signature by this key could ever count: a point of the curve that is not weak.
pub fn is_signing_key(public: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(public).is_ok_and(|key| !key.is_weak())
}
