//! A consistent copy of the database, also while another process writes to it. Nobody gets in by it:
//! it has neither sessions nor sign-ins that have begun.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::Error;

/// Copies the database to a new file, in one read transaction, and takes the sessions out of the copy.
/// It takes no lock, so a running Routebook goes on. The copy is complete or not there.
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
    let done = match copied {
        Ok(_) => end_sessions(to).await,
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        let _ = tokio::fs::remove_file(to).await;
        return Err(Error::from_sqlx(to, &error));
    }
    connection.close().await.map_err(failed)
}

/// Leaves nothing of them in the file, also not in pages that are free. The copy of an older schema has
/// no such tables.
async fn end_sessions(copy: &Path) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(copy).pragma("secure_delete", "ON");
    let mut connection = options.disable_statement_logging().connect().await?;
    let tables: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema
         WHERE type = 'table' AND name IN ('sessions', 'sign_ins')",
    )
    .fetch_one(&mut connection)
    .await?;
    if tables == 2 {
        sqlx::query("DELETE FROM sessions").execute(&mut connection).await?;
        sqlx::query("DELETE FROM sign_ins").execute(&mut connection).await?;
    }
    connection.close().await
}
