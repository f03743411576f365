//! Fields, choices and the form around them. Enter submits; a problem is a sentence beside the button, read out at once.

use leptos::prelude::*;

use amparo_ui::texts::{Texts, t};

use crate::qr;

/// One column of fields with at most one primary button.
#[component]
pub fn Form(
    /// Key of the primary button's words.
    submit: &'static str,
    /// The hook for tests of the primary button.
    name: &'static str,
    /// Key of the sentence that says what is missing or went wrong.
    #[prop(into)]
    problem: Signal<Option<&'static str>>,
    #[prop(optional, into)] busy: Signal<bool>,
    on_submit: Callback<()>,
    /// A second way out, beside the primary button.
    #[prop(optional)]
    on_back: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let texts = Texts::here();
    let sentence = move || problem.get().map(|key| texts.get(key));
    let remark = NodeRef::<leptos::html::P>::new();
    // On a phone the sentence may stand below the edge of the screen.
    Effect::new(move || {
        if problem.get().is_some() {
            remark.get_untracked().into_iter().for_each(|remark| remark.scroll_into_view());
        }
    });
    let press = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() {
            on_submit.run(());
        }
    };
    let back = on_back.map(|back| {
        view! {
            <button type="button" class="am-button am-button--plain" data-test="back" disabled=busy on:click=move |_| back.run(())>
                {t("form.back")}
            </button>
        }
    });
    view! {
        <form class="am-form" on:submit=press novalidate autocomplete="off">
            {children()}
            <p class="am-form__problem" role="alert" data-test="problem" node_ref=remark>{sentence}</p>
            <div class="am-form__ways">
                <button type="submit" class="am-button am-button--primary" data-test=name aria-disabled=move || busy.get().to_string()>
                    {move || texts.get(if busy.get() { "form.busy" } else { submit })}
                </button>
                {back}
            </div>
        </form>
    }
}

/// A line of text with its label above and, when given, one sentence about it below.
#[component]
pub fn TextField(
    label: &'static str,
    name: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = "text")] inputmode: &'static str,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described_by = hint.map(|_| hint_id.clone());
    view! {
        <div class="am-field">
            <label class="am-field__label">
                <span>{t(label)}</span>
                <input
                    class="am-field__input"
                    type=kind
                    dir="auto"
                    autocomplete=autocomplete
                    inputmode=inputmode
                    spellcheck="false"
                    data-test=name
                    aria-describedby=described_by
                    prop:value=value
                    on:input=move |ev| value.set(event_target_value(&ev))
                />
            </label>
            {hint.map(|key| view! { <p class="am-field__hint" id=hint_id>{t(key)}</p> })}
        </div>
    }
}

/// Something to copy by hand: read-only, selected as a whole when it gets the focus.
#[component]
pub fn CopyField(label: &'static str, name: &'static str, #[prop(into)] text: Signal<String>) -> impl IntoView {
    let field = NodeRef::<leptos::html::Textarea>::new();
    let select = move || field.get_untracked().into_iter().for_each(|field| field.select());
    view! {
        <label class="am-field__label">
            <span>{t(label)}</span>
            <textarea
                class="am-field__input am-field__input--copy"
                node_ref=field
                rows="2"
                dir="ltr"
                readonly
                spellcheck="false"
                translate="no"
                data-test=name
                prop:value=text
                on:focus=move |_| select()
                on:click=move |_| select()
            ></textarea>
        </label>
    }
}

/// One box to tick.
#[component]
pub fn Tick(
    name: &'static str,
    #[prop(into)] is_ticked: Signal<bool>,
    on_change: Callback<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="am-tick">
            <input
                type="checkbox"
                data-test=name
                prop:checked=is_ticked
                on:change=move |ev| on_change.run(event_target_checked(&ev))
            />
            <span>{children()}</span>
        </label>
    }
}

/// Dark on light in every theme: some scanners read nothing else.
#[component]
pub fn QrDrawing(text: String, label: &'static str) -> impl IntoView {
    qr::draw(&text).map(|drawing| {
        view! {
            <svg class="am-qr" viewBox=format!("0 0 {0} {0}", drawing.size) role="img" aria-label=t(label) shape-rendering="crispEdges">
                <path class="am-qr__dark" d=drawing.path/>
            </svg>
        }
    })
}
