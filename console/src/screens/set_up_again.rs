//! `amparo setup --again`: no administrator can sign in any more, and somebody has the paper with the organisation's words.

use std::rc::Rc;

use amparo_protocol::api::StandingOrganisation;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::account::{self, Standing, Way};
use crate::screens::form::Form;
use crate::screens::new_account::{Finish, NewAccount};
use crate::screens::shell::Column;

#[component]
pub fn SetUpAgain(token: String, found: StandingOrganisation) -> impl IntoView {
    let organisation = StoredValue::new(found.name.clone());
    let found = StoredValue::new(found);
    let token = StoredValue::new(token);
    let standing = RwSignal::new_local(None::<Rc<Standing>>);
    move || match standing.get() {
        None => view! { <Words found standing/> }.into_any(),
        Some(standing) => {
            let organisation = organisation.get_value();
            let greeting = untrack(|| Texts::here().fill("again.who", &[("organisation", &organisation)]));
            let way = Way::SetUp(token.get_value());
            let finish: Finish = Rc::new(move |registration, draft| {
                let standing = standing.clone();
                let token = token.get_value();
                Box::pin(async move { account::set_up_again(token, &standing, &registration, &draft).await })
            });
            view! { <NewAccount way finish organisation greeting former=None/> }.into_any()
        }
    }
}

/// The words open the key in this browser; the relay never sees them.
#[component]
fn Words(
    found: StoredValue<StandingOrganisation>,
    standing: RwSignal<Option<Rc<Standing>>, LocalStorage>,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<&'static str>);
    let next = Callback::new(move |()| match words.with_untracked(|words| Standing::open(found.get_value(), words)) {
        Ok(open) => {
            words.set(String::new());
            standing.set(Some(Rc::new(open)));
        }
        Err(key) => problem.set(Some(key)),
    });
    view! {
        <Column screen="setup-words" heading="again.heading">
            <p>{t("again.explanation")}</p>
            <Form submit="form.next" name="setup-next" problem on_submit=next>
                <label class="am-field__label">
                    <span>{t("again.words")}</span>
                    <textarea
                        class="am-field__input"
                        rows="5"
                        dir="ltr"
                        lang="en"
                        translate="no"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        data-test="setup-paper-words"
                        prop:value=words
                        on:input=move |ev| words.set(event_target_value(&ev))
                    ></textarea>
                </label>
            </Form>
        </Column>
    }
}
