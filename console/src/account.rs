//! How a member's account is made and opened: the steps between the forms, the worker and the relay.
//!
//! Never: a password, a secret or a key to the relay, except wrapped.

use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::key_batch::{KEY_BATCH_KEYS, KeyBatch};
use amparo_client::house::org_key::{OrgSecret, OrgSecretError};
use amparo_client::house::publication::{Published, PublishedError};
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::sign_in::{self, Started};
use amparo_client::house::signing::{Signing, SigningError};
use amparo_protocol::api::{
    InvitationAccept, InvitationOpen, InvitationOpened, InvitationStart, KeysRenewed, Me, MemberRow, NewMember,
    PasskeyAsked, PasskeyFinish, PasskeyStart, Publication, RegistrationStarted, SetupFinish, SetupOpen, SetupOpened,
    SetupStart, SignInFinish, SignInPasskey, SignInPasskeyFinish, SignInStart, StandingOrganisation, roles,
};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::SiteSettings;
use amparo_ui::clock;
use amparo_ui::random::BrowserRandom;
use leptos::prelude::*;
use zeroize::Zeroizing;

use crate::api::{self, Failure};
use crate::draft::{AccountDraft, digits, trimmed};
use crate::house;
use crate::passkey;
use crate::worker::{self, Done, Job, Kind, Problem};

/// What the page holds of a signed-in member, in memory only.
pub struct Keys {
    pub account: AccountSecret,
    /// Administrators who were given it.
    pub org: Option<OrgSecret>,
    /// The highest roster seen since signing in; an older one is refused.
    pub roster_seq: u64,
}

impl Keys {
    fn new(account: AccountSecret, org: Option<OrgSecret>) -> Self {
        Self { account, org, roster_seq: 0 }
    }

    /// Administrators are given it with every signing; whoever is none any more loses it.
    pub fn take_org_key(&mut self, me: &Me) {
        self.org = org_key(me, &self.account);
    }
}

/// The organisation's key before the set-up is finished.
pub struct OrganisationKey(OrgSecret);

impl OrganisationKey {
    pub fn new() -> Self {
        Self(OrgSecret::generate(&mut BrowserRandom))
    }

    /// 24 words, for paper.
    pub fn words(&self) -> Vec<String> {
        self.0.to_words().split(' ').map(str::to_owned).collect()
    }
}

/// What lets somebody make an account.
#[derive(Clone)]
pub enum Way {
    /// The token of the set-up address.
    SetUp(String),
    Invitation(InvitationSecret),
}

/// An account whose password is registered, not yet known to the relay by name.
pub struct Registration {
    pub totp_secret: Option<String>,
    /// For paper, shown once.
    pub recovery_code: String,
    member: MemberId,
    account: AccountSecret,
    upload: Sealed,
    wrapped_by_password: Sealed,
    wrapped_by_recovery: Sealed,
    keys: Sealed,
    password: Zeroizing<String>,
}

impl Registration {
    fn new(password: String, started: RegistrationStarted, done: Done) -> Self {
        let export_key = Zeroizing::new(done.export_key);
        let account = AccountSecret::generate(&mut BrowserRandom);
        let code = RecoveryCode::generate(&mut BrowserRandom);
        Self {
            totp_secret: started.totp_secret,
            recovery_code: code.to_text().to_string(),
            member: started.member,
            upload: done.message,
            wrapped_by_password: account.wrap_by_password(&export_key, &mut BrowserRandom),
            wrapped_by_recovery: account.wrap_by_recovery(&code, &mut BrowserRandom),
            keys: KeyBatch::sign(&account, 0, KEY_BATCH_KEYS),
            account,
            password: Zeroizing::new(password),
        }
    }

    /// Whether it is this password that was registered.
    pub fn is_for(&self, password: &str) -> bool {
        *self.password == password
    }

    fn new_member(&self, draft: &AccountDraft) -> NewMember {
        NewMember {
            sign_in_name: trimmed(draft.sign_in_name),
            pseudonym: trimmed(draft.pseudonym),
            avatar: draft.avatar.get_untracked(),
            languages: draft.languages.get_untracked(),
            registration_upload: self.upload.clone(),
            wrapped_by_password: self.wrapped_by_password.clone(),
            wrapped_by_recovery: self.wrapped_by_recovery.clone(),
            keys: self.keys.clone(),
            totp_code: digits(&draft.code.get_untracked()),
        }
    }

    /// The first roster: one member, with every role.
    fn first_publication(&self, org: &OrgSecret, member: &NewMember) -> Publication {
        let members = &[self.administrator(member)];
        let signing = Signing { org, previous: None, administrator: &self.account, members, change: None };
        sign(&signing).expect("the form keeps pseudonyms within a badge's length")
    }

