//! Opening the database file, and refusing to when that would not be safe.

use std::cmp::Ordering;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::watch;

use crate::checkpoint::Checkpoints;
use crate::{Error, Inner, SCHEMA, Store, migrations, sync_status};

/// Older ones may lose commits when the write-ahead log is reset (sqlite.org/wal.html#walresetbug).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// Pages of cache for the writer, in KiB: enough for the upper levels of all indexes.
const WRITER_CACHE_KIB: i64 = 8 * 1024;

pub(crate) async fn open(path: &Path) -> Result<Store, Error> {
    let lock = lock(path)?;
    let failed = |error| Error::from_sqlx(path, &error);
    let mut writer = connect_writer(path, true).await.map_err(failed)?;
    let sqlite_version = supported_sqlite(&mut writer, path).await?;
    let found = migrations::version(&mut writer).await.map_err(failed)?;
    if found > SCHEMA {
        let known = SCHEMA;
        return Err(Error::Newer { path: path.to_owned(), found, known });
    }
    writable(&mut writer).await.map_err(failed)?;
    migrations::migrate(&mut writer).await.map_err(failed)?;
    let checkpoints = Checkpoints::start(path).await.map_err(failed)?;
    opened(path, writer, sqlite_version, Some((lock, checkpoints))).await
}

pub(crate) async fn open_read_only(path: &Path) -> Result<Store, Error> {
    let failed = |error| Error::from_sqlx(path, &error);
    let mut reader = options(path).read_only(true).connect().await.map_err(failed)?;
    let sqlite_version = supported_sqlite(&mut reader, path).await?;
    let (found, known) = (migrations::version(&mut reader).await.map_err(failed)?, SCHEMA);
    let path = path.to_owned();
    match found.cmp(&known) {
        Ordering::Greater => Err(Error::Newer { path, found, known }),
        Ordering::Less => Err(Error::Earlier { path, found, known }),
        Ordering::Equal => opened(&path, reader, sqlite_version, None).await,
    }
}

/// Reads the statuses, and opens the connections that only read.
async fn opened(
    path: &Path,
    mut writer: SqliteConnection,
    sqlite_version: String,
    writing: Option<(File, Checkpoints)>,
) -> Result<Store, Error> {
    let failed = |error| Error::from_sqlx(path, &error);
    let statuses = sync_status::load(&mut writer).await.map_err(failed)?;
    let readers = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(4)
        // A file does not hang up: asking each time whether it is still there only costs.
        .test_before_acquire(false)
        .connect_with(options(path).read_only(true))
        .await
        .map_err(failed)?;
    let (lock, checkpoints) = writing.unzip();
    Ok(Store(Arc::new(Inner {
        path: path.to_owned(),
        readers,
        writer: tokio::sync::Mutex::new(writer),
        rows_written: AtomicU64::new(0),
        writes: AtomicU64::new(0),
        checkpoints: checkpoints.unwrap_or_default(),
        statuses: Mutex::new(statuses),
        rules: RwLock::default(),
        retirement: RwLock::default(),
        revision: watch::Sender::new(1),
        sqlite_version,
        lock,
    })))
}

/// The connection that writes.
pub(crate) async fn connect_writer(
    path: &Path,
    create: bool,
) -> Result<SqliteConnection, sqlx::Error> {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .create_if_missing(create)
        .pragma("cache_size", (-WRITER_CACHE_KIB).to_string())
        .connect()
        .await
}

/// What every connection has in common. How changes are logged is for the writer to say: a copy that a
/// backup made is read as it is.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("wal_autocheckpoint", "16000")
        .disable_statement_logging()
}

/// Holds `FILE.lock` for this process; the operating system lets go of it when the process ends.
fn lock(path: &Path) -> Result<File, Error> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Error::ReadOnly(path.to_owned())
        }
        std::io::ErrorKind::StorageFull => Error::DiskFull(path.to_owned()),
        _ => Error::Open { path: path.to_owned(), reason: error.to_string() },
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(name);
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

async fn supported_sqlite(writer: &mut SqliteConnection, path: &Path) -> Result<String, Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(writer)
        .await
        .map_err(|error| Error::from_sqlx(path, &error))?;
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    match numbers[..] {
        [major, minor, patch] if (major, minor, patch) >= OLDEST_SQLITE => Ok(version),
        _ => Err(Error::Other(format!("SQLite {version} is too old; 3.51.3 is needed"))),
    }
}

/// Fails now, with the true reason, rather than at the first change.
async fn writable(writer: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let probe = sqlx::raw_sql("BEGIN IMMEDIATE; PRAGMA user_version = 0; ROLLBACK;");
    probe.execute(writer).await?;
    Ok(())
}
