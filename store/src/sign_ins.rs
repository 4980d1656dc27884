//! Sign-ins that have begun: somebody is at the provider, and is expected back.

use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::row::millis;
use crate::{Error, Store};

/// For so long somebody is expected back, in milliseconds: ten minutes.
pub(crate) const LASTS: i64 = 600_000;
/// So many are kept; of more, the oldest are forgotten.
const MOST: i64 = 10_000;

/// A sign-in that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunSignIn {
    /// The configured name of the provider.
    pub provider: String,
    /// Where to go afterwards.
    pub back: String,
}

impl Store {
    /// Keeps that a sign-in has begun. `hash` is the SHA-256 of what only the browser knows.
    pub async fn begin_sign_in(
        &self,
        hash: &str,
        provider: &str,
        back: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        begin(&mut writer, [hash, provider, back], millis(now)).await.map_err(self.failed())
    }

    /// Takes a sign-in that has begun out, whatever becomes of it. `None` if there is none, it was
    /// taken out before, or it began too long ago.
    pub async fn take_sign_in(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<BegunSignIn>, Error> {
        let mut writer = self.writer().await?;
        take(&mut writer, hash, millis(now)).await.map_err(self.failed())
    }
}

async fn begin(
    writer: &mut SqliteConnection,
    [hash, provider, back]: [&str; 3],
    now: i64,
) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM sign_ins WHERE begun_at <= $1")
        .bind(now - LASTS)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO sign_ins (hash, provider, back, begun_at) VALUES ($1, $2, $3, $4)")
        .bind(hash)
        .bind(provider)
        .bind(back)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "DELETE FROM sign_ins WHERE hash IN
           (SELECT hash FROM sign_ins ORDER BY begun_at DESC LIMIT -1 OFFSET $1)",
    )
    .bind(MOST)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}

async fn take(
    writer: &mut SqliteConnection,
    hash: &str,
    now: i64,
) -> Result<Option<BegunSignIn>, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let taken: Option<(String, String, i64)> =
        sqlx::query_as("DELETE FROM sign_ins WHERE hash = $1 RETURNING provider, back, begun_at")
            .bind(hash)
            .fetch_optional(&mut *transaction)
            .await?;
    transaction.commit().await?;
    let in_time = taken.filter(|(_, _, begun)| *begun > now - LASTS);
    Ok(in_time.map(|(provider, back, _)| BegunSignIn { provider, back }))
}
