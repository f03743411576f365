//! How the site would be with what stands in the form: the real program in a real frame, before anything is saved.

use amparo_protocol::api::PreviewAnswer;
use amparo_protocol::language::Language;
use amparo_protocol::settings::SiteSettings;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::screens::fields::SelectField;

/// `settings`: what the form says, `None` while a field will not do.
#[component]
pub fn Preview(settings: Callback<(), Option<SiteSettings>>) -> impl IntoView {
    let texts = Texts::here();
    let language = RwSignal::new(untrack(|| texts.language()));
    let languages = Language::ALL.map(|language| (language, Signal::stored(language.own_name().to_owned()))).to_vec();
    let path = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<&'static str>);
    let show = move |_| {
        problem.set(None);
        let Some(settings) = settings.run(()) else { return problem.set(Some("problem.marked")) };
        spawn_local(async move {
            match api::preview_site(&settings).await {
                Ok(PreviewAnswer { path: new }) => drop(path.try_set(Some(new))),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    let shown = NodeRef::<leptos::html::Iframe>::new();
    // It is taller than what is left of the screen below the form.
    Effect::new(move || {
        if let Some(frame) = shown.get() {
            frame.scroll_into_view();
        }
    });
    let frame = move || {
        path.get().map(|path| {
            let address = move || format!("{path}?lang={}", language.get().tag());
            let title = move || texts.get("preview.frame");
            view! {
                <SelectField label="preview.language" name="preview-language" value=language options=languages.clone()/>
                <iframe
                    node_ref=shown
                    class="am-preview__frame"
                    data-test="preview-frame"
                    sandbox="allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox"
                    referrerpolicy="no-referrer"
                    title=title
                    src=address
                ></iframe>
            }
        })
    };
    view! {
        <div class="am-preview" data-test="preview">
            <button type="button" class="am-button am-step__press" data-test="show-preview" on:click=show>{t("preview.show")}</button>
            <p class="am-field__hint">{t("preview.hint")}</p>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            {frame}
        </div>
    }
}
