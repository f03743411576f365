//! Bodies of the REST routes, in JSON. Bytes travel as base64url text; refusals are an [`ErrorBody`](crate::error::ErrorBody).
//!
//! Routes for the widget: `POST /api/pass`, `GET /api/availability?site=KEY` and `POST /api/end` (its body is an end token
//! as text). All others are the console's and need its login cookie, except set-up, sign-in, recovery and invitations.

use serde::{Deserialize, Serialize};

use crate::id::{Hash, MemberId, OrgKey, Pass, RosterMemberId, SiteKey};
use crate::language::Language;
use crate::sealed::Sealed;
use crate::settings::{LineSettings, SiteSettings};

/// `POST /api/pass`, by the loader; the relay checks the `Origin` header against the site's allowed origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassRequest {
    pub site: SiteKey,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassAnswer {
    pub pass: Pass,
}

/// `GET /api/availability`, by the loader of a site that has switched it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityAnswer {
    /// A counselor is free, in whichever language.
    pub available: bool,
    /// In which somebody is.
    pub languages: Vec<Language>,
}

/// Role bits, combinable. In the roster one byte.
pub mod roles {
    pub const COUNSELOR: u8 = 1;
    pub const SUPERVISOR: u8 = 2;
    pub const ADMINISTRATOR: u8 = 4;
    pub const ALL: u8 = COUNSELOR | SUPERVISOR | ADMINISTRATOR;
}

/// `GET /api/setup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupState {
    pub needed: bool,
    pub demo: bool,
}

/// `POST /api/setup/open`: whether the printed address is still good, and what there is already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupOpen {
    /// The secret of the printed set-up address.
    pub token: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupOpened {
    /// After `amparo setup --again`: whoever has the organisation's words signs the list on with a new administrator.
    pub standing: Option<StandingOrganisation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingOrganisation {
    pub name: String,
    pub org_key: OrgKey,
    pub roster: Sealed,
    pub register: Sealed,
    /// Those in the roster.
    pub members: Vec<MemberRow>,
}

/// `POST /api/setup/start`: the first half of the first administrator's OPAQUE registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupStart {
    /// The secret of the printed set-up address.
    pub token: String,
    pub registration_request: Sealed,
}

/// Answers `SetupStart` and `InvitationStart`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationStarted {
    pub member: MemberId,
    pub registration_response: Sealed,
    /// Base32, for an authenticator app; `None` in the demonstration.
    pub totp_secret: Option<String>,
}

/// What a member's browser uploads once, when the account is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// 1 to 64 characters; need not be a real name.
    pub sign_in_name: String,
    /// What visitors read, 1 to 32 characters.
    pub pseudonym: String,
    /// Number of a drawing from the fixed set.
    pub avatar: u8,
    pub languages: Vec<Language>,
    pub registration_upload: Sealed,
    /// The account secret, wrapped by the OPAQUE export key and by the recovery code.
    pub wrapped_by_password: Sealed,
    pub wrapped_by_recovery: Sealed,
    /// HLC/1 key batch, signed by the account key.
    pub keys: Sealed,
    /// Six digits; `None` in the demonstration.
    pub totp_code: Option<String>,
}

/// `POST /api/setup/finish`; the answer is [`Me`] and the login cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupFinish {
    pub token: String,
    pub organisation: String,
    pub org_key: OrgKey,
    pub member: NewMember,
    pub publication: Publication,
    /// The first site; `None` where the organisation stands already.
    pub site: Option<SiteSettings>,
}

/// A newly signed roster with what the relay needs to serve it. `POST /api/roster` (administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// HLC/1 roster, what a visitor's client checks.
    pub roster: Sealed,
    /// HLC/1 register, the administrators' signed list of who is behind each roster entry.
    pub register: Sealed,
    pub entries: Vec<PublicationEntry>,
    /// One for each administrator.
    pub org_keys: Vec<OrgKeyBox>,
}

/// The organisation key's private half, sealed to an administrator's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrgKeyBox {
    pub member: MemberId,
    pub sealed: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationEntry {
    pub member: MemberId,
    pub roster_member: RosterMemberId,
    /// Which of the member's uploaded keys this signing uses.
    pub key_index: u32,
    pub badge: Sealed,
    pub roles: u8,
}

