//! The organisation's private key: made in the first administrator's browser, words on paper, sealed to administrators.
//!
//! Never: in clear at the relay.

use core::fmt;

use amparo_protocol::id::OrgKey;
use amparo_protocol::sealed::Sealed;
use bip39::{Language, Mnemonic};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, join, label};
use crate::crypto::hpke::{self, SealingKey};
use crate::crypto::primitives::{OrgId, SUITE, hash, random_secret};

/// The seed of the organisation's Ed25519 key `oik`.
#[derive(Clone)]
pub struct OrgSecret(Zeroizing<[u8; 32]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgSecretError {
    #[error("these are not the 24 words; one may be misspelt or in a wrong place")]
    Words,
    #[error("the organisation's key was not sealed to this account")]
    Sealed,
    #[error("this is another organisation's key")]
    OtherKey,
}

impl OrgSecret {
    pub fn generate(random: &mut dyn CryptoRng) -> Self {
        Self(random_secret(random))
    }

    pub fn from_bytes(seed: [u8; 32]) -> Self {
        Self(Zeroizing::new(seed))
    }

    pub fn public(&self) -> OrgKey {
        OrgKey(self.signing_key().verifying_key().to_bytes())
    }

    pub fn id(&self) -> OrgId {
        OrgId::of(&self.public())
    }

    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.0)
    }

    /// 24 English words (BIP 39) for paper.
    pub fn to_words(&self) -> Zeroizing<String> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, &*self.0).expect("32 bytes are 24 words");
        Zeroizing::new(mnemonic.words().collect::<Vec<_>>().join(" "))
    }

    /// From paper; capitals, commas and spaces do not matter. `expected` is the organisation's known public key.
    pub fn from_words(words: &str, expected: &OrgKey) -> Result<Self, OrgSecretError> {
        let lowercase = Zeroizing::new(words.to_lowercase().replace(',', " "));
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &lowercase).map_err(|_| OrgSecretError::Words)?;
        let (entropy, length) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        let seed = entropy[..length].try_into().map_err(|_| OrgSecretError::Words)?;
        Self::from_bytes(seed).check(expected)
    }

    /// For the relay to keep: opened only by the administrator whose public `akk` this is. `None` for a refused key.
    pub fn seal_to(&self, sealing_key: &[u8; 32], random: &mut dyn CryptoRng) -> Option<Sealed> {
        let info = info(self.id(), sealing_key);
        let (encapsulated, ciphertext) = hpke::seal(sealing_key, &info, b"", &*self.0, random)?;
        Some(Sealed(join(&[&[SUITE], &encapsulated, &ciphertext])))
    }

    pub fn open(sealed: &Sealed, key: &SealingKey, expected: &OrgKey) -> Result<Self, OrgSecretError> {
        let seed = open_seed(sealed, key, OrgId::of(expected)).ok_or(OrgSecretError::Sealed)?;
        Self::from_bytes(seed).check(expected)
    }

    fn check(self, expected: &OrgKey) -> Result<Self, OrgSecretError> {
        (self.public() == *expected).then_some(self).ok_or(OrgSecretError::OtherKey)
    }
}

impl fmt::Debug for OrgSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrgSecret(…)")
    }
}

fn open_seed(sealed: &Sealed, key: &SealingKey, org: OrgId) -> Option<[u8; 32]> {
    let mut reader = Reader::new(sealed.as_bytes());
    reader.exactly(&[SUITE])?;
    let encapsulated = reader.array()?;
    let seed = key.open(&info(org, key.public()), b"", &encapsulated, reader.rest())?;
    seed.as_slice().try_into().ok()
}

fn info(org: OrgId, sealing_key: &[u8; 32]) -> Vec<u8> {
    join(&[&label("hlc1 org key"), &[SUITE], &org.0, hash(&[sealing_key]).as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test vectors that the standard points to (trezor/python-mnemonic, English, 32 bytes of 0x7f).
    const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                         useful legal winner thank year wave sausage worth title";

    #[test]
    fn the_words_are_those_of_the_standard_and_lead_back() {
        let secret = OrgSecret::from_bytes([0x7f; 32]);
        assert_eq!(*secret.to_words(), WORDS);
        let public = secret.public();
        let sloppy = format!("  {} ", WORDS.replace(' ', ",  ").to_uppercase());
        assert_eq!(OrgSecret::from_words(&sloppy, &public).map(|again| again.public()), Ok(public));
    }

    #[test]
    fn wrong_words_and_the_words_of_another_organisation_are_told_apart() {
        let public = OrgSecret::from_bytes([0x7f; 32]).public();
        let other = OrgSecret::from_bytes([0x01; 32]).to_words();
        assert_eq!(OrgSecret::from_words(&other, &public).map(|_| ()), Err(OrgSecretError::OtherKey));
        for wrong in ["", "legal winner", &WORDS.replace("title", "zoo"), &WORDS.replacen("legal", "lehal", 1)] {
            assert_eq!(OrgSecret::from_words(wrong, &public).map(|_| ()), Err(OrgSecretError::Words));
        }
        let twelve = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        assert_eq!(OrgSecret::from_words(twelve, &public).map(|_| ()), Err(OrgSecretError::Words));
    }
}
