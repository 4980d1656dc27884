//! People who sign in, for the tests of sessions.

use domain::audit::{Action, Actor, AuditView, Draft};
use domain::user::{Identity, Profile, User};
use jiff::{SignedDuration, Timestamp};
use store::{NewSession, SignedIn, Store, UserWithSessions};

use crate::support::{digest, draft, now};

pub const ISSUER: &str = "https://id.example.com";
pub const IDLE: SignedDuration = SignedDuration::from_hours(8);

pub fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// A session of a subject that lasts a week.
pub fn new(id: &str, subject: &str) -> NewSession {
    NewSession {
        hash: digest(id),
        identity: Identity { issuer: ISSUER.into(), subject: subject.into() },
        profile: Profile {
            name: Some("Ada".into()),
            email: Some("ada@example.com".into()),
            groups: vec!["engineering".into(), "shop".into()],
        },
        provider: "corp".into(),
        provider_session: String::new(),
        address: "192.0.2.1".into(),
        agent: "Mozilla/5.0".into(),
        ends: after(7 * 24 * 60),
        replaces: None,
    }
}

pub async fn sign_in(store: &Store, new: &NewSession) -> (User, i64) {
    match store.sign_in(new, entry, now()).await.unwrap() {
        SignedIn::Session { user, session } => (user, session),
        SignedIn::Disabled => panic!("{} is shut out", new.identity.subject),
    }
}

pub fn entry(user: &User) -> Draft {
    Draft { actor: Actor::from(user), target: user.name().to_owned(), ..draft(Action::SignIn) }
}

pub async fn is_in(store: &Store, id: &str) -> bool {
    store.session(&digest(id), IDLE, now()).await.unwrap().is_some()
}

/// What was done, the oldest first.
pub async fn actions(store: &Store) -> Vec<String> {
    let page = store.audit(&AuditView::default()).await.unwrap();
    page.entries.into_iter().rev().map(|entry| entry.action).collect()
}

pub async fn people(store: &Store) -> Vec<UserWithSessions> {
    store.people(None, now()).await.unwrap()
}
