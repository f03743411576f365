//! An organisation without browsers: the real set-up and the real invitations over REST, with a cheap password stretch.
//!
//! The relay cannot tell: stretching happens in the member's browser.

use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::key_batch::{KEY_BATCH_KEYS, KeyBatch};
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::publication::Published;
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::shift_start::start_shift;
use amparo_client::house::sign_in::{Stretch, finish_registration, start_registration};
use amparo_client::house::signing::Signing;
use amparo_protocol::api::{
    InvitationAccept, InvitationCreate, InvitationStart, LineRow, MemberRow, NewMember, PassAnswer, PassRequest,
    RegistrationStarted, RosterAnswer, SetupFinish, SetupStart, SiteRow, roles,
};
use amparo_protocol::desk::{AbuseReason, AbuseReport};
use amparo_protocol::id::{OrgKey, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::{PhoneNumber, SiteSettings};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::Serialize;
use serde::de::DeserializeOwned;
use totp_rs::{Builder, Secret};

use crate::line::ADDRESS;
use crate::relay::Amparo;

/// Where the imagined host page lives.
const HOST_PAGE: &str = "https://www.example.org";
const SOON: std::time::Duration = std::time::Duration::from_millis(700);
pub const PASSWORD: &str = "a password of the load generator";

pub fn random() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub fn now_unix_secs() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("the clock is past 1970").as_secs()
}

pub struct House {
    pub org_key: OrgKey,
    pub site: SiteKey,
    pub counselors: Vec<SignedIn>,
    administrator: SignedIn,
    base: String,
}

/// One counselor's login and account.
pub struct SignedIn {
    pub cookie: String,
    account: AccountSecret,
}

/// A registration that is half done: what the relay answered and what the member's browser keeps.
struct Registration {
    account: AccountSecret,
    member: NewMember,
    started: RegistrationStarted,
}

impl House {
    /// Sets the organisation up and brings in this many counselors.
    pub fn set_up(relay: &Amparo, counselors: usize) -> Self {
        let rest = Rest { base: relay.http() };
        let org = OrgSecret::generate(&mut random());
        let administrator = set_up_organisation(&rest, &org, &relay.setup_token);
        let (sites, _) = rest.get::<Vec<SiteRow>>("/api/sites", &administrator.cookie);
        let signed_in = (0..counselors).map(|number| invite(&rest, &administrator, number)).collect();
        approve_all(&rest, &org, &administrator);
        Self { org_key: org.public(), site: sites[0].key, counselors: signed_in, administrator, base: rest.base }
    }

    /// A fresh embed pass, as the loader fetches it.
    pub fn pass(&self) -> Pass {
        self.pass_from(ADDRESS).expect("the relay issues a pass")
    }

    /// The same, by way of a proxy that names this address; `None` when it is refused.
    pub fn pass_from(&self, address: &str) -> Option<Pass> {
        let request = ureq::post(format!("{}/api/pass", self.base)).header("origin", HOST_PAGE);
        let request = request.header("x-forwarded-for", address);
        let mut answer = request.send_json(PassRequest { site: self.site }).ok()?;
        Some(answer.body_mut().read_json::<PassAnswer>().expect("a pass").pass)
    }

    /// So many may wait at a time.
    pub fn lets_wait(&self, waiting_max: u32) {
        let rest = Rest { base: self.base.clone() };
        let cookie = &self.administrator.cookie;
        let (mut line, _) = rest.get::<LineRow>("/api/line", cookie);
        line.settings.waiting_max = waiting_max;
        rest.post::<LineRow>("/api/line", cookie, &line);
    }

