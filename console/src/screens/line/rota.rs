//! Who works when, member by member; and whether only they can be available.

use amparo_protocol::desk::CareRow;
use amparo_protocol::rota::RotaRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Editor;
use super::hours::{Days, WeekWords};
use crate::api;
use crate::screens::fields::{Rows, TickField, TypedField};
use crate::screens::saving::SaveForm;
use crate::settings::rota::{MemberWeek, RotaDraft};
use crate::settings::week::SpanDraft;

const TURNS_MAX: usize = 20;

#[component]
pub fn RotaPage(editor: Editor) -> impl IntoView {
    let texts = Texts::here();
    let loaded = RwSignal::new(None::<(RotaRow, Vec<CareRow>)>);
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        let read = async { Ok::<_, api::Failure>((api::rota().await?, api::care().await?)) };
        match read.await {
            Ok(new) => drop(loaded.try_set(Some(new))),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    let zone = editor.settings().time_zone;
    let shown = move || loaded.get().map(|(row, members)| view! { <Edit editor row members/> });
    view! {
        <p class="am-page__words">{t("rota.explanation")}</p>
        <p class="am-page__words">{move || texts.fill("rota.zone", &[("zone", &zone)])}</p>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        {shown}
    }
}

#[component]
fn Edit(editor: Editor, row: RotaRow, members: Vec<CareRow>) -> impl IntoView {
    let version = StoredValue::new(row.version);
    let draft = RotaDraft::of(&row.rota, &members);
    let save = Callback::new(move |()| {
        let Some(rota) = draft.read() else { return editor.saving.is_marked() };
        let sent = async move { api::save_rota(&RotaRow { version: version.get_value(), rota }).await };
        let done = move |row: RotaRow| {
            version.try_set_value(row.version);
        };
        editor.saving.run(sent, done);
    });
    let weeks = draft.weeks.get_value().into_iter().map(|week| view! { <OneMember week/> });
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <TickField label="rota.is-on" name="rota-is-on" value=draft.is_on/>
            {weeks.collect_view()}
        </SaveForm>
    }
}

#[component]
fn OneMember(week: MemberWeek) -> impl IntoView {
    let MemberWeek { pseudonym, week, .. } = week;
    let has_times = move || week.rows.with(|rows| !rows.is_empty());
    view! {
        <details class="am-fold" data-test="rota-member">
            <summary><bdi>{pseudonym}</bdi>{move || (!has_times()).then(|| view! { " · " {t("rota.none")} })}</summary>
            <Rows rows=week.rows label="rota.times" add="rota.add" name="add-turn" max=TURNS_MAX fresh=SpanDraft::fresh draw=turn/>
            {move || has_times().then(|| view! { <WeekWords week none="rota.free"/> })}
        </details>
    }
}

fn turn(span: SpanDraft) -> AnyView {
    view! {
        <Days span/>
        <div class="am-pair">
            <TypedField label="hours.from" name="span-from" field=span.from kind="time"/>
            <TypedField label="hours.to" name="span-to" field=span.to kind="time"/>
        </div>
    }
    .into_any()
}
