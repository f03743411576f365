//! The relay's REST routes, one function each. The only place of the console that fetches.
//!
//! Never: keys, retries, or anything of a conversation; those travel on the socket, sealed.

use amparo_protocol::api::{
    DemoLink, InvitationAccept, InvitationCreate, InvitationOpen, InvitationOpened, InvitationStart, KeysRenewed,
    LineRow, Me, MemberRow, PasskeyAsked, PasskeyCount, PasskeyFinish, PasskeyStart, Passkeys, PreviewAnswer,
    Publication, RecoveryFinish, RecoveryStart, RecoveryStarted, RegistrationStarted, RosterAnswer, SetupFinish,
    SetupOpen, SetupOpened, SetupStart, SetupState, SignInFinish, SignInPasskey, SignInPasskeyFinish, SignInStart,
    SignInStarted, SiteRow,
};
use amparo_protocol::desk::{AbuseReport, BlockRequest, Board, CareRow, CountRow, DeskRow, MemberCare, TrailRow};
use amparo_protocol::error::{ErrorBody, ErrorCode};
use amparo_protocol::finding::{CheckRequest, PageCheck};
use amparo_protocol::id::{MemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::rota::{OwnDuty, RotaRow};
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::teams::{TeamsPage, TeamsRow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

/// Why there is no answer. The screens have one sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The relay did not answer at all.
    Unreachable,
    Refused(ErrorCode),
    /// The password was right, and the member's keys do not open with it.
    Keys,
    /// The calculation for the password did not start or did not end.
    Worker,
    /// The browser gave no passkey.
    Passkey,
    /// The list of members does not carry the organisation's signature, or has expired.
    Roster,
    /// The list of members does not hold this member's own key.
    NotListed,
}

impl Failure {
    /// The key of the sentence for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "failure.unreachable",
            Self::Refused(ErrorCode::WrongCredentials) => "failure.wrong-credentials",
            Self::Refused(ErrorCode::TooManyAttempts) => "failure.too-many-attempts",
            Self::Refused(ErrorCode::SignIn) => "failure.sign-in",
            Self::Refused(ErrorCode::Setup) => "failure.setup",
            Self::Refused(ErrorCode::Invitation) => "failure.invitation",
            Self::Refused(ErrorCode::Conflict) => "failure.conflict",
            Self::Refused(ErrorCode::Invalid) => "failure.invalid",
            Self::Refused(ErrorCode::Version) => "failure.version",
            Self::Refused(ErrorCode::Elsewhere) => "failure.elsewhere",
            Self::Refused(_) => "failure.other",
            Self::Keys => "failure.keys",
            Self::Worker => "failure.worker",
            Self::Passkey => "failure.passkey",
            Self::Roster => "failure.roster",
            Self::NotListed => "failure.not-listed",
        }
    }
}

pub async fn setup_state() -> Result<SetupState, Failure> {
    get("/api/setup").await
}

pub async fn setup_open(body: &SetupOpen) -> Result<SetupOpened, Failure> {
    post("/api/setup/open", body).await
}

pub async fn setup_start(body: &SetupStart) -> Result<RegistrationStarted, Failure> {
    post("/api/setup/start", body).await
}

pub async fn setup_finish(body: &SetupFinish) -> Result<Me, Failure> {
    post("/api/setup/finish", body).await
}

pub async fn renew_keys(body: &KeysRenewed) -> Result<(), Failure> {
    send("POST", "/api/keys", Some(json(body))).await.map(|_| ())
}

pub async fn sign_in_start(body: &SignInStart) -> Result<SignInStarted, Failure> {
    post("/api/sign-in/start", body).await
}

pub async fn sign_in_finish(body: &SignInFinish) -> Result<Me, Failure> {
    post("/api/sign-in/finish", body).await
}

pub async fn sign_in_passkey(body: &SignInPasskey) -> Result<PasskeyAsked, Failure> {
    post("/api/sign-in/passkey", body).await
}

