//! What an administrator's browser refuses to sign, whatever the relay says.

use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::{ApprovalError, InvitationSecret};
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::publication::{Change, Published};
use amparo_client::house::register::Register;
use amparo_client::house::shift_start::{ShiftStartError, start_shift};
use amparo_client::house::signing::{RoleChange, Signing, SigningError};
use amparo_protocol::api::{Approval, MemberRow, Publication};
use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::limits::{ROSTER_RENEW_SECS, ROSTER_SECS};
use ed25519_dalek::SigningKey;

use crate::given::Given;

const NOW: u64 = 1_800_000_000;
const ANA: MemberId = MemberId([2; 16]);
const OMAR: MemberId = MemberId([1; 16]);

#[test]
fn the_invited_member_is_signed_in_and_starts_a_shift() {
    let house = House::new();
    let publication = house.sign(None, &[house.ana_row(0), house.omar_row()]).expect("both are proven");
    let omars = publication.entries.iter().find(|entry| entry.member == OMAR).expect("in the publication");
    let org_key = house.org.public();
    let shift =
        start_shift(&house.omar, &org_key, &publication.roster, omars, 1, NOW, &mut Given::stream(2)).expect("listed");
    assert_eq!(shift.cert.member, omars.roster_member);
    let anas = start_shift(&house.ana, &org_key, &publication.roster, omars, 1, NOW, &mut Given::stream(2));
    assert_eq!(anas.map(|_| ()), Err(ShiftStartError::NotListed), "not with somebody else's entry");
}

#[test]
fn a_stranger_whom_the_relay_slips_in_is_not_signed() {
    let house = House::new();
    let stranger = AccountSecret::from_bytes([8; 32]);
    let mut swapped = house.omar_row();
    swapped.keys = KeyBatch::sign(&stranger, 0, 2);
    let refusal = SigningError::Approval(OMAR, ApprovalError::NotBound);
    assert_eq!(house.sign(None, &[house.ana_row(0), swapped.clone()]), Err(refusal));
    swapped.approval = None;
    assert_eq!(house.sign(None, &[house.ana_row(0), swapped]), Err(SigningError::Unproven(OMAR)));
}

#[test]
fn an_invitation_of_another_administrator_or_another_invitation_is_not_approved() {
    let house = House::new();
    let mut row = house.omar_row();
    let approval = row.approval.as_mut().expect("waits for approval");
    approval.wrapped_secret = house.invitation.wrap_for(&house.omar, 1, &mut Given::stream(3));
    assert_eq!(house.sign(None, &[row]), Err(SigningError::Approval(OMAR, ApprovalError::InvitedByAnother)));
    let mut row = house.omar_row();
    row.approval.as_mut().expect("waits for approval").invitation = Hash([1; 32]);
    assert_eq!(house.sign(None, &[row]), Err(SigningError::Approval(OMAR, ApprovalError::NotBound)));
}

#[test]
fn the_relay_gives_nobody_a_role() {
    let house = House::new();
    let mut invited = house.omar_row();
    invited.roles = 7;
    let refusal = SigningError::Approval(OMAR, ApprovalError::OtherRoles);
    assert_eq!(house.sign(None, &[house.ana_row(0), invited]), Err(refusal), "beyond the invitation");

    let previous = house.published(&house.sign(None, &[house.ana_row(0), house.omar_row()]).expect("signed"));
    let mut signed = house.omar_row();
    (signed.roles, signed.approval) = (7, None);
    let again = house.sign(Some(&previous), &[house.ana_row(0), signed]).expect("signed");
    assert_eq!(house.published(&again).register.entry(&OMAR).map(|entry| entry.roles), Some(1), "as signed before");
}

#[test]
fn a_role_that_the_administrator_chooses_is_signed_and_brings_the_organisations_key() {
    let house = House::new();
    let first = house.sign(None, &[house.ana_row(0), house.omar_row()]).expect("signed");
    assert_eq!(first.org_keys.iter().map(|sealed| sealed.member).collect::<Vec<_>>(), [ANA]);

    let previous = house.published(&first);
    let omars = MemberRow { approval: None, ..house.omar_row() };
    let change = RoleChange { member: OMAR, roles: 5 };
    let second = house.sign_with(Some(&previous), &[house.ana_row(0), omars], Some(change), 2).expect("signed");
    assert_eq!(house.published(&second).register.entry(&OMAR).map(|entry| entry.roles), Some(5));
    let omars = second.org_keys.iter().find(|sealed| sealed.member == OMAR).expect("he is an administrator now");
    let opened = OrgSecret::open(&omars.sealed, &house.omar.sealing_key(), &house.org.public()).expect("sealed to him");
    assert_eq!(opened.public(), house.org.public());
    assert!(OrgSecret::open(&omars.sealed, &house.ana.sealing_key(), &house.org.public()).is_err());
}

