//! The board: who is on, who waits, what each member may take; for those who run the line.

use amparo_protocol::desk::{Board, CareRow, MemberCare, OnDutyRow, WaitingRow};
use amparo_protocol::wire::Presence;
use amparo_ui::clock::Interval;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::browser;
use crate::desk::Desk;
use crate::duty::minutes_and_seconds;
use crate::field::Field;
use crate::screens::fields::{SelectField, TypedField};
use crate::screens::rota::RotaBoard;
use crate::screens::saving::{SaveForm, Saving};
use crate::settings::calendar::{date, date_text};
use crate::validity::Validity;

const LOOK_MS: u32 = 5_000;
const CONVERSATIONS_MAX: u8 = 5;

#[component]
pub fn BoardPage() -> impl IntoView {
    let texts = Texts::here();
    let board = RwSignal::new(None::<Board>);
    let problem = RwSignal::new(None::<&'static str>);
    let load = move || {
        spawn_local(async move {
            match api::board().await {
                Ok(new) => {
                    problem.try_set(None);
                    board.try_set(Some(new));
                }
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    load();
    let looking = StoredValue::new_local(Some(Interval::new(LOOK_MS, load)));
    on_cleanup(move || looking.set_value(None));
    let shown = move || {
        board.get().map(
            |board| view! { <Waiting rows=board.waiting/><OnDuty rows=board.members/><RotaBoard rows=board.rota/> },
        )
    };
    view! {
        <main class="am-page" data-test="board-page">
            <h1 class="am-heading">{t("board.heading")}</h1>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            {shown}
            <Care/>
        </main>
    }
}

/// Requirement 85: only here is told how many wait.
#[component]
fn Waiting(rows: Vec<WaitingRow>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    if rows.is_empty() {
        return view! { <p data-test="nobody-waits">{t("board.nobody-waits")}</p> }.into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let waits = move || {
            let since_ms = row.since_unix_secs * 1_000;
            let longest = minutes_and_seconds(desk.now_ms.get().saturating_sub(since_ms));
            texts.fill("board.waiting", &[("count", &row.count.to_string()), ("longest", &longest)])
        };
        view! { <dt lang=row.language.tag()>{row.language.own_name()}</dt><dd data-test="waiting-row">{waits}</dd> }
    });
    view! {
        <h2 class="am-subheading">{t("board.waiting-heading")}</h2>
        <dl class="am-facts">{rows.collect_view()}</dl>
    }
    .into_any()
}

#[component]
fn OnDuty(rows: Vec<OnDutyRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p data-test="nobody-on">{t("board.nobody-on")}</p> }.into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let presence = match row.presence {
            Presence::Available => "presence.available",
            Presence::Break => "presence.break",
            Presence::Away => "presence.away",
        };
        let languages = row.languages.iter().map(|language| language.own_name()).collect::<Vec<_>>().join(", ");
        view! {
            <tr data-test="on-duty-row">
                <td data-label=t("members.pseudonym")><bdi>{row.pseudonym}</bdi></td>
                <td data-label=t("members.state")>{t(presence)}</td>
                <td data-label=t("board.talking") class="am-table__number">{format!("{} / {}", row.conversations, row.conversations_max)}</td>
                <td data-label=t("members.languages")><bdi>{languages}</bdi></td>
            </tr>
        }
    });
    view! {
        <h2 class="am-subheading">{t("board.on-duty")}</h2>
        <table class="am-table">
            <thead>
                <tr>
                    <th scope="col">{t("members.pseudonym")}</th>
                    <th scope="col">{t("members.state")}</th>
                    <th scope="col">{t("board.talking")}</th>
                    <th scope="col">{t("members.languages")}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Requirements 81 and 99: what each member may take, and until when their checks are valid.
#[component]
fn Care() -> impl IntoView {
    let texts = Texts::here();
    let rows = RwSignal::new(Vec::<CareRow>::new());
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        match api::care().await {
            Ok(new) => drop(rows.try_set(new)),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    view! {
        <h2 class="am-subheading">{t("care.heading")}</h2>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        <For each=move || rows.get() key=|row| row.member let:row>
            <CareOf row/>
        </For>
    }
}

#[component]
fn CareOf(row: CareRow) -> impl IntoView {
    let saving = Saving::new();
    let conversations_max = RwSignal::new(row.care.conversations_max);
    let valid_until = Field::new(row.care.valid_until.map(date_text).unwrap_or_default());
    let member = row.member;
    let save = Callback::new(move |()| {
        let read = |typed: &str| if typed.is_empty() { Some(None) } else { date(typed).map(Some) };
        let Some(valid_until) = valid_until.read(read, "problem.date") else { return saving.is_marked() };
        let care = MemberCare { conversations_max: conversations_max.get_untracked(), valid_until };
        saving.run(async move { api::save_care(member, &care).await }, |()| ());
    });
    let options = (1..=CONVERSATIONS_MAX).map(|count| (count, Signal::stored(count.to_string()))).collect();
    let texts = Texts::here();
    // Beside the name as well: nobody opens every member to look for a date.
    let said = move || {
        let valid_until = valid_until.text.with(|typed| date(typed))?;
        match Validity::of(valid_until, browser::today()) {
            Validity::Fine => None,
            Validity::EndsSoon { days } => Some(("care-soon", texts.fill("care.soon", &[("days", &days.to_string())]))),
            Validity::Over => Some(("care-expired", texts.get("care.expired"))),
        }
    };
    let remark = move || {
        said().map(|(name, words)| view! { " · " <span class="am-field__problem" data-test=name>{words}</span> })
    };
    view! {
        <details class="am-fold" data-test="care">
            <summary><bdi>{row.pseudonym}</bdi>{remark}</summary>
            <SaveForm saving on_save=save>
                <div class="am-pair">
                    <SelectField label="care.conversations" name="conversations-max" value=conversations_max options/>
                    <TypedField label="care.valid-until" name="valid-until" field=valid_until kind="date" hint="care.valid-until-hint"/>
                </div>
            </SaveForm>
        </details>
    }
}
