//! The client makes and opens every object of `vectors.json`, which an independent implementation in Python made.
//!
//! The same checks run natively, as WebAssembly and, through `examples/vectors_js.rs`, as plain JavaScript.

use amparo_client::crypto::ack::{open_ack, seal_ack};
use amparo_client::crypto::badge::Badge;
use amparo_client::crypto::deposit::{HostHalf, end_token_hash};
use amparo_client::crypto::epoch::{Epoch, EpochKey, Epochs};
use amparo_client::crypto::grant::{open_envelope, seal_envelope};
use amparo_client::crypto::hpke::{self, SealingKey};
use amparo_client::crypto::primitives::{OrgId, hash};
use amparo_client::crypto::roster::Roster;
use amparo_client::crypto::seal::{Author, Body, Holders, open_message, seal_message};
use amparo_client::crypto::shift::{ShiftCert, ShiftKeys};
use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::publication::Published;
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::signing::Signing;
use amparo_protocol::api::{Approval, MemberRow};
use amparo_protocol::id::{ConversationId, DeviceId, Hash, MemberId, MessageId, OrgKey};
use amparo_protocol::wire::Have;

use super::file::Row;
use super::given::Given;

pub fn hpke_is_the_rfcs() {
    let rfc = Row::load().row("rfc9180");
    let (info, aad, plaintext) = (rfc.bytes("info"), rfc.bytes("aad"), rfc.bytes("pt"));
    let mut random = Given::new(&[&rfc.bytes("ikmE")]);
    let sealed = hpke::seal(&rfc.array("pkRm"), &info, &aad, &plaintext, &mut random);
    assert_eq!(sealed, Some((rfc.array("enc"), rfc.bytes("ct"))));
    let key = SealingKey::from_bytes(&rfc.array("skRm"));
    assert_eq!(*key.public(), rfc.array("pkRm"));
    let opened = key.open(&info, &aad, &rfc.array("enc"), &rfc.bytes("ct"));
    assert_eq!(opened.as_deref(), Some(&plaintext));
}

pub fn the_organisation_has_its_id_and_opens_its_key() {
    let org = Row::load().row("org");
    let secret = OrgSecret::from_bytes(org.array("seed"));
    assert_eq!(secret.public(), OrgKey(org.array("org_pk")));
    assert_eq!(secret.id(), OrgId(org.array("org_id")));
    let ana = account("ana");
    let sealed = secret.seal_to(&ana.public_keys().sealing, &mut Given::new(&[&org.bytes("ikm")]));
    assert_eq!(sealed, Some(org.sealed("sealed_to_ana")));
    let opened = OrgSecret::open(&org.sealed("sealed_to_ana"), &ana.sealing_key(), &secret.public());
    assert_eq!(opened.map(|opened| opened.public()), Ok(secret.public()));
    let again = OrgSecret::from_words(&secret.to_words(), &secret.public());
    assert_eq!(again.map(|again| again.public()), Ok(secret.public()));
}

pub fn an_account_derives_wraps_and_unwraps() {
    for member in Row::load().rows("accounts") {
        let account = AccountSecret::from_bytes(member.array("secret"));
        let keys = account.public_keys();
        assert_eq!((keys.signing, keys.sealing), (member.array("apk_pk"), member.array("akk_pk")));
        assert_eq!(KeyBatch::sign(&account, 0, 4), member.sealed("key_batch"));
        let batch = KeyBatch::open(&member.sealed("key_batch")).expect("signed by the account");
        assert_eq!((batch.account, batch.first, batch.roster_keys.len()), (keys, 0, 4));
        let third = account.roster_key(2).verifying_key().to_bytes();
        assert_eq!(batch.roster_key(2), Some(&third));

        let export_key = member.bytes("export_key");
        let wrapped = account.wrap_by_password(&export_key, &mut Given::new(&[&member.bytes("password_nonce")]));
        assert_eq!(wrapped, member.sealed("wrapped_by_password"));
        let unwrapped = AccountSecret::unwrap_by_password(&export_key, &wrapped).expect("the same export key");
        assert_eq!(unwrapped.public_keys(), keys);

        let code = RecoveryCode::from_bytes(member.array("recovery_code"));
        assert_eq!(*code.to_text(), member.text("recovery_text"));
        let code = RecoveryCode::from_text(member.text("recovery_text")).expect("its own text");
        let wrapped = account.wrap_by_recovery(&code, &mut Given::new(&[&member.bytes("recovery_nonce")]));
        assert_eq!(wrapped, member.sealed("wrapped_by_recovery"));
        let unwrapped = AccountSecret::unwrap_by_recovery(&code, &wrapped).expect("the same code");
        assert_eq!(unwrapped.public_keys(), keys);
    }
}