#[test]
fn a_reset_account_is_signed_with_its_new_keys_and_its_old_roles() {
    let house = House::new();
    let first = house.sign(None, &[house.ana_row(0), house.omar_row()]).expect("signed");
    let renewed = AccountSecret::from_bytes([0x77; 32]);
    let mut row = house.omar_row();
    row.keys = KeyBatch::sign(&renewed, 0, 4);
    let previous = house.published(&first);
    let refusal = SigningError::Approval(OMAR, ApprovalError::NotBound);
    assert_eq!(house.sign(Some(&previous), &[house.ana_row(0), row.clone()]), Err(refusal), "not with the old binding");
    row.approval.as_mut().expect("waits").binding = house.invitation.binding(&renewed.public_keys());
    let second = house.published(&house.sign(Some(&previous), &[house.ana_row(0), row]).expect("signed"));
    let entry = second.register.entry(&OMAR).expect("listed");
    assert_eq!((entry.account, entry.roles, entry.key_index), (renewed.public_keys(), 1, 0));
}

#[test]
fn keys_are_never_used_in_two_signings_and_ids_never_repeat() {
    let house = House::new();
    let first = house.sign(None, &[house.ana_row(0)]).expect("signed");
    let previous = house.published(&first);
    // The relay claims that key 0 is still unused.
    let second = house.sign(Some(&previous), &[house.ana_row(0)]).expect("signed");
    assert_eq!((first.entries[0].key_index, second.entries[0].key_index), (0, 1));
    let (earlier, later) = (&previous.roster.body.entries[0], &house.published(&second).roster.body.entries[0]);
    assert_ne!(earlier.roster_key, later.roster_key);
    assert_ne!(earlier.badge_hash, later.badge_hash, "the same badge does not link two signings");
    assert_ne!(earlier.member, later.member);
    assert_eq!(house.sign(Some(&previous), &[house.ana_row(4)]), Err(SigningError::NoKeyLeft(ANA)));
}

#[test]
fn a_later_batch_goes_on_where_the_former_ended() {
    let house = House::new();
    let last = house.published(&house.sign(None, &[house.ana_row(3)]).expect("her last key"));
    let renewed = MemberRow { keys: KeyBatch::sign(&house.ana, 4, 128), ..house.ana_row(4) };
    assert!(last.changes(std::slice::from_ref(&renewed)).is_empty(), "the same account");
    let publication = house.sign(Some(&last), &[renewed]).expect("a key is left again");
    let own = &publication.entries[0];
    assert_eq!(own.key_index, 4);
    let org_key = house.org.public();
    let shift = start_shift(&house.ana, &org_key, &publication.roster, own, 1, NOW, &mut Given::stream(2));
    assert!(shift.is_ok(), "and opens a shift");
}

#[test]
fn a_changed_key_role_or_list_is_shown_before_signing() {
    let house = House::new();
    let rows = [house.ana_row(0), house.omar_row()];
    let previous = house.published(&house.sign(None, &rows).expect("signed"));
    assert_eq!(previous.changes(&rows), []);
    assert_eq!(previous.changes(&rows[..1]), [Change::Removed(OMAR)]);
    let mut changed = rows.clone();
    changed[0].roles = 1;
    changed[1].keys = KeyBatch::sign(&AccountSecret::from_bytes([8; 32]), 0, 2);
    assert_eq!(previous.changes(&changed), [Change::Roles { member: ANA, from: 7, to: 1 }, Change::Keys(OMAR)]);
    changed[1].member = MemberId([9; 16]);
    assert!(previous.changes(&changed).contains(&Change::Added(MemberId([9; 16]))));
}

#[test]
fn only_the_pinned_roster_is_renewed_silently_and_only_after_a_week() {
    let house = House::new();
    let rows = [house.ana_row(0)];
    let previous = house.published(&house.sign(None, &rows).expect("signed"));
    let later = NOW + ROSTER_RENEW_SECS + 1;
    assert!(previous.may_renew_silently(Some(previous.pin()), &rows, later));
    assert!(!previous.may_renew_silently(Some(previous.pin()), &rows, later - 1));
    assert!(!previous.may_renew_silently(None, &rows, later));
    assert!(!previous.may_renew_silently(Some(previous.pin()), &[], later));
    let renewed = house.published(&house.sign(Some(&previous), &rows).expect("signed"));
    assert!(!renewed.may_renew_silently(Some(previous.pin()), &rows, later));
    assert_eq!((renewed.roster.body.previous, renewed.roster.seq()), (previous.roster.hash, 2));
    assert_eq!(renewed.roster.body.expires_unix_secs, NOW + ROSTER_SECS);
}

