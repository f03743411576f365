//! The organisation's colour, the title of the panel, the launcher's side.

use amparo_ui::texts::t;
use leptos::prelude::*;

use super::Editor;
use crate::screens::fields::{TickField, TypedField};
use crate::screens::saving::SaveForm;
use crate::settings::exit::LookDraft;

#[component]
pub fn LookPage(editor: Editor) -> impl IntoView {
    let draft = LookDraft::of(&editor.settings());
    let save = Callback::new(move |()| editor.save(draft.read(editor.settings())));
    view! {
        <p class="am-page__words">{t("site.tag-again")}</p>
        <SaveForm saving=editor.saving on_save=save>
            <TypedField label="look.accent" name="look-accent" field=draft.accent hint="look.accent-hint"/>
            <TypedField label="look.title" name="look-title" field=draft.title hint="look.title-hint"/>
            <TickField label="look.at-start" name="look-at-start" value=draft.at_start/>
        </SaveForm>
    }
}
