//! A conversation on a screen, the visitor's or the counselor's: who said what, and how far it got.

use std::time::Duration;

use crate::deadline::{PATIENCE, until};
use crate::view::View;

/// One message as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub own: bool,
    /// `sending`, `delivered` or `not-sent`; empty for the other side's.
    pub state: String,
    pub text: String,
}

pub struct Talk<'a>(pub View<'a>);

impl Talk<'_> {
    pub async fn says(&self, text: &str) {
        self.0.write("composer-text", text).await;
        self.0.press("send").await;
        self.sees_within(text, PATIENCE).await;
    }

    pub async fn sees(&self, text: &str) {
        self.sees_within(text, PATIENCE).await;
    }

    pub async fn sees_within(&self, text: &str, within: Duration) {
        self.wait(&format!("sees {text:?}"), within, |shown| shown.iter().any(|message| message.text == text)).await;
    }

    /// The other side's browser has it.
    pub async fn sees_delivered(&self, text: &str) {
        self.wait(&format!("sees {text:?} as delivered"), PATIENCE, |shown| {
            shown.iter().any(|message| message.own && message.text == text && message.state == "delivered")
        })
        .await;
    }

    /// The other side's browser has every own message.
    pub async fn sees_all_delivered(&self) {
        self.wait("sees all own messages as delivered", PATIENCE, |shown| {
            shown.iter().all(|message| !message.own || message.state == "delivered")
        })
        .await;
    }

    /// Exactly these texts, each once, in this order.
    pub async fn sees_exactly(&self, texts: &[String], within: Duration) {
        self.wait(&format!("sees exactly {} messages in order", texts.len()), within, |shown| {
            shown.iter().map(|message| &message.text).eq(texts)
        })
        .await;
    }

    /// Nothing of the conversation is on the screen any more.
    pub async fn sees_nothing_said(&self, within: Duration) {
        self.wait("sees no message", within, <[Shown]>::is_empty).await;
    }

    pub async fn messages(&self) -> Result<Vec<Shown>, String> {
        let found = self.0.script(READ_MESSAGES, vec![]).await?;
        let rows = found.as_array().ok_or("the script gave no list")?;
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Ok(rows.iter().map(|row| Shown { own: row[0] == "true", state: word(&row[1]), text: word(&row[2]) }).collect())
    }

    async fn wait(&self, what: &str, within: Duration, holds: impl Fn(&[Shown]) -> bool) {
        until(&format!("{} {what}", self.0.browser.name), within, async || {
            let shown = self.messages().await?;
            if holds(&shown) { Ok(()) } else { Err(format!("there is {shown:?}")) }
        })
        .await;
    }
}

const READ_MESSAGES: &str = "return [...document.querySelectorAll('[data-test=message]')].map((message) => [
  message.dataset.own ?? '', message.dataset.state ?? '', (message.querySelector('[data-test=message-text]') ?? message).textContent.trim()]);";