pub async fn sign_in_passkey_finish(body: &SignInPasskeyFinish) -> Result<Me, Failure> {
    post("/api/sign-in/passkey/finish", body).await
}

pub async fn recovery_start(body: &RecoveryStart) -> Result<RecoveryStarted, Failure> {
    post("/api/recovery/start", body).await
}

pub async fn recovery_finish(body: &RecoveryFinish) -> Result<Me, Failure> {
    post("/api/recovery/finish", body).await
}

pub async fn passkeys() -> Result<Passkeys, Failure> {
    get("/api/passkeys").await
}

pub async fn passkey_start(body: &PasskeyStart) -> Result<PasskeyAsked, Failure> {
    post("/api/passkeys/start", body).await
}

pub async fn passkey_finish(body: &PasskeyFinish) -> Result<(), Failure> {
    send("POST", "/api/passkeys/finish", Some(json(body))).await.map(|_| ())
}

pub async fn remove_passkey(id: &str) -> Result<(), Failure> {
    send("POST", &format!("/api/passkeys/{id}/remove"), Some(json(&()))).await.map(|_| ())
}

pub async fn sign_out() -> Result<(), Failure> {
    send("POST", "/api/sign-out", None).await.map(|_| ())
}

pub async fn me() -> Result<Me, Failure> {
    get("/api/me").await
}

pub async fn invitation_open(body: &InvitationOpen) -> Result<InvitationOpened, Failure> {
    post("/api/invitation/open", body).await
}

pub async fn invitation_start(body: &InvitationStart) -> Result<RegistrationStarted, Failure> {
    post("/api/invitation/start", body).await
}

pub async fn invitation_accept(body: &InvitationAccept) -> Result<Me, Failure> {
    post("/api/invitation/accept", body).await
}

pub async fn invitation_create(body: &InvitationCreate) -> Result<(), Failure> {
    send("POST", "/api/invitations", Some(json(body))).await.map(|_| ())
}

pub async fn members() -> Result<Vec<MemberRow>, Failure> {
    get("/api/members").await
}

pub async fn roster() -> Result<RosterAnswer, Failure> {
    get("/api/roster").await
}

pub async fn publish(body: &Publication) -> Result<(), Failure> {
    send("POST", "/api/roster", Some(json(body))).await.map(|_| ())
}

pub async fn sites() -> Result<Vec<SiteRow>, Failure> {
    get("/api/sites").await
}

pub async fn save_site(body: &SiteSettings) -> Result<SiteRow, Failure> {
    post("/api/sites", body).await
}

pub async fn preview_site(body: &SiteSettings) -> Result<PreviewAnswer, Failure> {
    post("/api/sites/preview", body).await
}

pub async fn check_site(site: SiteKey) -> Result<Vec<PageCheck>, Failure> {
    post("/api/sites/check", &CheckRequest { site }).await
}

pub async fn line() -> Result<LineRow, Failure> {
    get("/api/line").await
}

pub async fn save_line(body: &LineRow) -> Result<LineRow, Failure> {
    post("/api/line", body).await
}

pub async fn demo(token: &str) -> Result<DemoLink, Failure> {
    post("/api/demo", &DemoToken { token }).await
}

pub async fn desk() -> Result<DeskRow, Failure> {
    get("/api/desk").await
}

pub async fn save_desk(body: &DeskRow) -> Result<DeskRow, Failure> {
    post("/api/desk", body).await
}

pub async fn count_abuse(body: &AbuseReport) -> Result<(), Failure> {
    send("POST", "/api/abuse", Some(json(body))).await.map(|_| ())
}

pub async fn block(body: &BlockRequest) -> Result<(), Failure> {
    send("POST", "/api/block", Some(json(body))).await.map(|_| ())
}

pub async fn rota() -> Result<RotaRow, Failure> {
    get("/api/rota").await
}

pub async fn save_rota(body: &RotaRow) -> Result<RotaRow, Failure> {
    post("/api/rota", body).await
}

pub async fn teams() -> Result<TeamsPage, Failure> {
    get("/api/teams").await
}

