//! What outlives a restart: accounts, invitations, logins, the signed roster, sites, two keys of the relay, the
//! trail, and counters.
//! One SQL text for SQLite and PostgreSQL.
//!
//! Never: a message, a queue entry, a visitor, or anything about the web that carries a request here.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyPool, Executor};

pub mod care;
pub mod counter;
pub mod invitation;
pub mod keys;
pub mod login;
pub mod member;
pub mod organisation;
pub mod roster;
mod row;
pub mod setting;
pub mod site;
pub mod trail;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Set on every SQLite connection. Deleted rows are overwritten, and a commit is on disk before it is answered.
const SQLITE_PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
     pragma secure_delete = on; pragma busy_timeout = 5000";
const POSTGRES_CONNECTIONS_MAX: u32 = 8;

/// A handle to the database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    SqliteFile(PathBuf),
    /// Gone with the process; for the demonstration.
    SqliteMemory,
    Postgres(String),
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database was made by a newer version of Amparo")]
    Newer,
    #[error("the database could not be brought up to date: {0}")]
    Migration(MigrateError),
    #[error("the database did not answer as expected: {0}")]
    Database(#[from] sqlx::Error),
    /// A row that this program never writes.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(&'static str),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Connects and brings the schema up to date. Refuses a database that a newer program has changed.
    pub async fn open(database: &Database) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let pool = match database {
            Database::Postgres(url) => {
                AnyPoolOptions::new().max_connections(POSTGRES_CONNECTIONS_MAX).connect(url).await?
            }
            sqlite => open_sqlite(sqlite).await?,
        };
        MIGRATIONS.run(&pool).await.map_err(|error| match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Newer,
            other => StoreError::Migration(other),
        })?;
        Ok(Self { pool })
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// SQLite gets one connection: writers never meet, and a database in memory lives exactly as long as it.
async fn open_sqlite(database: &Database) -> Result<AnyPool> {
    let url = match database {
        Database::SqliteFile(path) => format!("sqlite://{}?mode=rwc", path_in_address(path)),
        _ => "sqlite::memory:".to_owned(),
    };
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(SQLITE_PRAGMAS).await?;
                Ok(())
            })
        })
        .connect_with(AnyConnectOptions::from_str(&url)?)
        .await?;
    Ok(pool)
}

/// A path as it may stand in an address: everything but plain letters, digits and `/ . _ -` as `%XX`.
fn path_in_address(path: &std::path::Path) -> String {
    let mut address = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => address.push(char::from(byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address
}
