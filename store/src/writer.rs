//! The one connection that writes, for one caller at a time.

use sqlx::{Connection, SqliteConnection};
use tokio::sync::MutexGuard;

use crate::{Error, Store, open};

impl Store {
    /// The writer, outside any transaction.
    ///
    /// When the disk is full or fails, SQLite rolls back by itself (sqlite.org/lang_transaction.html,
    /// section 2.3). sqlx's own rollback then fails, and sqlx counts on a transaction that is gone
    /// and refuses every later one. A connection in that state is replaced.
    pub(crate) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, Error> {
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
