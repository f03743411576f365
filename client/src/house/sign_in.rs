//! The member's half of OPAQUE (RFC 9807): the relay never learns the password.
//!
//! Suite: Ristretto255, TripleDH and SHA-512; the password is stretched here by Argon2id. No identifiers, context
//! `amparo 1`. Bytes in, bytes out, so that each half can run in a worker with the state kept in between.
//!
//! Never: the password or the export key in what is sent.

use amparo_protocol::sealed::Sealed;
use argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::errors::{InternalError, ProtocolError};
use opaque_ke::generic_array::{ArrayLength, GenericArray};
use opaque_ke::ksf::Ksf;
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse, Ristretto255, TripleDh,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Bound into every sign-in; the relay gives the same.
pub const CONTEXT: &[u8] = b"amparo 1";

/// How long a password is stretched. Chosen at registration and needed again at every sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Stretch {
    /// Argon2id with 64 MiB, three passes, one lane.
    pub const MEMBER: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// For tests alone: as little as Argon2id allows.
    pub const CHEAP: Self = Self { memory_kib: 8, passes: 1 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error("name or password is wrong")]
    WrongPassword,
    #[error("the relay's answer could not be read")]
    Malformed,
    #[error("the password could not be stretched; too little memory")]
    Stretch,
}

/// The first half: what to keep and what to send.
#[derive(Debug)]
pub struct Started {
    /// Secret, for this attempt only.
    pub state: Zeroizing<Vec<u8>>,
    pub request: Sealed,
}

/// The second half.
pub struct Finished {
    /// `registration_upload` or `credential_finalization`.
    pub message: Sealed,
    /// Wraps the account secret; the relay never sees it.
    pub export_key: Zeroizing<Vec<u8>>,
}

pub fn start_registration(password: &str, random: &mut dyn CryptoRng) -> Result<Started, SignInError> {
    let started = ClientRegistration::<MemberSuite>::start(&mut Adapter(random), password.as_bytes())?;
    Ok(Started {
        state: Zeroizing::new(started.state.serialize().to_vec()),
        request: Sealed(started.message.serialize().to_vec()),
    })
}

pub fn finish_registration(
    password: &str,
    state: &[u8],
    response: &Sealed,
    stretch: Stretch,
    random: &mut dyn CryptoRng,
) -> Result<Finished, SignInError> {
    let state = ClientRegistration::<MemberSuite>::deserialize(state)?;
    let response = RegistrationResponse::deserialize(response.as_bytes())?;
    let stretching = Stretching(stretch);
    let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretching));
    let finished = state.finish(&mut Adapter(random), password.as_bytes(), response, parameters)?;
    Ok(Finished {
        message: Sealed(finished.message.serialize().to_vec()),
        export_key: Zeroizing::new(finished.export_key.to_vec()),
    })
}

pub fn start_sign_in(password: &str, random: &mut dyn CryptoRng) -> Result<Started, SignInError> {
    let started = ClientLogin::<MemberSuite>::start(&mut Adapter(random), password.as_bytes())?;
    Ok(Started {
        state: Zeroizing::new(started.state.serialize().to_vec()),
        request: Sealed(started.message.serialize().to_vec()),
    })
}

pub fn finish_sign_in(
    password: &str,
    state: &[u8],
    response: &Sealed,
    stretch: Stretch,
    random: &mut dyn CryptoRng,
) -> Result<Finished, SignInError> {
    let state = ClientLogin::<MemberSuite>::deserialize(state)?;
    let response = CredentialResponse::deserialize(response.as_bytes())?;
    let stretching = Stretching(stretch);
    let parameters = ClientLoginFinishParameters::new(Some(CONTEXT), Identifiers::default(), Some(&stretching));
    let finished = state.finish(&mut Adapter(random), password.as_bytes(), response, parameters)?;
    Ok(Finished {
        message: Sealed(finished.message.serialize().to_vec()),
        export_key: Zeroizing::new(finished.export_key.to_vec()),
    })
}

struct MemberSuite;

impl CipherSuite for MemberSuite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2_for_opaque::Sha512>;
    type Ksf = Stretching;
}

/// Argon2id over the OPRF's output, with the empty salt that RFC 9807 asks for: the output is itself salted.
struct Stretching(Stretch);

impl Default for Stretching {
    fn default() -> Self {
        Self(Stretch::MEMBER)
    }
}

impl Ksf for Stretching {
    fn hash<L: ArrayLength<u8>>(&self, input: GenericArray<u8, L>) -> Result<GenericArray<u8, L>, InternalError> {
        let params = Params::new(self.0.memory_kib, self.0.passes, 1, None).map_err(|_| InternalError::KsfError)?;
        let mut output = GenericArray::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&input, &[0; 16], &mut output)
            .map_err(|_| InternalError::KsfError)?;
        Ok(output)
    }
}

impl From<ProtocolError> for SignInError {
    fn from(error: ProtocolError) -> Self {
        match error {
            ProtocolError::InvalidLoginError => Self::WrongPassword,
            ProtocolError::LibraryError(InternalError::KsfError) => Self::Stretch,
            _ => Self::Malformed,
        }
    }
}

/// `opaque-ke` still asks for the former generation's traits of randomness.
struct Adapter<'a>(&'a mut dyn CryptoRng);

impl opaque_ke::rand::RngCore for Adapter<'_> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), opaque_ke::rand::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}

impl opaque_ke::rand::CryptoRng for Adapter<'_> {}

