//! The members: who they are, who waits for approval, and the invitation of the next one.

use amparo_protocol::api::{MemberRow, PasskeyCount, roles};
use amparo_protocol::id::MemberId;
use amparo_protocol::language::Language;
use amparo_ui::avatar::Avatar;
use amparo_ui::clock::Interval;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::desk::Desk;
use crate::house;
use crate::screens::form::{CopyField, Form};
use crate::screens::member_change::{MemberChange, RoleTick};
use crate::screens::sign_again::SignAgain;
use crate::screens::trail::Trail;

/// How often the list looks for somebody who has accepted an invitation.
const LOOK_MS: u32 = 5_000;

#[component]
pub fn Members() -> impl IntoView {
    let rows = RwSignal::new(Vec::<MemberRow>::new());
    let passkeys = RwSignal::new(Vec::<PasskeyCount>::new());
    let problem = RwSignal::new(None::<&'static str>);
    let load = move || {
        spawn_local(async move {
            match api::members().await {
                Ok(new) => {
                    problem.try_set(None);
                    rows.try_set(new);
                }
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
            if let Ok(new) = api::passkey_counts().await {
                passkeys.try_set(new);
            }
        });
    };
    load();
    let looking = StoredValue::new_local(Some(Interval::new(LOOK_MS, load)));
    on_cleanup(move || looking.set_value(None));
    let texts = Texts::here();
    let problem_words = move || problem.get().map(|key| texts.get(key));
    view! {
        <main class="am-page" data-test="members-page">
            <h1 class="am-heading">{t("members.heading")}</h1>
            <p class="am-form__problem" role="alert">{problem_words}</p>
            <table class="am-table" data-test="member-list">
                <thead>
                    <tr>
                        <th scope="col">{t("members.pseudonym")}</th>
                        <th scope="col">{t("members.sign-in-name")}</th>
                        <th scope="col">{t("members.roles")}</th>
                        <th scope="col">{t("members.languages")}</th>
                        <th scope="col">{t("members.state")}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=drawn_anew let:row>
                        <Member row passkeys on_changed=Callback::new(move |()| load())/>
                    </For>
                </tbody>
            </table>
            <SignAgain/>
            <Invite/>
            <Trail/>
        </main>
    }
}

#[component]
fn Member(row: MemberRow, passkeys: RwSignal<Vec<PasskeyCount>>, on_changed: Callback<()>) -> impl IntoView {
    let texts = Texts::here();
    let role_bits = row.roles;
    let roles = move || role_words(texts, role_bits);
    let languages = row.languages.iter().map(|language| language.own_name()).collect::<Vec<_>>().join(", ");
    let member = row.member;
    let pseudonym = row.pseudonym.clone();
    let is_approved = row.approved;
    let state = if !is_approved && row.approval.is_some() {
        view! { <Approve member pseudonym on_changed/> }.into_any()
    } else if !is_approved {
        view! { <span class="am-table__waiting" data-test="member-stranded">{t("members.stranded")}</span> }.into_any()
    } else {
        view! {
            <span data-test="member-approved">{t("members.approved")}</span>
            <EndLogins member pseudonym=pseudonym.clone()/>
            <PasskeysOf member pseudonym passkeys/>
        }
        .into_any()
    };
    let is_own = Desk::here().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.member == member));
    let pseudonym = row.pseudonym.clone();
    let change = is_approved.then(|| view! { <MemberChange row=row.clone() is_own on_changed/> });
    let others = (!is_own).then(|| {
        view! { <Reset member pseudonym=pseudonym.clone()/><Remove member pseudonym on_changed/> }
    });
    view! {
        <tr data-test="member">
            <td data-label=t("members.pseudonym")>
                <span class="am-table__badge"><Avatar number=row.avatar/><bdi>{row.pseudonym}</bdi></span>
            </td>
            <td data-label=t("members.sign-in-name")><bdi>{row.sign_in_name}</bdi></td>
            <td data-label=t("members.roles")>{roles}</td>
            <td data-label=t("members.languages")><bdi>{languages}</bdi></td>
            <td data-label=t("members.state")><div class="am-table__ways">{state}{change}{others}</div></td>
        </tr>
    }
}

