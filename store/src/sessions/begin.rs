//! The beginning of a session: user, session and audit entry in one transaction.

use domain::audit::{Action, Draft};
use domain::user::{Identity, User};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use super::{NewSession, SignedIn};
use crate::audit::append;
use crate::row::{millis, to_json};
use crate::users::user;
use crate::{Error, Store};

impl Store {
    /// Begins a session, keeps what the provider told of the user, ends the session that this browser
    /// had, and records it. Somebody who is shut out gets none: then only that is recorded, as a
    /// failed sign-in with the code `disabled`.
    pub async fn sign_in(
        &self,
        new: &NewSession,
        draft: impl FnOnce(&User) -> Draft + Send,
        now: Timestamp,
    ) -> Result<SignedIn, Error> {
        let mut writer = self.writer().await?;
        sign_in(&mut writer, new, draft, now).await.map_err(self.failed())
    }
}

async fn sign_in(
    writer: &mut SqliteConnection,
    new: &NewSession,
    draft: impl FnOnce(&User) -> Draft + Send,
    now: Timestamp,
) -> Result<SignedIn, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(user) = shut_out(&mut transaction, &new.identity).await? {
        append(&mut transaction, refused(draft(&user))).await?;
        transaction.commit().await?;
        return Ok(SignedIn::Disabled);
    }
    let user = take_in(&mut transaction, new, now).await?;
    let session = replace(&mut transaction, new, user.id, now).await?;
    append(&mut transaction, draft(&user)).await?;
    transaction.commit().await?;
    Ok(SignedIn::Session { user, session })
}

/// The user of an identity, if an admin has shut them out.
async fn shut_out(
    connection: &mut SqliteConnection,
    identity: &Identity,
) -> Result<Option<User>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, issuer, subject, name, email, groups, provider, first_seen_at, signed_in_at,
           disabled_at
         FROM users
         WHERE issuer = $1 AND subject = $2 AND disabled_at IS NOT NULL",
    )
    .bind(&identity.issuer)
    .bind(&identity.subject)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(user).transpose()
}

fn refused(draft: Draft) -> Draft {
    let mut draft = Draft { action: Action::SignInFailed, ..draft };
    if let Some(detail) = draft.detail.as_object_mut() {
        detail.insert("code".to_owned(), "disabled".into());
    }
    draft
}

/// Writes what the provider told of a user, who may be new.
async fn take_in(
    connection: &mut SqliteConnection,
    new: &NewSession,
    now: Timestamp,
) -> Result<User, sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO users
           (issuer, subject, name, email, groups, provider, first_seen_at, signed_in_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (issuer, subject) DO UPDATE SET
           name = excluded.name, email = excluded.email, groups = excluded.groups,
           provider = excluded.provider, signed_in_at = excluded.signed_in_at
         RETURNING id, issuer, subject, name, email, groups, provider, first_seen_at,
           signed_in_at, disabled_at",
    )
    .bind(&new.identity.issuer)
    .bind(&new.identity.subject)
    .bind(&new.profile.name)
    .bind(&new.profile.email)
    .bind(to_json(&new.profile.groups))
    .bind(&new.provider)
    .bind(millis(now))
    .fetch_one(connection)
    .await?;
    user(&row)
}

/// Writes the session in the place of the one that this browser had. Returns its number.
async fn replace(
    connection: &mut SqliteConnection,
    new: &NewSession,
    user: i64,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE hash = $1")
        .bind(&new.replaces)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar(
        "INSERT INTO sessions
           (hash, user_id, provider, provider_session, created_at, seen_at, ends_at, address, agent)
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)
         RETURNING id",
    )
    .bind(&new.hash)
    .bind(user)
    .bind(&new.provider)
    .bind(&new.provider_session)
    .bind(millis(now))
    .bind(millis(new.ends))
    .bind(&new.address)
    .bind(&new.agent)
    .fetch_one(connection)
    .await
}