    /// Those whom the organisation signed before, and this new administrator.
    fn next_publication(&self, standing: &Standing, member: &NewMember) -> Result<Publication, Failure> {
        let mut members = standing.members.clone();
        members.push(self.administrator(member));
        let (org, previous) = (&standing.org, Some(&standing.published));
        let signing = Signing { org, previous, administrator: &self.account, members: &members, change: None };
        sign(&signing).map_err(|_| Failure::Roster)
    }

    fn administrator(&self, member: &NewMember) -> MemberRow {
        MemberRow {
            member: self.member,
            sign_in_name: member.sign_in_name.clone(),
            pseudonym: member.pseudonym.clone(),
            avatar: member.avatar,
            roles: roles::ALL,
            languages: member.languages.clone(),
            keys: self.keys.clone(),
            next_key_index: 0,
            approved: true,
            approval: None,
        }
    }
}

fn sign(signing: &Signing<'_>) -> Result<Publication, SigningError> {
    signing.sign(clock::now_ms() / 1_000, &mut BrowserRandom)
}

/// The organisation as the set-up address finds it, its key from the words on paper.
pub struct Standing {
    name: String,
    org: OrgSecret,
    published: Published,
    members: Vec<MemberRow>,
}

impl Standing {
    /// The key of the sentence for words that do not open it, or for a list that they did not sign.
    pub fn open(found: StandingOrganisation, words: &str) -> Result<Self, &'static str> {
        let org = OrgSecret::from_words(words, &found.org_key).map_err(|error| match error {
            OrgSecretError::OtherKey => "problem.words-other",
            OrgSecretError::Words | OrgSecretError::Sealed => "problem.words-unknown",
        })?;
        Self::of(found, org).map_err(|_| "house.roster")
    }

    /// Whoever was not signed with the keys that they have is left out.
    fn of(found: StandingOrganisation, org: OrgSecret) -> Result<Self, PublishedError> {
        let published = Published::open(&found.roster, &found.register, &org.public())?;
        let members = found.members.into_iter().filter(|row| house::is_signed(&published, row)).collect();
        Ok(Self { name: found.name, org, published, members })
    }
}

/// Registers the password. The relay gives the authenticator's secret with its answer.
pub async fn register(way: &Way, password: String) -> Result<Registration, Failure> {
    let Started { state, request } = started(sign_in::start_registration(&password, &mut BrowserRandom))?;
    let started = match way {
        Way::SetUp(token) => {
            api::setup_start(&SetupStart { token: token.clone(), registration_request: request }).await?
        }
        Way::Invitation(secret) => {
            api::invitation_start(&InvitationStart { token: secret.token(), registration_request: request }).await?
        }
    };
    let response = started.registration_response.clone();
    let job = Job { kind: Kind::Registration, password: password.clone(), state: state.to_vec(), response };
    Ok(Registration::new(password, started, worker::run(job).await.map_err(failure)?))
}

/// Uploads more roster keys where the relay says that few are left. Where that fails, the next sign-in does it.
pub async fn renew_keys(me: &Me, account: &AccountSecret) -> Result<(), Failure> {
    let Some(first) = me.keys_wanted_from else { return Ok(()) };
    api::renew_keys(&KeysRenewed { keys: KeyBatch::sign(account, first, KEY_BATCH_KEYS) }).await
}

/// The last step of the set-up: the relay knows organisation, member, roster and site from here on.
pub async fn set_up(
    token: String,
    organisation: String,
    key: &OrganisationKey,
    registration: &Registration,
    draft: &AccountDraft,
    site: SiteSettings,
) -> Result<(Me, Keys), Failure> {
    let org = &key.0;
    let member = registration.new_member(draft);
    let publication = registration.first_publication(org, &member);
    let body = SetupFinish { token, organisation, org_key: org.public(), member, publication, site: Some(site) };
    let me = api::setup_finish(&body).await?;
    Ok((me, Keys::new(registration.account.clone(), Some(org.clone()))))
}

/// What the printed address leads to; refused when it was used or is too old.
pub async fn open_set_up(token: String) -> Result<SetupOpened, Failure> {
    api::setup_open(&SetupOpen { token }).await
}

/// The last step of a set-up by the organisation's words: all others stay as they were signed.
pub async fn set_up_again(
    token: String,
    standing: &Standing,
    registration: &Registration,
    draft: &AccountDraft,
) -> Result<(Me, Keys), Failure> {
    let member = registration.new_member(draft);
    // Somebody else may have signed since the words were typed.
    let found = open_set_up(token.clone()).await?.standing.ok_or(Failure::Roster)?;
    let standing = &Standing::of(found, standing.org.clone()).map_err(|_| Failure::Roster)?;
    let publication = registration.next_publication(standing, &member)?;
    let (organisation, org_key) = (standing.name.clone(), standing.org.public());
    let me = api::setup_finish(&SetupFinish { token, organisation, org_key, member, publication, site: None }).await?;
    Ok((me, Keys::new(registration.account.clone(), Some(standing.org.clone()))))
}

