//! What an administrator's browser does for the others: invite, check, sign the roster anew.
//!
//! Never: a signature over a member that this browser has not checked itself.

use amparo_client::house::invitation::{ApprovalError, InvitationSecret};
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::publication::{Change, Published};
use amparo_client::house::signing::{RoleChange, Signing, SigningError};
use amparo_protocol::api::{InvitationCreate, MemberRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{MemberId, OrgKey};
use amparo_protocol::limits::ROSTER_RENEW_SECS;
use amparo_ui::clock;
use amparo_ui::random::BrowserRandom;
use leptos::prelude::*;

use crate::api::{self, Failure};
use crate::browser;
use crate::desk::Desk;
use crate::roster_age;

/// Why something was not done. The screens have one sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Relay(Failure),
    /// This administrator's account was not given the organisation's key.
    NoOrgKey,
    InvitedByAnother,
    /// Somebody between the invited person and this browser changed the account's keys.
    NotBound,
    /// The account has other roles than this administrator invited to.
    OtherRoles,
    /// No signed list says which roles this member has.
    NeverSigned,
    /// What the relay publishes does not carry the organisation's signature, or a member's keys are not their own.
    Roster,
    NoKeyLeft,
}

impl Refusal {
    /// The key of the sentence for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Relay(failure) => failure.key(),
            Self::NoOrgKey => "house.no-org-key",
            Self::InvitedByAnother => "house.other-inviter",
            Self::NotBound => "house.binding",
            Self::OtherRoles => "house.other-roles",
            Self::NeverSigned => "house.never-signed",
            Self::Roster => "house.roster",
            Self::NoKeyLeft => "house.no-key-left",
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Relay(failure)
    }
}

impl From<SigningError> for Refusal {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Approval(_, ApprovalError::InvitedByAnother) => Self::InvitedByAnother,
            SigningError::Approval(_, ApprovalError::NotBound) => Self::NotBound,
            SigningError::Approval(_, ApprovalError::OtherRoles) => Self::OtherRoles,
            SigningError::NoKeyLeft(_) => Self::NoKeyLeft,
            SigningError::OtherOrganisation
            | SigningError::Keys(_)
            | SigningError::Unproven(_)
            | SigningError::Pseudonym(_) => Self::Roster,
        }
    }
}

/// Makes an invitation and its link. The relay learns a hash and a wrapped secret; the secret is in the link only.
pub async fn invite(desk: Desk, roles: u8) -> Result<String, Refusal> {
    link(desk, roles, None).await
}

/// A link with which a member makes password and authenticator anew, with the roles that are signed for them.
pub async fn reset(desk: Desk, member: MemberId) -> Result<String, Refusal> {
    let roles = published(desk).await?.register.entry(&member).ok_or(Refusal::NeverSigned)?.roles;
    link(desk, roles, Some(member)).await
}

async fn link(desk: Desk, roles: u8, resets: Option<MemberId>) -> Result<String, Refusal> {
    let secret = InvitationSecret::generate(&mut BrowserRandom);
    let wrapped_secret = desk.with_keys(|keys| secret.wrap_for(&keys.account, roles, &mut BrowserRandom));
    let wrapped_secret = wrapped_secret.ok_or(Failure::Refused(ErrorCode::SignIn))?;
    api::invitation_create(&InvitationCreate { invitation: secret.name(), roles, wrapped_secret, resets }).await?;
    Ok(browser::link_with("invite", &secret.to_text()))
}

/// Signs a new roster with this member in it, after checking that the account is the invited person's.
pub async fn approve(desk: Desk, member: MemberId) -> Result<(), Refusal> {
    let previous = published(desk).await?;
    approve_among(desk, previous, api::members().await?, member).await
}

pub async fn approve_among(
    desk: Desk,
    previous: Published,
    members: Vec<MemberRow>,
    member: MemberId,
) -> Result<(), Refusal> {
    let members = members.into_iter().filter(|row| row.member == member || is_signed(&previous, row)).collect();
    sign(desk, previous, members, None).await
}

/// Signs the same members anew, for another half year.
pub async fn sign_again(desk: Desk) -> Result<(), Refusal> {
    let previous = published(desk).await?;
    let members = those_in(&previous).await?;
    sign(desk, previous, members, None).await
}

