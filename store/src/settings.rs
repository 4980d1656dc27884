//! Single values that the store keeps under a name.

use crate::{Error, Store};

impl Store {
    pub(crate) async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.0.readers)
            .await
            .map_err(self.failed())
    }

    pub(crate) async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *writer)
        .await
        .map_err(self.failed())?;
        Ok(())
    }
}
