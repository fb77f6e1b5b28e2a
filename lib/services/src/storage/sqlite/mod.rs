//! The tables in SQLite.
//!
//! The statements keep to what PostgreSQL understands as well (`$1` for values, `ON CONFLICT`, no type of either one alone); only
//! the migrations differ. Every commit waits for the disk: an answer that says "recorded" must survive the loss of power.

mod audit;
mod certificates;
mod credentials;
mod events;
mod identity_tokens;
mod log;
mod packages;
mod provisions;
mod publishers;
mod registrations;
mod row;
mod stage;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

use super::StorageError;

/// A SQLite database that holds all tables.
#[derive(Clone, Debug)]
pub(crate) struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens a database file, makes it when it is missing, and brings its tables to this version's form.
    pub(crate) async fn open_file(path: &Path) -> Result<Self, StorageError> {
        Self::open(SqliteConnectOptions::new().filename(path), CONNECTIONS).await
    }

    /// Opens the database at a URL, for example `sqlite:///var/lib/services.sqlite` or `sqlite::memory:`.
    pub(crate) async fn open_url(url: &str) -> Result<Self, StorageError> {
        // Each connection to memory is a database of its own, so there may be only one.
        let connections = if url.contains(":memory:") || url.contains("mode=memory") {
            1
        } else {
            CONNECTIONS
        };
        Self::open(SqliteConnectOptions::from_str(url)?, connections).await
    }

    /// Waits until every connection is closed.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    async fn open(options: SqliteConnectOptions, connections: u32) -> Result<Self, StorageError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await?;
        let store = Self { pool };
        store.append_older_events().await?;
        Ok(store)
    }

    /// Begins a transaction that will write. It takes the write lock at once: one that reads first and asks for the lock later is
    /// refused when another one was quicker, and no waiting helps.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StorageError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
const CONNECTIONS: u32 = 4;
/// Longer than any other write takes; after that something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);
