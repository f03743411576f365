//! "Still there?": asked by a sound and over everything. Any key or press is the answer.

use amparo_ui::texts::{Texts, t};
use leptos::html::Button;
use leptos::prelude::*;

use crate::alarm::Alarm;
use crate::desk::Desk;
use crate::idle::Idle;
use crate::sound::STILL_THERE;

#[component]
pub fn StillThere() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let alarm = StoredValue::new_local(None::<Alarm>);
    let is_asking = Memo::new(move |_| desk.idle.with(Idle::is_asking));
    Effect::new(move || {
        alarm.set_value(is_asking.get().then(|| Alarm::start(texts, STILL_THERE, "still-there.title")));
    });
    move || is_asking.get().then(|| view! { <Question/> })
}

#[component]
fn Question() -> impl IntoView {
    let desk = Desk::here();
    let button = NodeRef::<Button>::new();
    Effect::new(move || button.get().into_iter().for_each(|button| button.focus().unwrap_or_default()));
    view! {
        <div class="am-offer" role="alertdialog" aria-modal="true" aria-labelledby="still-there-heading" data-test="still-there">
            <div class="am-offer__card">
                <h2 class="am-heading" id="still-there-heading">{t("still-there.heading")}</h2>
                <p>{t("still-there.words")}</p>
                <button type="button" class="am-button am-button--primary am-offer__accept" node_ref=button data-test="i-am-here" on:click=move |_| desk.touched()>
                    {t("still-there.yes")}
                </button>
            </div>
        </div>
    }
}
