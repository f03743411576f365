//! What the rota and the house's records say about this member: read again every minute and when a turn begins or ends.

use amparo_protocol::rota::OnRota;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Desk;
use crate::api;

const AGAIN_MS: u64 = 60_000;
/// A turn that begins or ends is looked at soon after, and not in every second until the answer comes.
const SOON_MS: u64 = 3_000;

impl Desk {
    pub(super) fn keep_own_duty(&self, now_ms: u64) {
        let age_ms = now_ms.saturating_sub(self.own_duty_at_ms.get_value());
        let is_over = self.own_duty.with_untracked(|own| turns_at(own.now)).is_some_and(|at_ms| at_ms <= now_ms);
        if age_ms >= AGAIN_MS || is_over && age_ms >= SOON_MS {
            self.own_duty_at_ms.set_value(now_ms);
            self.load_own_duty();
        }
    }

    /// On a bad line what was read before goes on being shown; the relay decides in any case.
    pub fn load_own_duty(&self) {
        let own_duty = self.own_duty;
        spawn_local(async move {
            if let Ok(own) = api::own_duty().await {
                own_duty.try_set(own);
            }
        });
    }
}

/// When what is said about now is no longer true.
fn turns_at(now: OnRota) -> Option<u64> {
    match now {
        OnRota::On { until_unix_secs: at } | OnRota::Off { next_unix_secs: Some(at) } => Some(at * 1_000),
        OnRota::Off { next_unix_secs: None } | OnRota::Unused => None,
    }
}
