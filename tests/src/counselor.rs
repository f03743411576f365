//! The counselor: somebody at home with the console open. The first one is the administrator who sets the relay up.

use std::time::Duration;

use serde_json::Value;
use totp_rs::{Builder, Secret};

use crate::browser::Browser;
use crate::deadline::{PATIENCE, until};
use crate::driver::Settings;
use crate::prepared::Prepared;
use crate::talk::Talk;
use crate::view::View;
use crate::world::World;

pub const PASSWORD: &str = "seven quiet lanterns over water";
pub const ORGANISATION: &str = "Casa Abierta";
pub const EMERGENCY: &str = "112";
pub const PHONE: &str = "016";

pub struct Counselor {
    pub browser: Browser,
    pub tag: String,
    /// The tag with the program's hash, so that the relay cannot change the program.
    pub tag_pinned: String,
    sign_in_name: String,
    password: String,
    totp_secret: String,
    /// From paper.
    recovery_code: String,
}

/// Who asks the questions: the first start, or an invitation. Their fields are named alike.
#[derive(Clone, Copy)]
enum Asking {
    SetUp,
    Invitation,
}

impl Asking {
    fn field(self, name: &str) -> String {
        match self {
            Self::SetUp => format!("setup-{name}"),
            Self::Invitation => format!("invitation-{name}"),
        }
    }
}

impl Counselor {
    /// The first administrator follows the printed address and answers every page of the set-up.
    pub async fn sets_up(world: &World, pseudonym: &str, settings: Settings) -> Self {
        Self::sets_up_looking(world, pseudonym, settings, async |_, _| ()).await
    }

    /// As `sets_up`; `look` is called with the name of every page before it is answered.
    pub async fn sets_up_looking(
        world: &World,
        pseudonym: &str,
        settings: Settings,
        look: impl AsyncFnMut(&Browser, &str),
    ) -> Self {
        let mut counselor = Self::new(Browser::start(pseudonym, settings).await, pseudonym);
        counselor.browser.goto(&world.relay.setup_link().await).await;
        let host = world.host.origin();
        let answers = [
            ("organisation", ORGANISATION),
            ("site-origin", host.as_str()),
            ("emergency", EMERGENCY),
            ("phone", PHONE),
            ("phone-name", "Helpline"),
        ];
        counselor.answers_pages(Asking::SetUp, &answers, look).await;
        counselor
    }

    /// The administrator of a relay that was set up before, at home again: the console asks who it is.
    pub async fn comes_back(world: &World, prepared: &Prepared, settings: Settings) -> Self {
        let mut counselor = Self::new(Browser::start("Ana", settings).await, "Ana");
        (counselor.tag, counselor.tag_pinned) = prepared.tags(&world.relay.origin());
        counselor.totp_secret.clone_from(&prepared.totp_secret);
        counselor.recovery_code.clone_from(&prepared.recovery_code);
        counselor.browser.goto(&format!("{}/console/", world.relay.origin())).await;
        counselor
    }

    /// The host's pages carry the tag, and the relay knows the host.
    pub async fn owns_the_site(&self, world: &World) {
        self.changes_site(&format!("site.origins = ['{}'];", world.host.origin())).await;
        world.host.carries(&self.tag, "");
    }

    /// Somebody follows an invitation; their console then waits for approval.
    pub async fn accepts_invitation(link: &str, pseudonym: &str, settings: Settings) -> Self {
        let mut counselor = Self::new(Browser::start(pseudonym, settings).await, pseudonym);
        counselor.browser.goto(link).await;
        counselor.answers_pages(Asking::Invitation, &[], async |_, _| ()).await;
        counselor
    }

    /// Somebody with the organisation's paper follows the address that `amparo setup --again` printed.
    pub async fn sets_up_again(link: &str, words: &str, pseudonym: &str, settings: Settings) -> Self {
        let mut counselor = Self::new(Browser::start(pseudonym, settings).await, pseudonym);
        counselor.browser.goto(link).await;
        counselor.desk().sees_screen(&["setup-words"]).await;
        counselor.desk().write("setup-paper-words", words).await;
        counselor.desk().press("setup-next").await;
        counselor.desk().sees_screen(&["invitation-sign-in"]).await;
        counselor.answers_pages(Asking::Invitation, &[], async |_, _| ()).await;
        counselor
    }

