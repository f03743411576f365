//! The tables as rows that travel: out of a database into a backup, and back into a new one.
//!
//! Never: ticket keys, logins or the set-up address. They end with the machine; whoever is restored signs in again.

use base64ct::{Base64, Encoding};
use futures_util::stream::{BoxStream, StreamExt};
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyQueryResult, AnyRow};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::row::Columns;
use super::{Result, Store, StoreError};
use Kind::{Bytes, Number, Text};

/// A table, its columns, and what they hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<(String, Kind)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Text,
    Number,
    Bytes,
}

/// One value of a row. Bytes are text in Base64; the table's columns say which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Number(i64),
    Text(String),
    Nothing,
}

/// What a backup holds. Who is referred to comes before who refers.
const KEPT: [(&str, &[(&str, Kind)]); 12] = [
    ("organisation", &[("id", Text), ("name", Text), ("org_key", Bytes), ("created_at", Number)]),
    (
        "member",
        &[
            ("id", Text),
            ("sign_in_key", Text),
            ("sign_in_name", Text),
            ("pseudonym", Text),
            ("avatar", Number),
            ("roles", Number),
            ("languages", Text),
            ("password_record", Bytes),
            ("wrapped_by_password", Bytes),
            ("wrapped_by_recovery", Bytes),
            ("wrapped_org_key", Bytes),
            ("keys", Bytes),
            ("next_key_index", Number),
            ("totp_secret", Bytes),
            ("totp_used_step", Number),
            ("failed_sign_ins", Number),
            ("next_sign_in_at", Number),
            ("approved_at", Number),
            ("created_at", Number),
        ],
    ),
    (
        "passkey",
        &[
            ("id", Text),
            ("member", Text),
            ("name", Text),
            ("credential_id", Text),
            ("credential", Text),
            ("added_at", Number),
            ("used_at", Number),
        ],
    ),
    ("member_care", &[("member", Text), ("conversations_max", Number), ("valid_until", Text)]),
    (
        "invitation",
        &[
            ("id", Text),
            ("invited_by", Text),
            ("roles", Number),
            ("wrapped_secret", Bytes),
            ("member", Text),
            ("binding", Bytes),
            ("created_at", Number),
            ("expires_at", Number),
            ("used_at", Number),
            ("resets", Text),
        ],
    ),
    ("roster", &[("seq", Number), ("roster", Bytes), ("register", Bytes), ("published_at", Number)]),
    (
        "roster_entry",
        &[
            ("seq", Number),
            ("roster_member", Text),
            ("member", Text),
            ("key_index", Number),
            ("badge", Bytes),
            ("roles", Number),
        ],
    ),
    ("site", &[("id", Text), ("settings", Text), ("created_at", Number)]),
    ("setting", &[("id", Text), ("version", Number), ("value", Text)]),
    ("opaque_setup", &[("id", Text), ("setup", Bytes), ("made_at", Number)]),
    ("counter", &[("day", Number), ("language", Text), ("channel", Text), ("reason", Text), ("total", Number)]),
    ("trail", &[("id", Text), ("at", Number), ("by_member", Text), ("what", Text)]),
];

/// What no backup holds.
pub const LEFT_OUT: [&str; 3] = ["login", "setup_token", "ticket_key"];

/// The tables that a backup of this version holds.
pub fn kept() -> impl Iterator<Item = Table> {
    KEPT.iter().map(|(name, columns)| Table {
        name: (*name).to_owned(),
        columns: columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
    })
}

/// All tables as they were at one moment, however long the reading takes and whatever is written meanwhile.
pub struct Snapshot {
    transaction: Transaction<'static, Any>,
}

impl Snapshot {
    pub fn rows(&mut self, table: &Table) -> BoxStream<'_, Result<Vec<Cell>>> {
        let columns = table.columns.clone();
        sqlx::query(AssertSqlSafe(format!("select {} from {}", names(table), table.name)))
            .fetch(&mut *self.transaction)
            .map(move |row| cells(&row?, &columns))
            .boxed()
    }
}

/// A new database on its way to be filled. Without `finish` it stays empty.
pub struct Filling {
    transaction: Transaction<'static, Any>,
}

impl Filling {
    pub async fn add(&mut self, table: &Table, row: Vec<Cell>) -> Result<()> {
        require(is_of_a_backup(table) && row.len() == table.columns.len())?;
        let places: Vec<String> = (1..=row.len()).map(|at| format!("${at}")).collect();
        let insert = format!("insert into {} ({}) values ({})", table.name, names(table), places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(insert));
        for (cell, (_, kind)) in row.into_iter().zip(&table.columns) {
            query = match (kind, cell) {
                (Text, Cell::Text(text)) => query.bind(text),
                (Number, Cell::Number(number)) => query.bind(number),
                (Bytes, Cell::Text(text)) => query.bind(decoded(&text)?),
                (Text, Cell::Nothing) => query.bind(None::<String>),
                (Number, Cell::Nothing) => query.bind(None::<i64>),
                (Bytes, Cell::Nothing) => query.bind(None::<Vec<u8>>),
                _ => return Err(StoreError::Corrupt("a value of a backup")),
            };
        }
        let _inserted: AnyQueryResult = query.execute(&mut *self.transaction).await?;
        Ok(())
    }

    pub async fn finish(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

impl Store {
    pub async fn snapshot(&self) -> Result<Snapshot> {
        // SQLite's readers see one moment anyway; PostgreSQL has to be asked.
        let begin = if self.is_postgres { "begin isolation level repeatable read, read only" } else { "begin" };
        Ok(Snapshot { transaction: self.pool.begin_with(begin).await? })
    }

    pub async fn filling(&self) -> Result<Filling> {
        Ok(Filling { transaction: self.pool.begin().await? })
    }
}

fn cells(row: &AnyRow, columns: &[(String, Kind)]) -> Result<Vec<Cell>> {
    let cell = |(name, kind): &(String, Kind)| {
        Ok(match kind {
            Text => row.text_or_none(name)?.map(Cell::Text),
            Number => row.number_or_none(name)?.map(Cell::Number),
            Bytes => row.bytes_or_none(name)?.map(|bytes| Cell::Text(Base64::encode_string(&bytes))),
        }
        .unwrap_or(Cell::Nothing))
    };
    columns.iter().map(cell).collect()
}

fn names(table: &Table) -> String {
    table.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    Base64::decode_vec(text).map_err(|_| StoreError::Corrupt("bytes of a backup"))
}

/// Names become SQL: only plain ones do, and never those of a table that is not copied.
fn is_of_a_backup(table: &Table) -> bool {
    let is_plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_plain(&table.name)
        && !table.name.starts_with('_')
        && !LEFT_OUT.contains(&table.name.as_str())
        && table.columns.iter().all(|(name, _)| is_plain(name))
}

fn require(is_right: bool) -> Result<()> {
    if is_right { Ok(()) } else { Err(StoreError::Corrupt("a table of a backup")) }
}