    /// A request that writes to the database; answers its status.
    pub fn counts_a_reason(&self) -> u16 {
        let report = AbuseReport { language: Language::En, reason: AbuseReason::Prank };
        let request = ureq::post(format!("{}/api/abuse", self.base)).header("origin", &self.base);
        let request = request.header("cookie", &self.counselors[0].cookie);
        let answer = request.config().http_status_as_error(false).build().send_json(report);
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    /// Whether a new connection is served soon.
    pub fn is_healthy(&self) -> bool {
        let request = ureq::get(format!("{}/healthz", self.base)).config().timeout_global(Some(SOON)).build();
        request.call().is_ok()
    }

    /// Fresh shift keys under the newest roster.
    pub fn shift(&self, counselor: &SignedIn) -> ShiftKeys {
        let rest = Rest { base: self.base.clone() };
        let (roster, _) = rest.get::<RosterAnswer>("/api/roster", &counselor.cookie);
        let own = roster.own.expect("every counselor was approved");
        start_shift(&counselor.account, &self.org_key, &roster.roster, &own, 0, now_unix_secs(), &mut random())
            .expect("the roster lists this counselor")
    }
}

fn set_up_organisation(rest: &Rest, org: &OrgSecret, token: &str) -> SignedIn {
    let registration = register("administrator", |registration_request| {
        rest.post("/api/setup/start", "", &SetupStart { token: token.to_owned(), registration_request }).0
    });
    let row = row_of(&registration);
    let signing = Signing { org, previous: None, administrator: &registration.account, members: &[row], change: None };
    let publication = signing.sign(now_unix_secs(), &mut random()).expect("the first roster can be signed");
    let finish = SetupFinish {
        token: token.to_owned(),
        organisation: "Load".to_owned(),
        org_key: org.public(),
        member: registration.member,
        publication,
        site: Some(site()),
    };
    let (_, cookie) = rest.post::<serde_json::Value>("/api/setup/finish", "", &finish);
    SignedIn { cookie, account: registration.account }
}

fn invite(rest: &Rest, administrator: &SignedIn, number: usize) -> SignedIn {
    let secret = InvitationSecret::generate(&mut random());
    let create = InvitationCreate {
        invitation: secret.name(),
        roles: roles::COUNSELOR,
        wrapped_secret: secret.wrap_for(&administrator.account, roles::COUNSELOR, &mut random()),
        resets: None,
    };
    rest.send("/api/invitations", &administrator.cookie, &create);
    let registration = register(&format!("counselor {number}"), |registration_request| {
        let start = InvitationStart { token: secret.token(), registration_request };
        rest.post("/api/invitation/start", "", &start).0
    });
    let binding = secret.binding(&registration.account.public_keys());
    let accept = InvitationAccept { token: secret.token(), member: registration.member, binding };
    let (_, cookie) = rest.post::<serde_json::Value>("/api/invitation/accept", "", &accept);
    SignedIn { cookie, account: registration.account }
}

/// One signing with everybody in it.
fn approve_all(rest: &Rest, org: &OrgSecret, administrator: &SignedIn) {
    let (newest, _) = rest.get::<RosterAnswer>("/api/roster", &administrator.cookie);
    let register = newest.register.expect("administrators receive the register");
    let previous = Published::open(&newest.roster, &register, &org.public()).expect("our own roster");
    let (members, _) = rest.get::<Vec<MemberRow>>("/api/members", &administrator.cookie);
    let signing = Signing {
        org,
        previous: Some(&previous),
        administrator: &administrator.account,
        members: &members,
        change: None,
    };
    let publication = signing.sign(now_unix_secs(), &mut random()).expect("all approvals hold");
    rest.send("/api/roster", &administrator.cookie, &publication);
}

/// The member's half of making an account.
fn register(name: &str, start: impl FnOnce(Sealed) -> RegistrationStarted) -> Registration {
    let account = AccountSecret::generate(&mut random());
    let first = start_registration(PASSWORD, &mut random()).expect("any password registers");
    let started = start(first.request);
    let finished =
        finish_registration(PASSWORD, &first.state, &started.registration_response, Stretch::CHEAP, &mut random())
            .expect("the relay's answer fits");
    let member = NewMember {
        sign_in_name: name.to_owned(),
        pseudonym: name.to_owned(),
        avatar: 0,
        languages: vec![Language::En],
        registration_upload: finished.message,
        wrapped_by_password: account.wrap_by_password(&finished.export_key, &mut random()),
        wrapped_by_recovery: account.wrap_by_recovery(&RecoveryCode::generate(&mut random()), &mut random()),
        keys: KeyBatch::sign(&account, 0, KEY_BATCH_KEYS),
        totp_code: started.totp_secret.as_deref().map(totp_code),
    };
    Registration { account, member, started }
}

/// What `GET /api/members` would say of the administrator who is being made.
fn row_of(registration: &Registration) -> MemberRow {
    let member = &registration.member;
    MemberRow {
        member: registration.started.member,
        sign_in_name: member.sign_in_name.clone(),
        pseudonym: member.pseudonym.clone(),
        avatar: member.avatar,
        roles: roles::ALL,
        languages: member.languages.clone(),
        keys: member.keys.clone(),
        next_key_index: 0,
        approved: true,
        approval: None,
    }
}

fn site() -> SiteSettings {
    let phone = PhoneNumber { number: "016".to_owned(), ..PhoneNumber::default() };
    SiteSettings { phones: vec![phone], ..SiteSettings::new("Load", vec![HOST_PAGE.to_owned()], "112") }
}

fn totp_code(secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("base32 of the relay");
    let authenticator = Builder::new().with_secret(secret).build().expect("the usual parameters");
    authenticator.generate_current().to_string()
}

/// JSON over loopback.
struct Rest {
    base: String,
}

impl Rest {
    fn get<T: DeserializeOwned>(&self, path: &str, cookie: &str) -> (T, String) {
        let request = ureq::get(format!("{}{path}", self.base)).header("cookie", cookie);
        read(path, request.call())
    }

    fn post<T: DeserializeOwned>(&self, path: &str, cookie: &str, body: &impl Serialize) -> (T, String) {
        let request = ureq::post(format!("{}{path}", self.base)).header("cookie", cookie).header("origin", &self.base);
        read(path, request.send_json(body))
    }

    /// For routes that answer nothing.
    fn send(&self, path: &str, cookie: &str, body: &impl Serialize) {
        let request = ureq::post(format!("{}{path}", self.base)).header("cookie", cookie).header("origin", &self.base);
        request.send_json(body).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

/// The body, and the login cookie where one was set.
fn read<T: DeserializeOwned>(path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (T, String) {
    let mut answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
    (answer.body_mut().read_json().unwrap_or_else(|error| panic!("{path}: {error}")), cookie)
}
