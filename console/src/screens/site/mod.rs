//! The sites: their numbers, addresses and look, a page for each subject; and the tags to copy.

pub mod basics;
mod check;
mod exit;
mod handoff;
mod links;
mod look;
pub mod phones;
mod preview;
pub mod tags;

use amparo_protocol::api::SiteRow;
use amparo_protocol::settings::SiteSettings;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::basics::BasicsPage;
use self::check::CheckSite;
use self::exit::ExitPage;
use self::handoff::HandoffPage;
use self::links::LinksPage;
use self::look::LookPage;
use self::phones::PhonesPage;
use self::preview::Preview;
use self::tags::Tags;
use crate::api;
use crate::screens::saving::{SaveForm, Saving};
use crate::screens::tabs::Tabs;

/// One site while it is changed: what is saved, and how saving went.
#[derive(Clone, Copy)]
pub struct Editor {
    saved: StoredValue<SiteSettings>,
    /// It has a key: its other pages can be filled in.
    is_known: RwSignal<bool>,
    pub saving: Saving,
}

impl Editor {
    fn of(settings: SiteSettings) -> Self {
        let is_known = RwSignal::new(settings.key.is_some());
        Self { saved: StoredValue::new(settings), is_known, saving: Saving::new() }
    }

    pub fn settings(self) -> SiteSettings {
        self.saved.get_value()
    }

    /// `None`: a field will not do.
    pub fn save(self, changed: Option<SiteSettings>) {
        let Some(changed) = changed else { return self.saving.is_marked() };
        let sent = async move { api::save_site(&changed).await };
        self.saving.run(sent, move |row: SiteRow| {
            self.saved.try_set_value(row.settings);
            self.is_known.try_set(true);
        });
    }
}

/// The questions of one page, the button that saves them, and how the site would be with them.
#[component]
fn SiteForm(
    editor: Editor,
    /// What the form says, `None` while a field will not do.
    settings: Callback<(), Option<SiteSettings>>,
    children: Children,
) -> impl IntoView {
    let save = Callback::new(move |()| editor.save(settings.run(())));
    view! {
        <SaveForm saving=editor.saving on_save=save>{children()}</SaveForm>
        <Preview settings/>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Basics,
    Phones,
    Handoff,
    Exit,
    Look,
    Links,
}

#[component]
pub fn Sites() -> impl IntoView {
    let rows = RwSignal::new(Vec::<SiteRow>::new());
    let problem = RwSignal::new(None::<&'static str>);
    let editing = RwSignal::new(None::<SiteSettings>);
    let load = move || {
        spawn_local(async move {
            match api::sites().await {
                Ok(new) => drop(rows.try_set(new)),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    load();
    let on_back = Callback::new(move |()| {
        editing.set(None);
        load();
    });
    let texts = Texts::here();
    let list = move || rows.get().into_iter().map(|row| view! { <Site row editing/> }).collect_view();
    let add = move |_| editing.set(Some(SiteSettings::new("", Vec::new(), "")));
    view! {
        <main class="am-page" data-test="sites-page">
            <h1 class="am-heading">{t("sites.heading")}</h1>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            {move || match editing.get() {
                Some(settings) => view! { <EditSite settings on_back/> }.into_any(),
                None => view! {
                    {list}
                    <button type="button" class="am-button" data-test="add-site" on:click=add>{t("sites.add")}</button>
                }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Site(row: SiteRow, editing: RwSignal<Option<SiteSettings>>) -> impl IntoView {
    let texts = Texts::here();
    let (site, settings) = (row.key, row.settings.clone());
    let named = settings.name.clone();
    let phones = settings.phones.iter().map(|phone| phone.number.clone()).collect::<Vec<_>>().join(", ");
    let (name, shown) = (settings.name.clone(), settings.name.clone());
    let label = move || texts.fill("sites.edit-name", &[("name", &name)]);
    let emergency = settings.emergency.clone();
    view! {
        <section class="am-step" data-test="site">
            <h2 class="am-subheading"><bdi>{shown}</bdi></h2>
            <dl class="am-facts">
                <dt>{t("site.emergency")}</dt>
                <dd><bdi>{emergency}</bdi></dd>
                <dt>{t("site.phones")}</dt>
                <dd><bdi>{phones}</bdi></dd>
            </dl>
            <Tags row/>
            <CheckSite key=site name=named/>
            <button type="button" class="am-button" data-test="edit-site" aria-label=label on:click=move |_| editing.set(Some(settings.clone()))>
                {t("sites.edit")}
            </button>
        </section>
    }
}

#[component]
fn EditSite(settings: SiteSettings, on_back: Callback<()>) -> impl IntoView {
    let page = RwSignal::new(Page::Basics);
    let name = settings.name.clone();
    let editor = Editor::of(settings);
    let tabs = move || {
        editor.is_known.get().then(|| {
            let tabs = vec![
                (Page::Basics, "site.basics", "site-basics"),
                (Page::Phones, "site.phones", "site-phones"),
                (Page::Handoff, "site.whatsapp", "site-whatsapp"),
                (Page::Exit, "site.exit", "site-exit"),
                (Page::Look, "site.look", "site-look"),
                (Page::Links, "site.links", "site-links"),
            ];
            view! { <Tabs label="site.pages" open=page tabs/> }
        })
    };
    let shown = move || {
        // What was said about one page says nothing about the next.
        let editor = Editor { saving: Saving::new(), ..editor };
        match page.get() {
            Page::Basics => view! { <BasicsPage editor/> }.into_any(),
            Page::Phones => view! { <PhonesPage editor/> }.into_any(),
            Page::Handoff => view! { <HandoffPage editor/> }.into_any(),
            Page::Exit => view! { <ExitPage editor/> }.into_any(),
            Page::Look => view! { <LookPage editor/> }.into_any(),
            Page::Links => view! { <LinksPage editor/> }.into_any(),
        }
    };
    view! {
        <h2 class="am-subheading"><bdi>{name}</bdi></h2>
        <button type="button" class="am-button am-button--plain am-page__back" data-test="back" on:click=move |_| on_back.run(())>
            {t("sites.all")}
        </button>
        {tabs}
        <section class="am-step am-step--form" data-test="site-page">{shown}</section>
    }
}
