//! The rest after a conversation: how long it lasts, longer, or ready now.

use amparo_protocol::wire::Presence;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::duty::minutes_and_seconds;

#[component]
pub fn Rest() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let is_resting = Memo::new(move |_| desk.is_resting());
    let left = move || {
        let left_ms = desk.cool_down.with(|cool_down| cool_down.left_ms(desk.now_ms.get())).unwrap_or_default();
        texts.fill("rest.left", &[("left", &minutes_and_seconds(left_ms))])
    };
    move || {
        is_resting.get().then(|| {
            view! {
                <div class="am-notice am-rest" data-test="rest">
                    <p>{t("rest.words")}</p>
                    <p data-test="rest-left">{left}</p>
                    <div class="am-rest__ways">
                        <button type="button" class="am-button" data-test="rest-longer" on:click=move |_| desk.cool_down.update(|rest| rest.lengthen())>
                            {t("rest.longer")}
                        </button>
                        <button type="button" class="am-button" data-test="rest-over" on:click=move |_| desk.set_presence(Presence::Available)>
                            {t("rest.over")}
                        </button>
                    </div>
                </div>
            }
        })
    }
}
