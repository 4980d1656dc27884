//! The one connection that writes, for one caller at a time.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::MutexGuard;

use crate::{Error, Store, open};

/// The connection that writes, as long as this is held.
pub(crate) struct Writer<'a> {
    connection: MutexGuard<'a, SqliteConnection>,
    /// Raised before the next one can write, unless nothing is written that ingresses are judged by.
    writes: Option<&'a AtomicU64>,
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if let Some(writes) = self.writes {
            writes.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Deref for Writer<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Store {
    /// A number that stays the same as long as nothing is written that ingresses may be judged by.
    /// Whoever takes it, reads, and finds it the same with the writer in hand, has read what stands.
    pub(crate) fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::Acquire)
    }

    /// The writer, for everything but sights of ingresses.
    pub(crate) async fn writer(&self) -> Result<Writer<'_>, Error> {
        let connection = self.connection().await?;
        Ok(Writer { connection, writes: Some(&self.0.writes) })
    }

    /// The writer, for sights of ingresses: no ingress is judged by another.
    pub(crate) async fn ingress_writer(&self) -> Result<Writer<'_>, Error> {
        Ok(Writer { connection: self.connection().await?, writes: None })
    }

    /// The writer, outside any transaction.
    ///
    /// When the disk is full or fails, SQLite rolls back by itself (sqlite.org/lang_transaction.html,
    /// section 2.3). sqlx's own rollback then fails, and sqlx counts on a transaction that is gone
    /// and refuses every later one. A connection in that state is replaced.
    async fn connection(&self) -> Result<MutexGuard<'_, SqliteConnection>, Error> {
        let mut writer = self.0.writer.lock().await;
        if writer.is_in_transaction() {
            // The rollback of a caller that was dropped may be on its way: a round trip is behind it.
            writer.ping().await.map_err(self.failed())?;
        }
        if writer.is_in_transaction() {
            *writer = open::connect_writer(&self.0.path, false).await.map_err(self.failed())?;
        }
        Ok(writer)
    }
}