    fn new(browser: Browser, pseudonym: &str) -> Self {
        let (tag, tag_pinned) = (String::new(), String::new());
        Self {
            browser,
            tag,
            tag_pinned,
            sign_in_name: pseudonym.to_owned(),
            password: PASSWORD.to_owned(),
            totp_secret: String::new(),
            recovery_code: String::new(),
        }
    }

    pub fn desk(&self) -> View<'_> {
        self.browser.page()
    }

    pub fn talk(&self) -> Talk<'_> {
        Talk(self.desk())
    }

    pub async fn is_available(&self) {
        self.desk().press("presence-available").await;
        self.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;
    }

    pub async fn takes_a_break(&self) {
        self.desk().press("presence-break").await;
        self.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
    }

    /// Takes the visitor who is offered; the conversation is open when this returns.
    pub async fn accepts(&self) {
        self.desk().find_within("offer", 2 * PATIENCE).await;
        self.desk().press("accept").await;
        self.is_talking().await;
    }

    pub async fn is_talking(&self) {
        self.desk().sees_attribute("conversation", "data-state", &["talking"], 2 * PATIENCE).await;
    }

    /// Loads the console again; the login lives on, so only the password is asked.
    pub async fn reloads(&self) {
        self.browser.client.refresh().await.expect("the console is served");
        self.desk().sees_screen(&["unlock"]).await;
    }

    /// After a reload.
    pub async fn gives_password(&self) {
        self.desk().write("sign-in-password", &self.password).await;
        self.desk().press("sign-in").await;
        self.desk().find("presence").await;
    }

    pub async fn opens_the_lock(&self) {
        self.desk().write("lock-password", &self.password).await;
        self.desk().press("open-lock").await;
        self.desk().sees_no("lock").await;
    }

    pub async fn signs_in(&self) {
        self.desk().sees_screen(&["sign-in"]).await;
        self.desk().write("sign-in-name", &self.sign_in_name).await;
        self.desk().write("sign-in-code", &self.code()).await;
        self.gives_password().await;
    }

    /// After a first request the relay hears the next one a second later; no person types that fast.
    pub async fn takes_a_breath(&self) {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }

    /// Keeps a passkey of this browser beside the six digits.
    pub async fn adds_passkey(&self, name: &str) {
        self.desk().press("passkeys").await;
        self.desk().find("no-passkeys").await;
        self.desk().write("passkey-name", name).await;
        self.waits_for_the_next_digits().await;
        self.desk().write("passkey-code", &self.code()).await;
        self.desk().press("add-passkey").await;
        self.desk().find("passkey-added").await;
    }

    /// A code counts once, and the one of this half minute was given.
    pub async fn waits_for_the_next_digits(&self) {
        let used = self.code();
        until("the next six digits", 2 * PATIENCE, async || {
            if self.code() == used { Err("the same digits".to_owned()) } else { Ok(()) }
        })
        .await;
    }

    /// From the sign-in screen: name, the code from paper, and which of `lost-password` and `lost-phone` it is.
    pub async fn begins_to_recover(&self, lost: &str) {
        self.desk().sees_screen(&["sign-in"]).await;
        self.desk().press("to-recovery").await;
        self.desk().sees_screen(&["recovery"]).await;
        self.desk().write("recovery-name", &self.sign_in_name).await;
        self.desk().write("recovery-code", &self.recovery_code).await;
        self.desk().press(lost).await;
    }

    /// With the digits of her authenticator. She is on her desk afterwards.
    pub async fn chooses_another_password(&mut self, password: &str) {
        self.waits_for_the_next_digits().await;
        self.desk().write("recovery-digits", &self.code()).await;
        self.desk().write("recovery-new-password", password).await;
        self.desk().write("recovery-password-again", password).await;
        self.desk().press("recovery-next").await;
        self.desk().find_within("presence", 2 * PATIENCE).await;
        self.password = password.to_owned();
    }

    /// With her password; the screen then shows the secret for an app on her new phone.
    pub async fn asks_for_another_authenticator(&mut self) {
        self.desk().write("recovery-password", &self.password).await;
        self.desk().press("recovery-next").await;
        let secret = self.desk().text("recovery-totp-secret").await;
        self.totp_secret = secret.replace(char::is_whitespace, "");
    }

    /// Name, password, passkey; no digits.
    pub async fn signs_in_with_passkey(&self) {
        self.asks_for_passkey().await;
        self.desk().find("presence").await;
    }

    pub async fn asks_for_passkey(&self) {
        self.desk().sees_screen(&["sign-in"]).await;
        self.desk().write("sign-in-name", &self.sign_in_name).await;
        self.desk().write("sign-in-password", &self.password).await;
        self.desk().press("sign-in-passkey").await;
    }

    pub async fn ends(&self) {
        self.desk().press("end").await;
        self.desk().press("end-yes").await;
    }

    /// Ends the rest after a conversation before its time.
    pub async fn is_ready_again(&self) {
        self.desk().press("rest-over").await;
        self.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;
    }

    /// A page of the house; on a phone behind a button of its own.
    pub async fn opens_page(&self, page: &str) {
        if !self.desk().is_shown(page).await {
            self.desk().press("house").await;
        }
        self.desk().press(page).await;
        self.desk().find(&format!("{page}-page")).await;
    }

    /// Opens one page of the first site's settings.
    pub async fn opens_site_page(&self, page: &str) {
        self.opens_page("sites").await;
        self.desk().press("edit-site").await;
        self.desk().press(page).await;
    }

    /// Sets a WhatsApp number that is always offered, and reads the link to be tried.
    pub async fn adds_whatsapp(&self, number: &str) -> String {
        self.opens_site_page("site-whatsapp").await;
        self.desk().press("whatsapp-always").await;
        self.desk().write("whatsapp-number", number).await;
        let link = self.desk().text("whatsapp-link").await;
        self.saves().await;
        self.returns_to_the_desk().await;
        link
    }

    /// Presses "Save" and reads that it is saved.
    pub async fn saves(&self) {
        self.desk().press("save").await;
        self.desk().find("saved").await;
    }

    /// Changes the first site's settings, as its form does: `change` is JavaScript with `site` in its hands.
    pub async fn changes_site(&self, change: &str) {
        self.changes(&CHANGE.replace("PATH", "/api/sites"), "[0]", "site", change).await;
    }

    /// Changes the line's settings: `change` is JavaScript with `line` in its hands.
    pub async fn changes_line(&self, change: &str) {
        self.changes(&CHANGE.replace("PATH", "/api/line"), "", "line", change).await;
    }

    /// Changes what helps at every desk: `change` is JavaScript with `desk` in its hands.
    pub async fn changes_desk(&self, change: &str) {
        self.changes(&CHANGE.replace("PATH", "/api/desk"), "", "desk", change).await;
    }

    async fn changes(&self, script: &str, row: &str, name: &str, change: &str) {
        let whole = if name == "site" { name.to_owned() } else { format!("{{ ...row, settings: {name} }}") };
        let script = script.replace("ROW", row).replace("NAME", name).replace("BODY", change).replace("WHOLE", &whole);
        let done = self.desk().script(&script, vec![]).await;
        assert_eq!(done, Ok(Value::from(200)), "the relay takes {change}");
    }

    /// Makes an invitation for one counselor and copies its link.
    pub async fn invites(&self) -> String {
        self.opens_page("members").await;
        self.desk().press("invite").await;
        self.desk().text("invite-link").await
    }

    /// On the members' page: the newcomer who waits is checked and signed in.
    pub async fn approves(&self) {
        self.desk().press("approve").await;
        self.desk().sees_no("approve").await;
    }

    pub async fn returns_to_the_desk(&self) {
        self.desk().press("to-people").await;
        self.desk().sees_screen(&["desk"]).await;
    }

    pub fn totp_secret(&self) -> &str {
        &self.totp_secret
    }

    pub fn recovery_code(&self) -> &str {
        &self.recovery_code
    }

    /// Six digits, as an authenticator app shows them now.
    pub fn code(&self) -> String {
        let secret = Secret::try_from_base32(&self.totp_secret).expect("the console shows a base32 secret");
        Builder::new().with_secret(secret).build().expect("the secret is long enough").generate_current().to_string()
    }

    /// Answers whatever a page asks for and goes on, until there is nothing more to answer.
    async fn answers_pages(
        &mut self,
        asking: Asking,
        answers: &[(&str, &str)],
        mut look: impl AsyncFnMut(&Browser, &str),
    ) {
        let own = [
            ("sign-in-name", self.sign_in_name.clone()),
            ("pseudonym", self.sign_in_name.clone()),
            ("password", PASSWORD.to_owned()),
            ("password-again", PASSWORD.to_owned()),
        ];
        let given = answers.iter().map(|(name, text)| (*name, (*text).to_owned()));
        let answers: Vec<(String, String)> =
            own.into_iter().chain(given).map(|(name, text)| (asking.field(name), text)).collect();
        while let Some(page) = self.next_page(asking).await {
            look(&self.browser, &page).await;
            let asked = self.desk().names().await;
            for (name, text) in answers.iter().filter(|(name, _)| asked.contains(name)) {
                self.desk().write(name, text).await;
            }
            self.answers_what_is_special(asking, &asked).await;
            self.desk().press(&asking.field("next")).await;
            self.leaves_page(&page).await;
        }
    }

    /// What no other form has: languages, the second step, the words for paper, the tag.
    async fn answers_what_is_special(&mut self, asking: Asking, asked: &[String]) {
        let desk = self.browser.page();
        let is_asked = |name: &str| asked.iter().any(|asked| asked == name);
        let own = format!("speaks-{}", self.browser.settings.language.to_lowercase());
        for language in ["speaks-en", "speaks-ar", &own] {
            if is_asked(language) && !desk.is_ticked(language).await {
                desk.press(language).await;
            }
        }
        if is_asked(&asking.field("totp-secret")) {
            let secret = desk.text(&asking.field("totp-secret")).await;
            self.totp_secret = secret.replace(char::is_whitespace, "");
            desk.write(&asking.field("totp-code"), &self.code()).await;
            self.recovery_code = desk.text(&asking.field("recovery-code")).await;
            desk.press(&asking.field("recovery-written")).await;
        }
        if is_asked("setup-words") {
            self.copies_words().await;
        }
        if is_asked("tag") {
            let tags = desk.script(READ_TAGS, vec![]).await.expect("both tags are on the page");
            let tag = |at: usize| tags[at].as_str().map(str::to_owned).unwrap_or_default();
            (self.tag, self.tag_pinned) = (tag(0), tag(1));
        }
    }

    /// Writes the organisation's key on paper, and answers from the paper.
    async fn copies_words(&self) {
        let desk = self.desk();
        let words = desk.script(READ_WORDS, vec![]).await.expect("the words are on the page");
        desk.press("setup-words-written").await;
        for question in ["setup-word-first", "setup-word-second"] {
            desk.find(question).await;
            let number = desk.attribute(question, "data-number").await.expect("the question names a number");
            let at: usize = number.parse().expect("it is a number");
            desk.write(question, words[at - 1].as_str().unwrap_or_default()).await;
        }
    }

    /// The name of the page that asks, or `None` where all is answered.
    async fn next_page(&self, asking: Asking) -> Option<String> {
        let desk = self.desk();
        until(&format!("{} sees the next page", self.browser.name), PATIENCE, async || {
            let screen = desk.attribute("screen", "data-screen").await?;
            match screen.as_str() {
                "desk" | "approval" => Ok(None),
                _ if desk.is_shown(&asking.field("next")).await => Ok(Some(screen)),
                _ => Err(format!("there is {screen}")),
            }
        })
        .await
    }

    async fn leaves_page(&self, page: &str) {
        let desk = self.desk();
        until(&format!("{} leaves the page {page}", self.browser.name), PATIENCE, async || {
            match desk.attribute("screen", "data-screen").await {
                Ok(now) if now == page => {
                    let problem =
                        desk.script("return document.querySelector('[data-test=problem]')?.textContent", vec![]);
                    Err(format!("it is still shown: {}", problem.await.unwrap_or(Value::Null)))
                }
                _ => Ok(()),
            }
        })
        .await;
    }
}

const READ_TAGS: &str =
    "return ['tag', 'tag-pinned'].map((name) => document.querySelector(`[data-test=${name}]`).value)";
const READ_WORDS: &str =
    "return [...document.querySelectorAll('[data-test=setup-words] li')].map((word) => word.textContent.trim())";

const CHANGE: &str = "const ask = async () => {
  const row = (await (await fetch('PATH')).json())ROW;
  const NAME = row.settings;
  BODY
  const headers = { 'content-type': 'application/json' };
  return (await fetch('PATH', { method: 'POST', headers, body: JSON.stringify(WHOLE) })).status;
};
return ask();";
