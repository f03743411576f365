//! People and what they do in their browsers.

use amparo_protocol::api::{
    InvitationAccept, InvitationCreate, InvitationStart, Me, MemberRow, NewMember, Publication, RegistrationStarted,
    RosterAnswer, SetupFinish, SetupStart, SignInFinish, SignInStart, SignInStarted, roles,
};
use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::{PhoneNumber, SiteSettings};
use amparo_server::random::Random;
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use serde::Serialize;
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret};

use super::app::{TestApp, WEBSITE};
use super::organisation::{Organisation, Signed, key_batch};
use super::passwords;
use super::request::Answer;

/// Somebody with a browser.
pub struct Person {
    pub name: String,
    pub password: String,
    pub cookie: Option<String>,
    pub member: Option<MemberId>,
    pub account: SigningKey,
    pub totp_secret: Option<String>,
}

impl Person {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: format!("{name}'s long password"),
            cookie: None,
            member: None,
            account: SigningKey::from_bytes(&Random::Machine.bytes()),
            totp_secret: None,
        }
    }

    /// The code that the authenticator app shows now.
    pub fn code(&self, app: &TestApp) -> Option<String> {
        Some(six_digits(self.totp_secret.as_ref()?, app))
    }

    pub async fn sets_up(&mut self, app: &TestApp, token: &str, organisation: &mut Organisation) -> Answer {
        let finish = self.fills_set_up_in(app, token, organisation).await;
        self.finishes_set_up(app, &finish, organisation).await
    }

    pub async fn finishes_set_up(
        &mut self,
        app: &TestApp,
        finish: &SetupFinish,
        organisation: &mut Organisation,
    ) -> Answer {
        let answer = self.post(app, "/api/setup/finish", finish).await;
        self.remembers(app, &answer);
        if answer.status.is_success() {
            organisation.published(&finish.publication);
        }
        answer
    }

    pub async fn fills_set_up_in(&mut self, app: &TestApp, token: &str, organisation: &Organisation) -> SetupFinish {
        app.keeps_secret(&self.password);
        let (registering, registration_request) = passwords::start_registration(&self.password);
        let start = SetupStart { token: token.to_owned(), registration_request };
        let started: RegistrationStarted = self.post(app, "/api/setup/start", &start).await.read();
        let upload = registering.finish(&self.password, &started.registration_response);
        let member = self.new_member(app, started, upload);
        let signed = Signed {
            member: self.member.unwrap(),
            keys: member.keys.clone(),
            key_index: 0,
            roles: roles::ALL,
            pseudonym: member.pseudonym.clone(),
        };
        let mut everybody: Vec<Signed> = self.everybody(app).await;
        everybody.push(signed);
        SetupFinish {
            token: token.to_owned(),
            organisation: organisation.name.clone(),
            org_key: organisation.org_key(),
            publication: organisation.sign(&everybody, app),
            member,
            site: Some(site_settings()),
        }
    }

    pub async fn invites(&self, app: &TestApp, roles: u8) -> Invitation {
        let invitation = Invitation::new();
        self.creates(app, &invitation, roles).await.expect_done();
        invitation
    }

    pub async fn creates(&self, app: &TestApp, invitation: &Invitation, roles: u8) -> Answer {
        self.post(app, "/api/invitations", &creation(invitation, roles, None)).await
    }

    /// A link with which this member makes password and authenticator anew.
    pub async fn resets(&self, app: &TestApp, member: MemberId, roles: u8) -> (Invitation, Answer) {
        let invitation = Invitation::new();
        let answer = self.post(app, "/api/invitations", &creation(&invitation, roles, Some(member))).await;
        (invitation, answer)
    }

    pub async fn accepts(&mut self, app: &TestApp, invitation: &Invitation) -> Answer {
        app.keeps_secret(&self.password);
        let (registering, registration_request) = passwords::start_registration(&self.password);
        let start = InvitationStart { token: invitation.token.clone(), registration_request };
        let started = self.post(app, "/api/invitation/start", &start).await;
        if !started.status.is_success() {
            return started;
        }
        let started: RegistrationStarted = started.read();
        let upload = registering.finish(&self.password, &started.registration_response);
        let member = self.new_member(app, started, upload);
        let accept = InvitationAccept { token: invitation.token.clone(), member, binding: Hash([3; 32]) };
        let answer = self.post(app, "/api/invitation/accept", &accept).await;
        self.remembers(app, &answer);
        answer
    }

    /// Somebody new with these roles, invited and approved.
    pub async fn brings_in(&self, app: &TestApp, organisation: &mut Organisation, name: &str, roles: u8) -> Self {
        let mut newcomer = Self::new(name);
        newcomer.accepts(app, &self.invites(app, roles).await).await.expect_done();
        self.approves_everybody(app, organisation).await;
        newcomer
    }

    /// Signs everybody in who has an account, with the roles of their invitation.
    pub async fn approves_everybody(&self, app: &TestApp, organisation: &mut Organisation) {
        let members: Vec<Signed> = self.members(app).await.iter().map(Signed::from_row).collect();
        let publication = organisation.sign(&members, app);
        self.publishes(app, &publication).await.expect_done();
        organisation.published(&publication);
    }

    pub async fn publishes(&self, app: &TestApp, publication: &Publication) -> Answer {
        self.post(app, "/api/roster", publication).await
    }

    pub async fn members(&self, app: &TestApp) -> Vec<MemberRow> {
        self.get(app, "/api/members").await.read()
    }

    pub async fn roster(&self, app: &TestApp) -> RosterAnswer {
        self.get(app, "/api/roster").await.read()
    }

    pub async fn me(&self, app: &TestApp) -> Me {
        self.get(app, "/api/me").await.read()
    }

    /// With the right password and, where it is given, this code.
    pub async fn signs_in(&mut self, app: &TestApp, code: Option<String>) -> Answer {
        let password = self.password.clone();
        let answer = self.tries(app, &password, code).await;
        self.remembers(app, &answer);
        answer
    }

    pub async fn tries(&self, app: &TestApp, password: &str, code: Option<String>) -> Answer {
        match self.starts_sign_in(app, password).await {
            Ok(finish) => self.post(app, "/api/sign-in/finish", &SignInFinish { totp_code: code, ..finish }).await,
            Err(refused) => refused,
        }
    }

    /// The first half. A wrong password shows in the browser already; whoever goes on makes something up.
    pub async fn starts_sign_in(&self, app: &TestApp, password: &str) -> Result<SignInFinish, Answer> {
        let (signing_in, credential_request) = passwords::start_sign_in(password);
        let start = SignInStart { sign_in_name: self.name.clone(), credential_request };
        let answer = self.post(app, "/api/sign-in/start", &start).await;
        if !answer.status.is_success() {
            return Err(answer);
        }
        let started: SignInStarted = answer.read();
        let finalization = signing_in.finish(password, &started.credential_response);
        let credential_finalization = finalization.unwrap_or_else(|| Sealed(vec![9; 64]));
        Ok(SignInFinish { attempt: started.attempt, credential_finalization, totp_code: None })
    }

    pub async fn signs_out(&self, app: &TestApp) -> Answer {
        app.post("/api/sign-out").by_console().cookie(self.cookie.as_deref()).send().await
    }

    pub async fn get(&self, app: &TestApp, path: &str) -> Answer {
        app.get(path).cookie(self.cookie.as_deref()).send().await
    }

    pub async fn post(&self, app: &TestApp, path: &str, body: &impl Serialize) -> Answer {
        app.post(path).by_console().cookie(self.cookie.as_deref()).json(body).send().await
    }

    fn new_member(&mut self, app: &TestApp, started: RegistrationStarted, registration_upload: Sealed) -> NewMember {
        self.member = Some(started.member);
        self.totp_secret = started.totp_secret;
        NewMember {
            sign_in_name: self.name.clone(),
            pseudonym: format!("{} the kind", self.name),
            avatar: 1,
            languages: vec![Language::En, Language::Ar],
            registration_upload,
            wrapped_by_password: Sealed(vec![4; 60]),
            wrapped_by_recovery: Sealed([b"\x09hlc1 wrap".as_slice(), &[5; 60]].concat()),
            keys: key_batch(&self.account),
            totp_code: self.code(app),
        }
    }

    /// Everybody who has an account already, for a signing that adds this person.
    async fn everybody(&self, app: &TestApp) -> Vec<Signed> {
        let members = app.app.store.members().await.unwrap();
        members
            .iter()
            .map(|member| Signed {
                member: member.id,
                keys: member.keys.clone(),
                key_index: member.next_key_index,
                roles: member.roles,
                pseudonym: member.pseudonym.clone(),
            })
            .collect()
    }

    fn remembers(&mut self, app: &TestApp, answer: &Answer) {
        if let Some(cookie) = answer.cookie() {
            app.keeps_secret(cookie.split_once('=').unwrap().1);
            self.cookie = Some(cookie);
        }
    }
}