/// What the relay says about an invitation that is still open.
pub async fn open_invitation(secret: &InvitationSecret) -> Result<InvitationOpened, Failure> {
    api::invitation_open(&InvitationOpen { token: secret.token() }).await
}

/// The last step of an invited person: the account waits for approval from here on.
pub async fn accept(
    secret: &InvitationSecret,
    registration: &Registration,
    draft: &AccountDraft,
) -> Result<(Me, Keys), Failure> {
    let member = registration.new_member(draft);
    let binding = secret.binding(&registration.account.public_keys());
    let me = api::invitation_accept(&InvitationAccept { token: secret.token(), member, binding }).await?;
    Ok((me, Keys::new(registration.account.clone(), None)))
}

/// Opens the account. `code` may be left out while this browser's login is alive.
pub async fn sign_in(sign_in_name: String, password: String, code: Option<String>) -> Result<(Me, Keys), Failure> {
    let PasswordProof { attempt, message, export_key } = prove_password(sign_in_name, password).await?;
    let finish = SignInFinish { attempt, credential_finalization: message, totp_code: code };
    let me = api::sign_in_finish(&finish).await?;
    let keys = open_keys(&me, &export_key)?;
    Ok((me, keys))
}

/// The password was right, and the relay waits for a passkey.
pub struct AskedForPasskey {
    asked: PasskeyAsked,
    export_key: Zeroizing<Vec<u8>>,
}

/// With a passkey in place of the code: first the password.
pub async fn ask_for_passkey(sign_in_name: String, password: String) -> Result<AskedForPasskey, Failure> {
    let PasswordProof { attempt, message, export_key } = prove_password(sign_in_name, password).await?;
    let asked = api::sign_in_passkey(&SignInPasskey { attempt, credential_finalization: message }).await?;
    Ok(AskedForPasskey { asked, export_key })
}

/// Then the passkey. While the browser gives none, it can be asked again.
pub async fn sign_in_with_passkey(waiting: &AskedForPasskey) -> Result<(Me, Keys), Failure> {
    let credential = passkey::get(&waiting.asked.options).await.ok_or(Failure::Passkey)?;
    let finish = SignInPasskeyFinish { attempt: waiting.asked.attempt, credential };
    let me = api::sign_in_passkey_finish(&finish).await?;
    let keys = open_keys(&me, &waiting.export_key)?;
    Ok((me, keys))
}

/// A new passkey for whoever is signed in; `code` is left out in the demonstration.
pub async fn add_passkey(name: String, code: Option<String>) -> Result<(), Failure> {
    let asked = api::passkey_start(&PasskeyStart { totp_code: code }).await?;
    let credential = passkey::create(&asked.options).await.ok_or(Failure::Passkey)?;
    api::passkey_finish(&PasskeyFinish { attempt: asked.attempt, name, credential }).await
}

/// That the password is right, for the relay; and the key that it opens, for this page.
struct PasswordProof {
    attempt: Hash,
    message: Sealed,
    export_key: Zeroizing<Vec<u8>>,
}

async fn prove_password(sign_in_name: String, password: String) -> Result<PasswordProof, Failure> {
    let Started { state, request } = started(sign_in::start_sign_in(&password, &mut BrowserRandom))?;
    let started = api::sign_in_start(&SignInStart { sign_in_name, credential_request: request }).await?;
    let response = started.credential_response;
    let job = Job { kind: Kind::SignIn, password, state: state.to_vec(), response };
    let Done { message, export_key } = worker::run(job).await.map_err(failure)?;
    Ok(PasswordProof { attempt: started.attempt, message, export_key: Zeroizing::new(export_key) })
}

fn open_keys(me: &Me, export_key: &[u8]) -> Result<Keys, Failure> {
    let account = AccountSecret::unwrap_by_password(export_key, &me.wrapped_by_password).map_err(|_| Failure::Keys)?;
    Ok(keys_of(me, account))
}

/// With the organisation's key, where this account was given it.
pub fn keys_of(me: &Me, account: AccountSecret) -> Keys {
    let org = org_key(me, &account);
    Keys::new(account, org)
}

fn org_key(me: &Me, account: &AccountSecret) -> Option<OrgSecret> {
    OrgSecret::open(me.wrapped_org_key.as_ref()?, &account.sealing_key(), &me.org_key).ok()
}

/// The key of the sentence for a refusal of the last step.
pub fn finish_problem(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused(ErrorCode::WrongCredentials) => "problem.code-wrong",
        Failure::Refused(ErrorCode::Conflict) => "problem.name-taken",
        Failure::Refused(ErrorCode::Unexpected) => "problem.took-too-long",
        failure => failure.key(),
    }
}

pub fn started(started: Result<Started, sign_in::SignInError>) -> Result<Started, Failure> {
    started.map_err(|_| Failure::Worker)
}

pub fn failure(problem: Problem) -> Failure {
    match problem {
        Problem::WrongPassword => Failure::Refused(ErrorCode::WrongCredentials),
        Problem::Failed => Failure::Worker,
    }
}
