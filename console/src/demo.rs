//! The demonstration does by itself what people do by hand: set-up, invitation, approval. Never outside of one: the
//! relay has the route only there.

use amparo_client::house::invitation::InvitationSecret;
use amparo_protocol::api::{DemoLink, Me};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::{PhoneNumber, SiteSettings};
use amparo_ui::avatar;
use amparo_ui::clock::{Interval, Timeout};
use amparo_ui::random::BrowserRandom;
use amparo_ui::texts::Texts;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Keys, OrganisationKey, Way};
use crate::api::{self, Failure};
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::AccountDraft;
use crate::entry;
use crate::house::{self, Refusal};

/// Everybody's password there; the screens say so.
const PASSWORD: &str = "demo";
const LOOK_MS: u32 = 2_000;

/// A one-time link was opened: makes the account it is for.
pub async fn arrive(desk: Desk, texts: Texts, token: &str) {
    desk.is_demo.set(true);
    desk.place.set(Place::Preparing);
    let made = match link(token).await {
        Ok(link) => make(desk, texts, link).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok(()) => {}
        // The link was opened before: the account exists and its password is known.
        Err(Failure::Refused(ErrorCode::Setup | ErrorCode::Invitation | ErrorCode::NotFound | ErrorCode::Conflict)) => {
            entry::come_back(desk).await;
        }
        Err(failure) => desk.place.set(Place::Stopped(failure)),
    }
}

/// The second link is ready once the first was opened; until then this page waits.
async fn link(token: &str) -> Result<DemoLink, Failure> {
    loop {
        match api::demo(token).await {
            Err(Failure::Refused(ErrorCode::Unexpected)) => pause().await,
            answer => return answer,
        }
    }
}

/// After a reload: nobody should have to look for the password of a demonstration. `false` where it has to be asked.
pub async fn unlock(desk: Desk) -> bool {
    let Some(me) = desk.me.get_untracked().filter(|me| me.demo) else { return false };
    desk.place.set(Place::Preparing);
    let opened = account::sign_in(me.sign_in_name, PASSWORD.to_owned(), None).await;
    opened.map(|(me, keys)| entry::arrive(desk, me, keys, Place::Desk)).is_ok()
}

/// An administrator's browser approves whoever has accepted an invitation.
pub fn approve_everybody(desk: Desk) {
    if !desk.is_demo.get_untracked() || !untrack(|| desk.is_administrator()) {
        return;
    }
    let is_busy = StoredValue::new(false);
    let look = move || {
        if desk.me.with_untracked(Option::is_none) || is_busy.get_value() {
            return;
        }
        is_busy.set_value(true);
        spawn_local(async move {
            // Refused or not, the next look comes by itself.
            let _ = approve_first(desk).await;
            is_busy.set_value(false);
        });
    };
    desk.demo_looking.set_value(Some(Interval::new(LOOK_MS, look)));
}

/// The relay made the second link's invitation before there was an administrator to wrap its secret for.
async fn approve_first(desk: Desk) -> Result<(), Refusal> {
    let previous = house::published(desk).await?;
    let mut members = api::members().await?;
    let Some(row) = members.iter_mut().find(|row| row.approval.is_some()) else { return Ok(()) };
    let (member, roles) = (row.member, row.roles);
    if let Some(approval) = &mut row.approval
        && let Some(secret) = secret_in_clear(&approval.wrapped_secret)
    {
        let wrapped = desk.with_keys(|keys| secret.wrap_for(&keys.account, roles, &mut BrowserRandom));
        approval.wrapped_secret = wrapped.unwrap_or_default();
    }
    house::approve_among(desk, previous, members, member).await
}

/// Sixteen bytes; what an administrator wrapped is longer.
fn secret_in_clear(secret: &Sealed) -> Option<InvitationSecret> {
    secret.as_bytes().try_into().ok().map(InvitationSecret::from_bytes)
}

async fn make(desk: Desk, texts: Texts, link: DemoLink) -> Result<(), Failure> {
    let draft = AccountDraft::new(untrack(|| texts.language()));
    draft.sign_in_name.set(link.pseudonym.to_lowercase());
    draft.pseudonym.set(link.pseudonym.clone());
    draft.avatar.set((link.pseudonym.len() % usize::from(avatar::COUNT)) as u8);
    draft.languages.set(link.languages.clone());
    let (me, keys) = match (link.setup_token.clone(), link.invitation_secret.as_ref().and_then(secret_in_clear)) {
        (Some(token), _) => first(texts, link, token, draft).await?,
        (None, Some(secret)) => invited(secret, draft).await?,
        (None, None) => return Err(Failure::Refused(ErrorCode::Setup)),
    };
    entry::arrive(desk, me, keys, Place::Desk);
    Ok(())
}

async fn first(texts: Texts, link: DemoLink, token: String, draft: AccountDraft) -> Result<(Me, Keys), Failure> {
    let registration = account::register(&Way::SetUp(token.clone()), PASSWORD.to_owned()).await?;
    let organisation = untrack(|| texts.get("demo.organisation"));
    let site = untrack(|| site(texts, link.site_origin));
    account::set_up(token, organisation, &OrganisationKey::new(), &registration, &draft, site).await
}

async fn invited(secret: InvitationSecret, draft: AccountDraft) -> Result<(Me, Keys), Failure> {
    let registration = account::register(&Way::Invitation(secret.clone()), PASSWORD.to_owned()).await?;
    account::accept(&secret, &registration, &draft).await
}

fn site(texts: Texts, origin: String) -> SiteSettings {
    let phone =
        PhoneNumber { number: "116 016".to_owned(), note: texts.get("demo.phone-note"), ..PhoneNumber::default() };
    SiteSettings { phones: vec![phone], ..SiteSettings::new(texts.get("demo.site"), vec![origin], "112") }
}

async fn pause() {
    let waited = js_sys::Promise::new(&mut |resolve, _| {
        let resolve = move || drop(resolve.call0(&wasm_bindgen::JsValue::NULL));
        Timeout::new(LOOK_MS, resolve).run_to_the_end();
    });
    // A promise that is only ever resolved.
    let _ = wasm_bindgen_futures::JsFuture::from(waited).await;
}