/// `GET /api/roster`: for the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterAnswer {
    pub seq: u64,
    pub roster: Sealed,
    /// Only for administrators.
    pub register: Option<Sealed>,
    /// The caller's own entry in it.
    pub own: Option<PublicationEntry>,
}

/// `POST /api/sign-in/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInStart {
    pub sign_in_name: String,
    pub credential_request: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInStarted {
    /// Names this attempt.
    pub attempt: Hash,
    pub credential_response: Sealed,
}

/// `POST /api/sign-in/finish`; the answer is [`Me`] and the login cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInFinish {
    pub attempt: Hash,
    pub credential_finalization: Sealed,
    /// May be left out where this browser's login is still alive and of the same member (after a reload).
    pub totp_code: Option<String>,
}

/// `POST /api/sign-in/passkey`: the password stands, and a passkey takes the place of the six digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInPasskey {
    pub attempt: Hash,
    pub credential_finalization: Sealed,
}

/// What the browser's own passkey program is to be asked. Answers [`SignInPasskey`] and [`PasskeyStart`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAsked {
    /// Names this question; it can be answered once, within two minutes.
    pub attempt: Hash,
    /// WebAuthn's options in JSON, for the browser alone to read.
    pub options: String,
}

/// `POST /api/sign-in/passkey/finish`; the answer is [`Me`] and the login cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInPasskeyFinish {
    pub attempt: Hash,
    /// WebAuthn's answer in JSON, as the browser wrote it.
    pub credential: String,
}

/// `POST /api/recovery/start`: recovery code and password replace a lost authenticator, recovery code and authenticator a
/// forgotten password. The code itself stays in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryStart {
    pub sign_in_name: String,
    pub lost: LostStart,
}

/// Which of the two is lost, with the first half of OPAQUE for the password: a new one, or the one that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LostStart {
    Password { registration_request: Sealed },
    Phone { credential_request: Sealed },
}

/// The same for a name that nobody has: then nothing opens what is wrapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryStarted {
    /// Names this attempt, and is what the account key signs.
    pub attempt: Hash,
    pub wrapped_by_recovery: Sealed,
    pub lost: LostStarted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostStarted {
    Password {
        registration_response: Sealed,
    },
    Phone {
        credential_response: Sealed,
        /// Base32, for an authenticator app; counts only once the attempt is finished.
        totp_secret: String,
    },
}

/// `POST /api/recovery/finish`; the answer is [`Me`] and the login cookie. Every other login of the member has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryFinish {
    pub attempt: Hash,
    /// By the account key, which only the recovery code opens here.
    pub signature: Sealed,
    /// Six digits: of the authenticator that there is, or of the new one.
    pub totp_code: String,
    pub lost: LostFinish,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LostFinish {
    Password {
        registration_upload: Sealed,
        /// The account secret, wrapped by the new OPAQUE export key.
        wrapped_by_password: Sealed,
    },
    Phone {
        credential_finalization: Sealed,
    },
}

/// `GET /api/passkeys`: the caller's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys {
    /// `false` where the relay's public address has no name that a passkey could belong to.
    pub may_be_added: bool,
    pub passkeys: Vec<PasskeyRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub id: String,
    /// The member's own word for it.
    pub name: String,
    pub added_at_unix_secs: u64,
    pub used_at_unix_secs: Option<u64>,
}

/// `POST /api/passkeys/start` → [`PasskeyAsked`]. The six digits once more: an open desk is not enough to leave a key behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyStart {
    /// `None` in the demonstration.
    pub totp_code: Option<String>,
}

/// `POST /api/passkeys/finish`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyFinish {
    pub attempt: Hash,
    /// 1 to 40 characters.
    pub name: String,
    pub credential: String,
}

