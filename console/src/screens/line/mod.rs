//! The line: whether it is open now, when it opens, what it says. For supervisors and administrators.

mod helps;
mod holidays;
pub mod hours;
mod rota;
mod teams;
mod today;
mod words;

use amparo_protocol::api::LineRow;
use amparo_protocol::settings::LineSettings;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::helps::{PhrasesPage, ReferralsPage, RestPage};
use self::holidays::HolidaysPage;
use self::hours::HoursPage;
use self::rota::RotaPage;
use self::teams::TeamsPage;
use self::today::TodayPage;
use self::words::WordsPage;
use crate::api;
use crate::screens::saving::Saving;
use crate::screens::tabs::Tabs;

/// The settings as they are saved, and how saving went.
#[derive(Clone, Copy)]
pub struct Editor {
    saved: RwSignal<Option<LineRow>>,
    pub saving: Saving,
}

impl Editor {
    pub fn settings(self) -> LineSettings {
        self.saved.with_untracked(|row| row.as_ref().map(|row| row.settings.clone())).unwrap_or_default()
    }

    /// What is saved now; drawn again after each change.
    pub fn shown<T>(self, look: impl FnOnce(&LineSettings) -> T) -> Option<T> {
        self.saved.with(|row| row.as_ref().map(|row| look(&row.settings)))
    }

    /// `None`: a field will not do. What somebody else has changed meanwhile is not overwritten.
    pub fn save(self, changed: Option<LineSettings>) {
        let Some(settings) = changed else { return self.saving.is_marked() };
        let version = self.saved.with_untracked(|row| row.as_ref().map_or(0, |row| row.version));
        let sent = async move { api::save_line(&LineRow { version, settings }).await };
        self.saving.run(sent, move |row| drop(self.saved.try_set(Some(row))));
    }

    pub fn change(self, change: impl FnOnce(&mut LineSettings)) {
        let mut settings = self.settings();
        change(&mut settings);
        self.save(Some(settings));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Today,
    Hours,
    Holidays,
    Rota,
    Teams,
    Words,
    Phrases,
    Referrals,
    Rest,
}

#[component]
pub fn LinePages() -> impl IntoView {
    let texts = Texts::here();
    let saved = RwSignal::new(None::<LineRow>);
    let problem = RwSignal::new(None::<&'static str>);
    let page = RwSignal::new(Page::Today);
    let load = move || {
        spawn_local(async move {
            match api::line().await {
                Ok(row) => drop(saved.try_set(Some(row))),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    load();
    let tabs = vec![
        (Page::Today, "line.today", "line-today"),
        (Page::Hours, "line.hours", "line-hours"),
        (Page::Holidays, "line.holidays", "line-holidays"),
        (Page::Rota, "line.rota", "line-rota"),
        (Page::Teams, "line.teams", "line-teams"),
        (Page::Words, "line.words", "line-words"),
        (Page::Phrases, "line.phrases", "line-phrases"),
        (Page::Referrals, "line.referrals", "line-referrals"),
        (Page::Rest, "line.rest", "line-rest"),
    ];
    let is_loaded = Memo::new(move |_| saved.with(Option::is_some));
    let shown = move || {
        let editor = Editor { saved, saving: Saving::new() };
        is_loaded.get().then(|| match page.get() {
            Page::Today => view! { <TodayPage editor/> }.into_any(),
            Page::Hours => view! { <HoursPage editor/> }.into_any(),
            Page::Holidays => view! { <HolidaysPage editor/> }.into_any(),
            Page::Rota => view! { <RotaPage editor/> }.into_any(),
            Page::Teams => view! { <TeamsPage editor/> }.into_any(),
            Page::Words => view! { <WordsPage editor/> }.into_any(),
            Page::Phrases => view! { <PhrasesPage/> }.into_any(),
            Page::Referrals => view! { <ReferralsPage/> }.into_any(),
            Page::Rest => view! { <RestPage/> }.into_any(),
        })
    };
    view! {
        <main class="am-page" data-test="line-page">
            <h1 class="am-heading">{t("line.heading")}</h1>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            <Tabs label="line.pages" open=page tabs/>
            <section class="am-step am-step--form">{shown}</section>
        </main>
    }
}
