//! OPAQUE on the relay's side (RFC 9807): it never learns a password, at registration neither.
//!
//! Never: stretching. Argon2 runs in the member's browser, so that an attempt costs the relay a third of a millisecond.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::sealed::Sealed;
use hkdf::Hkdf;
use opaque_ke::ksf::Identity;
use opaque_ke::rand::{CryptoRng, Error, RngCore};
use opaque_ke::{
    CipherSuite, CredentialFinalization, CredentialRequest, Identifiers, RegistrationRequest, RegistrationUpload,
    Ristretto255, ServerLogin, ServerLoginParameters, ServerRegistration, ServerSetup, TripleDh,
};
use sha2::{Digest, Sha256};
use sha2_for_opaque::Sha512;
use zeroize::Zeroizing;

use crate::clock::Time;
use crate::random::Random;
use crate::store::{Store, StoreError};

/// How every wrapped secret begins, and what follows: nonce, account secret, tag (docs/protocol.md section 2).
const WRAPPED_LABEL: &[u8] = b"\x09hlc1 wrap";
const WRAPPED_BYTES: usize = 12 + 32 + 16;

/// Both sides agree on it; part of the key exchange.
const CONTEXT: &[u8] = b"amparo 1";

struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Identity;
}

/// The relay's OPAQUE keys. Losing them voids every password.
pub struct Passwords {
    setup: ServerSetup<Suite>,
}

/// What the relay remembers between the two requests of a sign-in.
#[derive(Clone)]
pub struct SignInState(Zeroizing<Vec<u8>>);

impl Passwords {
    /// Reads the keys from the store; makes them at the first start.
    pub async fn load(store: &Store, random: &Random, now: Time) -> Result<Self, StoreError> {
        if store.opaque_setup().await?.is_none() {
            let setup = ServerSetup::<Suite>::new(&mut Source(random));
            store.add_opaque_setup(&Zeroizing::new(setup.serialize().to_vec()), now).await?;
        }
        let bytes = store.opaque_setup().await?.ok_or(StoreError::Corrupt("the OPAQUE set-up"))?;
        let setup = ServerSetup::deserialize(&bytes).map_err(|_| StoreError::Corrupt("the OPAQUE set-up"))?;
        Ok(Self { setup })
    }

    /// Answers the first half of a registration.
    pub fn start_registration(&self, member: MemberId, request: &Sealed) -> Result<Sealed, ErrorCode> {
        let request = RegistrationRequest::<Suite>::deserialize(request.as_bytes()).map_err(|_| ErrorCode::Invalid)?;
        let started = ServerRegistration::<Suite>::start(&self.setup, request, member.as_bytes())
            .map_err(|_| ErrorCode::Invalid)?;
        Ok(Sealed(started.message.serialize().to_vec()))
    }

    /// The same for a new password of an account that there is, or would be.
    pub fn start_replacement(&self, account: Account<'_>, request: &Sealed) -> Result<Sealed, ErrorCode> {
        self.start_registration(MemberId(account.credential()), request)
    }

    /// Stands where an account has its secret under the recovery code. As long as a real one, and for a name always the
    /// same; no code opens it.
    pub fn wrapped_for_nobody(&self, sign_in_key: &str) -> Sealed {
        let keys = Zeroizing::new(self.setup.serialize().to_vec());
        let mut made_up = [0; WRAPPED_BYTES];
        Hkdf::<Sha256>::new(Some(b"amparo unknown name"), &keys)
            .expand(sign_in_key.as_bytes(), &mut made_up)
            .expect("far below HKDF's limit of 8,160 bytes");
        Sealed([WRAPPED_LABEL, &made_up].concat())
    }

    /// The record to keep for a registered password.
    pub fn finish_registration(upload: &Sealed) -> Result<Sealed, ErrorCode> {
        let upload = RegistrationUpload::<Suite>::deserialize(upload.as_bytes()).map_err(|_| ErrorCode::Invalid)?;
        Ok(Sealed(ServerRegistration::finish(upload).serialize().to_vec()))
    }

    /// Answers the first half of a sign-in. A name that is not known gets a fake record: same length, same work.
    pub fn start_sign_in(
        &self,
        random: &Random,
        account: Account<'_>,
        request: &Sealed,
    ) -> Result<(Sealed, SignInState), ErrorCode> {
        let request = CredentialRequest::<Suite>::deserialize(request.as_bytes()).map_err(|_| ErrorCode::Invalid)?;
        let record = match account {
            Account::Known { record, .. } => {
                Some(ServerRegistration::deserialize(record.as_bytes()).map_err(|_| ErrorCode::Internal)?)
            }
            Account::Unknown { .. } => None,
        };
        let credential = account.credential();
        let started = ServerLogin::start(&mut Source(random), &self.setup, record, request, &credential, parameters())
            .map_err(|_| ErrorCode::Invalid)?;
        let state = SignInState(Zeroizing::new(started.state.serialize().to_vec()));
        Ok((Sealed(started.message.serialize().to_vec()), state))
    }
}

impl SignInState {
    /// Whether the browser knew the password.
    pub fn is_right(&self, finalization: &Sealed) -> bool {
        let Ok(state) = ServerLogin::<Suite>::deserialize(&self.0) else { return false };
        let Ok(finalization) = CredentialFinalization::deserialize(finalization.as_bytes()) else { return false };
        state.finish(finalization, parameters()).is_ok()
    }
}

/// Whose password is asked for.
#[derive(Clone, Copy)]
pub enum Account<'a> {
    Known {
        member: MemberId,
        record: &'a Sealed,
    },
    /// Nobody has this name; it always gets the same fake answer, so that asking twice tells nothing.
    Unknown {
        sign_in_key: &'a str,
    },
}

impl Account<'_> {
    fn credential(self) -> [u8; 16] {
        match self {
            Self::Known { member, .. } => member.0,
            Self::Unknown { sign_in_key } => {
                let hash = Sha256::new().chain_update("amparo unknown name").chain_update(sign_in_key).finalize();
                hash[..16].try_into().expect("a SHA-256 has sixteen bytes and more")
            }
        }
    }
}

fn parameters<'a>() -> ServerLoginParameters<'a, 'a> {
    ServerLoginParameters { context: Some(CONTEXT), identifiers: Identifiers::default() }
}

/// The relay's randomness in the shape that this crate's generation of traits wants.
struct Source<'a>(&'a Random);

impl RngCore for Source<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_be_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        self.0.u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Source<'_> {}
