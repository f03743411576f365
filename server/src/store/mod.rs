//! What outlives a restart: accounts, invitations, logins, the signed roster, sites, two keys of the relay, the
//! trail, and counters.
//! One SQL text for SQLite and PostgreSQL.
//!
//! Never: a message, a queue entry, a visitor, or anything about the web that carries a request here.

use std::cmp::Ordering;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor, SqlStr};

pub mod care;
pub mod copy;
pub mod counter;
pub mod invitation;
pub mod keys;
pub mod login;
pub mod member;
pub mod organisation;
pub mod passkey;
pub mod roster;
mod row;
pub mod setting;
pub mod site;
pub mod trail;

use row::Columns;

/// Every change of the schema: number, name, text. Written out, because sqlx's macro compiles both databases once more.
const CHANGES: [(i64, &str, &str); 4] = [
    (1, "first", include_str!("../../migrations/0001_first.sql")),
    (2, "desk", include_str!("../../migrations/0002_desk.sql")),
    (3, "passkey", include_str!("../../migrations/0003_passkey.sql")),
    (4, "reset", include_str!("../../migrations/0004_reset.sql")),
];

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let changes = CHANGES.map(|(number, name, text)| {
        let text = SqlStr::from_static(text);
        Migration::new(number, name.into(), MigrationType::Simple, text, false)
    });
    Migrator::with_migrations(changes.into())
});

/// Set on every SQLite connection. Deleted rows are overwritten, and a commit is on disk before it is answered.
const SQLITE_PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
     pragma secure_delete = on; pragma busy_timeout = 5000";
const POSTGRES_CONNECTIONS_MAX: u32 = 8;

/// A handle to the database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    is_postgres: bool,
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
    #[error("the database was made by an older version of Amparo")]
    Older,
    /// Somebody's accounts may be in it.
    #[error("the database is not new")]
    NotNew,
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
        let store = Self::connect(database, "rwc").await?;
        store.bring_up_to_date().await?;
        Ok(store)
    }

    /// Connects to a database that this version has made, and changes nothing.
    pub async fn open_unchanged(database: &Database) -> Result<Self> {
        let store = Self::connect(database, "rw").await?;
        match store.schema().await?.cmp(&newest_schema()) {
            Ordering::Equal => Ok(store),
            Ordering::Less => Err(StoreError::Older),
            Ordering::Greater => Err(StoreError::Newer),
        }
    }

    /// A new, empty database as the version with this schema would have made it.
    pub async fn create(database: &Database, schema: i64) -> Result<Self> {
        if !MIGRATIONS.version_exists(schema) {
            return Err(StoreError::Newer);
        }
        let store = Self::connect(database, "rwc").await?;
        if store.schema().await.is_ok_and(|schema| schema > 0) {
            return Err(StoreError::NotNew);
        }
        MIGRATIONS.run_to(schema, &store.pool).await.map_err(migration_failed)?;
        Ok(store)
    }

    pub async fn bring_up_to_date(&self) -> Result<()> {
        MIGRATIONS.run(&self.pool).await.map_err(migration_failed)
    }

    /// The number of the last change of the schema; zero in an empty database.
    async fn schema(&self) -> Result<i64> {
        let row = sqlx::query("select coalesce(max(version), 0) as version from _sqlx_migrations")
            .fetch_one(&self.pool)
            .await?;
        row.number("version")
    }

    async fn connect(database: &Database, sqlite_mode: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (pool, is_postgres) = match database {
            Database::Postgres(url) => {
                (AnyPoolOptions::new().max_connections(POSTGRES_CONNECTIONS_MAX).connect(url).await?, true)
            }
            sqlite => (open_sqlite(sqlite, sqlite_mode).await?, false),
        };
        Ok(Self { pool, is_postgres })
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

/// What the newest migration of this program makes.
pub fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn migration_failed(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => StoreError::Newer,
        other => StoreError::Migration(other),
    }
}

/// SQLite gets one connection: writers never meet, and a database in memory lives exactly as long as it.
async fn open_sqlite(database: &Database, mode: &str) -> Result<AnyPool> {
    let url = match database {
        Database::SqliteFile(path) => format!("sqlite://{}?mode={mode}", path_in_address(path)),
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
