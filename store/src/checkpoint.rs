//! Brings the write-ahead log into the database, on a connection of its own: the one that writes
//! would otherwise stop for it in the middle of a first sync.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::open::options;

/// The log is brought in when about so many pages were written. SQLite does it by itself, in the
/// middle of a commit, when it has fallen behind by four times as many.
const PAGES: u64 = 4_000;
/// A small commit writes about so many pages: the upper ones of every index.
const PAGES_OF_COMMIT: u64 = 30;
/// So many more for each row.
const PAGES_OF_ROW: u64 = 2;

/// The task that does it; it ends with this. By default there is none.
#[derive(Debug, Default)]
pub(crate) struct Checkpoints {
    pages: AtomicU64,
    due: Arc<Notify>,
    stop: CancellationToken,
    task: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl Checkpoints {
    pub(crate) async fn start(path: &Path) -> Result<Self, sqlx::Error> {
        let connection = options(path).connect().await?;
        let due = Arc::new(Notify::new());
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(connection, due.clone(), stop.clone()));
        let task = Mutex::new(Some(AbortOnDropHandle::new(task)));
        Ok(Self { pages: AtomicU64::new(0), due, stop, task })
    }

    /// Ends the task and closes its connection.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        if let Some(Err(error)) = async { Some(self.task.lock().await.take()?.await) }.await {
            tracing::error!(%error, "the checkpoints did not end in order");
        }
    }

    /// So many rows were committed.
    pub(crate) fn committed(&self, rows: u64) {
        let pages = PAGES_OF_COMMIT + rows * PAGES_OF_ROW;
        if self.pages.fetch_add(pages, Ordering::Relaxed) + pages >= PAGES {
            self.pages.store(0, Ordering::Relaxed);
            self.due.notify_one();
        }
    }
}

async fn run(mut connection: SqliteConnection, due: Arc<Notify>, stop: CancellationToken) {
    while stop.run_until_cancelled(due.notified()).await.is_some() {
        // Waits for nobody: what readers still need stays in the log until the next time.
        let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)");
        if let Err(error) = checkpoint.execute(&mut connection).await {
            tracing::warn!(%error, "the write-ahead log could not be brought into the database");
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the connection of the checkpoints could not be closed");
    }
}