pub fn an_invitation_binds_the_keys() {
    let row = Row::load().row("invitation");
    let omars_roles = Row::load().rows("accounts")[1].small("roles");
    let secret = InvitationSecret::from_bytes(row.array("secret"));
    assert_eq!(secret.token(), row.sealed("token"));
    assert_eq!(secret.name(), Hash(row.array("name")));
    assert_eq!(secret.binding(&account("omar").public_keys()), Hash(row.array("binding_of_omar")));
    let wrapped = secret.wrap_for(&account("ana"), omars_roles, &mut Given::new(&[&row.bytes("nonce")]));
    assert_eq!(wrapped, row.sealed("wrapped_for_ana"));
    let text = secret.to_text();
    assert_eq!(InvitationSecret::from_text(&text).map(|again| again.name()), Some(secret.name()));
}

pub fn rosters_and_registers_are_signed_alike() {
    let vectors = Row::load();
    let org = OrgSecret::from_bytes(vectors.row("org").array("seed"));
    let rosters = vectors.rows("rosters");
    let mut previous: Option<Published> = None;
    for row in &rosters {
        let entries = row.rows("entries");
        let for_entries = entries.iter().flat_map(|entry| [entry.bytes("badge_nonce"), entry.bytes("roster_member")]);
        // Ana alone is an administrator: one box is sealed, after all entries.
        let random: Vec<Vec<u8>> = for_entries.chain([vec![7; 32]]).collect();
        let mut random = Given::new(&random.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let members = member_rows(entries[0].small("key_index"));
        let (previous_signing, ana) = (previous.as_ref(), account("ana"));
        let signing =
            Signing { org: &org, previous: previous_signing, administrator: &ana, members: &members, change: None };
        let publication = signing.sign(row.number("issued"), &mut random).expect("all members are proven");
        assert!(random.is_used_up());
        assert_eq!(publication.roster, row.sealed("roster"));
        assert_eq!(publication.register, row.sealed("register"));
        let [box_of_ana] = &publication.org_keys[..] else { panic!("one administrator") };
        let opened = OrgSecret::open(&box_of_ana.sealed, &ana.sealing_key(), &org.public()).expect("sealed to Ana");
        assert_eq!(opened.public(), org.public());
        for (published, entry) in publication.entries.iter().zip(&entries) {
            assert_eq!(published.badge, entry.sealed("badge"));
            assert!(Badge::open(&published.badge, &Hash(entry.array("badge_hash"))).is_ok());
        }
        let published = Published::open(&publication.roster, &publication.register, &org.public()).expect("a pair");
        assert_eq!(published.roster.hash, Hash(row.array("hash")));
        assert_eq!(published.roster.body.expires_unix_secs, row.number("expires"));
        assert!(published.changes(&members).is_empty());
        previous = Some(published);
    }
}

pub fn a_shift_is_certified_alike() {
    let vectors = Row::load();
    let row = vectors.row("shift");
    let keys = shift_keys();
    assert_eq!(keys.certificate, row.sealed("cert"));
    assert_eq!(keys.cert.signing_key, row.array("ssk_pk"));
    assert_eq!(keys.cert.sealing_key, row.array("skk_pk"));
    assert_eq!(ShiftCert::open(&row.sealed("cert"), &roster(), vectors.number("now")), Ok(keys.cert));
}

pub fn epochs_chain_and_envelopes_open() {
    let vectors = Row::load();
    let keys = shift_keys();
    let rows = vectors.rows("epochs");
    let mut made = Epochs::new(keys.org, conversation());
    let mut opened = Epochs::new(keys.org, conversation());
    for row in &rows {
        let epoch = made.make_next(&mut Given::new(&[&row.bytes("key")]));
        assert_eq!(
            (epoch.number(), *epoch.kid(), *epoch.chain()),
            (row.small("epoch"), row.array("kid"), row.array("chain"))
        );
        let envelope = seal_envelope(epoch, &keys.cert, &mut Given::new(&[&row.bytes("ikm")]));
        assert_eq!(envelope, Ok(row.sealed("envelope")));
        assert_eq!(open_envelope(&row.sealed("envelope"), &keys, &mut opened), Ok(row.small("epoch")));
    }
    assert_eq!(opened.newest().map(|epoch| *epoch.kid()), made.newest().map(|epoch| *epoch.kid()));
}

pub fn messages_are_sealed_alike_and_open() {
    let keys = shift_keys();
    for row in Row::load().rows("messages") {
        let epoch = epoch(row.small("epoch"));
        let author = author(&row, &keys);
        let body = match row.number("type") {
            1 => Body::Text(row.text("text").to_owned()),
            5 => Body::History,
            _ => Body::End,
        };
        let (number, after) = (row.number("number"), row.number("after"));
        let wire = seal_message(&epoch, author, number, MessageId(row.array("message_id")), after, &body);
        assert_eq!(wire.size_bytes(), row.small::<usize>("size"));
        assert_eq!(hash(&[wire.as_bytes()]), Hash(row.array("wire_hash")));
        if row.has("wire") {
            assert_eq!(wire, row.sealed("wire"));
        }
        for holders in [Holders::Only(keys.device()), Holders::Several(std::slice::from_ref(&keys.cert))] {
            let opened = open_message(&epoch, &wire, holders).expect("sealed for this epoch");
            assert_eq!((opened.after, &opened.body), (after, &body));
            assert_eq!(opened.header.number, number);
            assert_eq!(opened.header.origin.sender, author.sender());
        }
    }
}

pub fn acknowledgements_are_sealed_alike_and_open() {
    let keys = shift_keys();
    for row in Row::load().rows("acks") {
        let epoch = epoch(row.small("epoch"));
        let have: Vec<Have> = row.rows("have").iter().map(have).collect();
        let ack = seal_ack(&epoch, author(&row, &keys), &have, &mut Given::new(&[&row.bytes("nonce")]));
        assert_eq!(ack, row.sealed("ack"));
        let opened = open_ack(&epoch, &ack).expect("sealed for this epoch");
        assert_eq!((opened.have, opened.header.origin.sender), (have, author(&row, &keys).sender()));
    }
}

pub fn a_deposit_opens_with_both_halves() {
    let row = Row::load().row("deposit");
    let half = HostHalf::new(Hash(row.array("host_half")));
    assert_eq!(half.handle().as_bytes().to_vec(), row.bytes("handle"));
    assert_eq!(half.end_token().as_bytes().to_vec(), row.bytes("end_token"));
    let mut random = Given::new(&[&row.bytes("relay_half"), &row.bytes("nonce")]);
    let deposit = half.seal_deposit(&row.bytes("state"), &mut random);
    assert_eq!(deposit.sealed, row.sealed("sealed"));
    assert_eq!(end_token_hash(&half.end_token()), Hash(row.array("end_token_hash")));
    let opened = half.open_deposit(&deposit.relay_half, &deposit.sealed).expect("both halves");
    assert_eq!(*opened, row.bytes("state"));
}

fn account(name: &str) -> AccountSecret {
    let at = usize::from(name != "ana");
    AccountSecret::from_bytes(Row::load().rows("accounts")[at].array("secret"))
}

/// Ana, who set the organisation up, and Omar, who answered her invitation.
fn member_rows(next_key_index: u32) -> Vec<MemberRow> {
    let vectors = Row::load();
    let invitation = vectors.row("invitation");
    let approval = Approval {
        invitation: Hash(invitation.array("name")),
        binding: Hash(invitation.array("binding_of_omar")),
        wrapped_secret: invitation.sealed("wrapped_for_ana"),
        invited_by: MemberId(vectors.rows("accounts")[0].array("member_id")),
    };
    let row = |at: usize, approval: Option<Approval>| {
        let member = &vectors.rows("accounts")[at];
        MemberRow {
            member: MemberId(member.array("member_id")),
            sign_in_name: member.text("pseudonym").to_owned(),
            pseudonym: member.text("pseudonym").to_owned(),
            avatar: member.small("avatar"),
            roles: member.small("roles"),
            languages: Vec::new(),
            keys: member.sealed("key_batch"),
            next_key_index,
            approved: approval.is_none(),
            approval,
        }
    };
    vec![row(0, None), row(1, (next_key_index == 0).then_some(approval))]
}

/// Omar's device under the second roster.
pub fn shift_keys() -> ShiftKeys {
    let vectors = Row::load();
    let row = vectors.row("shift");
    let mut random = Given::new(&[&row.bytes("device"), &row.bytes("ssk"), &row.bytes("skk")]);
    let member = vectors.rows("rosters")[1].rows("entries")[1].array("roster_member");
    let org = OrgId(vectors.row("org").array("org_id"));
    let roster_key = account("omar").roster_key(1);
    ShiftKeys::certify(
        &roster_key,
        org,
        amparo_protocol::id::RosterMemberId(member),
        2,
        vectors.number("now"),
        &mut random,
    )
}

pub fn roster() -> Roster {
    let vectors = Row::load();
    let org_key = OrgKey(vectors.row("org").array("org_pk"));
    Roster::open(&vectors.rows("rosters")[1].sealed("roster"), &org_key).expect("signed by the organisation")
}

pub fn conversation() -> ConversationId {
    ConversationId(Row::load().array("conversation"))
}

pub fn epoch(number: usize) -> Epoch {
    let vectors = Row::load();
    let row = &vectors.rows("epochs")[number];
    let org = OrgId(vectors.row("org").array("org_id"));
    let key = EpochKey::from_bytes(row.array("key"));
    Epoch::restore(org, conversation(), row.small("epoch"), key, row.array("chain"))
}

fn author<'a>(row: &Row, keys: &'a ShiftKeys) -> Author<'a> {
    match row.number("direction") {
        0 => Author::Visitor,
        _ => Author::Counselor(keys),
    }
}

fn have(row: &Row) -> Have {
    Have { epoch: row.small("epoch"), sender: DeviceId(row.array("sender")), upto: row.number("upto") }
}
