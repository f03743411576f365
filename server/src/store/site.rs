//! Sites: the websites that carry the tag, with their allowed origins and the numbers that every screen shows.

use amparo_protocol::id::SiteKey;
use amparo_protocol::settings::SiteSettings;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::row::{Columns, json, to_json};
use super::{Result, Store};
use crate::clock::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub key: SiteKey,
    /// Checked, and in the one form in which they are kept; `key` is in them too.
    pub settings: SiteSettings,
}

impl Store {
    pub async fn site(&self, key: SiteKey) -> Result<Option<Site>> {
        let row = sqlx::query("select id, settings from site where id = $1")
            .bind(key.to_text())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(site_from).transpose()
    }

    /// All sites, the oldest first.
    pub async fn sites(&self) -> Result<Vec<Site>> {
        let rows = sqlx::query("select id, settings from site order by created_at, id").fetch_all(&self.pool).await?;
        rows.iter().map(site_from).collect()
    }

    pub async fn add_site(&self, site: &Site, now: Time) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        insert(&mut connection, site, now).await
    }

    /// `false` when there is no site under this key.
    pub async fn change_site(&self, site: &Site) -> Result<bool> {
        let done = sqlx::query("update site set settings = $2 where id = $1")
            .bind(site.key.to_text())
            .bind(to_json(&site.settings))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

pub(super) async fn insert(connection: &mut AnyConnection, site: &Site, now: Time) -> Result<()> {
    sqlx::query("insert into site (id, settings, created_at) values ($1, $2, $3)")
        .bind(site.key.to_text())
        .bind(to_json(&site.settings))
        .bind(now.millis())
        .execute(connection)
        .await?;
    Ok(())
}

fn site_from(row: &AnyRow) -> Result<Site> {
    let key = row.id("id")?;
    Ok(Site { key, settings: json(&row.text("settings")?)? })
}
