//! The audit chain: whole, found again, and part of what it records.

use std::pin::pin;

use domain::audit::{Action, Actor, AuditView, Draft, Entry};
use domain::user::{Identity, Profile};
use futures::TryStreamExt;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use store::{NewSession, Store};

use crate::support::{Shelf, digest, draft, now, verified};

async fn connect(store: &Store) -> SqliteConnection {
    SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap()
}

/// So many entries, a minute apart.
async fn with_entries(count: i64) -> Shelf {
    let shelf = Shelf::new().await;
    for n in 0..count {
        shelf.store.record(entry(n)).await.unwrap();
    }
    shelf
}

fn entry(n: i64) -> Draft {
    let person = |subject: i64, name: &str| Actor::Person {
        issuer: "https://id.example.com".into(),
        subject: format!("u-{subject}"),
        name: name.into(),
    };
    let (actor, action) = match n % 4 {
        0 => (person(1, "Ada Lovelace"), Action::SignIn),
        1 => (person(2, "Grace Hopper"), Action::SignIn),
        2 => (Actor::Anonymous, Action::SignInFailed),
        _ => (person(1, "Ada Lovelace"), Action::ExportInventory),
    };
    let at = now() + SignedDuration::from_mins(n);
    Draft { at, actor, target: format!("Session {n}"), ..draft(action) }
}

fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

async fn found(store: &Store, query: &str) -> Vec<u64> {
    let view = AuditView::parse(query).unwrap();
    numbers(&store.audit(&view).await.unwrap().entries)
}

#[tokio::test]
async fn an_entry_is_read_back_as_it_was_recorded() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let odd = "<b>\"ü\"\n\u{0}\u{202e}".to_owned();
    let actor = Actor::Person { issuer: odd.clone(), subject: odd.clone(), name: odd.clone() };
    let at = now() + SignedDuration::from_nanos(1_999_999);
    let detail = json!({"odd": odd, "more": [1, null]});
    let (target, address, action) = (odd, "2001:db8::1".into(), Action::RightDenied);
    let recorded =
        store.record(Draft { at, actor, action, target, detail, address }).await.unwrap();
    assert_eq!(recorded.at, now() + SignedDuration::from_millis(1));
    let page = store.audit(&AuditView::default()).await.unwrap();
    assert_eq!(page.entries, std::slice::from_ref(&recorded));
    assert_eq!(store.audit_head().await.unwrap(), recorded.link());
    assert_eq!(verified(&store, &[]).await, Ok(recorded.link()));
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_many_at_the_same_time_are_one_chain() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let records = (0..100).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.record(entry(n)).await.unwrap() })
    });
    for done in join_all(records.collect::<Vec<_>>()).await {
        done.unwrap();
    }
    assert_eq!(verified(&store, &[]).await.unwrap().sequence, 100);
}

#[tokio::test]
async fn the_chain_goes_on_after_a_start() {
    let shelf = with_entries(3).await;
    let path = shelf.path();
    let head = shelf.store.audit_head().await.unwrap();
    shelf.store.close().await.unwrap();
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.audit_head().await.unwrap(), head);
    assert_eq!(store.record(entry(3)).await.unwrap().previous, head.hash);
    assert_eq!(verified(&store, &[head.into()]).await.unwrap().sequence, 4);
}