#[cfg(test)]
mod tests {
    use opaque_ke::ksf::Identity;
    use opaque_ke::{
        CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
        ServerLoginParameters, ServerRegistration, ServerSetup,
    };
    use rand_core::{TryCryptoRng, TryRng};

    use super::*;

    #[test]
    fn the_right_password_gives_the_same_export_key_and_the_wrong_one_nothing() {
        let mut relay = Relay::start();
        let registered = relay.register("correct horse");
        let (signed_in, accepted) = relay.sign_in("correct horse").expect("the right password");
        assert_eq!(signed_in.export_key, registered.export_key);
        assert!(accepted);
        assert_eq!(relay.sign_in("wrong horse").map(|_| ()), Err(SignInError::WrongPassword));
    }

    #[test]
    fn what_the_relay_answers_is_read_without_trust() {
        let mut random = Counting(7);
        let started = start_sign_in("correct horse", &mut random).expect("starts");
        for response in [Sealed::default(), Sealed(vec![0xff; 320])] {
            let finished = finish_sign_in("correct horse", &started.state, &response, Stretch::CHEAP, &mut random);
            assert_eq!(finished.map(|_| ()), Err(SignInError::Malformed));
        }
    }

    #[test]
    fn the_library_gets_the_callers_randomness_in_whatever_way_it_asks() {
        use opaque_ke::rand::RngCore;
        let [mut filled, mut tried] = [[0; 32]; 2];
        Adapter(&mut Counting(7)).fill_bytes(&mut filled);
        Adapter(&mut Counting(7)).try_fill_bytes(&mut tried).expect("never fails");
        assert!(filled == tried && filled != [0; 32]);
        let numbers = (Adapter(&mut Counting(7)).next_u32(), Adapter(&mut Counting(7)).next_u64());
        assert_eq!((Ok(numbers.0), Ok(numbers.1)), (Counting(7).try_next_u32(), Counting(7).try_next_u64()));
        assert_ne!(numbers, (0, 0));
    }

    /// The relay's half: the same suite, without stretching.
    struct RelaySuite;

    impl CipherSuite for RelaySuite {
        type OprfCs = Ristretto255;
        type KeyExchange = TripleDh<Ristretto255, sha2_for_opaque::Sha512>;
        type Ksf = Identity;
    }

    /// From the reference implementation of Argon2, as Python's argon2-cffi calls it: without this, guessing at a stolen
    /// database would be quick.
    #[test]
    fn a_password_is_stretched_as_rfc_9106_says() {
        let stretched = Stretching(Stretch::CHEAP).hash(GenericArray::from([7; 64])).expect("8 KiB are there");
        let hex: String = stretched.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "84ba325d52ae04169502a1bbe9d4428fdc586122f1344c8d4ef64e7c9367299e\
             a6d35d22808036c041aae6e4ec50bc5b096df0a77882e744ac6bd075d93a69ce"
        );
    }

    struct Relay {
        setup: ServerSetup<RelaySuite>,
        record: Option<ServerRegistration<RelaySuite>>,
        random: Counting,
    }

    impl Relay {
        fn start() -> Self {
            let mut random = Counting(1);
            Self { setup: ServerSetup::new(&mut Adapter(&mut random)), record: None, random }
        }

        fn register(&mut self, password: &str) -> Finished {
            let started = start_registration(password, &mut self.random).expect("starts");
            let request = RegistrationRequest::deserialize(started.request.as_bytes()).expect("well formed");
            let response = ServerRegistration::start(&self.setup, request, b"member").expect("answers").message;
            let response = Sealed(response.serialize().to_vec());
            let finished = finish_registration(password, &started.state, &response, Stretch::CHEAP, &mut self.random)
                .expect("finishes");
            let upload = RegistrationUpload::deserialize(finished.message.as_bytes()).expect("well formed");
            self.record = Some(ServerRegistration::finish(upload));
            finished
        }

        /// What the browser has, and whether the relay accepts it.
        fn sign_in(&mut self, password: &str) -> Result<(Finished, bool), SignInError> {
            let started = start_sign_in(password, &mut self.random)?;
            let request = CredentialRequest::deserialize(started.request.as_bytes()).expect("well formed");
            let parameters = ServerLoginParameters { context: Some(CONTEXT), identifiers: Identifiers::default() };
            let mut adapter = Adapter(&mut self.random);
            let record = self.record.clone();
            let login = ServerLogin::start(&mut adapter, &self.setup, record, request, b"member", parameters.clone());
            let login = login.expect("answers");
            let response = Sealed(login.message.serialize().to_vec());
            let finished = finish_sign_in(password, &started.state, &response, Stretch::CHEAP, &mut self.random)?;
            let finalization = CredentialFinalization::deserialize(finished.message.as_bytes()).expect("well formed");
            let accepted = login.state.finish(finalization, parameters).is_ok();
            Ok((finished, accepted))
        }
    }

    /// Predictable and never the same twice.
    struct Counting(u64);

    impl TryRng for Counting {
        type Error = core::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            let mut bytes = [0; 4];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u32::from_be_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            let mut bytes = [0; 8];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u64::from_be_bytes(bytes))
        }

        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
            for chunk in out.chunks_mut(32) {
                self.0 += 1;
                let block = crate::crypto::primitives::hash(&[&self.0.to_be_bytes()]);
                chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
            }
            Ok(())
        }
    }

    impl TryCryptoRng for Counting {}
}
