//! Counts per day as plots that are read in print too, the table beneath, and the file for a spreadsheet.

use amparo_protocol::desk::CountRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::counting::{Bar, by_day, by_kind};
use crate::settings::calendar::date_text;

/// Days of the plot, the newest ones.
const PLOT_DAYS: usize = 31;

#[component]
pub fn CountsPage() -> impl IntoView {
    let texts = Texts::here();
    let rows = RwSignal::new(None::<Vec<CountRow>>);
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        match api::counts().await {
            Ok(new) => drop(rows.try_set(Some(new))),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    let shown = move || {
        rows.get().map(|rows| {
            if rows.is_empty() {
                view! { <p data-test="no-counts">{t("counts.none")}</p> }.into_any()
            } else {
                view! { <Plots rows=rows.clone()/><Table rows/> }.into_any()
            }
        })
    };
    view! {
        <main class="am-page" data-test="counts-page">
            <h1 class="am-heading">{t("counts.heading")}</h1>
            <p class="am-page__words">{t("counts.explanation")}</p>
            <p><a href="/api/counts.csv" download data-test="counts-file">{t("counts.file")}</a></p>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            {shown}
        </main>
    }
}

#[component]
fn Plots(rows: Vec<CountRow>) -> impl IntoView {
    let days = |what: &str| {
        let days = by_day(&rows, what);
        let newest = days.len().saturating_sub(PLOT_DAYS);
        days[newest..].iter().map(|(day, total)| Bar { name: date_text(*day), total: *total }).collect::<Vec<_>>()
    };
    view! {
        <Plot heading="counts.answered" bars=days("answered") are_days=true/>
        <Plot heading="counts.gave-up" bars=days("gave-up") are_days=true/>
        <Plot heading="counts.ended" bars=by_kind(&rows, "ended-") are_days=false/>
    }
}

/// Bars with their numbers beside them: no axis to read, one colour, and black on white in print.
#[component]
fn Plot(
    heading: &'static str,
    bars: Vec<Bar>,
    /// Named as they are; others have words of their own.
    are_days: bool,
) -> impl IntoView {
    let texts = Texts::here();
    let most = bars.iter().map(|bar| bar.total).max().unwrap_or(1);
    (!bars.is_empty()).then(|| {
        let bars = bars.into_iter().map(|Bar { name, total }| {
            let width = (total * 100).div_ceil(most).to_string();
            let name = move || if are_days { name.clone() } else { texts.get(&format!("counts.{name}")) };
            view! {
                <dt class="am-plot__name">{name}</dt>
                <dd class="am-plot__bar">
                    <svg class="am-plot__drawing" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="am-plot__fill" width=width height="10"/>
                    </svg>
                    <span class="am-plot__number">{total}</span>
                </dd>
            }
        });
        view! {
            <section class="am-step">
                <h2 class="am-subheading">{t(heading)}</h2>
                <dl class="am-plot" data-test="plot">{bars.collect_view()}</dl>
            </section>
        }
    })
}

#[component]
fn Table(rows: Vec<CountRow>) -> impl IntoView {
    let texts = Texts::here();
    let rows = rows.into_iter().rev().map(|CountRow { day, language, channel, what, total }| {
        let what = move || texts.get(&format!("counts.{what}"));
        let channel = move || texts.get(&format!("channel.{channel}"));
        view! {
            <tr data-test="count">
                <td data-label=t("counts.day")>{date_text(day)}</td>
                <td data-label=t("choice.language")>{language}</td>
                <td data-label=t("choice.channel")>{channel}</td>
                <td data-label=t("counts.what")>{what}</td>
                <td data-label=t("counts.total") class="am-table__number">{total}</td>
            </tr>
        }
    });
    view! {
        <details class="am-fold">
            <summary data-test="counts-table">{t("counts.table")}</summary>
            <table class="am-table">
                <thead>
                    <tr>
                        <th scope="col">{t("counts.day")}</th>
                        <th scope="col">{t("choice.language")}</th>
                        <th scope="col">{t("choice.channel")}</th>
                        <th scope="col">{t("counts.what")}</th>
                        <th scope="col" class="am-table__number">{t("counts.total")}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}
