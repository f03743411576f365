//! Sign-ins, registrations and recoveries between their two requests, and how often it failed where no account counts it. In
//! memory only: whoever is caught by a restart begins again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use amparo_protocol::id::{Hash, MemberId};
use webauthn_rs::prelude::{PasskeyAuthentication, PasskeyRegistration};
use zeroize::Zeroizing;

use crate::clock::Time;
use crate::passkey::ANSWER_SECS;
use crate::password::SignInState;
use crate::store::login::LoginId;
use crate::store::member::Member;

const SIGN_IN_SECS: u64 = 2 * 60;
/// Long enough to set an authenticator app up and to write twenty-four words down.
const REGISTRATION_SECS: u64 = 2 * 60 * 60;
/// Long enough to set an authenticator app up on a new phone.
const RECOVERY_SECS: u64 = 15 * 60;
/// Beyond it the expired are swept, then the oldest go: a flood must not eat the memory.
const KEPT_MAX: usize = 4_096;

#[derive(Default)]
pub struct Attempts {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    sign_ins: HashMap<Hash, Waiting<SignIn>>,
    registrations: HashMap<Hash, Waiting<Registration>>,
    recoveries: HashMap<Hash, Waiting<Recovery>>,
    new_passkeys: HashMap<Hash, Waiting<NewPasskey>>,
    asked_passkeys: HashMap<Hash, Waiting<AskedPasskey>>,
    /// By a sign-in name that nobody has, or by a login.
    failures: HashMap<String, Failures>,
}

struct Waiting<T> {
    until: Time,
    attempt: T,
}

/// A sign-in whose first half was answered.
pub struct SignIn {
    pub state: SignInState,
    /// As they were when it began: what is proved is proved against this. `None`: nobody has this name.
    pub member: Option<Member>,
}

/// An account that is being made.
#[derive(Clone)]
pub struct Registration {
    pub member: MemberId,
    /// `None` in the demonstration.
    pub totp_secret: Option<Zeroizing<Vec<u8>>>,
}

/// A password or an authenticator that is being replaced.
#[derive(Clone)]
pub struct Recovery {
    /// As they were when it began. `None`: nobody has this name.
    pub member: Option<Member>,
    pub sign_in_key: String,
    pub lost: Lost,
}

#[derive(Clone)]
pub enum Lost {
    Password,
    Phone { state: SignInState, totp_secret: Zeroizing<Vec<u8>> },
}

/// A passkey that is being added.
pub struct NewPasskey {
    pub member: MemberId,
    pub state: PasskeyRegistration,
}

/// A sign-in whose password was right, and that waits for the passkey.
pub struct AskedPasskey {
    /// As they were when the password was asked.
    pub member: Member,
    pub state: PasskeyAuthentication,
}

/// How often a sign-in failed, and when the next one is looked at.
#[derive(Clone, Copy, Default)]
pub struct Failures {
    pub count: u32,
    pub next_at: Time,
}

/// Under which the failures of a browser that is signed in are counted. No sign-in name is compared in capital letters.
pub fn of_login(login: LoginId) -> String {
    format!("LOGIN {}", login.to_text())
}

/// 1, 2, 4 … 300 seconds after so many failures in a row.
pub fn delay_secs(failures: u32) -> u64 {
    2_u64.saturating_pow(failures.saturating_sub(1)).min(300)
}

impl Attempts {
    pub fn keep_sign_in(&self, name: Hash, attempt: SignIn, now: Time) {
        let mut kept = self.lock();
        make_room(&mut kept.sign_ins, now);
        kept.sign_ins.insert(name, Waiting { until: now.plus_secs(SIGN_IN_SECS), attempt });
    }

    /// Each attempt can be finished once.
    pub fn take_sign_in(&self, name: Hash, now: Time) -> Option<SignIn> {
        let waiting = self.lock().sign_ins.remove(&name)?;
        (waiting.until > now).then_some(waiting.attempt)
    }

    /// `token`: hash of the set-up token or the invitation's.
    pub fn keep_registration(&self, token: Hash, attempt: Registration, now: Time) {
        let mut kept = self.lock();
        make_room(&mut kept.registrations, now);
        kept.registrations.insert(token, Waiting { until: now.plus_secs(REGISTRATION_SECS), attempt });
    }

    /// Stays until it is forgotten: a wrong code may be corrected.
    pub fn registration(&self, token: Hash, now: Time) -> Option<Registration> {
        let kept = self.lock();
        let waiting = kept.registrations.get(&token)?;
        (waiting.until > now).then(|| waiting.attempt.clone())
    }

