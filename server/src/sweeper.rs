//! Erases what has expired: logins, unused invitations, the old ends of the trail and of the counters,
//! and in memory what is left of those who came; every ten minutes.

use std::time::Duration;

use amparo_protocol::limits::AFTER_SHIFT_SECS;

use crate::app::App;
use crate::error::ApiError;

const EVERY: Duration = Duration::from_secs(10 * 60);
/// Who changed what is kept for a year.
const TRAIL_SECS: u64 = 365 * 24 * 60 * 60;
/// Two years of counts tell how this year differs from the last.
const COUNTED_DAYS: i64 = 2 * 366;

/// Starts the sweeper; it ends with the app's tasks.
pub fn start(app: &App) {
    app.tasks.spawn(run(app.clone()));
}

async fn run(app: App) {
    loop {
        if let Err(ApiError::Store(cause)) = sweep(&app).await {
            tracing::error!(%cause, "expired rows could not be erased");
        }
        tokio::select! {
            () = app.tasks.stop.cancelled() => return,
            () = app.clock.sleep_until(app.clock.now().plus_secs(EVERY.as_secs())) => {}
        }
    }
}

/// Erases what has expired by now.
pub async fn sweep(app: &App) -> Result<(), ApiError> {
    let now = app.clock.now();
    app.buckets.sweep(&app.random, now);
    // Until then an open conversation goes on (guard::login_of_page).
    app.store.erase_expired_logins(now.minus_secs(AFTER_SHIFT_SECS)).await?;
    app.store.erase_expired_invitations(now).await?;
    app.store.erase_trail_before(now.minus_secs(TRAIL_SECS)).await?;
    app.store.erase_counters_before(now.unix_days() - COUNTED_DAYS).await?;
    Ok(())
}