#[tokio::test]
async fn pages_go_back_to_the_first_entry_and_forth_to_the_last() {
    let Shelf { store, folder: _folder } = with_entries(250).await;
    let mut view = AuditView::default();
    let mut back = Vec::new();
    loop {
        let page = store.audit(&view).await.unwrap();
        assert_eq!(page.total, 250);
        assert_eq!(page.newer.is_some(), view.before.is_some());
        back.push(numbers(&page.entries));
        let Some(older) = page.older else { break };
        view = view.older(older);
    }
    assert_eq!(back.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
    assert_eq!(back.concat(), (1..=250).rev().collect::<Vec<u64>>());
    let mut view = view.newer(50);
    let mut forth = Vec::new();
    loop {
        let page = store.audit(&view).await.unwrap();
        assert!(page.older.is_some());
        forth.push(numbers(&page.entries));
        let Some(newer) = page.newer else { break };
        view = view.newer(newer);
    }
    assert_eq!(forth, [back[1].clone(), back[0].clone()]);
}

#[tokio::test]
async fn entries_are_found_by_what_and_who_and_when() {
    let Shelf { store, folder: _folder } = with_entries(12).await;
    assert_eq!(found(&store, "action=sign-in.failed").await, [11, 7, 3]);
    assert_eq!(found(&store, "action=user.enabled").await, [0; 0]);
    assert_eq!(found(&store, "person=LOVE").await, [12, 9, 8, 5, 4, 1]);
    assert_eq!(found(&store, "person=u-2").await, [10, 6, 2]);
    assert_eq!(found(&store, "person=u-").await, [0; 0], "a subject is looked for as a whole");
    assert_eq!(found(&store, "person=%25").await, [0; 0], "a sign is no wildcard");
    assert_eq!(found(&store, "target=session+1").await, [12, 11, 2]);
    assert_eq!(found(&store, "action=sign-in&person=ada&before=9").await, [5, 1]);
    assert_eq!(found(&store, "action=sign-in&person=ada&after=1").await, [9, 5]);
    // 2023-11-14T22:13:20Z is the first.
    assert_eq!(found(&store, "from=2023-11-14&to=2023-11-14").await.len(), 12);
    assert_eq!(found(&store, "from=2023-11-15").await, [0; 0]);
    assert_eq!(found(&store, "to=2023-11-13").await, [0; 0]);
    let until = AuditView { to: Some(now()), ..AuditView::default() };
    assert_eq!(numbers(&store.audit(&until).await.unwrap().entries), [1], "the end counts too");
}

#[tokio::test]
async fn all_entries_of_a_view_come_from_one_snapshot_the_oldest_first() {
    let Shelf { store, folder: _folder } = with_entries(603).await;
    let view = AuditView::parse("before=7").unwrap();
    let mut batches = pin!(store.audit_entries(&view));
    let mut read = numbers(&batches.try_next().await.unwrap().unwrap());
    assert!(read.len() < 603, "there are several batches");
    store.record(entry(603)).await.unwrap();
    while let Some(batch) = batches.try_next().await.unwrap() {
        read.extend(numbers(&batch));
    }
    assert_eq!(read, (1..=603).collect::<Vec<u64>>(), "wherever its page begins");
    let view = AuditView::parse("action=sign-in.failed").unwrap();
    let failed: Vec<Vec<Entry>> = store.audit_entries(&view).try_collect().await.unwrap();
    assert_eq!(failed.concat().len(), 151);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let new = |id: &str| NewSession {
        hash: digest(id),
        identity: Identity { issuer: "https://id.example.com".into(), subject: "ada".into() },
        profile: Profile::default(),
        provider: "corp".into(),
        provider_session: String::new(),
        address: String::new(),
        agent: String::new(),
        ends: now() + SignedDuration::from_hours(1),
        replaces: None,
    };
    store.sign_in(&new("one"), |_| draft(Action::SignIn), now()).await.unwrap();
    store.roles_configured("a", |_| draft(Action::RolesChanged)).await.unwrap();
    let mut connection = connect(&store).await;
    let no_room =
        "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::raw_sql(no_room).execute(&mut connection).await.unwrap();
    let replacing = NewSession { replaces: Some(digest("one")), ..new("two") };
    store.sign_in(&replacing, |_| draft(Action::SignIn), now()).await.unwrap_err();
    store.sign_out(&digest("one"), draft(Action::SignOut)).await.unwrap_err();
    store.end_session(1, draft(Action::SessionEnded)).await.unwrap_err();
    store.disable_user(1, draft(Action::UserDisabled), now()).await.unwrap_err();
    store.roles_configured("b", |_| draft(Action::RolesChanged)).await.unwrap_err();
    let people = store.people(None, now()).await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!((people[0].user.disabled, people[0].sessions.len()), (None, 1));
    let hour = SignedDuration::from_hours(1);
    assert!(store.session(&digest("one"), hour, now()).await.unwrap().is_some());
    assert_eq!(store.audit_head().await.unwrap().sequence, 1);
    sqlx::raw_sql("DROP TRIGGER no_room").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let told = |before: Option<String>| Draft {
        target: before.unwrap_or_default(),
        ..draft(Action::RolesChanged)
    };
    store.roles_configured("b", told).await.unwrap();
    let page = store.audit(&AuditView::default()).await.unwrap();
    assert_eq!(page.entries[0].target, "a", "it is still the one before");
}

#[tokio::test]
async fn other_roles_are_recorded_from_the_second_time_on() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    for (text, entries) in [("a", 0), ("a", 0), ("b", 1), ("b", 1), ("a", 2)] {
        store.roles_configured(text, |_| draft(Action::RolesChanged)).await.unwrap();
        assert_eq!(store.audit_head().await.unwrap().sequence, entries, "{text}");
    }
}

#[tokio::test]
async fn entries_are_neither_changed_nor_removed_in_passing() {
    let Shelf { store, folder: _folder } = with_entries(3).await;
    let mut connection = connect(&store).await;
    for statement in ["UPDATE audit SET target = 'x'", "DELETE FROM audit WHERE sequence = 3"] {
        let refused = sqlx::raw_sql(statement).execute(&mut connection).await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("audit entries are never"), "{error}");
    }
    connection.close().await.unwrap();
    assert_eq!(verified(&store, &[]).await.unwrap().sequence, 3);
}

#[tokio::test]
async fn another_process_goes_through_the_chain_beside_a_running_one() {
    let shelf = with_entries(3).await;
    let reader = Store::open_read_only(&shelf.path()).await.unwrap();
    let head = shelf.store.audit_head().await.unwrap();
    assert_eq!(verified(&reader, &[head.into()]).await, Ok(head));
    assert!(reader.record(entry(3)).await.is_err(), "it only reads");
    reader.close().await.unwrap();
}
