//! The trail: who changed what in the house, the newest first.

use amparo_protocol::desk::TrailRow;
use amparo_ui::clock;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;

#[component]
pub fn Trail() -> impl IntoView {
    let texts = Texts::here();
    let rows = RwSignal::new(Vec::<TrailRow>::new());
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        match api::trail().await {
            Ok(new) => drop(rows.try_set(new)),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    let list = move || rows.get().into_iter().map(|row| view! { <Event row/> }).collect_view();
    view! {
        <details class="am-fold">
            <summary data-test="trail">{t("trail.heading")}</summary>
            <p class="am-field__hint">{t("trail.words")}</p>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            <table class="am-table">
                <thead>
                    <tr>
                        <th scope="col">{t("trail.when")}</th>
                        <th scope="col">{t("trail.who")}</th>
                        <th scope="col">{t("trail.what")}</th>
                    </tr>
                </thead>
                <tbody>{list}</tbody>
            </table>
        </details>
    }
}

#[component]
fn Event(row: TrailRow) -> impl IntoView {
    let texts = Texts::here();
    let TrailRow { at_unix_secs, by, what } = row;
    let moment = move || clock::moment(at_unix_secs, texts.language());
    let who = move || if by.is_empty() { texts.get("trail.gone") } else { by.clone() };
    let what = move || texts.get(&format!("trail.{}", what.word()));
    view! {
        <tr data-test="trail-row">
            <td data-label=t("trail.when")>{moment}</td>
            <td data-label=t("trail.who")><bdi>{who}</bdi></td>
            <td data-label=t("trail.what")>{what}</td>
        </tr>
    }
}
