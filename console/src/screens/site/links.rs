//! Pages that help while a visitor waits.

use amparo_ui::texts::t;
use leptos::prelude::*;

use super::Editor;
use crate::screens::fields::{LanguagesField, Rows, TypedField};
use crate::screens::saving::SaveForm;
use crate::settings::links::{LINKS_MAX, LinkDraft, LinksDraft};

#[component]
pub fn LinksPage(editor: Editor) -> impl IntoView {
    let draft = LinksDraft::of(&editor.settings());
    let save = Callback::new(move |()| editor.save(draft.read(editor.settings())));
    view! {
        <p class="am-page__words">{t("links.explanation")}</p>
        <SaveForm saving=editor.saving on_save=save>
            <Rows rows=draft.rows label="links.link" add="links.add" name="add-link" max=LINKS_MAX fresh=LinkDraft::fresh draw=link/>
        </SaveForm>
    }
}

fn link(link: LinkDraft) -> AnyView {
    view! {
        <div class="am-pair">
            <TypedField label="links.title" name="link-title" field=link.title/>
            <TypedField label="links.address" name="link-address" field=link.address inputmode="url"/>
        </div>
        <LanguagesField value=link.languages/>
    }
    .into_any()
}
