//! Who has signed in, and who may no longer.

use std::collections::HashMap;

use domain::audit::Draft;
use domain::user::{Identity, Profile, User};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row as _, SqliteConnection};

use crate::audit::append;
use crate::row::{from_json, millis, moment};
use crate::{Error, Store};

/// Users that are read at once.
const AT_ONCE: i64 = 100;

/// Somebody, with the sessions that have not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserWithSessions {
    /// Who.
    pub user: User,
    /// Their sessions, the oldest first.
    pub sessions: Vec<SessionRow>,
}

/// A session, without what would let anybody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its number; never used again for another.
    pub id: i64,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends, however much it is used.
    pub ends: Timestamp,
    /// From which address it began.
    pub address: String,
    /// What the browser called itself then.
    pub agent: String,
    /// The configured name of the provider.
    pub provider: String,
}

impl Store {
    /// A hundred people by their numbers, those after this one, with the sessions that have not
    /// ended, from one snapshot.
    pub async fn people(
        &self,
        after: Option<i64>,
        now: Timestamp,
    ) -> Result<Vec<UserWithSessions>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        people(&mut reader, after.unwrap_or(0), now).await.map_err(self.failed())
    }

    /// Shuts somebody out: ends their sessions, and lets them begin no other. `false` if there is
    /// nobody of that number, or they are shut out already; then nothing is recorded.
    pub async fn disable_user(&self, id: i64, draft: Draft, now: Timestamp) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        disable(&mut writer, id, draft, now).await.map_err(self.failed())
    }

    /// Lets somebody in again, who then has to sign in. `false` if nobody of that number is shut out;
    /// then nothing is recorded.
    pub async fn enable_user(&self, id: i64, draft: Draft) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        enable(&mut writer, id, draft).await.map_err(self.failed())
    }
}

async fn disable(
    writer: &mut SqliteConnection,
    id: i64,
    draft: Draft,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let disabled =
        sqlx::query("UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
            .bind(id)
            .bind(millis(now))
            .execute(&mut *transaction)
            .await?;
    if disabled.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(id)
        .execute(&mut *transaction)
        .await?;
    append(&mut transaction, draft).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn enable(writer: &mut SqliteConnection, id: i64, draft: Draft) -> Result<bool, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let enabled = sqlx::query(
        "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL",
    )
    .bind(id)
    .execute(&mut *transaction)
    .await?;
    if enabled.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    append(&mut transaction, draft).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn people(
    connection: &mut SqliteConnection,
    after: i64,
    now: Timestamp,
) -> Result<Vec<UserWithSessions>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, issuer, subject, name, email, groups, provider, first_seen_at, signed_in_at,
           disabled_at
         FROM users
         WHERE id > $1
         ORDER BY id
         LIMIT $2",
    )
    .bind(after)
    .bind(AT_ONCE)
    .fetch_all(&mut *connection)
    .await?;
    let users = rows.iter().map(user).collect::<Result<Vec<User>, _>>()?;
    let last = users.last().map_or(after, |user| user.id);
    let mut sessions = sessions(connection, after, last, now).await?;
    let with_sessions = |user: User| {
        let sessions = sessions.remove(&user.id).unwrap_or_default();
        UserWithSessions { user, sessions }
    };
    Ok(users.into_iter().map(with_sessions).collect())
}

/// The sessions of the users after one and up to another, by user.
async fn sessions(
    connection: &mut SqliteConnection,
    after: i64,
    last: i64,
    now: Timestamp,
) -> Result<HashMap<i64, Vec<SessionRow>>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, user_id, created_at, seen_at, ends_at, address, agent, provider
         FROM sessions
         WHERE user_id > $1 AND user_id <= $2 AND ends_at > $3
         ORDER BY user_id, id",
    )
    .bind(after)
    .bind(last)
    .bind(millis(now))
    .fetch_all(connection)
    .await?;
    let mut sessions: HashMap<i64, Vec<SessionRow>> = HashMap::new();
    for row in &rows {
        sessions.entry(row.try_get("user_id")?).or_default().push(session(row)?);
    }
    Ok(sessions)
}

fn session(row: &SqliteRow) -> Result<SessionRow, sqlx::Error> {
    Ok(SessionRow {
        id: row.try_get("id")?,
        created: moment(row.try_get("created_at")?),
        seen: moment(row.try_get("seen_at")?),
        ends: moment(row.try_get("ends_at")?),
        address: row.try_get("address")?,
        agent: row.try_get("agent")?,
        provider: row.try_get("provider")?,
    })
}

/// A user from a row that has the columns of `users` under their names.
pub(crate) fn user(row: &SqliteRow) -> Result<User, sqlx::Error> {
    Ok(User {
        id: row.try_get("id")?,
        identity: Identity { issuer: row.try_get("issuer")?, subject: row.try_get("subject")? },
        profile: Profile {
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            groups: from_json(row.try_get("groups")?),
        },
        provider: row.try_get("provider")?,
        first_seen: moment(row.try_get("first_seen_at")?),
        signed_in: moment(row.try_get("signed_in_at")?),
        disabled: row.try_get::<Option<i64>, _>("disabled_at")?.map(moment),
    })
}
