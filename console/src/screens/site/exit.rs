//! Where the exit leads, for every language and for some, with what is worth a second look beside each address.

use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::field::Field;
use crate::screens::fields::{TickField, TypedField};
use crate::settings::exit::{Doubt, ExitDraft, doubt};

#[component]
pub fn ExitPage(editor: Editor) -> impl IntoView {
    let draft = ExitDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    let origins = StoredValue::new(editor.settings().origins);
    let by_language = draft.by_language.get_value().into_iter();
    let by_language = by_language.map(move |(language, field)| view! { <OfLanguage language field origins/> });
    view! {
        <p class="am-page__words">{t("exit.explanation")} " " {t("site.tag-again")}</p>
        <SiteForm editor settings>
            <TypedField label="exit.address" name="exit-address" field=draft.address inputmode="url" hint="exit.address-hint"/>
            <DoubtWords field=draft.address origins is_needed=true/>
            <details class="am-fold">
                <summary data-test="exit-languages">{t("exit.by-language")}</summary>
                {by_language.collect_view()}
            </details>
            <TickField label="exit.on-every-page" name="exit-on-every-page" value=draft.on_every_page/>
        </SiteForm>
    }
}

#[component]
fn OfLanguage(language: Language, field: Field, origins: StoredValue<Vec<String>>) -> impl IntoView {
    view! {
        <div class="am-fold__group" role="group" aria-label=language.own_name()>
            <p class="am-field__label" lang=language.tag()>{language.own_name()}</p>
            <TypedField label="exit.address" name="exit-address-of" field inputmode="url"/>
            <DoubtWords field origins is_needed=false/>
        </div>
    }
}

/// Requirement 13. Nothing here keeps anybody from saving but an address that is not https.
#[component]
fn DoubtWords(field: Field, origins: StoredValue<Vec<String>>, is_needed: bool) -> impl IntoView {
    let texts = Texts::here();
    let key = move || {
        let doubt = field.text.with(|typed| origins.with_value(|origins| doubt(typed, origins)))?;
        match doubt {
            Doubt::Empty if is_needed => Some("exit.empty"),
            Doubt::Empty => None,
            Doubt::NotHttps => Some("problem.https"),
            Doubt::OwnSite => Some("exit.own-site"),
        }
    };
    view! {
        <div role="status">
            {move || key().map(|key| view! { <p class="am-notice" data-test="exit-doubt">{texts.get(key)}</p> })}
        </div>
    }
}
