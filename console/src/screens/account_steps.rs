//! The questions that every new member answers, the first administrator and invited members alike.

use amparo_protocol::language::Language;
use amparo_ui::avatar::{self, Avatar};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::draft::{AccountDraft, trimmed};
use crate::password::{self, Strength};
use crate::qr;
use crate::screens::fields::LanguageTick;
use crate::screens::form::{QrDrawing, TextField, Tick};

/// The hooks for tests: the same fields stand on the set-up and on the invitation.
#[derive(Clone, Copy)]
pub struct Names {
    pub sign_in_name: &'static str,
    pub password: &'static str,
    pub password_again: &'static str,
    pub pseudonym: &'static str,
    pub totp_secret: &'static str,
    pub totp_code: &'static str,
    pub recovery_code: &'static str,
    pub recovery_written: &'static str,
}

pub const SET_UP: Names = Names {
    sign_in_name: "setup-sign-in-name",
    password: "setup-password",
    password_again: "setup-password-again",
    pseudonym: "setup-pseudonym",
    totp_secret: "setup-totp-secret",
    totp_code: "setup-totp-code",
    recovery_code: "setup-recovery-code",
    recovery_written: "setup-recovery-written",
};

pub const INVITATION: Names = Names {
    sign_in_name: "invitation-sign-in-name",
    password: "invitation-password",
    password_again: "invitation-password-again",
    pseudonym: "invitation-pseudonym",
    totp_secret: "invitation-totp-secret",
    totp_code: "invitation-totp-code",
    recovery_code: "invitation-recovery-code",
    recovery_written: "invitation-recovery-written",
};

/// Where somebody is among the screens that ask.
#[component]
pub fn StepNumber(
    /// Key of the words, with a place for the number.
    words: &'static str,
    number: u8,
) -> impl IntoView {
    let texts = Texts::here();
    view! { <p class="am-step-number">{move || texts.fill(words, &[("number", &number.to_string())])}</p> }
}

/// Name and password for signing in.
#[component]
pub fn SignInFields(draft: AccountDraft, names: Names) -> impl IntoView {
    view! {
        <TextField label="account.sign-in-name" name=names.sign_in_name value=draft.sign_in_name hint="account.sign-in-name-hint" autocomplete="username"/>
        <NewPasswordFields draft names/>
    }
}

/// A password that is chosen now, twice.
#[component]
pub fn NewPasswordFields(draft: AccountDraft, names: Names) -> impl IntoView {
    view! {
        <TextField label="account.password" name=names.password value=draft.password kind="password" autocomplete="new-password"/>
        <PasswordHint draft/>
        <TextField label="account.password-again" name=names.password_again value=draft.password_again kind="password" autocomplete="new-password"/>
    }
}

/// Words, and a bar as long as the password is strong.
#[component]
pub fn PasswordHint(draft: AccountDraft) -> impl IntoView {
    let texts = Texts::here();
    let strength = Memo::new(move |_| {
        draft.password.with(|password| draft.sign_in_name.with(|name| password::strength(password, name)))
    });
    let sentence = move || {
        if draft.password.with(String::is_empty) {
            return texts.get("password.hint");
        }
        let key = match strength.get() {
            Strength::TooShort => "password.too-short",
            Strength::Weak => "password.weak",
            Strength::Fair => "password.fair",
            Strength::Good => "password.good",
        };
        texts.get(key)
    };
    let value = move || if draft.password.with(String::is_empty) { 0 } else { strength.get() as u8 + 1 };
    view! {
        <div class="am-strength">
            <meter class="am-strength__bar" min="0" low="3" high="4" optimum="4" max="4" prop:value=value aria-hidden="true"></meter>
            <p class="am-field__hint" aria-live="polite" data-test="password-strength">{sentence}</p>
        </div>
    }
}

/// What visitors see, and the languages somebody can listen in.
#[component]
pub fn BadgeFields(draft: AccountDraft, names: Names) -> impl IntoView {
    view! {
        <TextField label="account.pseudonym" name=names.pseudonym value=draft.pseudonym hint="account.pseudonym-hint"/>
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("account.avatar")}</legend>
            <div class="am-choice__drawings">
                {(0..avatar::COUNT).map(|number| view! { <AvatarChoice draft number/> }).collect_view()}
            </div>
        </fieldset>
        <fieldset class="am-choice">
            <legend class="am-field__label">{t("account.languages")}</legend>
            <div class="am-choice__ticks">
                {Language::ALL.map(|language| view! { <LanguageTick value=draft.languages language/> }).collect_view()}
            </div>
        </fieldset>
    }
}

#[component]
fn AvatarChoice(draft: AccountDraft, number: u8) -> impl IntoView {
    let texts = Texts::here();
    let name = move || texts.fill("account.avatar-number", &[("number", &(number + 1).to_string())]);
    view! {
        <label class="am-choice__drawing">
            <input
                type="radio"
                name="avatar"
                aria-label=name
                data-test=format!("avatar-{number}")
                prop:checked=move || draft.avatar.get() == number
                on:change=move |_| draft.avatar.set(number)
            />
            <Avatar number=number/>
        </label>
    }
}

/// The second step at sign-in, and the code for the day when the password is forgotten. Each is shown here only.
#[component]
pub fn SecondStepFields(
    draft: AccountDraft,
    names: Names,
    organisation: String,
    /// `None` in the demonstration, which has no second step.
    totp_secret: Option<String>,
    recovery_code: String,
    recovery_written: RwSignal<bool>,
) -> impl IntoView {
    let authenticator = totp_secret.map(|totp_secret| {
        view! {
            <AuthenticatorFields draft organisation secret_name=names.totp_secret code_name=names.totp_code totp_secret/>
        }
    });
    let written = Callback::new(move |ticked| recovery_written.set(ticked));
    view! {
        {authenticator}
        <section class="am-step" aria-labelledby="recovery-heading">
            <h2 class="am-subheading" id="recovery-heading">{t("recovery.heading")}</h2>
            <p>{t("recovery.explanation")}</p>
            <p class="am-secret" dir="ltr" translate="no" data-test=names.recovery_code>{recovery_code}</p>
            <Tick name=names.recovery_written is_ticked=recovery_written on_change=written>{t("recovery.written")}</Tick>
        </section>
    }
}

/// The secret for the app, as a drawing and in letters, and the first code that it shows.
#[component]
pub fn AuthenticatorFields(
    draft: AccountDraft,
    /// What the app will call this account, beside the sign-in name.
    organisation: String,
    /// The hooks for tests.
    secret_name: &'static str,
    code_name: &'static str,
    totp_secret: String,
) -> impl IntoView {
    let uri = qr::otpauth_uri(&organisation, &trimmed(draft.sign_in_name), &totp_secret);
    view! {
        <section class="am-step" aria-labelledby="authenticator-heading">
            <h2 class="am-subheading" id="authenticator-heading">{t("authenticator.heading")}</h2>
            <p>{t("authenticator.explanation")}</p>
            <div class="am-authenticator">
                <QrDrawing text=uri label="authenticator.drawing"/>
                <div class="am-authenticator__words">
                    <p class="am-field__hint">{t("authenticator.by-hand")}</p>
                    <p class="am-secret" dir="ltr" translate="no" data-test=secret_name>{qr::spaced(&totp_secret)}</p>
                </div>
            </div>
            <TextField label="authenticator.code" name=code_name value=draft.code inputmode="numeric" autocomplete="one-time-code"/>
        </section>
    }
}
