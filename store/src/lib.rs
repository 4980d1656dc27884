//! The SQLite store; the only crate that names sqlx.
//!
//! One connection writes, in `BEGIN IMMEDIATE` transactions; several only read. Everything a
//! person was told is saved is on the disk by then (WAL with `synchronous=FULL`). Rows are private
//! structs turned into domain types here. SQL stays portable where SQLite allows it.

mod acts;
mod answers;
mod attestations;
mod audit;
mod backup;
mod campaigns;
mod checkpoint;
mod claims;
mod detail;
mod error;
mod evidence;
mod export;
mod figures;
mod guesses;
mod ingresses;
mod inventory;
mod known;
mod migrations;
mod open;
mod owners;
mod reassess;
mod retirements;
mod reviews;
mod row;
mod series;
mod sessions;
mod settings;
mod sign_ins;
mod surroundings;
mod sync_status;
mod traffic;
mod users;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::assess::Rules;
use domain::retirement;
use domain::sync::ClusterStatus;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, SqlitePool};
use tokio::sync::watch;

use checkpoint::Checkpoints;

pub use acts::{Act, ActError};
pub use backup::backup;
pub use campaigns::{CampaignRow, CampaignView, Evidence, EvidenceRow, Preview, Progress};
pub use claims::{ClaimAnswer, ClaimReply, ClaimRow, MOST_CLAIMS};
pub use error::Error;
pub use evidence::{Scope, Target, TlsSighting};
pub use ingresses::{Applied, Batch, Gone, Known, Sighting};
pub use migrations::SCHEMA;
pub use retirements::{RetirementNews, RetirementPage, RetirementRow, Tick};
pub use reviews::{Basis, Comment, DecidedIn, ReviewCard, ReviewPage, ReviewRow};
pub use series::OpenedSeries;
pub use sessions::{LogoutOutcome, NewSession, SignedIn};
pub use sign_ins::BegunSignIn;
pub use surroundings::{Facts, Surrounding};
pub use traffic::{PresentIngress, Round, SeenSample, SourceState};
pub use users::{SessionRow, UserWithSessions};

/// The store: one writer, several readers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    readers: SqlitePool,
    writer: tokio::sync::Mutex<SqliteConnection>,
    checkpoints: Checkpoints,
    rows_written: AtomicU64,
    /// See [`Store::writes`].
    writes: AtomicU64,
    statuses: Mutex<Vec<ClusterStatus>>,
    /// By what the operator wants ingresses to be judged.
    rules: RwLock<Arc<Rules>>,
    /// How retirements go.
    retirement: RwLock<retirement::Policy>,
    revision: watch::Sender<u64>,
    sqlite_version: String,
    /// Held as long as the store is open for writing, so that a second process refuses.
    lock: Option<File>,
}

impl Store {
    /// Opens the file, makes it if it is not there, and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        open::open(path).await
    }

    /// Opens the file to read from it only, also while another process writes to it. Its schema must
    /// be the one that this binary knows.
    pub async fn open_read_only(path: &Path) -> Result<Self, Error> {
        open::open_read_only(path).await
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The schema version and SQLite's version.
    pub fn versions(&self) -> (i64, String) {
        (SCHEMA, self.0.sqlite_version.clone())
    }

    /// A number that changes with every commit that changed something a page shows.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    /// How many rows of objects were written since the store was opened; the sync status is none.
    pub fn rows_written(&self) -> u64 {
        self.0.rows_written.load(Ordering::Relaxed)
    }

    /// The bytes that the database and its write-ahead log take on the disk.
    pub async fn size(&self) -> Result<u64, Error> {
        let length = |suffix: &str| {
            let mut file = self.0.path.clone().into_os_string();
            file.push(suffix);
            async move { tokio::fs::metadata(file).await.map_or(0, |meta| meta.len()) }
        };
        Ok(length("").await + length("-wal").await)
    }

    /// Sets how retirements go that are requested from now on.
    pub fn set_retirement_policy(&self, policy: retirement::Policy) {
        *self.0.retirement.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// How retirements go.
    pub fn retirement_policy(&self) -> retirement::Policy {
        *self.0.retirement.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finishes what is under way, saves the sync status and closes the file.
    pub async fn close(self) -> Result<(), Error> {
        if self.0.lock.is_none() {
            self.0.readers.close().await;
            return Ok(());
        }
        self.save_statuses().await?;
        self.0.readers.close().await;
        self.0.checkpoints.stop().await;
        let mut writer = self.writer().await?;
        let checkpoint = sqlx::raw_sql("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
        checkpoint.execute(&mut *writer).await.map_err(self.failed())?;
        drop(writer);
        // Unless somebody still holds the store: then its last holder closes the connection.
        if let Some(inner) = Arc::into_inner(self.0) {
            let failed = |error| Error::from_sqlx(&inner.path, &error);
            inner.writer.into_inner().close().await.map_err(failed)?;
        }
        Ok(())
    }

    /// So many rows of objects were committed, if any.
    fn committed(&self, rows: u64) {
        if rows > 0 {
            self.0.rows_written.fetch_add(rows, Ordering::Relaxed);
            self.0.checkpoints.committed(rows);
            self.announce();
        }
    }

    /// Says that something a page shows has changed.
    fn announce(&self) {
        self.0.revision.send_modify(|revision| *revision += 1);
    }

    /// Turns an error of SQLite into one that names the file and the way out.
    fn failed(&self) -> impl Fn(sqlx::Error) -> Error + '_ {
        |error| Error::from_sqlx(&self.0.path, &error)
    }
}
