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

/// So many sessions one person may have; those that began first end for it.
const MOST: i64 = 50;

impl Store {
    /// Begins a session, keeps what the provider told of the user, ends the session that this browser
    /// had and what is too many of this user, and records it. Somebody who is shut out gets none: then
    /// only that is recorded, as a failed sign-in with the code `disabled`.
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
    let replaced = end_former(&mut transaction, new).await?;
    let session = insert(&mut transaction, new, user.id, now).await?;
    let too_many = end_oldest(&mut transaction, user.id).await?;
    append(&mut transaction, with_ends(draft(&user), replaced, too_many)).await?;
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

/// Ends the session that this browser had, whoever's it was. Returns its number.
async fn end_former(
    connection: &mut SqliteConnection,
    new: &NewSession,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("DELETE FROM sessions WHERE hash = $1 RETURNING id")
        .bind(&new.replaces)
        .fetch_optional(connection)
        .await
}

/// Ends the sessions of a user that are too many. Returns how many.
async fn end_oldest(connection: &mut SqliteConnection, user: i64) -> Result<u64, sqlx::Error> {
    let ended = sqlx::query(
        "DELETE FROM sessions
         WHERE user_id = $1 AND id <= (
           SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2
         )",
    )
    .bind(user)
    .bind(MOST)
    .execute(connection)
    .await?;
    Ok(ended.rows_affected())
}

/// The entry, which says too what has ended by the sign-in.
fn with_ends(mut draft: Draft, replaced: Option<i64>, too_many: u64) -> Draft {
    let Some(detail) = draft.detail.as_object_mut() else { return draft };
    if let Some(session) = replaced {
        detail.insert("replaced session".to_owned(), session.into());
    }
    if too_many > 0 {
        detail.insert("oldest sessions ended".to_owned(), too_many.into());
    }
    draft
}

/// Writes the session. Returns its number.
async fn insert(
    connection: &mut SqliteConnection,
    new: &NewSession,
    user: i64,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
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
