//! Sessions: each begins with a sign-in, and has nothing in it that changes but when it was last
//! used.
//!
//! Callers hand over the SHA-256 of a session id, and never the id. A session that has ended is a row
//! that is gone, and a row is only ever inserted by a sign-in: nothing that comes late revives one.

mod begin;
mod end;

use domain::user::{Identity, Profile, User};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::row::millis;
use crate::users::user;
use crate::{Error, Store};

/// How exactly it is known when a session was last used, in milliseconds: each time would be a write
/// for each request.
const SEEN_EVERY: i64 = 60_000;

/// A sign-in that the provider has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The SHA-256 of its id, in hexadecimal.
    pub hash: String,
    /// Who signs in.
    pub identity: Identity,
    /// What the provider told of them.
    pub profile: Profile,
    /// The configured name of the provider.
    pub provider: String,
    /// The SHA-256 of what the provider calls its session, in hexadecimal; empty if it did not tell.
    pub provider_session: String,
    /// From which address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When it ends, however much it is used.
    pub ends: Timestamp,
    /// The SHA-256 of the id of the session that this browser had before; it ends.
    pub replaces: Option<String>,
}

/// What a sign-in came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is taken apart at once"
)]
pub enum SignedIn {
    /// A session has begun.
    Session {
        /// Who.
        user: User,
        /// Its number.
        session: i64,
    },
    /// An admin has shut this user out.
    Disabled,
}

/// What a provider's sign-out came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// Its token was used before. Nothing was done.
    Replayed,
    /// So many sessions have ended.
    Ended(u64),
}

impl Store {
    /// Whose session this is, and its number. `None` if there is none, it has ended, it was not used
    /// for as long as `idle`, or its user is shut out.
    pub async fn session(
        &self,
        hash: &str,
        idle: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<(User, i64)>, Error> {
        let idle = i64::try_from(idle.as_millis()).unwrap_or(i64::MAX);
        let row = sqlx::query(
            "SELECT s.id AS session, u.id, u.issuer, u.subject, u.name, u.email, u.groups,
               u.provider, u.first_seen_at, u.signed_in_at, u.disabled_at
             FROM sessions AS s
             JOIN users AS u ON u.id = s.user_id
             WHERE s.hash = $1 AND s.ends_at > $2 AND s.seen_at > $3 AND u.disabled_at IS NULL",
        )
        .bind(hash)
        .bind(millis(now))
        .bind(millis(now).saturating_sub(idle))
        .fetch_optional(&self.0.readers)
        .await
        .map_err(self.failed())?;
        row.as_ref().map(read).transpose().map_err(self.failed())
    }

    /// Keeps that somebody used a session. If that fails it only seems to have been idle for longer,
    /// and the request goes on.
    pub async fn used(&self, session: i64, now: Timestamp) {
        if let Err(error) = self.keep_used(session, millis(now)).await {
            tracing::warn!(session, %error, "that a session was used could not be kept");
        }
    }

    /// Looks before it writes: there is one writer, and it has other things to do.
    async fn keep_used(&self, session: i64, now: i64) -> Result<(), Error> {
        let long_ago = now - SEEN_EVERY;
        let found = sqlx::query("SELECT id FROM sessions WHERE id = $1 AND seen_at <= $2")
            .bind(session)
            .bind(long_ago)
            .fetch_optional(&self.0.readers)
            .await
            .map_err(self.failed())?;
        if found.is_none() {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at <= $3")
            .bind(session)
            .bind(now)
            .bind(long_ago)
            .execute(&mut *writer)
            .await
            .map_err(self.failed())?;
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<(User, i64), sqlx::Error> {
    Ok((user(row)?, row.try_get("session")?))
}
