//! Once a week the list of members is looked through and signed anew; an expired one would close the line. So it is when it
//! still names somebody who was removed.

use amparo_client::house::publication::Change;
use amparo_ui::clock::Interval;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::desk::Desk;
use crate::house::{self, Review};
use crate::screens::members::role_words;

/// A removal whose signing failed is told again this soon.
const LOOK_MS: u32 = 15_000;

#[component]
pub fn SignAgain() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let due = RwSignal::new(None::<Review>);
    let problem = RwSignal::new(None::<&'static str>);
    let busy = RwSignal::new(false);
    let look = move || {
        spawn_local(async move {
            match house::review(desk).await {
                Ok(new) => {
                    // Drawn anew only when something has changed: the button keeps its place.
                    due.try_maybe_update(|due| {
                        let is_other = *due != new;
                        *due = new;
                        (is_other, ())
                    });
                }
                Err(refused) => drop(problem.try_set(Some(refused.key()))),
            }
        });
    };
    look();
    let looking = StoredValue::new_local(Some(Interval::new(LOOK_MS, look)));
    on_cleanup(move || looking.set_value(None));
    let sign = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match house::sign_again(desk).await {
                Ok(()) => look(),
                Err(refused) => drop(problem.try_set(Some(refused.key()))),
            }
            busy.try_set(false);
        });
    };
    let shown = move || {
        due.get().map(|review| {
            let changes = review.changes.iter().map(|(change, name)| sentence(texts, *change, name));
            let changes = changes.map(|words| view! { <li>{words}</li> }).collect_view();
            view! {
                <div class="am-notice am-notice--row" data-test="sign-again">
                    <div>
                        <p>{t(review.why)}</p>
                        <ul data-test="sign-again-changes">{changes}</ul>
                    </div>
                    <button type="button" class="am-button" data-test="sign-again-now" on:click=sign>{t("members.sign-again")}</button>
                </div>
            }
        })
    };
    view! {
        <div role="status">{shown}</div>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
    }
}

/// How the members differ from the list as it was signed.
fn sentence(texts: Texts, change: Change, name: &str) -> String {
    match change {
        Change::Added(_) => texts.fill("change.added", &[("name", name)]),
        Change::Removed(_) => texts.get("change.removed"),
        Change::Roles { from, to, .. } => {
            let (from, to) = (role_words(texts, from), role_words(texts, to));
            texts.fill("change.roles", &[("name", name), ("from", &from), ("to", &to)])
        }
        Change::Keys(_) => texts.fill("change.keys", &[("name", name)]),
    }
}
