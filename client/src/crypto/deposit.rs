//! What a visitor's client leaves behind for a reload: opened only with the host half and the relay half together.
//!
//! Never: a state that one half opens.

use core::fmt;

use amparo_protocol::id::{EndToken, Handle, Hash};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::Deposit;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, join, label};
use crate::crypto::primitives::{Prk, aead_open, aead_seal, hash, random_bytes};
use crate::crypto::seal::OpenError;

/// The loader's random value, the same for the whole conversation. The relay never sees it.
#[derive(Clone)]
pub struct HostHalf(Zeroizing<[u8; 32]>);

impl HostHalf {
    pub fn new(half: Hash) -> Self {
        Self(Zeroizing::new(half.0))
    }

    /// Under which the relay keeps the deposit.
    pub fn handle(&self) -> Handle {
        Handle(*self.prk().expand(&[&label("handle")]))
    }

    /// Whoever shows it may end the conversation.
    pub fn end_token(&self) -> EndToken {
        EndToken(*self.prk().expand(&[&label("end")]))
    }

    /// Seals `state` under this half and a fresh relay half: ready to send.
    pub fn seal_deposit(&self, state: &[u8], random: &mut dyn CryptoRng) -> Deposit {
        let handle = self.handle();
        let relay_half = Hash(random_bytes(random));
        let nonce = random_bytes(random);
        let ciphertext = aead_seal(&self.key(&relay_half), &nonce, &aad(&handle), state);
        Deposit { handle, relay_half, sealed: Sealed(join(&[&nonce, &ciphertext])) }
    }

    /// The state, if it was sealed under both halves.
    pub fn open_deposit(&self, relay_half: &Hash, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let mut reader = Reader::new(sealed.as_bytes());
        let nonce = reader.array().ok_or(OpenError::Form)?;
        aead_open(&self.key(relay_half), &nonce, &aad(&self.handle()), reader.rest()).ok_or(OpenError::Seal)
    }

    fn prk(&self) -> Prk {
        Prk::extract("hlc1 resume", &*self.0)
    }

    fn key(&self, relay_half: &Hash) -> Zeroizing<[u8; 32]> {
        let both = Zeroizing::new(join(&[&*self.0, relay_half.as_bytes()]));
        Prk::extract("hlc1 resume", &both).expand(&[&label("deposit")])
    }
}

impl fmt::Debug for HostHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostHalf(…)")
    }
}

/// What the relay keeps of an end token: it cannot end a conversation by itself with it.
pub fn end_token_hash(token: &EndToken) -> Hash {
    hash(&[token.as_bytes()])
}

fn aad(handle: &Handle) -> Vec<u8> {
    join(&[&label("hlc1 resume"), handle.as_bytes()])
}