/// `GET /api/me`, and the answer to every way of signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub member: MemberId,
    pub sign_in_name: String,
    pub pseudonym: String,
    pub roles: u8,
    pub languages: Vec<Language>,
    pub organisation: String,
    pub org_key: OrgKey,
    pub wrapped_by_password: Sealed,
    /// Administrators only.
    pub wrapped_org_key: Option<Sealed>,
    /// `false` until an administrator has approved the account.
    pub approved: bool,
    /// Present when few unused roster keys are left: the browser uploads more, from this index on ([`KeysRenewed`]).
    pub keys_wanted_from: Option<u32>,
    pub demo: bool,
}

/// `POST /api/keys`: the next keys of the caller's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysRenewed {
    /// HLC/1 key batch, signed by the same account key as the former.
    pub keys: Sealed,
}

/// `GET /api/members` (administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    pub member: MemberId,
    pub sign_in_name: String,
    pub pseudonym: String,
    pub avatar: u8,
    pub roles: u8,
    pub languages: Vec<Language>,
    /// The newest key batch.
    pub keys: Sealed,
    /// Lowest key of the batch that no signing has used yet.
    pub next_key_index: u32,
    /// In the newest roster, with the keys of today.
    pub approved: bool,
    /// Present while the account waits for approval, and the administrator who invited is still a member.
    pub approval: Option<Approval>,
}

/// `GET /api/members/passkeys` (administrators): of every member who has any. Nobody else learns what they are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyCount {
    pub member: MemberId,
    pub passkeys: u32,
}

/// What an administrator's browser checks before it signs a new member in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub invitation: Hash,
    /// HMAC of the account's public keys under the invitation's secret.
    pub binding: Hash,
    /// The invitation's secret, wrapped for the administrator who made it.
    pub wrapped_secret: Sealed,
    pub invited_by: MemberId,
}

/// `POST /api/invitations` (administrators). The secret itself travels only in the link's fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationCreate {
    /// SHA-256 of the token that the link's secret derives; also names the invitation.
    pub invitation: Hash,
    pub roles: u8,
    /// The link's secret and these roles, wrapped for the administrator.
    pub wrapped_secret: Sealed,
    /// The member who lost password and authenticator, and makes both anew with this link; `None` for somebody new.
    pub resets: Option<MemberId>,
}

/// `POST /api/invitation/open`: what the invited person reads first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationOpen {
    pub token: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOpened {
    pub organisation: String,
    pub roles: u8,
    pub demo: bool,
    /// What is known of the member whose account the link resets.
    pub resets: Option<FormerAccount>,
}

/// What stays of an account that is reset. All but the sign-in name can be chosen anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerAccount {
    pub sign_in_name: String,
    pub pseudonym: String,
    pub avatar: u8,
    pub languages: Vec<Language>,
}

/// `POST /api/invitation/start` → [`RegistrationStarted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationStart {
    pub token: Sealed,
    pub registration_request: Sealed,
}

/// `POST /api/invitation/accept`; the answer is [`Me`] and the login cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationAccept {
    pub token: Sealed,
    pub member: NewMember,
    pub binding: Hash,
}

/// `POST /api/demo` with a one-time link's token: who the link is for. Only `amparo demo` has this route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoLink {
    /// The set-up token, for the first link.
    pub setup_token: Option<String>,
    /// The invitation's secret, for the others.
    pub invitation_secret: Option<Sealed>,
    pub pseudonym: String,
    pub languages: Vec<Language>,
    /// Where the demonstration's host page is served; becomes the first site's allowed origin.
    pub site_origin: String,
}

/// `GET /api/sites` (administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRow {
    pub key: SiteKey,
    pub settings: SiteSettings,
    /// The relay's public address, which the tags carry.
    pub relay: String,
    /// The script tag to copy, with and without the pin.
    pub tag: String,
    pub tag_pinned: String,
}

/// Answers `POST /api/sites/preview`, whose body is the site as it would be (administrators).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewAnswer {
    /// Path of the page that shows it, for ten minutes.
    pub path: String,
}

/// `GET /api/line`, and the body of `POST /api/line`: the number says which settings were changed; others changed
/// meanwhile are a [`Conflict`](crate::error::ErrorCode::Conflict).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRow {
    pub version: u64,
    pub settings: LineSettings,
}
