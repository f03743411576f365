//! Pages that help while a visitor waits.

use amparo_ui::texts::t;
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::screens::fields::{LanguagesField, Rows, TypedField};
use crate::settings::links::{LINKS_MAX, LinkDraft, LinksDraft};

#[component]
pub fn LinksPage(editor: Editor) -> impl IntoView {
    let draft = LinksDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    view! {
        <p class="am-page__words">{t("links.explanation")}</p>
        <SiteForm editor settings>
            <Rows rows=draft.rows label="links.link" add="links.add" name="add-link" max=LINKS_MAX fresh=LinkDraft::fresh draw=link/>
        </SiteForm>
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
