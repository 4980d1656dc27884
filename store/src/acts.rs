//! What people do, each time once: an idempotency key is kept with what was answered under it.
//!
//! An act is one transaction. It begins by looking for its key: what was done under it before is
//! answered again, and nothing is done. It ends by keeping the key, so that the act and its key are
//! saved together or not at all.

use std::sync::Arc;

use domain::audit::{Action, Actor, Draft};
use domain::text::Unfit;
use domain::user::Person;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};

use crate::row::{millis, to_json};
use crate::{Error, Store};

/// A key is a UUID; what is longer is none.
const LONGEST_KEY: usize = 100;

/// Who does something, and from which form.
#[derive(Clone, Debug)]
pub struct Act {
    /// The idempotency key, made when the form was drawn.
    pub key: String,
    /// The SHA-256 of what the form says, but for the key: the same key with other words is not the same
    /// act.
    pub content: String,
    /// Who does it.
    pub person: Arc<Person>,
    /// From which address.
    pub address: String,
}

/// Why an act came to nothing. Nothing of it is saved then.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// It may not be done: a sentence that says why and names the way out, and the status of HTTP
    /// that fits.
    #[error("{0}")]
    Refused(String, u16),
    /// It could not be saved.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The state does not allow it.
pub(crate) const CONFLICT: u16 = 409;
/// It is not theirs.
pub(crate) const FORBIDDEN: u16 = 403;
/// There is none.
pub(crate) const MISSING: u16 = 404;
/// What was sent cannot be.
pub(crate) const INVALID: u16 = 422;

/// Why the transaction of an act ends without a commit.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It may not be done.
    Refused(String, u16),
    /// SQLite failed.
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Unfit> for Stop {
    fn from(unfit: Unfit) -> Self {
        Self::refused(unfit.to_string(), INVALID)
    }
}

impl Stop {
    /// A refusal.
    pub(crate) fn refused(sentence: impl Into<String>, status: u16) -> Self {
        Self::Refused(sentence.into(), status)
    }

    /// There is nothing of this number.
    pub(crate) fn missing(what: &str) -> Self {
        Self::refused(format!("there is no such {what}; go back to the list"), MISSING)
    }
}

impl Act {
    /// Who does it, as the audit trail has them.
    pub(crate) fn actor(&self) -> Actor {
        Actor::from(&self.person.user)
    }

    /// The entry of what is done.
    pub(crate) fn draft(
        &self,
        action: Action,
        target: String,
        detail: serde_json::Value,
        at: Timestamp,
    ) -> Draft {
        Draft { at, actor: self.actor(), action, target, detail, address: self.address.clone() }
    }
}

/// Who does something.
#[derive(Clone, Copy)]
pub(crate) enum Who<'a> {
    /// Somebody.
    Person(&'a Act),
    /// Nobody: a rule, or the time.
    Itself,
}

impl Who<'_> {
    /// The entry of what is done.
    pub(crate) fn draft(
        self,
        action: Action,
        target: String,
        detail: serde_json::Value,
        at: Timestamp,
    ) -> Draft {
        match self {
            Self::Person(act) => act.draft(action, target, detail, at),
            Self::Itself => {
                let address = String::new();
                Draft { at, actor: Actor::System, action, target, detail, address }
            }
        }
    }

    /// What to call them.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Person(act) => act.person.name().to_owned(),
            Self::Itself => "Routebook".to_owned(),
        }
    }
}

impl Store {
    /// What an act has come to. What was saved is announced.
    pub(crate) fn acted<T>(&self, done: Result<T, Stop>) -> Result<T, ActError> {
        match done {
            Ok(done) => {
                self.committed(1);
                Ok(done)
            }
            Err(Stop::Refused(sentence, status)) => Err(ActError::Refused(sentence, status)),
            Err(Stop::Sql(error)) => Err(ActError::Store(self.failed()(error))),
        }
    }
}

/// The transaction of an act, on the one connection that writes.
pub(crate) async fn begin(
    writer: &mut SqliteConnection,
) -> Result<Transaction<'_, Sqlite>, sqlx::Error> {
    writer.begin_with("BEGIN IMMEDIATE").await
}

/// The answer to an act, and what it was.
type Kept = (String, String, String, String, String, String);

/// What was answered when this act was done before; `None` if it was not. The key of another act, of
/// the same with other words, or of somebody else, is refused.
pub(crate) async fn before<T: DeserializeOwned>(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    what: &str,
    target: &str,
) -> Result<Option<T>, Stop> {
    if act.key.trim().is_empty() || act.key.len() > LONGEST_KEY {
        return Err(Stop::refused("this form has no valid key; load the page again", INVALID));
    }
    let kept: Option<(String, [String; 5])> = sqlx::query_as::<_, Kept>(
        "SELECT answer, what, target, issuer, subject, content FROM acts WHERE key = $1",
    )
    .bind(&act.key)
    .fetch_optional(&mut **transaction)
    .await?
    .map(|(answer, what, target, issuer, subject, content)| {
        (answer, [what, target, issuer, subject, content])
    });
    let Some((answer, kept)) = kept else { return Ok(None) };
    let identity = &act.person.user.identity;
    let same = kept == [what, target, &identity.issuer, &identity.subject, &act.content];
    match serde_json::from_str(&answer) {
        Ok(answer) if same => Ok(Some(answer)),
        _ => Err(Stop::refused(
            "this form was already used for something else; load the page again",
            CONFLICT,
        )),
    }
}

/// Keeps the key of an act with what is answered.
pub(crate) async fn keep<T: Serialize + Sync>(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act,
    (what, target): (&str, &str),
    answer: &T,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO acts (key, what, target, issuer, subject, content, at, answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&act.key)
    .bind(what)
    .bind(target)
    .bind(&act.person.user.identity.issuer)
    .bind(&act.person.user.identity.subject)
    .bind(&act.content)
    .bind(millis(now))
    .bind(to_json(answer))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
