//! The ends of a session: by whom it is, by an admin, by the provider, by time.

use domain::audit::Draft;
use jiff::Timestamp;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::LogoutOutcome;
use crate::audit::append;
use crate::row::millis;
use crate::sign_ins::LASTS;
use crate::{Error, Store};

/// A session that nobody used for so long is forgotten, whatever is configured, in milliseconds: 31
/// days.
const LONGEST_IDLE: i64 = 31 * 86_400_000;

/// A provider's word that sessions have ended.
struct Logout<'a> {
    issuer: &'a str,
    subject: Option<&'a str>,
    provider_session: Option<&'a str>,
    token: &'a str,
    token_ends: Timestamp,
}

impl Store {
    /// Ends a session for good. `false` if there is none; then nothing is recorded.
    pub async fn sign_out(&self, hash: &str, draft: Draft) -> Result<bool, Error> {
        let mut deletion = QueryBuilder::<Sqlite>::new("DELETE FROM sessions WHERE hash = ");
        deletion.push_bind(hash);
        self.end(&mut deletion, draft).await
    }

    /// Ends the session of a number. `false` if there is none; then nothing is recorded.
    pub async fn end_session(&self, id: i64, draft: Draft) -> Result<bool, Error> {
        let mut deletion = QueryBuilder::<Sqlite>::new("DELETE FROM sessions WHERE id = ");
        deletion.push_bind(id);
        self.end(&mut deletion, draft).await
    }

    async fn end(&self, deletion: &mut QueryBuilder<Sqlite>, draft: Draft) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        let ended = end(&mut writer, deletion, draft).await.map_err(self.failed())?;
        Ok(ended > 0)
    }

    /// Ends sessions because the provider says so: all of a subject, or the one that it began under a
    /// name of its own, of which `provider_session` is the SHA-256. If both are given, sessions of
    /// the subject count too for which the provider has told no name. `token` is the SHA-256 of what
    /// names the provider's logout token, which counts once. If no session has ended, nothing is
    /// recorded.
    #[expect(clippy::too_many_arguments, reason = "one caller, which has them one by one")]
    pub async fn end_sessions_of_provider(
        &self,
        issuer: &str,
        subject: Option<&str>,
        provider_session: Option<&str>,
        token: &str,
        token_ends: Timestamp,
        draft: Draft,
        now: Timestamp,
    ) -> Result<LogoutOutcome, Error> {
        let logout = Logout { issuer, subject, provider_session, token, token_ends };
        let mut writer = self.writer().await?;
        obey(&mut writer, &logout, draft, now).await.map_err(self.failed())
    }

    /// Forgets what has ended by itself: sessions, sign-ins that had begun, logout tokens.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        forget(&mut writer, millis(now)).await.map_err(self.failed())
    }
}

async fn end(
    writer: &mut SqliteConnection,
    deletion: &mut QueryBuilder<Sqlite>,
    draft: Draft,
) -> Result<u64, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let ended = delete(&mut transaction, deletion).await?;
    if ended > 0 {
        append(&mut transaction, draft).await?;
    }
    transaction.commit().await?;
    Ok(ended)
}

async fn delete(
    transaction: &mut Transaction<'_, Sqlite>,
    deletion: &mut QueryBuilder<Sqlite>,
) -> Result<u64, sqlx::Error> {
    Ok(deletion.build().execute(&mut **transaction).await?.rows_affected())
}

async fn obey(
    writer: &mut SqliteConnection,
    logout: &Logout<'_>,
    draft: Draft,
    now: Timestamp,
) -> Result<LogoutOutcome, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    if !is_first(&mut transaction, logout, now).await? {
        transaction.rollback().await?;
        return Ok(LogoutOutcome::Replayed);
    }
    let ended = match logout.deletion() {
        Some(mut deletion) => delete(&mut transaction, &mut deletion).await?,
        None => 0,
    };
    if ended > 0 {
        append(&mut transaction, counted(draft, ended)).await?;
    }
    transaction.commit().await?;
    Ok(LogoutOutcome::Ended(ended))
}

/// Keeps that a token was used. `false` if it was before.
async fn is_first(
    transaction: &mut Transaction<'_, Sqlite>,
    logout: &Logout<'_>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query("DELETE FROM logout_tokens WHERE ends_at <= $1")
        .bind(millis(now))
        .execute(&mut **transaction)
        .await?;
    let kept = sqlx::query(
        "INSERT INTO logout_tokens (hash, ends_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(logout.token)
    .bind(millis(logout.token_ends))
    .execute(&mut **transaction)
    .await?;
    Ok(kept.rows_affected() > 0)
}

fn counted(mut draft: Draft, ended: u64) -> Draft {
    if let Some(detail) = draft.detail.as_object_mut() {
        detail.insert("sessions".to_owned(), ended.into());
    }
    draft
}

impl Logout<'_> {
    /// The statement that ends what is meant; `None` if nothing is.
    fn deletion(&self) -> Option<QueryBuilder<Sqlite>> {
        // An empty one stands for "not told" in the table, and would be that of many.
        let session = self.provider_session.filter(|session| !session.is_empty());
        if self.subject.is_none() && session.is_none() {
            return None;
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE issuer = ",
        );
        query.push_bind(self.issuer);
        if let Some(subject) = self.subject {
            query.push(" AND subject = ").push_bind(subject);
        }
        query.push(")");
        if let Some(session) = session {
            query.push(" AND provider_session IN (").push_bind(session);
            query.push(if self.subject.is_some() { ", '')" } else { ")" });
        }
        Some(query)
    }
}

async fn forget(writer: &mut SqliteConnection, now: i64) -> Result<(), sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM sessions WHERE ends_at <= $1 OR seen_at <= $2")
        .bind(now)
        .bind(now - LONGEST_IDLE)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM sign_ins WHERE begun_at <= $1")
        .bind(now - LASTS)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM logout_tokens WHERE ends_at <= $1")
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}
