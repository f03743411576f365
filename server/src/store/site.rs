//! Sites: the websites that carry the tag, with their allowed origins and the numbers that every screen shows.

use amparo_protocol::id::SiteKey;
use amparo_protocol::wire::{Phone, WhatsApp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::row::{Columns, small};
use super::{Result, Store};
use crate::clock::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub key: SiteKey,
    pub name: String,
    /// Scheme, host and port, as browsers send them.
    pub origins: Vec<String>,
    pub emergency: String,
    pub phones: Vec<Phone>,
    pub whatsapp: Option<WhatsApp>,
    /// How long a resume deposit outlives the visitor's connection.
    pub deposit_secs: u32,
}

impl Store {
    pub async fn site(&self, key: SiteKey) -> Result<Option<Site>> {
        let row = sqlx::query(
            "select id, name, emergency, whatsapp_digits, whatsapp_always_at, deposit_secs from site where id = $1",
        )
        .bind(key.to_text())
        .fetch_optional(&self.pool)
        .await?;
        match row {
            Some(row) => Ok(Some(self.site_from(&row).await?)),
            None => Ok(None),
        }
    }

    /// All sites, the oldest first.
    pub async fn sites(&self) -> Result<Vec<Site>> {
        let rows = sqlx::query(
            "select id, name, emergency, whatsapp_digits, whatsapp_always_at, deposit_secs from site \
             order by created_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut sites = Vec::with_capacity(rows.len());
        for row in &rows {
            sites.push(self.site_from(row).await?);
        }
        Ok(sites)
    }

    pub async fn add_site(&self, site: &Site, now: Time) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        insert(&mut transaction, site, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// `false` when there is no site under this key.
    pub async fn change_site(&self, site: &Site, now: Time) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "update site set name = $2, emergency = $3, whatsapp_digits = $4, whatsapp_always_at = $5, \
             deposit_secs = $6 where id = $1",
        )
        .bind(site.key.to_text())
        .bind(&site.name)
        .bind(&site.emergency)
        .bind(site.whatsapp.as_ref().map(|whatsapp| whatsapp.digits.as_str()))
        .bind(always_at(site, now))
        .bind(i64::from(site.deposit_secs))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        sqlx::query("delete from site_origin where site = $1")
            .bind(site.key.to_text())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("delete from site_phone where site = $1")
            .bind(site.key.to_text())
            .execute(&mut *transaction)
            .await?;
        insert_lists(&mut transaction, site).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn site_from(&self, row: &AnyRow) -> Result<Site> {
        let key: SiteKey = row.id("id")?;
        let always = row.number_or_none("whatsapp_always_at")?.is_some();
        Ok(Site {
            key,
            name: row.text("name")?,
            origins: self.origins_of(key).await?,
            emergency: row.text("emergency")?,
            phones: self.phones_of(key).await?,
            whatsapp: row.text_or_none("whatsapp_digits")?.map(|digits| WhatsApp { digits, always }),
            deposit_secs: small(row.number("deposit_secs")?)?,
        })
    }

    async fn origins_of(&self, key: SiteKey) -> Result<Vec<String>> {
        let rows = sqlx::query("select origin from site_origin where site = $1 order by place")
            .bind(key.to_text())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.text("origin")).collect()
    }

    async fn phones_of(&self, key: SiteKey) -> Result<Vec<Phone>> {
        let rows = sqlx::query("select number, note from site_phone where site = $1 order by place")
            .bind(key.to_text())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(Phone { number: row.text("number")?, note: row.text("note")? })).collect()
    }
}

pub(super) async fn insert(connection: &mut AnyConnection, site: &Site, now: Time) -> Result<()> {
    sqlx::query(
        "insert into site (id, name, emergency, whatsapp_digits, whatsapp_always_at, deposit_secs, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(site.key.to_text())
    .bind(&site.name)
    .bind(&site.emergency)
    .bind(site.whatsapp.as_ref().map(|whatsapp| whatsapp.digits.as_str()))
    .bind(always_at(site, now))
    .bind(i64::from(site.deposit_secs))
    .bind(now.millis())
    .execute(&mut *connection)
    .await?;
    insert_lists(connection, site).await
}

async fn insert_lists(connection: &mut AnyConnection, site: &Site) -> Result<()> {
    for (place, origin) in (0_i64..).zip(&site.origins) {
        sqlx::query("insert into site_origin (site, origin, place) values ($1, $2, $3)")
            .bind(site.key.to_text())
            .bind(origin)
            .bind(place)
            .execute(&mut *connection)
            .await?;
    }
    for (place, phone) in (0_i64..).zip(&site.phones) {
        sqlx::query("insert into site_phone (site, place, number, note) values ($1, $2, $3, $4)")
            .bind(site.key.to_text())
            .bind(place)
            .bind(&phone.number)
            .bind(&phone.note)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn always_at(site: &Site, now: Time) -> Option<i64> {
    site.whatsapp.as_ref().filter(|whatsapp| whatsapp.always).map(|_| now.millis())
}
