//! The sites: their addresses and numbers, and the tags to copy.

use amparo_protocol::api::SiteRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::draft::SiteDraft;
use crate::screens::form::Form;
use crate::screens::site_fields::{SiteFields, Tags};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Editing {
    Nothing,
    New,
    Row(usize),
}

#[component]
pub fn Sites() -> impl IntoView {
    let rows = RwSignal::new(Vec::<SiteRow>::new());
    let problem = RwSignal::new(None::<&'static str>);
    let editing = RwSignal::new(Editing::Nothing);
    let load = move || {
        spawn_local(async move {
            match api::sites().await {
                Ok(new) => drop(rows.try_set(new)),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    load();
    let on_saved = Callback::new(move |()| {
        editing.set(Editing::Nothing);
        load();
    });
    let texts = Texts::here();
    let list = move || {
        let cards = rows.get().into_iter().enumerate().map(|(index, row)| view! { <Site row index editing/> });
        cards.collect_view()
    };
    let edited = move || match editing.get() {
        Editing::Nothing => None,
        Editing::New => Some(SiteDraft::new()),
        Editing::Row(index) => {
            rows.with_untracked(|rows| rows.get(index).map(|row| SiteDraft::of(row.settings.clone())))
        }
    };
    view! {
        <main class="am-page" data-test="sites-page">
            <h1 class="am-heading">{t("sites.heading")}</h1>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            {move || match edited() {
                Some(draft) => view! { <EditSite draft on_saved editing/> }.into_any(),
                None => view! {
                    {list}
                    <button type="button" class="am-button" data-test="add-site" on:click=move |_| editing.set(Editing::New)>
                        {t("sites.add")}
                    </button>
                }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Site(row: SiteRow, index: usize, editing: RwSignal<Editing>) -> impl IntoView {
    let texts = Texts::here();
    let settings = row.settings.clone();
    let phones = settings.phones.iter().map(|phone| phone.number.clone()).collect::<Vec<_>>().join(", ");
    let name = settings.name.clone();
    let label = move || texts.fill("sites.edit-name", &[("name", &name)]);
    view! {
        <section class="am-step" data-test="site">
            <h2 class="am-subheading"><bdi>{settings.name}</bdi></h2>
            <dl class="am-facts">
                <dt>{t("site.emergency")}</dt>
                <dd><bdi>{settings.emergency}</bdi></dd>
                <dt>{t("site.phones")}</dt>
                <dd><bdi>{phones}</bdi></dd>
            </dl>
            <Tags row/>
            <button type="button" class="am-button" data-test="edit-site" aria-label=label on:click=move |_| editing.set(Editing::Row(index))>
                {t("sites.edit")}
            </button>
        </section>
    }
}

#[component]
fn EditSite(draft: SiteDraft, editing: RwSignal<Editing>, on_saved: Callback<()>) -> impl IntoView {
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let save = Callback::new(move |()| match draft.settings() {
        Err(missing) => problem.set(Some(missing)),
        Ok(settings) => {
            busy.set(true);
            spawn_local(async move {
                let saved = api::save_site(&settings).await;
                busy.try_set(false);
                match saved {
                    Ok(()) => on_saved.run(()),
                    Err(failure) => drop(problem.try_set(Some(failure.key()))),
                }
            });
        }
    });
    let back = Callback::new(move |()| editing.set(Editing::Nothing));
    view! {
        <Form submit="sites.save" name="save-site" problem busy on_submit=save on_back=back>
            <SiteFields draft/>
        </Form>
    }
}
