//! The organisation's colour, the title of the panel, the launcher's side.

use amparo_ui::texts::t;
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::screens::fields::{TickField, TypedField};
use crate::settings::exit::LookDraft;

#[component]
pub fn LookPage(editor: Editor) -> impl IntoView {
    let draft = LookDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    view! {
        <p class="am-page__words">{t("site.tag-again")}</p>
        <SiteForm editor settings>
            <TypedField label="look.accent" name="look-accent" field=draft.accent hint="look.accent-hint"/>
            <TypedField label="look.title" name="look-title" field=draft.title hint="look.title-hint"/>
            <TickField label="look.at-start" name="look-at-start" value=draft.at_start/>
        </SiteForm>
    }
}
