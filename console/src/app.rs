//! Which screen stands, and what the program does to the page around it.

use amparo_protocol::language::Language;
use amparo_ui::clock::Interval;
use amparo_ui::texts::Texts;
use leptos::prelude::*;

use crate::browser::{self, Fragment};
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::entry;
use crate::language;
use crate::screens::desk::DeskScreen;
use crate::screens::invitation::Invitation;
use crate::screens::recovery::Recovery;
use crate::screens::set_up::{FirstTag, SetUp};
use crate::screens::shell::{DemoBanner, RosterBanner};
use crate::screens::sign_in::{SignIn, Unlock};
use crate::screens::waiting::{Approval, Opening, Preparing, Stopped};

/// What waits for time looks at it this often.
const TICK_MS: u32 = 1_000;

/// Takes the secret out of the address before anything else, then draws.
pub async fn start() {
    let arrival = browser::take_fragment();
    browser::reload_on_new_fragment();
    // Without its texts the program cannot say that they are missing: the page's own static words stay.
    let Some((language, source)) = language::first().await else { return };
    leptos::mount::mount_to_body(move || view! { <App language source arrival/> });
}

#[component]
fn App(language: Language, source: String, arrival: Option<Fragment>) -> impl IntoView {
    let texts = Texts::provide(language, &source);
    let desk = Desk::provide();
    browser::warn_before_leaving(move || desk.has_conversations());
    browser::on_touch(move || desk.touched());
    desk.is_hidden.set(!browser::is_visible());
    browser::on_visibility(move |is_visible| desk.is_hidden.set(!is_visible));
    let clock = StoredValue::new_local(Interval::new(TICK_MS, move || desk.on_time()));
    on_cleanup(move || clock.dispose());
    Effect::new(move || browser::set_title(&title(desk, texts)));
    Effect::new(move || browser::set_icon(if desk.is_asked_for() { "./icon-waiting.svg" } else { "./icon.svg" }));
    entry::open(desk, texts, arrival.clone());
    let secret = StoredValue::new(match arrival {
        Some(Fragment::SetUp(secret) | Fragment::Invitation(secret)) => secret,
        _ => String::new(),
    });
    let screen = move || match desk.place.get() {
        Place::Opening => view! { <Opening/> }.into_any(),
        Place::SetUp => view! { <SetUp token=secret.get_value()/> }.into_any(),
        Place::FirstTag => view! { <FirstTag/> }.into_any(),
        Place::Invitation => view! { <Invitation secret=secret.get_value()/> }.into_any(),
        Place::Preparing => view! { <Preparing/> }.into_any(),
        Place::SignIn => view! { <SignIn/> }.into_any(),
        Place::Recovery => view! { <Recovery/> }.into_any(),
        Place::Unlock => view! { <Unlock/> }.into_any(),
        Place::Approval => view! { <Approval/> }.into_any(),
        Place::Desk => view! { <DeskScreen/> }.into_any(),
        Place::Stopped(failure) => view! { <Stopped failure/> }.into_any(),
    };
    view! {
        <div class="am-app" class:am-app--covered=desk.is_hidden>
            <DemoBanner/>
            <RosterBanner/>
            {screen}
        </div>
    }
}

/// Tells from the tab's name alone that somebody waits or wrote.
fn title(desk: Desk, texts: Texts) -> String {
    if desk.is_asked_for() {
        return texts.get("title.offer");
    }
    match desk.unread_total() {
        0 => texts.get("title.plain"),
        count => texts.fill("title.unread", &[("count", &count.to_string())]),
    }
}
