//! The tags of a site, to be copied by hand: plain, with the block for visitors without scripts, pinned.

use amparo_protocol::api::SiteRow;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::screens::form::CopyField;
use crate::settings::static_block::static_block;

#[component]
pub fn Tags(row: SiteRow) -> impl IntoView {
    let texts = Texts::here();
    let SiteRow { key, settings, relay, tag, tag_pinned } = row;
    let chat = format!("{relay}/chat?site={}", key.to_text());
    let origins = settings.origins.join(", ");
    let where_to = move || texts.fill("tag.where", &[("origins", &origins)]);
    let plain = tag.clone();
    let with_block = Signal::derive(move || {
        let block = static_block(&settings, texts.language(), &chat, |key| texts.get(key));
        format!("{block}\n{plain}")
    });
    view! {
        <div class="am-tags">
            <p>{where_to}</p>
            <CopyField label="tag.plain" name="tag" text=tag/>
            <p class="am-field__hint">{t("tag.plain-hint")}</p>
            <details class="am-tags__pinned">
                <summary>{t("tag.static-summary")}</summary>
                <p class="am-field__hint">{t("tag.static-hint")}</p>
                <CopyField label="tag.static" name="tag-static" text=with_block/>
            </details>
            <details class="am-tags__pinned">
                <summary>{t("tag.pinned-summary")}</summary>
                <p class="am-field__hint">{t("tag.pinned-hint")}</p>
                <CopyField label="tag.pinned" name="tag-pinned" text=tag_pinned/>
            </details>
        </div>
    }
}
