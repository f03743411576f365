//! Somebody opens an invitation's link: a new member makes an account, one who lost password and authenticator makes both
//! anew. Then they wait until an administrator approves.

use std::rc::Rc;

use amparo_client::house::invitation::InvitationSecret;
use amparo_protocol::api::{InvitationOpened, roles};
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::Texts;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Way};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::screens::new_account::{Finish, NewAccount};
use crate::screens::waiting::Opening;

#[component]
pub fn Invitation(secret: String) -> impl IntoView {
    let desk = Desk::here();
    let opened = RwSignal::new(None::<InvitationOpened>);
    let secret = StoredValue::new_local(InvitationSecret::from_text(&secret));
    spawn_local(async move {
        match open(secret.get_value()).await {
            Ok(found) => {
                desk.is_demo.set(found.demo);
                opened.set(Some(found));
            }
            Err(failure) => desk.place.set(Place::Stopped(failure)),
        }
    });
    move || match opened.get().zip(secret.get_value()) {
        Some((found, secret)) => view! { <Opened found secret/> }.into_any(),
        None => view! { <Opening/> }.into_any(),
    }
}

/// What the relay says about the invitation; a used one stops here, and so does a link that was cut off.
async fn open(secret: Option<InvitationSecret>) -> Result<InvitationOpened, Failure> {
    let secret = secret.ok_or(Failure::Refused(ErrorCode::Invitation))?;
    account::open_invitation(&secret).await
}

#[component]
fn Opened(found: InvitationOpened, secret: InvitationSecret) -> impl IntoView {
    let texts = Texts::here();
    let InvitationOpened { organisation, roles, resets, .. } = found;
    let greeting = untrack(|| match &resets {
        Some(former) => texts.fill("reset.who", &[("name", &former.sign_in_name)]),
        None => texts.fill(invites_key(roles), &[("organisation", &organisation)]),
    });
    let way = Way::Invitation(secret.clone());
    let finish: Finish = Rc::new(move |registration, draft| {
        let secret = secret.clone();
        Box::pin(async move { account::accept(&secret, &registration, &draft).await })
    });
    view! { <NewAccount way finish organisation greeting former=resets/> }
}

fn invites_key(role_bits: u8) -> &'static str {
    if role_bits & roles::ADMINISTRATOR != 0 {
        "invitation.as-administrator"
    } else if role_bits & roles::SUPERVISOR != 0 {
        "invitation.as-supervisor"
    } else {
        "invitation.as-counselor"
    }
}
