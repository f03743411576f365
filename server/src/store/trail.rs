//! The trail: who changed what in the house, and when. Nothing of what it was changed to.

use amparo_protocol::desk::TrailEvent;
use amparo_protocol::id::MemberId;

use super::row::Columns;
use super::{Result, Store, StoreError};
use crate::clock::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEntry {
    pub at: Time,
    pub by: MemberId,
    pub what: TrailEvent,
}

impl Store {
    pub async fn add_to_trail(&self, id: &str, entry: &TrailEntry) -> Result<()> {
        sqlx::query("insert into trail (id, at, by_member, what) values ($1, $2, $3, $4)")
            .bind(id)
            .bind(entry.at.millis())
            .bind(entry.by.to_text())
            .bind(entry.what.word())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The newest first, at most so many.
    pub async fn trail(&self, max: u32) -> Result<Vec<TrailEntry>> {
        let rows = sqlx::query("select at, by_member, what from trail order by at desc, id desc limit $1")
            .bind(i64::from(max))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let what =
                    TrailEvent::from_word(&row.text("what")?).ok_or(StoreError::Corrupt("an event of the trail"))?;
                Ok(TrailEntry { at: Time(row.number("at")?), by: row.id("by_member")?, what })
            })
            .collect()
    }

    pub async fn erase_trail_before(&self, at: Time) -> Result<u64> {
        let done = sqlx::query("delete from trail where at < $1").bind(at.millis()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
