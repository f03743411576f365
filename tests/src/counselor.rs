//! The counselor: somebody at home with the console open. The first one is the administrator who sets the relay up.

mod account;
mod house;
mod sign_in;

use crate::browser::Browser;
use crate::deadline::PATIENCE;
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

impl Counselor {
    /// The administrator of a relay that was set up before, at home again: the console asks who it is.
    pub async fn comes_back(world: &World, prepared: &Prepared, settings: Settings) -> Self {
        let mut counselor = Self::new(Browser::start("Ana", settings).await, "Ana");
        (counselor.tag, counselor.tag_pinned) = prepared.tags(&world.relay.origin());
        counselor.totp_secret.clone_from(&prepared.totp_secret);
        counselor.recovery_code.clone_from(&prepared.recovery_code);
        counselor.browser.goto(&format!("{}/console/", world.relay.origin())).await;
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

    pub async fn ends(&self) {
        self.desk().press("end").await;
        self.desk().press("end-yes").await;
    }

    /// Ends the rest after a conversation before its time.
    pub async fn is_ready_again(&self) {
        self.desk().press("rest-over").await;
        self.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;
    }
}
