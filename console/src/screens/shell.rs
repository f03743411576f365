//! What stands around every screen: the organisation's name, the language, and the word "demonstration" where it is one.

use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::language;
use crate::roster_age::days_to_tell;

/// A screen of one column, for everything before the desk.
#[component]
pub fn Column(
    /// What the screen is called in tests.
    screen: &'static str,
    /// Key of the heading.
    heading: &'static str,
    /// Wider, for pages that show something beside their questions.
    #[prop(optional)]
    is_wide: bool,
    children: Children,
) -> impl IntoView {
    let (column, title) = (NodeRef::<leptos::html::Div>::new(), NodeRef::<leptos::html::H1>::new());
    // A new screen is announced and read from its heading, and begins at its top wherever the one before it stood.
    Effect::new(move || {
        if let (Some(column), Some(title)) = (column.get(), title.get()) {
            column.scroll_into_view();
            title.focus().unwrap_or_default();
        }
    });
    view! {
        <div class="am-column" class:am-column--wide=is_wide data-test="screen" data-screen=screen node_ref=column>
            <header class="am-column__top">
                <Brand/>
                <LanguageChoice/>
            </header>
            <main class="am-column__main">
                <h1 class="am-heading" tabindex="-1" node_ref=title>{t(heading)}</h1>
                {children()}
            </main>
        </div>
    }
}

/// The organisation's name once it is known, else the program's.
#[component]
pub fn Brand() -> impl IntoView {
    let desk = Desk::here();
    let name = move || {
        let organisation = desk.me.with(|me| me.as_ref().map(|me| me.organisation.clone()));
        organisation.unwrap_or_else(|| "Amparo".to_owned())
    };
    view! { <p class="am-brand" dir="auto">{name}</p> }
}

/// Says on every screen that nothing here is real.
#[component]
pub fn DemoBanner() -> impl IntoView {
    let desk = Desk::here();
    move || desk.is_demo.get().then(|| view! { <p class="am-demo" data-test="demo">{t("demo.banner")}</p> })
}

/// Long before an expired list of members closes the line, everybody who is signed in reads it.
#[component]
pub fn RosterBanner() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let days = Memo::new(move |_| {
        let issued = desk.me.with(Option::is_some).then(|| desk.roster_issued_secs.get()).flatten()?;
        days_to_tell(issued, desk.now_ms.get() / 1_000)
    });
    let words = move || days.get().map(|days| texts.fill("banner.roster-old", &[("days", &days.to_string())]));
    move || words().map(|words| view! { <p class="am-demo" role="status" data-test="roster-old">{words}</p> })
}

#[component]
pub fn LanguageChoice() -> impl IntoView {
    let texts = Texts::here();
    let choose = move |ev| {
        if let Some(language) = Language::from_tag(&event_target_value(&ev)) {
            language::change(texts, language);
        }
    };
    let options = Language::ALL.map(|language| {
        view! {
            <option value=language.tag() lang=language.tag() selected=move || texts.language() == language>
                {language.own_name()}
            </option>
        }
    });
    view! {
        <label class="am-language">
            <span class="am-language__label">{t("language.label")}</span>
            <select class="am-language__select" data-test="language" on:change=choose>{options.to_vec()}</select>
        </label>
    }
}