/// Signs the same members with other roles for one of them, whose roles are those that the form began with.
pub async fn change_roles(desk: Desk, row: &MemberRow, roles: u8) -> Result<(), Refusal> {
    let previous = published(desk).await?;
    if previous.register.entry(&row.member).is_none_or(|signed| signed.roles != row.roles) {
        return Err(Refusal::Roster);
    }
    let members = those_in(&previous).await?;
    sign(desk, previous, members, Some(RoleChange { member: row.member, roles })).await
}

/// The members who are signed already, by the keys that they have. The list comes first: what changes after it is a conflict.
async fn those_in(previous: &Published) -> Result<Vec<MemberRow>, Failure> {
    Ok(api::members().await?.into_iter().filter(|row| is_signed(previous, row)).collect())
}

/// Whether this member is in the list with the keys that they have now.
pub fn is_signed(published: &Published, row: &MemberRow) -> bool {
    let keys = KeyBatch::open(&row.keys).ok().map(|batch| batch.account);
    keys.is_some() && keys == published.register.entry(&row.member).map(|entry| entry.account)
}

/// Ends the account at once, and signs the list without it: browsers that know the list let nobody in who is not on it.
pub async fn remove(desk: Desk, member: MemberId) -> Result<(), Refusal> {
    api::remove_member(member).await?;
    sign_again(desk).await
}

/// What an administrator looks through before she signs the list again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Key of the sentence that says why.
    pub why: &'static str,
    /// How the members differ from the signed list, each with the name it is about.
    pub changes: Vec<(Change, String)>,
}

/// Why the list of members should be looked through and signed again, if it should. This browser keeps nothing from earlier
/// days that could prove the list unchanged, so it asks and never signs by itself.
pub async fn review(desk: Desk) -> Result<Option<Review>, Refusal> {
    let published = published(desk).await?;
    let age_secs = (clock::now_ms() / 1_000).saturating_sub(published.roster.body.issued_unix_secs);
    let is_known = |row: &MemberRow| row.approved || published.register.entry(&row.member).is_some();
    let members: Vec<MemberRow> = api::members().await?.into_iter().filter(is_known).collect();
    let changes = published.changes(&members);
    let names_removed = changes.iter().any(|change| matches!(change, Change::Removed(_)));
    let is_old = age_secs > ROSTER_RENEW_SECS;
    let why = names_removed.then_some("members.sign-removed").or(is_old.then_some("members.sign-again-words"));
    let named = changes.into_iter().map(|change| (change, name_of(&members, change.member()))).collect();
    Ok(why.map(|why| Review { why, changes: named }))
}

/// Empty for somebody who is no member any more: their name went with the account.
fn name_of(members: &[MemberRow], member: MemberId) -> String {
    members.iter().find(|row| row.member == member).map(|row| row.pseudonym.clone()).unwrap_or_default()
}

async fn sign(
    desk: Desk,
    previous: Published,
    members: Vec<MemberRow>,
    change: Option<RoleChange>,
) -> Result<(), Refusal> {
    let signed = desk.with_keys(|keys| {
        let org = keys.org.as_ref().ok_or(Refusal::NoOrgKey)?;
        let signing =
            Signing { org, previous: Some(&previous), administrator: &keys.account, members: &members, change };
        signing.sign(clock::now_ms() / 1_000, &mut BrowserRandom).map_err(Refusal::from)
    });
    let publication = signed.unwrap_or(Err(Failure::Refused(ErrorCode::SignIn).into()))?;
    api::publish(&publication).await?;
    roster_age::note(desk, &publication.roster);
    Ok(())
}

/// The pair that the relay publishes now, signed by the organisation and not older than any seen since signing in.
pub async fn published(desk: Desk) -> Result<Published, Refusal> {
    let answer = api::roster().await?;
    let register = answer.register.ok_or(Refusal::Roster)?;
    let org_key = org_key(desk).ok_or(Failure::Refused(ErrorCode::SignIn))?;
    let published = Published::open(&answer.roster, &register, &org_key).map_err(|_| Refusal::Roster)?;
    let seq = published.roster.seq();
    let is_newest = desk.with_keys(|keys| {
        let is_newest = seq >= keys.roster_seq;
        keys.roster_seq = keys.roster_seq.max(seq);
        is_newest
    });
    if is_newest == Some(true) { Ok(published) } else { Err(Refusal::Roster) }
}

fn org_key(desk: Desk) -> Option<OrgKey> {
    desk.me.with_untracked(|me| me.as_ref().map(|me| me.org_key))
}
