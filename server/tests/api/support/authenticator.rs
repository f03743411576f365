//! A passkey program made by hand: what a browser and its security key answer, byte by byte. It can be made to lie.

use amparo_protocol::id::to_base64;
use amparo_server::random::Random;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::app::RELAY;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const WITH_KEY: u8 = 64;

/// One passkey, and how it answers.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    pub counter: u32,
    pub origin: String,
    pub host: String,
    /// Somebody proved by finger, face or PIN that it is theirs.
    pub verifies: bool,
}

impl Authenticator {
    pub fn new() -> Self {
        Self {
            key: SigningKey::from_slice(&Random::Machine.bytes::<32>()).expect("nearly every number is a key"),
            id: Random::Machine.bytes::<16>().to_vec(),
            counter: 0,
            origin: RELAY.to_owned(),
            host: "chat.example.org".to_owned(),
            verifies: true,
        }
    }

    /// The answer to `navigator.credentials.create`.
    pub fn creates(&self, options: &str) -> String {
        let client_data = self.client_data("webauthn.create", &challenge(options));
        let mut data = self.data(WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).expect("a small answer"));
        attestation.extend(data);
        let response = json!({
            "attestationObject": to_base64(&attestation),
            "clientDataJSON": to_base64(client_data.as_bytes()),
            "transports": ["internal"],
        });
        self.answer(response)
    }

    /// The answer to `navigator.credentials.get`.
    pub fn answers(&mut self, options: &str) -> String {
        self.answers_challenge(&challenge(options))
    }

    pub fn answers_challenge(&mut self, challenge: &str) -> String {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.data(0);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(client_data.as_bytes()));
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "authenticatorData": to_base64(&data),
            "clientDataJSON": to_base64(client_data.as_bytes()),
            "signature": to_base64(signature.to_der().as_bytes()),
            "userHandle": Value::Null,
        });
        self.answer(response)
    }

    /// Says that it is the other, with its own signatures.
    pub fn claims_to_be(&mut self, other: &Self) {
        self.id.clone_from(&other.id);
    }

    fn answer(&self, response: Value) -> String {
        let id = to_base64(&self.id);
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        });
        answer.to_string()
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false}).to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(flags | PRESENT | if self.verifies { VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// ES256 over P-256, in COSE.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_bytes();
        let (x, y) = (&point[1..33], &point[33..65]);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}

pub fn challenge(options: &str) -> String {
    let options: Value = serde_json::from_str(options).expect("options are JSON");
    options["publicKey"]["challenge"].as_str().expect("a challenge").to_owned()
}
