//! Password, authenticator, recovery code: how two of them replace the third.
//!
//! Never: the recovery code to the relay. It opens the account here, and the account's key signs for it.

use amparo_client::house::account::AccountSecret;
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::sign_in::{self, Started};
use amparo_protocol::api::{LostFinish, LostStart, LostStarted, Me, RecoveryFinish, RecoveryStart};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use amparo_protocol::sealed::Sealed;
use amparo_ui::random::BrowserRandom;
use zeroize::Zeroizing;

use crate::account::{self, Keys};
use crate::api::{self, Failure};
use crate::worker::{self, Done, Job, Kind};

/// A new password in place of a forgotten one; `digits` are of the authenticator that there is.
pub async fn replace_password(
    sign_in_name: String,
    code: &RecoveryCode,
    digits: String,
    password: String,
) -> Result<(Me, Keys), Failure> {
    let Started { state, request } = account::started(sign_in::start_registration(&password, &mut BrowserRandom))?;
    let lost = LostStart::Password { registration_request: request };
    let started = api::recovery_start(&RecoveryStart { sign_in_name, lost }).await?;
    let LostStarted::Password { registration_response: response } = started.lost else { return Err(OTHER_RELAY) };
    let account = opened(code, &started.wrapped_by_recovery)?;
    let job = Job { kind: Kind::Registration, password, state: state.to_vec(), response };
    let Done { message, export_key } = worker::run(job).await.map_err(account::failure)?;
    let wrapped_by_password = account.wrap_by_password(&Zeroizing::new(export_key), &mut BrowserRandom);
    let lost = LostFinish::Password { registration_upload: message, wrapped_by_password };
    finish(&account, started.attempt, digits, lost).await
}

/// A new authenticator that waits for its first code. Recovery code and password were right.
pub struct NewAuthenticator {
    /// Base32, for the app.
    pub totp_secret: String,
    attempt: Hash,
    account: AccountSecret,
    credential_finalization: Sealed,
}

/// In place of one that was lost with its phone.
pub async fn new_authenticator(
    sign_in_name: String,
    code: &RecoveryCode,
    password: String,
) -> Result<NewAuthenticator, Failure> {
    let Started { state, request } = account::started(sign_in::start_sign_in(&password, &mut BrowserRandom))?;
    let lost = LostStart::Phone { credential_request: request };
    let started = api::recovery_start(&RecoveryStart { sign_in_name, lost }).await?;
    let LostStarted::Phone { credential_response: response, totp_secret } = started.lost else {
        return Err(OTHER_RELAY);
    };
    let account = opened(code, &started.wrapped_by_recovery)?;
    let job = Job { kind: Kind::SignIn, password, state: state.to_vec(), response };
    let Done { message, .. } = worker::run(job).await.map_err(account::failure)?;
    Ok(NewAuthenticator { totp_secret, attempt: started.attempt, account, credential_finalization: message })
}

/// From here on the relay takes its codes. A wrong one may be corrected.
pub async fn confirm_authenticator(new: &NewAuthenticator, digits: String) -> Result<(Me, Keys), Failure> {
    let lost = LostFinish::Phone { credential_finalization: new.credential_finalization.clone() };
    finish(&new.account, new.attempt, digits, lost).await
}

const OTHER_RELAY: Failure = Failure::Refused(ErrorCode::Version);

/// What a name that nobody has is answered opens with no code either.
fn opened(code: &RecoveryCode, wrapped: &Sealed) -> Result<AccountSecret, Failure> {
    AccountSecret::unwrap_by_recovery(code, wrapped).map_err(|_| Failure::Refused(ErrorCode::WrongCredentials))
}

async fn finish(
    account: &AccountSecret,
    attempt: Hash,
    totp_code: String,
    lost: LostFinish,
) -> Result<(Me, Keys), Failure> {
    let finish = RecoveryFinish { attempt, signature: account.sign_recovery(attempt), totp_code, lost };
    let me = api::recovery_finish(&finish).await?;
    let keys = account::keys_of(&me, account.clone());
    Ok((me, keys))
}
