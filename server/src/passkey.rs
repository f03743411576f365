//! Passkeys: what a browser is asked, and whether its answer is right. They belong to the host name of the public address.
//!
//! Never: a secret. The relay sees public keys, and signatures over questions that it made itself.

use std::time::Duration;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

/// How long the browser may take.
pub const ANSWER_SECS: u64 = 2 * 60;
/// Answers are one or two kilobytes.
const ANSWER_MAX_BYTES: usize = 32 * 1024;

pub struct Passkeys {
    /// `None`: the public address has no name.
    webauthn: Option<Webauthn>,
}

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    Wrong,
    /// Its counter did not go on: there may be a copy of it.
    MaybeCopied,
}

impl Passkeys {
    pub fn new(public_url: &str) -> Self {
        Self { webauthn: webauthn(public_url) }
    }

    pub fn are_possible(&self) -> bool {
        self.webauthn.is_some()
    }

    /// What to ask for a new passkey, and what its answer is compared with. Those that are known are not made again.
    pub fn start_adding(
        &self,
        member: MemberId,
        name: &str,
        known: &[Passkey],
    ) -> Result<(String, PasskeyRegistration), ErrorCode> {
        let known = known.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let started = self.webauthn()?.start_passkey_registration(owner_mark(member), name, name, Some(known));
        let (options, state) = started.map_err(|_| ErrorCode::Internal)?;
        Ok((text(&options), state))
    }

    pub fn finish_adding(&self, state: &PasskeyRegistration, answer: &str) -> Result<Passkey, ErrorCode> {
        let answer: RegisterPublicKeyCredential = read(answer).ok_or(ErrorCode::Invalid)?;
        self.webauthn()?.finish_passkey_registration(&answer, state).map_err(|_| ErrorCode::Invalid)
    }

    pub fn start_asking(&self, known: &[Passkey]) -> Result<(String, PasskeyAuthentication), ErrorCode> {
        let (options, state) = self.webauthn()?.start_passkey_authentication(known).map_err(|_| ErrorCode::Internal)?;
        Ok((text(&options), state))
    }

    pub fn finish_asking(&self, state: &PasskeyAuthentication, answer: &str) -> Result<AuthenticationResult, Doubt> {
        let answer: PublicKeyCredential = read(answer).ok_or(Doubt::Wrong)?;
        let webauthn = self.webauthn.as_ref().ok_or(Doubt::Wrong)?;
        webauthn.finish_passkey_authentication(&answer, state).map_err(|error| match error {
            WebauthnError::CredentialPossibleCompromise => Doubt::MaybeCopied,
            _ => Doubt::Wrong,
        })
    }

    fn webauthn(&self) -> Result<&Webauthn, ErrorCode> {
        self.webauthn.as_ref().ok_or(ErrorCode::NotFound)
    }
}

/// A passkey belongs to a name, never to a bare address.
fn webauthn(public_url: &str) -> Option<Webauthn> {
    let origin = Url::parse(public_url).ok()?;
    let Some(Host::Domain(name)) = origin.host() else { return None };
    let builder = WebauthnBuilder::new(name, &origin).ok()?;
    builder.rp_name("Amparo").timeout(Duration::from_secs(ANSWER_SECS)).build().ok()
}

/// What WebAuthn calls the handle: the same for each passkey of a member, and says nothing about them elsewhere.
fn owner_mark(member: MemberId) -> Uuid {
    let digest = Sha256::digest([b"amparo passkey", &member.0[..]].concat());
    Uuid::from_slice(&digest[..16]).expect("sixteen bytes were taken")
}

fn text(options: &impl Serialize) -> String {
    serde_json::to_string(options).expect("options have text keys only")
}

fn read<T: DeserializeOwned>(answer: &str) -> Option<T> {
    if answer.len() > ANSWER_MAX_BYTES {
        return None;
    }
    serde_json::from_str(answer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_an_address_with_a_name() {
        for name in ["https://chat.example.org", "http://localhost:8080", "https://a.example.org:8443"] {
            assert!(Passkeys::new(name).are_possible(), "{name}");
        }
        for bare in ["http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert!(!Passkeys::new(bare).are_possible(), "{bare}");
        }
    }
}