#[test]
fn roster_and_register_of_two_signings_are_no_pair() {
    let house = House::new();
    let first = house.sign(None, &[house.ana_row(0)]).expect("signed");
    let second = house.sign(Some(&house.published(&first)), &[house.ana_row(1)]).expect("signed");
    assert!(Published::open(&first.roster, &second.register, &house.org.public()).is_err());
    assert!(Published::open(&second.roster, &second.register, &house.org.public()).is_ok());
}

/// Both are signed by the organisation, and still are not of one signing.
#[test]
fn a_register_that_says_other_than_its_roster_is_no_pair() {
    let house = House::new();
    let publication = house.sign(None, &[house.ana_row(0), house.omar_row()]).expect("signed");
    let register = house.published(&publication).register;
    let spoil: [fn(&mut Register); 5] = [
        |register| register.seq += 1,
        |register| register.entries.truncate(1),
        |register| register.entries[0].roles ^= 2,
        |register| register.entries[0].badge_hash.0[0] ^= 1,
        |register| register.entries[0].roster_member.0[0] ^= 1,
    ];
    let pair = |register: Register| {
        let signed = register.sign(&SigningKey::from_bytes(&[0x33; 32]));
        Published::open(&publication.roster, &signed, &house.org.public())
    };
    assert!(pair(register.clone()).is_ok());
    for spoil in spoil {
        let mut spoiled = register.clone();
        spoil(&mut spoiled);
        assert!(pair(spoiled).is_err());
    }
}

#[test]
fn another_organisations_roster_is_not_continued() {
    let (house, other) = (House::new(), OrgSecret::from_bytes([0x44; 32]));
    let signing =
        Signing { org: &other, previous: None, administrator: &house.ana, members: &[house.ana_row(0)], change: None };
    let foreign = signing.sign(NOW, &mut Given::stream(1)).expect("signed");
    let foreign = Published::open(&foreign.roster, &foreign.register, &other.public()).expect("a pair");
    assert_eq!(house.sign(Some(&foreign), &[house.ana_row(0)]), Err(SigningError::OtherOrganisation));
}

/// Ana set the organisation up and invited Omar.
struct House {
    org: OrgSecret,
    ana: AccountSecret,
    omar: AccountSecret,
    invitation: InvitationSecret,
}

impl House {
    fn new() -> Self {
        Self {
            org: OrgSecret::from_bytes([0x33; 32]),
            ana: AccountSecret::from_bytes([0x11; 32]),
            omar: AccountSecret::from_bytes([0x22; 32]),
            invitation: InvitationSecret::from_bytes([0x55; 16]),
        }
    }

    fn sign(&self, previous: Option<&Published>, members: &[MemberRow]) -> Result<Publication, SigningError> {
        let seed = previous.map_or(1, |previous| u8::try_from(previous.roster.seq()).expect("few signings") + 1);
        self.sign_with(previous, members, None, seed)
    }

    fn sign_with(
        &self,
        previous: Option<&Published>,
        members: &[MemberRow],
        change: Option<RoleChange>,
        seed: u8,
    ) -> Result<Publication, SigningError> {
        let signing = Signing { org: &self.org, previous, administrator: &self.ana, members, change };
        signing.sign(NOW, &mut Given::stream(seed))
    }

    fn published(&self, publication: &Publication) -> Published {
        Published::open(&publication.roster, &publication.register, &self.org.public()).expect("a pair")
    }

    fn ana_row(&self, next_key_index: u32) -> MemberRow {
        MemberRow {
            member: ANA,
            sign_in_name: "ana".to_owned(),
            pseudonym: "Ana".to_owned(),
            avatar: 1,
            roles: 7,
            languages: Vec::new(),
            keys: KeyBatch::sign(&self.ana, 0, 4),
            next_key_index,
            approved: true,
            approval: None,
        }
    }

    fn omar_row(&self) -> MemberRow {
        let approval = Approval {
            invitation: self.invitation.name(),
            binding: self.invitation.binding(&self.omar.public_keys()),
            wrapped_secret: self.invitation.wrap_for(&self.ana, 1, &mut Given::stream(9)),
            invited_by: ANA,
        };
        let keys = KeyBatch::sign(&self.omar, 0, 4);
        MemberRow { member: OMAR, roles: 1, keys, approved: false, approval: Some(approval), ..self.ana_row(0) }
    }
}