/// A row is drawn anew when one of these changes: an open question in it survives the next look.
fn drawn_anew(row: &MemberRow) -> (MemberId, bool, bool, u8, Vec<Language>, String) {
    (row.member, row.approved, row.approval.is_some(), row.roles, row.languages.clone(), row.pseudonym.clone())
}

pub fn role_words(texts: Texts, role_bits: u8) -> String {
    role_names(role_bits).map(|key| texts.get(key)).collect::<Vec<_>>().join(", ")
}

fn role_names(role_bits: u8) -> impl Iterator<Item = &'static str> {
    let names = [
        (roles::COUNSELOR, "role.counselor"),
        (roles::SUPERVISOR, "role.supervisor"),
        (roles::ADMINISTRATOR, "role.administrator"),
    ];
    names.into_iter().filter(move |(bit, _)| role_bits & bit != 0).map(|(_, name)| name)
}

/// Approving is signing: this browser checks that the account is the invited person's before it does.
#[component]
fn Approve(member: MemberId, pseudonym: String, on_changed: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<&'static str>);
    let approve = move |_| {
        busy.set(true);
        spawn_local(async move {
            match house::approve(desk, member).await {
                Ok(()) => on_changed.run(()),
                Err(refused) => drop(problem.try_set(Some(refused.key()))),
            }
            busy.try_set(false);
        });
    };
    let label = move || texts.fill("members.approve-name", &[("name", &pseudonym)]);
    view! {
        <span class="am-table__waiting">{t("members.waiting")}</span>
        <button type="button" class="am-button am-button--primary" data-test="approve" disabled=busy aria-label=label on:click=approve>
            {t("members.approve")}
        </button>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
    }
}

