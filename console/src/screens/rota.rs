//! What the rota and the house's records say to a member at their own desk, and to those who run the line.

use amparo_protocol::rota::{OnRota, OwnDuty, RotaNow};
use amparo_ui::clock;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::screens::line::hours::WeekWords;
use crate::settings::calendar::date_text;
use crate::settings::rota::week;

/// When I am on, my times of the week, my teams, and whether my checks have run out.
#[component]
pub fn OwnRota() -> impl IntoView {
    let desk = Desk::here();
    let own = Memo::new(move |_| desk.own_duty.get());
    let texts = Texts::here();
    let words = move || own.with(|own| now_words(texts, own.now));
    let state = move || own.with(|own| state(own.now));
    let checks = move || own.with(|own| checks_words(texts, own));
    let teams = move || own.with(|own| teams_words(texts, own));
    let times = move || {
        let own = own.get();
        let week = week(&own.turns, own.turns.first()?.member);
        let zone = own.time_zone;
        Some(view! {
            <details class="am-fold" data-test="own-turns">
                <summary>{t("rota.own-times")}</summary>
                <WeekWords week none="rota.free"/>
                <p class="am-field__hint">{move || texts.fill("rota.zone", &[("zone", &zone)])}</p>
            </details>
        })
    };
    let has_turns = move || own.with(|own| own.now != OnRota::Unused);
    view! {
        <div id="own-rota" role="status">
            {move || words().map(|words| view! { <p class="am-part__words" data-test="own-rota" data-state=state>{words}</p> })}
            {move || teams().map(|words| view! { <p class="am-part__words" data-test="own-teams">{words}</p> })}
            {move || checks().map(|words| view! { <p class="am-notice" data-test="own-checks">{words}</p> })}
        </div>
        {move || has_turns().then(times)}
    }
}

fn now_words(texts: Texts, now: OnRota) -> Option<String> {
    let when = |at| clock::moment(at, texts.language());
    match now {
        OnRota::Unused => None,
        OnRota::On { until_unix_secs } => Some(texts.fill("rota.on-until", &[("when", &when(until_unix_secs))])),
        OnRota::Off { next_unix_secs: Some(next) } => Some(texts.fill("rota.off-next", &[("when", &when(next))])),
        OnRota::Off { next_unix_secs: None } => Some(texts.get("rota.off")),
    }
}

fn state(now: OnRota) -> &'static str {
    match now {
        OnRota::Unused => "unused",
        OnRota::On { .. } => "on",
        OnRota::Off { .. } => "off",
    }
}

/// Whose visitors are offered here; nothing where there are no teams.
fn teams_words(texts: Texts, own: &OwnDuty) -> Option<String> {
    match own.teams.as_slice() {
        [] if own.is_left_out => Some(texts.get("teams.left-out")),
        [] => None,
        teams => Some(texts.fill("teams.own", &[("teams", &teams.join(" · "))])),
    }
}

/// Requirement 99: one plain sentence, and nothing where no site is for minors.
fn checks_words(texts: Texts, own: &OwnDuty) -> Option<String> {
    match own.valid_until {
        _ if own.may_attend_minors || !own.has_minors => None,
        Some(until) => Some(texts.fill("checks.over", &[("date", &date_text(until))])),
        None => Some(texts.get("checks.none")),
    }
}

/// On the board: who is on now, and who comes next.
#[component]
pub fn RotaBoard(rows: Vec<RotaNow>) -> impl IntoView {
    let texts = Texts::here();
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let words = move || {
            let when = |at| clock::moment(at, texts.language());
            match row.now {
                OnRota::On { until_unix_secs } => texts.fill("rota.board-on", &[("when", &when(until_unix_secs))]),
                OnRota::Off { next_unix_secs: Some(next) } => texts.fill("rota.board-next", &[("when", &when(next))]),
                OnRota::Off { next_unix_secs: None } | OnRota::Unused => texts.get("rota.none"),
            }
        };
        view! { <dt><bdi>{row.pseudonym}</bdi></dt><dd data-test="rota-row" data-state=state(row.now)>{words}</dd> }
    });
    view! {
        <h2 class="am-subheading">{t("rota.board")}</h2>
        <dl class="am-facts">{rows.collect_view()}</dl>
    }
    .into_any()
}