    pub fn forget_registration(&self, token: Hash) {
        self.lock().registrations.remove(&token);
    }

    pub fn keep_recovery(&self, name: Hash, attempt: Recovery, now: Time) {
        let mut kept = self.lock();
        make_room(&mut kept.recoveries, now);
        kept.recoveries.insert(name, Waiting { until: now.plus_secs(RECOVERY_SECS), attempt });
    }

    /// Stays until it is finished: a wrong code may be corrected, without another secret in the authenticator app.
    pub fn recovery(&self, name: Hash, now: Time) -> Option<Recovery> {
        let kept = self.lock();
        let waiting = kept.recoveries.get(&name)?;
        (waiting.until > now).then(|| waiting.attempt.clone())
    }

    /// `false`: it was finished by another request at the same moment.
    pub fn end_recovery(&self, name: Hash) -> bool {
        self.lock().recoveries.remove(&name).is_some()
    }

    /// What was begun with a password or an authenticator that counts no more must not be finished.
    pub fn forget_all_of(&self, member: MemberId) {
        let mut kept = self.lock();
        let is_other = |of: &Option<Member>| of.as_ref().is_none_or(|of| of.id != member);
        kept.sign_ins.retain(|_, waiting| is_other(&waiting.attempt.member));
        kept.recoveries.retain(|_, waiting| is_other(&waiting.attempt.member));
        kept.new_passkeys.retain(|_, waiting| waiting.attempt.member != member);
        kept.asked_passkeys.retain(|_, waiting| waiting.attempt.member.id != member);
    }

    pub fn keep_new_passkey(&self, name: Hash, attempt: NewPasskey, now: Time) {
        let mut kept = self.lock();
        make_room(&mut kept.new_passkeys, now);
        kept.new_passkeys.insert(name, Waiting { until: now.plus_secs(ANSWER_SECS), attempt });
    }

    /// Each question can be answered once.
    pub fn take_new_passkey(&self, name: Hash, now: Time) -> Option<NewPasskey> {
        let waiting = self.lock().new_passkeys.remove(&name)?;
        (waiting.until > now).then_some(waiting.attempt)
    }

    pub fn keep_asked_passkey(&self, name: Hash, attempt: AskedPasskey, now: Time) {
        let mut kept = self.lock();
        make_room(&mut kept.asked_passkeys, now);
        kept.asked_passkeys.insert(name, Waiting { until: now.plus_secs(ANSWER_SECS), attempt });
    }

    pub fn take_asked_passkey(&self, name: Hash, now: Time) -> Option<AskedPasskey> {
        let waiting = self.lock().asked_passkeys.remove(&name)?;
        (waiting.until > now).then_some(waiting.attempt)
    }

    /// Of what no account counts: a name that nobody has, or a browser that is signed in already ([`of_login`]).
    pub fn failures(&self, of: &str) -> Failures {
        self.lock().failures.get(of).copied().unwrap_or_default()
    }

    pub fn forget_failures(&self, of: &str) {
        self.lock().failures.remove(of);
    }

    /// Counts one more failure; `false` when the delay is not over.
    pub fn fail(&self, of: &str, now: Time) -> bool {
        let mut kept = self.lock();
        if kept.failures.len() >= KEPT_MAX {
            kept.failures.retain(|_, failures| failures.next_at > now);
        }
        if kept.failures.len() >= KEPT_MAX {
            kept.failures.clear();
        }
        let failures = kept.failures.entry(of.to_owned()).or_default();
        if failures.next_at > now {
            return false;
        }
        failures.count += 1;
        failures.next_at = now.plus_secs(delay_secs(failures.count));
        true
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no holder of this lock panics")
    }
}

fn make_room<T>(waiting: &mut HashMap<Hash, Waiting<T>>, now: Time) {
    if waiting.len() < KEPT_MAX {
        return;
    }
    waiting.retain(|_, waiting| waiting.until > now);
    if waiting.len() >= KEPT_MAX
        && let Some(oldest) = waiting.iter().min_by_key(|(_, waiting)| waiting.until).map(|(name, _)| *name)
    {
        waiting.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_five_minutes() {
        let delays: Vec<u64> = (1..=11).map(delay_secs).collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(delay_secs(u32::MAX), 300);
    }

    #[test]
    fn a_name_that_nobody_has_is_slowed_down_like_any_other() {
        let attempts = Attempts::default();
        assert!(attempts.fail("nobody", Time(0)));
        assert!(!attempts.fail("nobody", Time(500)));
        assert!(attempts.fail("nobody", Time(1_000)));
        assert_eq!(attempts.failures("nobody").next_at, Time(3_000));
    }
}