/// Wherever this member is signed in, it ends: a lost computer, a shared one.
#[component]
fn EndLogins(member: MemberId, pseudonym: String) -> impl IntoView {
    let outcome = RwSignal::new(None::<&'static str>);
    let end = Callback::new(move |()| {
        spawn_local(async move {
            let ended = api::end_logins(member).await;
            outcome.try_set(Some(ended.map_or_else(|failure| failure.key(), |()| "members.logins-ended")));
        });
    });
    let keys = ["members.end-logins", "members.end-logins-really"];
    view! { <PressTwice keys name="end-logins" pseudonym outcome on_press=end/> }
}

/// Password and phone are both lost: a link with which this member, and whoever else has it, makes both anew.
#[component]
fn Reset(member: MemberId, pseudonym: String) -> impl IntoView {
    let desk = Desk::here();
    let outcome = RwSignal::new(None::<&'static str>);
    let link = RwSignal::new(None::<String>);
    let reset = Callback::new(move |()| {
        spawn_local(async move {
            match house::reset(desk, member).await {
                Ok(new) => drop(link.try_set(Some(new))),
                Err(refused) => drop(outcome.try_set(Some(refused.key()))),
            }
        });
    });
    let keys = ["members.reset", "members.reset-really"];
    let shown = move || link.get().map(|link| view! { <Link label="members.reset-link" name="reset-link" link/> });
    view! {
        <PressTwice keys name="reset-member" pseudonym outcome on_press=reset/>
        <div role="status">{shown}</div>
    }
}

/// Its secret is in the fragment, which no server ever sees.
#[component]
fn Link(label: &'static str, name: &'static str, link: String) -> impl IntoView {
    view! {
        <CopyField label name text=link/>
        <p class="am-field__hint">{t("invite.link-hint")}</p>
    }
}

/// Somebody has left, or should never have come: the account ends, and the list is signed without them.
#[component]
fn Remove(member: MemberId, pseudonym: String, on_changed: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let outcome = RwSignal::new(None::<&'static str>);
    let remove = Callback::new(move |()| {
        spawn_local(async move {
            match house::remove(desk, member).await {
                Ok(()) => on_changed.run(()),
                Err(refused) => drop(outcome.try_set(Some(refused.key()))),
            }
        });
    });
    let keys = ["members.remove", "members.remove-really"];
    view! { <PressTwice keys name="remove-member" pseudonym outcome on_press=remove/> }
}

/// What cannot be taken back is asked once more.
#[component]
fn PressTwice(
    /// Of the words on the button, and of the question.
    keys: [&'static str; 2],
    /// The hook for tests.
    name: &'static str,
    pseudonym: String,
    outcome: RwSignal<Option<&'static str>>,
    on_press: Callback<()>,
) -> impl IntoView {
    let texts = Texts::here();
    let asking = RwSignal::new(false);
    let press = move |_| {
        if asking.get_untracked() {
            on_press.run(());
        }
        asking.update(|asking| *asking = !*asking);
    };
    let [calm, really] = keys;
    let words = move || texts.fill(if asking.get() { really } else { calm }, &[("name", &pseudonym)]);
    view! {
        <button type="button" class="am-button am-button--plain" data-test=name on:click=press on:blur=move |_| asking.set(false)>
            {words}
        </button>
        <p class="am-field__hint" role="status">{move || outcome.get().map(|key| texts.get(key))}</p>
    }
}

/// A lost key or phone: its member signs in with the six digits again.
#[component]
fn PasskeysOf(member: MemberId, pseudonym: String, passkeys: RwSignal<Vec<PasskeyCount>>) -> impl IntoView {
    let texts = Texts::here();
    let outcome = RwSignal::new(None::<&'static str>);
    let count = Memo::new(move |_| {
        passkeys.with(|rows| rows.iter().find(|row| row.member == member).map_or(0, |row| row.passkeys))
    });
    let remove = Callback::new(move |()| {
        spawn_local(async move {
            match api::remove_passkeys_of(member).await {
                Ok(()) => {
                    passkeys.try_update(|rows| rows.retain(|row| row.member != member));
                    outcome.try_set(Some("members.passkeys-removed"));
                }
                Err(failure) => drop(outcome.try_set(Some(failure.key()))),
            }
        });
    });
    let pseudonym = StoredValue::new(pseudonym);
    let has_any = Memo::new(move |_| count.get() > 0);
    let keys = ["members.remove-passkeys", "members.remove-passkeys-really"];
    let failed = RwSignal::new(None::<&'static str>);
    Effect::new(move || failed.set(outcome.get().filter(|_| has_any.get_untracked())));
    view! {
        {move || has_any.get().then(|| view! {
            <p data-test="member-passkeys">{move || texts.fill("members.passkeys", &[("count", &count.get().to_string())])}</p>
            <PressTwice keys name="remove-passkeys" pseudonym=pseudonym.get_value() outcome=failed on_press=remove/>
        })}
        <p class="am-field__hint" role="status">{move || outcome.get().filter(|_| !has_any.get()).map(|key| texts.get(key))}</p>
    }
}

/// One link for one person.
#[component]
fn Invite() -> impl IntoView {
    let desk = Desk::here();
    let role_bits = RwSignal::new(roles::COUNSELOR);
    let link = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let invite = Callback::new(move |()| {
        let role_bits = role_bits.get_untracked();
        if role_bits == 0 {
            return problem.set(Some("problem.roles"));
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match house::invite(desk, role_bits).await {
                Ok(new) => drop(link.try_set(Some(new))),
                Err(refused) => drop(problem.try_set(Some(refused.key()))),
            }
            busy.try_set(false);
        });
    });
    let shown = move || link.get().map(|link| view! { <Link label="invite.link" name="invite-link" link/> });
    view! {
        <section class="am-step" aria-labelledby="invite-heading">
            <h2 class="am-subheading" id="invite-heading">{t("invite.heading")}</h2>
            <p>{t("invite.explanation")}</p>
            <Form submit="invite.submit" name="invite" problem busy on_submit=invite>
                <fieldset class="am-choice">
                    <legend class="am-field__label">{t("invite.roles")}</legend>
                    <div class="am-choice__ticks">
                        <RoleTick role_bits bit=roles::COUNSELOR key="role.counselor" name="invite-counselor"/>
                        <RoleTick role_bits bit=roles::SUPERVISOR key="role.supervisor" name="invite-supervisor"/>
                        <RoleTick role_bits bit=roles::ADMINISTRATOR key="role.administrator" name="invite-administrator"/>
                    </div>
                </fieldset>
            </Form>
            <div role="status">{shown}</div>
        </section>
    }
}