fn creation(invitation: &Invitation, roles: u8, resets: Option<MemberId>) -> InvitationCreate {
    InvitationCreate { invitation: invitation.name(), roles, wrapped_secret: Sealed(vec![2; 60]), resets }
}

/// What an authenticator app with this secret shows now.
pub fn six_digits(secret_base32: &str, app: &TestApp) -> String {
    let secret = Secret::try_from_base32(secret_base32).unwrap();
    let authenticator = Builder::new().with_secret(secret).build().unwrap();
    authenticator.generate(app.app.clock.now().unix_secs()).to_string()
}

/// An invitation link's secret part.
pub struct Invitation {
    pub token: Sealed,
}

impl Invitation {
    pub fn new() -> Self {
        Self { token: Sealed(Random::Machine.bytes::<32>().to_vec()) }
    }

    /// The token that an invitation link's secret derives (docs/protocol.md, Binding).
    pub fn from_secret(secret: &Sealed) -> Self {
        let mut token = vec![0; 32];
        Hkdf::<Sha256>::new(Some(b"hlc1 invitation"), &secret.0).expand(b"\x05token", &mut token).unwrap();
        Self { token: Sealed(token) }
    }

    pub fn name(&self) -> Hash {
        Hash(Sha256::digest(&self.token.0).into())
    }
}

pub fn site_settings() -> SiteSettings {
    let phone =
        PhoneNumber { number: "+34 900 123 456".to_owned(), note: "day & night".to_owned(), ..PhoneNumber::default() };
    SiteSettings { phones: vec![phone], ..SiteSettings::new("Help", vec![WEBSITE.to_owned()], "112") }
}
