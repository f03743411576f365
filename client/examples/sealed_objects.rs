//! Seals every object once with fresh randomness and writes them to standard output with the secrets that open them, for
//! the independent implementation to open (`python3 tests/python/hlc1.py interop`). Test keys, made for this run alone.

use std::convert::Infallible;
use std::io::Write;

use amparo_client::crypto::ack::seal_ack;
use amparo_client::crypto::deposit::{HostHalf, end_token_hash};
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::seal_envelope;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::shift_start::start_shift;
use amparo_client::house::signing::Signing;
use amparo_protocol::api::{MemberRow, Publication, roles};
use amparo_protocol::id::{ConversationId, DeviceId, Hash, MemberId, MessageId};
use amparo_protocol::wire::Have;
use getrandom::SysRng;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Map, Value, json};

const NOW: u64 = 1_800_000_000;
const PSEUDONYM: &str = "Ana 🌿";
const AVATAR: u8 = 5;

fn main() -> std::io::Result<()> {
    let mut random = Recorder::default();
    let mut out = Map::new();
    let house = House::make(&mut random, &mut out);
    let keys = house.shift(&mut random, &mut out);
    talk(&keys, &mut random, &mut out);
    deposit(&mut random, &mut out);
    std::io::stdout().write_all(Value::Object(out).to_string().as_bytes())
}

struct House {
    org: OrgSecret,
    account: AccountSecret,
    publication: Publication,
}

impl House {
    fn make(random: &mut Recorder, out: &mut Map<String, Value>) -> Self {
        let account = random.recorded(out, "account", AccountSecret::generate);
        let org = random.recorded(out, "org_seed", OrgSecret::generate);
        put(out, "org_pk", org.public().as_bytes());
        let sealed = org.seal_to(&account.public_keys().sealing, random).expect("a key of our own making");
        put(out, "sealed_org_key", sealed.as_bytes());
        let key_batch = KeyBatch::sign(&account, 0, 8);
        put(out, "key_batch", key_batch.as_bytes());
        wraps(&account, random, out);
        let row = MemberRow {
            member: MemberId([7; 16]),
            sign_in_name: "ana".to_owned(),
            pseudonym: PSEUDONYM.to_owned(),
            avatar: AVATAR,
            roles: roles::ALL,
            languages: Vec::new(),
            keys: key_batch,
            next_key_index: 0,
            approved: true,
            approval: None,
        };
        let signing = Signing { org: &org, previous: None, administrator: &account, members: &[row], change: None };
        let publication = signing.sign(NOW, random).expect("the administrator's own keys");
        put(out, "roster", publication.roster.as_bytes());
        put(out, "register", publication.register.as_bytes());
        put(out, "badge", publication.entries[0].badge.as_bytes());
        out.insert("pseudonym".to_owned(), json!(PSEUDONYM));
        out.insert("avatar".to_owned(), json!(AVATAR));
        Self { org, account, publication }
    }

    fn shift(&self, random: &mut Recorder, out: &mut Map<String, Value>) -> ShiftKeys {
        random.record.clear();
        let own = &self.publication.entries[0];
        let keys = start_shift(&self.account, &self.org.public(), &self.publication.roster, own, 1, NOW, random)
            .expect("listed in the roster just signed");
        // Device id, seed of the signing key, seed of the sealing key, in this order.
        put(out, "skk", &random.record[40..72]);
        put(out, "shift_cert", keys.certificate.as_bytes());
        keys
    }
}

fn wraps(account: &AccountSecret, random: &mut Recorder, out: &mut Map<String, Value>) {
    let mut export_key = [0; 64];
    random.fill(&mut export_key);
    put(out, "export_key", &export_key);
    put(out, "wrapped_by_password", account.wrap_by_password(&export_key, random).as_bytes());
    let code = random.recorded(out, "recovery_code", RecoveryCode::generate);
    out.insert("recovery_text".to_owned(), json!(*code.to_text()));
    put(out, "wrapped_by_recovery", account.wrap_by_recovery(&code, random).as_bytes());
    let invitation = random.recorded(out, "invitation", InvitationSecret::generate);
    put(out, "wrapped_invitation", invitation.wrap_for(account, roles::COUNSELOR, random).as_bytes());
    put(out, "invitation_name", invitation.name().as_bytes());
    put(out, "binding", invitation.binding(&account.public_keys()).as_bytes());
}

fn talk(keys: &ShiftKeys, random: &mut Recorder, out: &mut Map<String, Value>) {
    let mut conversation = ConversationId::default();
    random.fill(&mut conversation.0);
    put(out, "conversation", conversation.as_bytes());
    let mut epochs = Epochs::new(keys.org, conversation);
    let (mut envelopes, mut messages, mut acks) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..3_u32 {
        let epoch = epochs.make_next(random);
        let envelope = seal_envelope(epoch, &keys.cert, random).expect("a key of our own making");
        envelopes.push(json!(hex(envelope.as_bytes())));
        for (author, text) in
            [(Author::Visitor, "¿Hay alguien?".to_owned()), (Author::Counselor(keys), "y".repeat(4_000))]
        {
            let mut id = MessageId::default();
            random.fill(&mut id.0);
            let wire = seal_message(epoch, author, 3, id, 2, &Body::Text(text.clone()));
            messages.push(json!({
                "epoch": number, "number": 3, "after": 2, "text": text, "wire": hex(wire.as_bytes()),
            }));
            let have = [Have { epoch: number, sender: DeviceId([9; 8]), upto: u64::MAX }];
            let ack = seal_ack(epoch, author, &have, random);
            acks.push(json!({
                "epoch": number,
                "have": [{ "epoch": number, "sender": hex(&[9; 8]), "upto": u64::MAX }],
                "ack": hex(ack.as_bytes()),
            }));
        }
    }
    out.insert("envelopes".to_owned(), Value::Array(envelopes));
    out.insert("messages".to_owned(), Value::Array(messages));
    out.insert("acks".to_owned(), Value::Array(acks));
}

fn deposit(random: &mut Recorder, out: &mut Map<String, Value>) {
    let mut half = Hash::default();
    random.fill(&mut half.0);
    put(out, "host_half", half.as_bytes());
    let state = b"epoch keys, ticket, counters";
    let half = HostHalf::new(half);
    let deposit = half.seal_deposit(state, random);
    put(out, "state", state);
    put(out, "handle", deposit.handle.as_bytes());
    put(out, "relay_half", deposit.relay_half.as_bytes());
    put(out, "end_token_hash", end_token_hash(&half.end_token()).as_bytes());
    put(out, "deposit", deposit.sealed.as_bytes());
}

fn put(out: &mut Map<String, Value>, name: &str, bytes: &[u8]) {
    out.insert(name.to_owned(), json!(hex(bytes)));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The machine's randomness, remembered, because the values that took it do not give their secrets away.
#[derive(Default)]
struct Recorder {
    record: Vec<u8>,
}

impl Recorder {
    fn fill(&mut self, out: &mut [u8]) {
        SysRng.try_fill_bytes(out).expect("the machine has randomness");
        self.record.extend_from_slice(out);
    }

    /// Makes a secret and writes down the bytes it was made of.
    fn recorded<T>(
        &mut self,
        out: &mut Map<String, Value>,
        name: &str,
        make: fn(&mut dyn rand_core::CryptoRng) -> T,
    ) -> T {
        self.record.clear();
        let made = make(self);
        put(out, name, &self.record);
        made
    }
}

impl TryRng for Recorder {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Recorder {}
