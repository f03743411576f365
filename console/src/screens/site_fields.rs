//! One site: the questions about it, and the tags that bring the chat onto it.

use amparo_protocol::api::SiteRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::draft::{PhoneDraft, SiteDraft};
use crate::screens::form::{CopyField, LinesField, TextField};

const PHONES_MAX: usize = 4;

#[component]
pub fn SiteFields(draft: SiteDraft) -> impl IntoView {
    let add = move || {
        let may_add = draft.phones.with(Vec::len) < PHONES_MAX;
        may_add.then(|| {
            view! {
                <button type="button" class="am-button am-button--plain" data-test="add-phone" on:click=move |_| draft.add_phone()>
                    {t("site.add-phone")}
                </button>
            }
        })
    };
    view! {
        <TextField label="site.name" name="setup-site-name" value=draft.name hint="site.name-hint"/>
        <LinesField label="site.origins" name="setup-site-origin" value=draft.origins hint="site.origins-hint"/>
        <TextField label="site.emergency" name="setup-emergency" value=draft.emergency inputmode="tel" hint="site.emergency-hint"/>
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("site.phones")}</legend>
            <p class="am-field__hint">{t("site.phones-hint")}</p>
            <For each=move || draft.phones.get() key=|phone| phone.number let:phone>
                <PhoneFields phone/>
            </For>
            {add}
        </fieldset>
    }
}

#[component]
fn PhoneFields(phone: PhoneDraft) -> impl IntoView {
    view! {
        <div class="am-pair">
            <TextField label="site.phone" name="setup-phone" value=phone.number inputmode="tel"/>
            <TextField label="site.phone-note" name="setup-phone-name" value=phone.note/>
        </div>
    }
}

/// Both tags of a site, to be copied by hand.
#[component]
pub fn Tags(row: SiteRow) -> impl IntoView {
    let texts = Texts::here();
    let SiteRow { settings, tag, tag_pinned, .. } = row;
    let origins = settings.origins.join(", ");
    let where_to = move || texts.fill("tag.where", &[("origins", &origins)]);
    view! {
        <div class="am-tags">
            <p>{where_to}</p>
            <CopyField label="tag.plain" name="tag" text=tag/>
            <p class="am-field__hint">{t("tag.plain-hint")}</p>
            <details class="am-tags__pinned">
                <summary>{t("tag.pinned-summary")}</summary>
                <p class="am-field__hint">{t("tag.pinned-hint")}</p>
                <CopyField label="tag.pinned" name="tag-pinned" text=tag_pinned/>
            </details>
        </div>
    }
}
