//! The browser's side of OPAQUE, without Argon2: the stretching is the browser's own matter.

use amparo_protocol::sealed::Sealed;
use amparo_server::random::Random;
use opaque_ke::ksf::Identity;
use opaque_ke::rand::{CryptoRng, Error, RngCore};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse, Ristretto255, TripleDh,
};
use sha2_for_opaque::Sha512;

struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Identity;
}

pub struct Registering(ClientRegistration<Suite>);
pub struct SigningIn(ClientLogin<Suite>);

pub fn start_registration(password: &str) -> (Registering, Sealed) {
    let started = ClientRegistration::<Suite>::start(&mut Source, password.as_bytes()).unwrap();
    (Registering(started.state), Sealed(started.message.serialize().to_vec()))
}

impl Registering {
    pub fn finish(self, password: &str, response: &Sealed) -> Sealed {
        let response = RegistrationResponse::deserialize(response.as_bytes()).unwrap();
        let finished = self
            .0
            .finish(&mut Source, password.as_bytes(), response, ClientRegistrationFinishParameters::default())
            .unwrap();
        Sealed(finished.message.serialize().to_vec())
    }
}

pub fn start_sign_in(password: &str) -> (SigningIn, Sealed) {
    let started = ClientLogin::<Suite>::start(&mut Source, password.as_bytes()).unwrap();
    (SigningIn(started.state), Sealed(started.message.serialize().to_vec()))
}

impl SigningIn {
    /// `None`: the browser itself sees that the password is wrong.
    pub fn finish(self, password: &str, response: &Sealed) -> Option<Sealed> {
        let response = CredentialResponse::deserialize(response.as_bytes()).unwrap();
        let parameters = ClientLoginFinishParameters::new(Some(b"amparo 1"), Identifiers::default(), None);
        let finished = self.0.finish(&mut Source, password.as_bytes(), response, parameters).ok()?;
        Some(Sealed(finished.message.serialize().to_vec()))
    }
}

struct Source;

impl RngCore for Source {
    fn next_u32(&mut self) -> u32 {
        u32::from_be_bytes(Random::Machine.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        Random::Machine.u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        Random::Machine.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Source {}
