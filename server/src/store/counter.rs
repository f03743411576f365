//! Counters per day, language, channel and reason. They say how much was done, never by whom.

use super::row::{Columns, small};
use super::{Result, Store};

/// One number of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Days since 1970.
    pub day: i64,
    pub language: String,
    pub channel: String,
    pub reason: String,
    pub total: u64,
}

impl Store {
    /// Adds one to the counter of that day.
    pub async fn count(&self, day: i64, language: &str, channel: &str, reason: &str, times: u64) -> Result<()> {
        sqlx::query(
            "insert into counter (day, language, channel, reason, total) values ($1, $2, $3, $4, $5) \
             on conflict (day, language, channel, reason) do update set total = counter.total + $5",
        )
        .bind(day)
        .bind(language)
        .bind(channel)
        .bind(reason)
        .bind(i64::try_from(times).unwrap_or(i64::MAX))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub async fn erase_counters_before(&self, day: i64) -> Result<u64> {
        let done = sqlx::query("delete from counter where day < $1").bind(day).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    pub async fn counters(&self, from_day: i64) -> Result<Vec<Counter>> {
        let rows = sqlx::query(
            "select day, language, channel, reason, total from counter where day >= $1 \
             order by day, language, channel, reason",
        )
        .bind(from_day)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Counter {
                    day: row.number("day")?,
                    language: row.text("language")?,
                    channel: row.text("channel")?,
                    reason: row.text("reason")?,
                    total: small(row.number("total")?)?,
                })
            })
            .collect()
    }
}
