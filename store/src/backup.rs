//! A consistent copy of the database, also while another process writes to it.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::Error;

/// Copies the database to a new file, in one read transaction. It takes no lock, so a running
/// Routebook goes on. The copy is complete or not there.
pub async fn backup(database: &Path, to: &Path) -> Result<(), Error> {
    let taken = |reason: &str| Error::Open { path: to.to_owned(), reason: reason.to_owned() };
    if tokio::fs::try_exists(to).await.unwrap_or(true) {
        return Err(taken("the file is there already, and a backup overwrites nothing"));
    }
    let failed = |error| Error::from_sqlx(database, &error);
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = options.disable_statement_logging().connect().await.map_err(failed)?;
    let target = to.to_str().ok_or_else(|| taken("its name is not UTF-8"))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(target).execute(&mut connection).await;
    if let Err(error) = copied {
        let _ = tokio::fs::remove_file(to).await;
        return Err(Error::from_sqlx(to, &error));
    }
    connection.close().await.map_err(failed)
}
