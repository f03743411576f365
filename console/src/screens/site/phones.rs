//! The numbers that visitors are shown.

use amparo_protocol::settings::NumberKind;
use amparo_ui::texts::t;
use leptos::prelude::*;

use super::{Editor, SiteForm};
use crate::screens::fields::{LanguagesField, Rows, SelectField, TypedField, words};
use crate::settings::phones::{PHONES_MAX, PhoneDraft, PhonesDraft};

#[component]
pub fn PhonesPage(editor: Editor) -> impl IntoView {
    let draft = PhonesDraft::of(&editor.settings());
    let settings = Callback::new(move |()| draft.read(editor.settings()));
    view! {
        <p class="am-page__words">{t("site.phones-hint")} " " {t("site.phones-order")} " " {t("site.tag-again")}</p>
        <SiteForm editor settings>
            <Rows rows=draft.rows label="site.phone" add="site.add-phone" name="add-phone" max=PHONES_MAX fresh=PhoneDraft::fresh draw=phone/>
        </SiteForm>
    }
}

fn phone(phone: PhoneDraft) -> AnyView {
    let kinds = vec![
        (NumberKind::Voice, words("kind.voice")),
        (NumberKind::Sms, words("kind.sms")),
        (NumberKind::TextPhone, words("kind.text-phone")),
    ];
    view! {
        <div class="am-pair">
            <TypedField label="site.phone" name="phone-number" field=phone.number inputmode="tel"/>
            <TypedField label="site.phone-note" name="phone-note" field=phone.note/>
            <SelectField label="site.phone-kind" name="phone-kind" value=phone.kind options=kinds/>
        </div>
        <LanguagesField value=phone.languages/>
    }
    .into_any()
}

/// One number, at the first start.
#[component]
pub fn FirstPhone(draft: PhonesDraft) -> impl IntoView {
    let first = draft.rows.with_untracked(|rows| rows.first().copied());
    first.map(|phone| {
        view! {
            <fieldset class="am-choice">
                <legend class="am-field__label">{t("site.phones")}</legend>
                <p class="am-field__hint">{t("site.phones-hint")}</p>
                <div class="am-pair">
                    <TypedField label="site.phone" name="setup-phone" field=phone.number inputmode="tel"/>
                    <TypedField label="site.phone-note" name="setup-phone-name" field=phone.note/>
                </div>
            </fieldset>
        }
    })
}
