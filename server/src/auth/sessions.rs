//! Sessions as tower-sessions asks for them. It keeps the cookie; the store keeps the sessions.
//!
//! A session is made, and ended, by one statement of the store together with its audit entry, and
//! has nothing that changes in between. So nothing is written when a request ends: a request that
//! is still under way when somebody signs out cannot bring the session back.

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use domain::Clock;
use jiff::SignedDuration;
use serde_json::Value;
use store::Store;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{self, Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionStore};

use super::secret::hidden;

/// Under this name a request finds the user.
const USER: &str = "user";

/// Under this name a request finds the number of the session.
const SESSION: &str = "session";

/// Under this name the id of a session that was just made gets into the cookie.
const ID: &str = "id";

/// The sessions in the store.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    idle: SignedDuration,
}

impl Sessions {
    /// Sessions that end when nothing was asked for so long.
    pub fn new(store: Store, clock: Clock, idle: SignedDuration) -> Self {
        Self { store, clock, idle }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// What the store knows of a session's id.
pub fn hash(id: &Id) -> String {
    hidden("session", &id.to_string())
}

/// Gives the browser a session that was just made, in place of the one that it had.
pub async fn hand_over(session: &Session, id: &Id) -> std::result::Result<(), session::Error> {
    if session.id().is_some() {
        session.flush().await?;
    }
    session.insert(ID, id.to_string()).await?;
    session.save().await
}

#[async_trait]
impl SessionStore for Sessions {
    /// Only [`hand_over`] gets here: nobody has a session who has not signed in.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let id = record.data.get(ID).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let Some(id) = id else {
            return Err(Error::Backend("sessions are made at sign-in only".to_owned()));
        };
        record.id = id;
        Ok(())
    }

    async fn save(&self, _record: &Record) -> Result<()> {
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.session(&hash(id), self.idle, self.clock.now()).await;
        let Some((user, number)) = found.map_err(|error| Error::Backend(error.to_string()))? else {
            return Ok(None);
        };
        let user = serde_json::to_value(user).map_err(|error| Error::Encode(error.to_string()))?;
        let data =
            HashMap::from([(USER.to_owned(), user), (SESSION.to_owned(), Value::from(number))]);
        // The store has seen to the end: nobody asks for this one.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH }))
    }

    async fn delete(&self, _id: &Id) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;

    async fn sessions() -> (tempfile::TempDir, Sessions) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.db")).await.unwrap();
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        (folder, Sessions::new(store, clock, SignedDuration::from_hours(8)))
    }

    #[tokio::test]
    async fn a_session_gets_the_id_that_was_made_for_it() {
        let (_folder, sessions) = sessions().await;
        let sessions = Arc::new(sessions);
        for former in [None, Some(Id::default())] {
            let (session, id) = (Session::new(former, sessions.clone(), None), Id::default());
            hand_over(&session, &id).await.unwrap();
            assert_eq!(session.id(), Some(id));
            assert!(session.is_modified() && !session.is_empty().await, "a cookie is set");
        }
    }

    #[tokio::test]
    async fn nobody_has_a_session_who_has_not_signed_in() {
        let (_folder, sessions) = sessions().await;
        let session = Session::new(None, Arc::new(sessions.clone()), None);
        session.insert("theme", "dark").await.unwrap();
        let error = session.save().await.unwrap_err();
        assert!(matches!(error, session::Error::Store(Error::Backend(_))));
        assert_eq!(sessions.load(&Id::default()).await.unwrap(), None);
    }

    #[test]
    fn the_store_does_not_know_the_id() {
        let id = Id::default();
        assert!(!hash(&id).contains(&id.to_string()));
        assert_ne!(hash(&id), hash(&Id::default()));
    }
}
