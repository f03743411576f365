//! The counselor shows who she is: password and digits, a passkey, or the code from paper.

use std::time::Duration;

use totp_rs::{Builder, Secret};

use super::Counselor;
use crate::deadline::{PATIENCE, until};

impl Counselor {
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
}
