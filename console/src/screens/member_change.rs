//! Other roles or languages for a member. Roles are signed with the list, so that the relay can give none.

use amparo_protocol::api::{MemberRow, roles};
use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::desk::Desk;
use crate::house::{self, Refusal};
use crate::screens::fields::LanguageTick;
use crate::screens::form::{Form, Tick};

/// Folded away until somebody needs it.
#[component]
pub fn MemberChange(row: MemberRow, is_own: bool, on_changed: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let role_bits = RwSignal::new(row.roles);
    let languages = RwSignal::new(row.languages.clone());
    let problem = RwSignal::new(None::<&'static str>);
    let busy = RwSignal::new(false);
    let name = row.pseudonym.clone();
    let label = move || texts.fill("member.change", &[("name", &name)]);
    let row = StoredValue::new(row);
    let save = Callback::new(move |()| {
        if role_bits.get_untracked() == 0 {
            return problem.set(Some("problem.roles"));
        }
        if languages.with_untracked(Vec::is_empty) {
            return problem.set(Some("problem.languages"));
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match change(desk, row.get_value(), role_bits.get_untracked(), languages.get_untracked()).await {
                Ok(()) => on_changed.run(()),
                Err(refused) => drop(problem.try_set(Some(refused.key()))),
            }
            busy.try_set(false);
        });
    });
    // Nobody takes the last administrator's key by a slip: one does not take it from oneself.
    let administrator = (!is_own).then(|| {
        view! { <RoleTick role_bits bit=roles::ADMINISTRATOR key="role.administrator" name="member-administrator"/> }
    });
    view! {
        <details class="am-fold" data-test="member-change">
            <summary>{label}</summary>
            <Form submit="member.save" name="member-save" problem busy on_submit=save>
                <fieldset class="am-choice">
                    <legend class="am-field__label">{t("members.roles")}</legend>
                    <div class="am-choice__ticks">
                        <RoleTick role_bits bit=roles::COUNSELOR key="role.counselor" name="member-counselor"/>
                        <RoleTick role_bits bit=roles::SUPERVISOR key="role.supervisor" name="member-supervisor"/>
                        {administrator}
                    </div>
                </fieldset>
                <fieldset class="am-choice">
                    <legend class="am-field__label">{t("members.languages")}</legend>
                    <div class="am-choice__ticks">
                        {Language::ALL.map(|language| view! { <LanguageTick value=languages language/> }).collect_view()}
                    </div>
                </fieldset>
            </Form>
        </details>
    }
}

async fn change(desk: Desk, row: MemberRow, role_bits: u8, languages: Vec<Language>) -> Result<(), Refusal> {
    // The signing first: it can be refused, and then nothing has changed.
    if role_bits != row.roles {
        house::change_roles(desk, &row, role_bits).await?;
    }
    if languages != row.languages {
        api::change_languages(row.member, &languages).await?;
    }
    Ok(())
}

/// One role among several.
#[component]
pub fn RoleTick(role_bits: RwSignal<u8>, bit: u8, key: &'static str, name: &'static str) -> impl IntoView {
    let is_ticked = Signal::derive(move || role_bits.get() & bit != 0);
    let change =
        Callback::new(move |ticked: bool| role_bits.update(|bits| if ticked { *bits |= bit } else { *bits &= !bit }));
    view! { <Tick name is_ticked on_change=change>{t(key)}</Tick> }
}
