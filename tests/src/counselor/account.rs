//! An account is made: by the first start, by an invitation, or with the organisation's paper.

use serde_json::Value;

use super::{Counselor, EMERGENCY, ORGANISATION, PASSWORD, PHONE};
use crate::browser::Browser;
use crate::deadline::{PATIENCE, until};
use crate::driver::Settings;
use crate::world::World;

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
