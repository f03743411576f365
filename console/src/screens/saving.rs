//! A page of settings that is saved as a whole: what went wrong, and that it is saved, said beside the button.

use std::future::Future;

use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::screens::form::Form;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Saving {
    problem: RwSignal<Option<&'static str>>,
    is_busy: RwSignal<bool>,
    is_saved: RwSignal<bool>,
}

impl Saving {
    pub fn new() -> Self {
        Self { problem: RwSignal::new(None), is_busy: RwSignal::new(false), is_saved: RwSignal::new(false) }
    }

    /// Some fields will not do; each says why.
    pub fn is_marked(self) {
        self.is_saved.set(false);
        self.problem.set(Some("problem.marked"));
    }

    /// Says how it goes; the page may be gone when the answer comes.
    pub fn run<T: 'static>(
        self,
        sent: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.is_busy.set(true);
        self.is_saved.set(false);
        self.problem.set(None);
        spawn_local(async move {
            let answer = sent.await;
            self.is_busy.try_set(false);
            match answer {
                Ok(answer) => {
                    self.is_saved.try_set(true);
                    done(answer);
                }
                Err(failure) => drop(self.problem.try_set(Some(failure.key()))),
            }
        });
    }
}

/// The questions of one page and the button that saves them.
#[component]
pub fn SaveForm(saving: Saving, on_save: Callback<()>, children: Children) -> impl IntoView {
    let Saving { problem, is_busy, is_saved } = saving;
    view! {
        <Form submit="form.save" name="save" problem busy=is_busy on_submit=on_save>{children()}</Form>
        <Saved is_saved/>
    }
}

/// One press that saves at once, with its outcome beneath.
#[component]
pub fn SaveState(saving: Saving) -> impl IntoView {
    let texts = Texts::here();
    let Saving { problem, is_saved, .. } = saving;
    view! {
        <p class="am-form__problem" role="alert" data-test="problem">{move || problem.get().map(|key| texts.get(key))}</p>
        <Saved is_saved/>
    }
}

#[component]
fn Saved(is_saved: RwSignal<bool>) -> impl IntoView {
    view! { <p class="am-saved" role="status">{move || is_saved.get().then(|| view! { <span data-test="saved">{t("form.saved")}</span> })}</p> }
}
