//! A site's first page: name, addresses, emergency number; and how quiet the chat is there.

use amparo_protocol::settings::SimpleWords;
use amparo_ui::texts::t;
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::screens::fields::{RadioField, TickField, TypedField};
use crate::settings::basics::BasicsDraft;

#[component]
pub fn BasicsPage(editor: Editor) -> impl IntoView {
    let draft = BasicsDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    view! {
        <p class="am-page__words">{t("site.tag-again")}</p>
        <SiteForm editor settings>
            <BasicsFields draft/>
            <fieldset class="am-choice">
                <legend class="am-field__label">{t("site.quiet")}</legend>
                <TickField label="site.discreet" name="site-discreet" value=draft.is_discreet/>
                <TickField label="site.covers" name="site-covers" value=draft.covers_when_hidden/>
            </fieldset>
            <RadioField
                label="site.simple-words"
                value=draft.simple_words
                options=vec![
                    (SimpleWords::Offered, "site.simple-offered", "simple-offered"),
                    (SimpleWords::Always, "site.simple-always", "simple-always"),
                    (SimpleWords::Off, "site.simple-off", "simple-off"),
                ]
            />
            <fieldset class="am-choice">
                <legend class="am-field__label">{t("site.minors")}</legend>
                <TickField label="site.for-minors" name="site-for-minors" value=draft.is_for_minors/>
                <p class="am-field__hint">{t("site.for-minors-hint")}</p>
            </fieldset>
        </SiteForm>
    }
}

/// What no site can do without.
#[component]
fn BasicsFields(draft: BasicsDraft) -> impl IntoView {
    view! {
        <TypedField label="site.name" name="setup-site-name" field=draft.name hint="site.name-hint"/>
        <AddressFields draft/>
    }
}

/// Where the chat appears, and whom to call in danger.
#[component]
pub fn AddressFields(draft: BasicsDraft) -> impl IntoView {
    view! {
        <TypedField label="site.origins" name="setup-site-origin" field=draft.origins hint="site.origins-hint" rows=2/>
        <TypedField label="site.emergency" name="setup-emergency" field=draft.emergency inputmode="tel" hint="site.emergency-hint"/>
    }
}
