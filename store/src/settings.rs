//! Single values that the store keeps under a name.

use domain::audit::Draft;
use sqlx::{Connection, SqliteConnection};

use crate::audit::append;
use crate::{Error, Store};

/// The mapping of groups to roles at the last start, as text.
const ROLES: &str = "roles";

impl Store {
    /// Keeps the mapping of groups to roles that is configured. If another one was kept, that is
    /// recorded; `draft` is told the one before.
    pub async fn roles_configured(
        &self,
        text: &str,
        draft: impl FnOnce(Option<String>) -> Draft + Send,
    ) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        roles_configured(&mut writer, text, draft).await.map_err(self.failed())
    }

    pub(crate) async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        read(&mut reader, name).await.map_err(self.failed())
    }

    pub(crate) async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        write(&mut writer, name, value).await.map_err(self.failed())
    }
}

async fn roles_configured(
    writer: &mut SqliteConnection,
    text: &str,
    draft: impl FnOnce(Option<String>) -> Draft + Send,
) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let before = read(&mut transaction, ROLES).await?;
    if before.as_deref() == Some(text) {
        return transaction.rollback().await;
    }
    write(&mut transaction, ROLES, text).await?;
    if before.is_some() {
        append(&mut transaction, draft(before)).await?;
    }
    transaction.commit().await
}

async fn read(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
}

async fn write(
    connection: &mut SqliteConnection,
    name: &str,
    value: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(connection)
    .await?;
    Ok(())
}