pub async fn save_teams(body: &TeamsRow) -> Result<TeamsRow, Failure> {
    post("/api/teams", body).await
}

pub async fn own_duty() -> Result<OwnDuty, Failure> {
    get("/api/duty").await
}

pub async fn passkey_counts() -> Result<Vec<PasskeyCount>, Failure> {
    get("/api/members/passkeys").await
}

pub async fn remove_passkeys_of(member: MemberId) -> Result<(), Failure> {
    send("POST", &format!("/api/members/{}/remove-passkeys", member.to_text()), Some(json(&()))).await.map(|_| ())
}

pub async fn board() -> Result<Board, Failure> {
    get("/api/board").await
}

pub async fn care() -> Result<Vec<CareRow>, Failure> {
    get("/api/care").await
}

pub async fn save_care(member: MemberId, body: &MemberCare) -> Result<(), Failure> {
    send("POST", &format!("/api/members/{}/care", member.to_text()), Some(json(body))).await.map(|_| ())
}

pub async fn remove_member(member: MemberId) -> Result<(), Failure> {
    send("POST", &format!("/api/members/{}/remove", member.to_text()), Some(json(&()))).await.map(|_| ())
}

pub async fn change_languages(member: MemberId, languages: &[Language]) -> Result<(), Failure> {
    send("POST", &format!("/api/members/{}/languages", member.to_text()), Some(json(&languages))).await.map(|_| ())
}

pub async fn end_logins(member: MemberId) -> Result<(), Failure> {
    send("POST", &format!("/api/members/{}/end-logins", member.to_text()), Some(json(&()))).await.map(|_| ())
}

pub async fn counts() -> Result<Vec<CountRow>, Failure> {
    get("/api/counts").await
}

pub async fn trail() -> Result<Vec<TrailRow>, Failure> {
    get("/api/trail").await
}

/// The texts of one language, as the build wrote them beside the program.
pub async fn texts(tag: &str) -> Result<String, Failure> {
    send("GET", &format!("/console/texts-{tag}.txt"), None).await
}

/// What visitors read in one language, before the organisation's own words.
pub async fn visitor_texts(tag: &str) -> Result<String, Failure> {
    send("GET", &format!("/console/visitor-texts-{tag}.txt"), None).await
}

#[derive(Serialize)]
struct DemoToken<'a> {
    token: &'a str,
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    parse(&send("GET", path, None).await?)
}

async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Failure> {
    parse(&send("POST", path, Some(json(body))).await?)
}

fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("bodies of the protocol have text keys only")
}

/// An answer that cannot be read comes from another program than the relay, or from another version of it.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Refused(ErrorCode::Version))
}

fn refusal(text: &str) -> Failure {
    let code = serde_json::from_str::<ErrorBody>(text).map_or(ErrorCode::Internal, |body| body.code);
    Failure::Refused(code)
}

async fn send(method: &str, path: &str, body: Option<String>) -> Result<String, Failure> {
    let answer = fetch(method, path, body).await.map_err(|_| Failure::Unreachable)?;
    let text = JsFuture::from(answer.text().map_err(|_| Failure::Unreachable)?).await;
    let text = text.ok().and_then(|text| text.as_string()).ok_or(Failure::Unreachable)?;
    if answer.ok() { Ok(text) } else { Err(refusal(&text)) }
}

async fn fetch(method: &str, path: &str, body: Option<String>) -> Result<Response, JsValue> {
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    if let Some(body) = body {
        let headers = web_sys::Headers::new()?;
        headers.set("content-type", "application/json")?;
        request.set_headers(&headers);
        request.set_body(&JsValue::from_str(&body));
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &request)).await?.dyn_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_code_and_anything_else_is_internal() {
        assert_eq!(
            refusal(r#"{"code":"wrong-credentials","sentence":""}"#),
            Failure::Refused(ErrorCode::WrongCredentials)
        );
        assert_eq!(refusal("<html>502</html>"), Failure::Refused(ErrorCode::Internal));
    }
}
