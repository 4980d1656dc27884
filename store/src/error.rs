//! What can go wrong with the store, as its callers tell it apart.

use std::path::{Path, PathBuf};

/// An error of the store. Messages name the file and the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened, made or read.
    #[error("cannot open the database {path}: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another process has it.
    #[error(
        "the database {0} is in use by another Routebook process; stop that one, or name another file with `database:`"
    )]
    InUse(PathBuf),
    /// A newer Routebook wrote it.
    #[error(
        "the database {path} was written by a newer Routebook (schema {found}, this one knows {known}); run that version, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this binary knows.
        known: i64,
    },
    /// An older Routebook wrote it, and it may not be changed.
    #[error(
        "the database {path} was written by an older Routebook (schema {found}, this one needs {known}); run `routebook migrate`, or start this version's `routebook serve` once"
    )]
    Earlier {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema that this binary needs.
        known: i64,
    },
    /// It is not a sound SQLite database.
    #[error(
        "the database {path} is damaged: {reason}; keep the file, restore the last backup, and start again"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// No room is left.
    #[error(
        "the disk of the database {0} is full; make room: nothing was lost, and it goes on by itself"
    )]
    DiskFull(PathBuf),
    /// It may not be written.
    #[error(
        "the database {0} is read-only for this process; give its user write access to the file and its folder"
    )]
    ReadOnly(PathBuf),
    /// A cluster's name is already that of another cluster.
    #[error(
        "cluster {name:?} is not the one this database knows under that name (its kube-system had UID {known}, now {found}); if the cluster was rebuilt, give it a new name, or run `routebook sync --once --accept-new-identity {name}`"
    )]
    OtherCluster {
        /// The configured name.
        name: String,
        /// The UID the store knows.
        known: String,
        /// The UID the API server states.
        found: String,
    },
    /// Anything else that SQLite says.
    #[error("database: {0}")]
    Other(String),
}

impl Error {
    /// Sorts what SQLite says by what the reader can do about it. The codes are SQLite's primary
    /// result codes (sqlite.org/rescode.html).
    pub(crate) fn from_sqlx(path: &Path, error: &sqlx::Error) -> Self {
        let path = path.to_owned();
        let sqlx::Error::Database(database) = error else {
            return Self::Other(error.to_string());
        };
        let reason = database.message().to_owned();
        let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or(0);
        match code & 0xff {
            5 | 6 => Self::InUse(path),
            8 => Self::ReadOnly(path),
            11 | 26 => Self::Corrupt { path, reason },
            13 => Self::DiskFull(path),
            14 => Self::Open { path, reason },
            _ => Self::Other(reason),
        }
    }
}
