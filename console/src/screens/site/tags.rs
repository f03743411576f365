//! Both tags of a site, to be copied by hand.

use amparo_protocol::api::SiteRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::screens::form::CopyField;

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
