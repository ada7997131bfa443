//! The `SQLite` database of everything local that DynamoDB does not hold: messages, mails, stream positions.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// One connection; every use is short, so one lock is enough.
#[derive(Debug)]
pub(crate) struct Store(Mutex<Connection>);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        id TEXT NOT NULL,
        content TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receives INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER,
        receipt TEXT,
        source TEXT
    );
    CREATE INDEX IF NOT EXISTS message_visible ON message (queue, visible_at, seq);
    CREATE TABLE IF NOT EXISTS mail (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS position (source TEXT PRIMARY KEY, after TEXT NOT NULL);
";

impl Store {
    /// Opens the file, or a database in memory.
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        // A laptop that loses power may lose its last second, not its file.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(connection)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in between leaves at most a transaction that SQLite rolls back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
