//! HPKE base mode (RFC 9180) with the one suite, and the check of X25519 public keys.
//!
//! Never: another mode, a key of low order, a second encoding of a key.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub const ENCAPSULATED_BYTES: usize = 32;

/// An X25519 private key, erased when dropped.
#[derive(Clone)]
pub struct SealingKey {
    private: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: [u8; 32],
}

impl SealingKey {
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let private = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(bytes).expect("every 32 bytes are a key");
        let public = X25519HkdfSha256::sk_to_pk(&private).to_bytes().into();
        Self { private, public }
    }

    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The plaintext, if it was sealed to this key with the same `info` and associated data.
    pub fn open(
        &self,
        info: &[u8],
        aad: &[u8],
        encapsulated: &[u8; ENCAPSULATED_BYTES],
        ciphertext: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        if !is_sealing_key(encapsulated) {
            return None;
        }
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            info,
            ciphertext,
            aad,
        )
        .ok()
        .map(Zeroizing::new)
    }
}

/// Encapsulated key and ciphertext; `None` when `public` is not an acceptable key.
pub fn seal(
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    mut random: &mut dyn CryptoRng,
) -> Option<([u8; ENCAPSULATED_BYTES], Vec<u8>)> {
    if !is_sealing_key(public) {
        return None;
    }
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).ok()?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        &mut random,
    )
    .ok()?;
    Some((encapsulated.to_bytes().into(), ciphertext))
}

/// A canonical u-coordinate below the field's prime that is not of low order. X25519 itself would take any 32 bytes.
pub fn is_sealing_key(public: &[u8; 32]) -> bool {
    is_canonical(public) && !LOW_ORDER.contains(public)
}

/// Below 2^255 − 19, little-endian: only the 19 values at the top and those with the high bit set are not.
fn is_canonical(public: &[u8; 32]) -> bool {
    let high_bit = public[31] & 0x80 != 0;
    let at_the_top = public[31] == 0x7f && public[1..31].iter().all(|byte| *byte == 0xff) && public[0] >= 0xed;
    !high_bit && !at_the_top
}

/// The canonical u-coordinates of order 1, 2, 4 and 8 on the curve and its twist (RFC 7748 section 7; cr.yp.to/ecdh.html).
pub const LOW_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
        0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
        0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
];
