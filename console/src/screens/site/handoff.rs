//! WhatsApp: when it is offered and where it leads, with the link to be tried.

use amparo_protocol::settings::HandoffWhen;
use amparo_ui::texts::t;
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::screens::fields::{LanguagesField, RadioField, Rows, TypedField};
use crate::screens::form::QrDrawing;
use crate::settings::handoff::{HandoffDraft, NUMBERS_MAX, NumberDraft};

#[component]
pub fn HandoffPage(editor: Editor) -> impl IntoView {
    let draft = HandoffDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    view! {
        <p class="am-page__words">{t("whatsapp.explanation")} " " {t("site.tag-again")}</p>
        <SiteForm editor settings>
            <RadioField
                label="whatsapp.when"
                value=draft.when
                options=vec![
                    (HandoffWhen::Never, "whatsapp.never", "whatsapp-never"),
                    (HandoffWhen::WhenClosed, "whatsapp.when-closed", "whatsapp-when-closed"),
                    (HandoffWhen::Always, "whatsapp.always", "whatsapp-always"),
                ]
            />
            <Rows rows=draft.rows label="whatsapp.number" add="whatsapp.add" name="add-whatsapp" max=NUMBERS_MAX fresh=NumberDraft::fresh draw=number/>
        </SiteForm>
    }
}

fn number(number: NumberDraft) -> AnyView {
    view! {
        <div class="am-pair">
            <TypedField label="whatsapp.number" name="whatsapp-number" field=number.number inputmode="tel" hint="whatsapp.number-hint"/>
            <TypedField label="whatsapp.greeting" name="whatsapp-greeting" field=number.greeting hint="whatsapp.greeting-hint"/>
        </div>
        <LanguagesField value=number.languages/>
        {move || number.link().map(|link| view! { <TryLink link/> })}
    }
    .into_any()
}

/// Requirement 101: the final link, to be tried on a phone before visitors meet it.
#[component]
fn TryLink(link: String) -> impl IntoView {
    view! {
        <div class="am-try">
            <QrDrawing text=link.clone() label="whatsapp.drawing"/>
            <div class="am-try__words">
                <p>{t("whatsapp.try")}</p>
                <p><a href=link.clone() target="_blank" rel="noopener noreferrer" dir="ltr" data-test="whatsapp-link">{link.clone()}</a></p>
            </div>
        </div>
    }
}
