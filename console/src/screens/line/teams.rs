//! Teams: whose visitors are offered to whom.

use amparo_protocol::desk::CareRow;
use amparo_protocol::teams::{SiteName, TeamsPage as Page, TeamsRow};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Editor;
use crate::api;
use crate::screens::fields::{ChosenTick, ProblemBeside, Rows, TypedField};
use crate::screens::saving::SaveForm;
use crate::settings::teams::{TeamDraft, drafts, read};

const TEAMS_MAX: usize = 50;

/// What a team can be given, where the rows find it.
#[derive(Clone, Copy)]
struct Choices {
    members: StoredValue<Vec<CareRow>>,
    sites: StoredValue<Vec<SiteName>>,
}

#[component]
pub fn TeamsPage(editor: Editor) -> impl IntoView {
    let texts = Texts::here();
    let loaded = RwSignal::new(None::<(Page, Vec<CareRow>)>);
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        let read = async { Ok::<_, api::Failure>((api::teams().await?, api::care().await?)) };
        match read.await {
            Ok(new) => drop(loaded.try_set(Some(new))),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    let shown = move || loaded.get().map(|(page, members)| view! { <Edit editor page members/> });
    view! {
        <p class="am-page__words">{t("teams.explanation")}</p>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        {shown}
    }
}

#[component]
fn Edit(editor: Editor, page: Page, members: Vec<CareRow>) -> impl IntoView {
    let Page { row: TeamsRow { version, teams }, sites } = page;
    let version = StoredValue::new(version);
    let rows = RwSignal::new(drafts(teams, &members, &sites));
    provide_context(Choices { members: StoredValue::new(members), sites: StoredValue::new(sites) });
    let save = Callback::new(move |()| {
        let Some(teams) = read(rows.get_untracked()) else { return editor.saving.is_marked() };
        let sent = async move { api::save_teams(&TeamsRow { version: version.get_value(), teams }).await };
        let done = move |row: TeamsRow| {
            version.try_set_value(row.version);
        };
        editor.saving.run(sent, done);
    });
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <Rows rows label="teams.one" add="teams.add" name="add-team" max=TEAMS_MAX fresh=TeamDraft::fresh draw=team/>
        </SaveForm>
    }
}

fn team(draft: TeamDraft) -> AnyView {
    let Choices { members, sites } = expect_context();
    let members = members.get_value().into_iter().map(|row| {
        view! { <ChosenTick name="team-member" chosen=draft.members value=row.member words=row.pseudonym/> }
    });
    let sites = sites.get_value().into_iter().map(|site| {
        view! { <ChosenTick name="team-site" chosen=draft.sites value=site.key words=site.name/> }
    });
    view! {
        <TypedField label="teams.name" name="team-name" field=draft.name/>
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("teams.members")}</legend>
            <div class="am-choice__ticks">{members.collect_view()}</div>
            <ProblemBeside problem=draft.problem/>
        </fieldset>
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("teams.sites")}</legend>
            <div class="am-choice__ticks">{sites.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}
