//! What helps in a conversation: phrases and referrals to put into the draft, who can read, and where the limits are.

use amparo_protocol::desk::{Phrase, Referral};
use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::browser;
use crate::desk::Desk;
use crate::phrases;
use crate::settings::calendar::date_text;

/// Sentences for the first minutes, in the language of the console, where the organisation has none of its own.
const PHRASES: [&str; 5] = ["phrase.hello", "phrase.safe", "phrase.listen", "phrase.slow", "phrase.close"];

#[component]
pub fn Help() -> impl IntoView {
    let desk = Desk::here();
    let language = Memo::new(move |_| {
        let open = desk.open.get()?;
        desk.view.with(|view| {
            let shown = view.as_ref()?.conversations.iter().find(|shown| shown.conversation == open)?;
            Some(shown.language)
        })
    });
    view! {
        <section class="am-part am-part--help" tabindex="0" aria-labelledby="help-heading">
            <h2 class="am-part__heading" id="help-heading">{t("desk.help")}</h2>
            <Phrases language/>
            <Referrals language/>
            <h3 class="am-subheading">{t("help.readers")}</h3>
            <p>{t("help.readers-words")}</p>
            <h3 class="am-subheading">{t("help.safe")}</h3>
            <p>{t("help.safe-words")}</p>
        </section>
    }
}

#[component]
fn Phrases(language: Memo<Option<Language>>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let own = Memo::new(move |_| {
        let language = language.get().unwrap_or_else(|| texts.language());
        desk.helps.with(|helps| {
            helps.phrases.iter().filter(|phrase| phrase.language == language).cloned().collect::<Vec<Phrase>>()
        })
    });
    let hint = move || texts.get(if own.with(Vec::is_empty) { "help.phrases-hint" } else { "help.codes-hint" });
    let list = move || {
        let own = own.get();
        if own.is_empty() {
            let first = PHRASES.map(|key| view! { <li><Put text=texts.get(key) name="phrase"/></li> });
            return first.into_iter().collect_view().into_any();
        }
        let rows = own.into_iter().map(|Phrase { code, text, .. }| {
            view! { <li><Put text name="phrase" code/></li> }
        });
        rows.collect_view().into_any()
    };
    view! {
        <h3 class="am-subheading">{t("help.phrases")}</h3>
        <p class="am-field__hint">{hint}</p>
        <ul class="am-phrases">{list}</ul>
    }
}

#[component]
fn Referrals(language: Memo<Option<Language>>) -> impl IntoView {
    let desk = Desk::here();
    let known = Memo::new(move |_| desk.helps.with(|helps| phrases::sorted(&helps.referrals, language.get())));
    let list = move || {
        let known = known.get();
        (!known.is_empty()).then(|| {
            let rows = known.into_iter().map(|referral| view! { <li><ReferralRow referral/></li> });
            view! {
                <h3 class="am-subheading">{t("help.referrals")}</h3>
                <p class="am-field__hint">{t("help.referrals-hint")}</p>
                <ul class="am-phrases">{rows.collect_view()}</ul>
            }
        })
    };
    view! { <div class="am-referrals">{list}</div> }
}

/// Requirement 90: what nobody has looked at for six months says so.
#[component]
fn ReferralRow(referral: Referral) -> impl IntoView {
    let texts = Texts::here();
    let is_stale = phrases::is_stale(referral.checked, browser::today());
    let date = date_text(referral.checked);
    let checked = move || texts.fill("help.checked", &[("date", &date)]);
    view! {
        <Put text=phrases::told(&referral) name="referral"/>
        <p class="am-field__hint">{checked}</p>
        {is_stale.then(|| view! { <p class="am-field__problem" data-test="referral-stale">{t("help.stale")}</p> })}
    }
}

/// Goes into the draft of the conversation in front, never to the visitor by itself.
#[component]
fn Put(text: String, name: &'static str, #[prop(optional)] code: Option<String>) -> impl IntoView {
    let desk = Desk::here();
    let put = text.clone();
    view! {
        <button
            type="button"
            class="am-phrase"
            data-test=name
            disabled=move || desk.open.get().is_none()
            on:click=move |_| desk.put_into_draft(&put)
        >
            {code.map(|code| view! { <span class="am-phrase__code" dir="ltr">"/" {code}</span> })}
            <span dir="auto">{text}</span>
        </button>
    }
}
