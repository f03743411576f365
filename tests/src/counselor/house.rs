//! The pages of the house: members, sites, settings.

use serde_json::Value;

use super::Counselor;
use crate::world::World;

impl Counselor {
    /// The host's pages carry the tag, and the relay knows the host.
    pub async fn owns_the_site(&self, world: &World) {
        self.changes_site(&format!("site.origins = ['{}'];", world.host.origin())).await;
        world.host.carries(&self.tag, "");
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
}

const CHANGE: &str = "const ask = async () => {
  const row = (await (await fetch('PATH')).json())ROW;
  const NAME = row.settings;
  BODY
  const headers = { 'content-type': 'application/json' };
  return (await fetch('PATH', { method: 'POST', headers, body: JSON.stringify(WHOLE) })).status;
};
return ask();";
