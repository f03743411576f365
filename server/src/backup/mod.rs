//! A backup: accounts, keys as they lie wrapped in the store, sites, settings, the signed roster, counters, and the
//! files of versions that tags may be pinned to. One JSON value per line, encrypted as a whole (`lock`).
//!
//! Never: a conversation (none is stored), the ticket keys, logins, or an unencrypted byte on a disk.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::assets::{KEPT_FOLDER, is_plain_name};
use crate::clock::Time;
use crate::store::copy::{Cell, Filling, Table, kept};
use crate::store::{Database, Store, StoreError, newest_schema};

pub mod lock;

const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// The first line.
    Begin {
        format: u32,
        schema: i64,
        made_at: i64,
    },
    /// The rows that follow are of this table.
    Table(Table),
    Row(Vec<Cell>),
    /// Below the folder of kept files: version, name, and the bytes in Base64.
    File(String, String, String),
}

/// How much a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub rows: u64,
    pub files: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Disk(#[from] io::Error),
    #[error("this is not a whole backup of Amparo: {0}")]
    NotABackup(&'static str),
}

/// Writes everything, as it was at one moment, while the relay goes on.
pub async fn write(store: &Store, data: &Path, now: Time, sink: &mut impl Write) -> Result<Held, BackupError> {
    let mut held = Held::default();
    put(sink, &Line::Begin { format: FORMAT, schema: newest_schema(), made_at: now.millis() })?;
    let mut snapshot = store.snapshot().await?;
    for table in kept() {
        put(sink, &Line::Table(table.clone()))?;
        let mut rows = snapshot.rows(&table);
        while let Some(row) = rows.try_next().await? {
            put(sink, &Line::Row(row))?;
            held.rows += 1;
        }
    }
    for (version, name, path) in kept_files(data)? {
        put(sink, &Line::File(version, name, Base64::encode_string(&std::fs::read(path)?)))?;
        held.files += 1;
    }
    Ok(held)
}

/// Fills a new database and an empty data folder, and brings both up to date.
pub async fn read(database: &Database, data: &Path, source: impl BufRead) -> Result<Held, BackupError> {
    let mut lines = source.lines();
    let (format, schema) = match lines.next().transpose()?.as_deref().map(parsed) {
        Some(Ok(Line::Begin { format, schema, .. })) => (format, schema),
        _ => return Err(BackupError::NotABackup("its first line is another one")),
    };
    if format > FORMAT {
        return Err(StoreError::Newer.into());
    }
    let store = Store::create(database, schema).await?;
    let mut filling = store.filling().await?;
    let held = fill(&mut filling, data, lines).await?;
    filling.finish().await?;
    store.bring_up_to_date().await?;
    store.close().await;
    Ok(held)
}

async fn fill(
    filling: &mut Filling,
    data: &Path,
    lines: impl Iterator<Item = io::Result<String>>,
) -> Result<Held, BackupError> {
    let mut held = Held::default();
    let mut table = None;
    for line in lines {
        match parsed(&line?)? {
            Line::Begin { .. } => return Err(BackupError::NotABackup("it begins twice")),
            Line::Table(next) => table = Some(next),
            Line::Row(row) => {
                let table = table.as_ref().ok_or(BackupError::NotABackup("a row is of no table"))?;
                filling.add(table, row).await?;
                held.rows += 1;
            }
            Line::File(version, name, bytes) => {
                restore_file(data, &version, &name, &bytes)?;
                held.files += 1;
            }
        }
    }
    Ok(held)
}

fn restore_file(data: &Path, version: &str, name: &str, bytes: &str) -> Result<(), BackupError> {
    if !is_plain_name(version) || !is_plain_name(name) {
        return Err(BackupError::NotABackup("a file has a strange name"));
    }
    let bytes = Base64::decode_vec(bytes).map_err(|_| BackupError::NotABackup("a file cannot be read"))?;
    let folder = data.join(KEPT_FOLDER).join(version);
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
}

/// Version, name and path of every kept file, in order.
fn kept_files(data: &Path) -> io::Result<Vec<(String, String, PathBuf)>> {
    let mut files = Vec::new();
    for (version, folder) in entries(&data.join(KEPT_FOLDER))? {
        files.extend(entries(&folder)?.into_iter().map(|(name, path)| (version.clone(), name, path)));
    }
    Ok(files)
}

/// The plainly named entries of a folder; none where there is no folder.
fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && is_plain_name(&name)
        {
            entries.push((name, entry.path()));
        }
    }
    entries.sort();
    Ok(entries)
}

fn put(sink: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *sink, line)?;
    sink.write_all(b"\n")
}

fn parsed(line: &str) -> Result<Line, BackupError> {
    serde_json::from_str(line).map_err(|_| BackupError::NotABackup("a line cannot be read"))
}
