//! Sessions: who gets one, how long it lasts, and that one that has ended stays ended.

use domain::audit::{Action, Actor, AuditView};
use domain::user::Profile;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{NewSession, SignedIn, Store};

use crate::people::{IDLE, ISSUER, actions, after, entry, is_in, new, people, sign_in};
use crate::support::{Shelf, digest, draft, now, verified};

#[tokio::test]
async fn a_session_begins_with_its_user_and_its_entry() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (user, session) = sign_in(&store, &new("one", "ada")).await;
    assert_eq!((user.first_seen, user.signed_in, user.disabled), (now(), now(), None));
    assert_eq!(user.profile, new("one", "ada").profile);
    let found = store.session(&digest("one"), IDLE, now()).await.unwrap();
    assert_eq!(found, Some((user.clone(), session)));
    assert!(!is_in(&store, "other").await);
    let entry = store.audit(&AuditView::default()).await.unwrap().entries.remove(0);
    assert_eq!((entry.action.as_str(), entry.actor), ("sign-in", Actor::from(&user)));
    let all = people(&store).await;
    assert_eq!(all[0].user, user);
    let row = &all[0].sessions[0];
    assert_eq!((row.id, row.created, row.seen, row.ends), (session, now(), now(), after(10_080)));
    assert_eq!([&row.address, &row.agent, &row.provider], ["192.0.2.1", "Mozilla/5.0", "corp"]);
}

#[tokio::test]
async fn the_next_sign_in_takes_over_what_the_provider_tells_and_ends_the_old_session() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (first, old) = sign_in(&store, &new("one", "ada")).await;
    let (other, _) = sign_in(&store, &new("other", "bob")).await;
    assert_ne!(first.id, other.id, "the same name and address under another subject");
    let profile = Profile { groups: vec!["admins".into()], ..Profile::default() };
    let again = NewSession { profile, replaces: Some(digest("one")), ..new("two", "ada") };
    let later = after(5);
    let outcome = store.sign_in(&again, entry, later).await.unwrap();
    let SignedIn::Session { user, session } = outcome else { panic!("{outcome:?}") };
    assert_eq!((user.id, user.first_seen, user.signed_in), (first.id, now(), later));
    assert_eq!((user.profile.name, user.profile.groups), (None, vec!["admins".to_owned()]));
    assert!(session > old, "no number is used again");
    assert!(!is_in(&store, "one").await && is_in(&store, "two").await);
    assert!(is_in(&store, "other").await, "nobody else is signed out");
    assert_eq!(last_detail(&store).await, json!({"replaced session": old}));
}

/// What the last entry says.
async fn last_detail(store: &Store) -> Value {
    let entry = store.audit(&AuditView::default()).await.unwrap().entries.remove(0);
    serde_json::from_str(&entry.detail).unwrap()
}

#[tokio::test]
async fn of_one_person_the_newest_fifty_sessions_stay() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    sign_in(&store, &new("other", "bob")).await;
    for n in 0..50 {
        sign_in(&store, &new(&format!("session-{n}"), "ada")).await;
    }
    assert!(is_in(&store, "session-0").await);
    assert_eq!(last_detail(&store).await, json!({}));
    sign_in(&store, &new("session-50", "ada")).await;
    assert_eq!(last_detail(&store).await, json!({"oldest sessions ended": 1}));
    assert!(!is_in(&store, "session-0").await, "the oldest");
    for stays in ["session-1", "session-50", "other"] {
        assert!(is_in(&store, stays).await, "{stays}");
    }
}

#[tokio::test]
async fn a_number_of_a_session_is_never_used_again() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (_, old) = sign_in(&store, &new("one", "ada")).await;
    assert!(store.sign_out(&digest("one"), draft(Action::SignOut)).await.unwrap());
    let (_, next) = sign_in(&store, &new("two", "ada")).await;
    assert_ne!(next, old);
    assert!(!store.end_session(old, draft(Action::SessionEnded)).await.unwrap());
    assert!(is_in(&store, "two").await);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_when_its_time_is_over() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    sign_in(&store, &new("one", "ada")).await;
    let at = async |minutes: i64| {
        let found = store.session(&digest("one"), IDLE, after(minutes)).await.unwrap();
        let Some((_, session)) = found else { return false };
        store.used(session, after(minutes)).await;
        true
    };
    assert!(!at(8 * 60).await, "not used for eight hours");
    for hours in [7, 14, 21] {
        assert!(at(hours * 60).await, "used every seven hours");
    }
    assert!(!at(29 * 60).await);
    sign_in(&store, &NewSession { ends: after(60), ..new("short", "ada") }).await;
    let short = async |minutes: i64| {
        store.session(&digest("short"), IDLE, after(minutes)).await.unwrap().is_some()
    };
    assert!(short(59).await && !short(60).await, "its time is over however it is used");
}

#[tokio::test]
async fn who_asks_whose_session_it_is_does_not_use_it() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    sign_in(&store, &new("one", "ada")).await;
    assert!(store.session(&digest("one"), IDLE, after(7 * 60)).await.unwrap().is_some());
    assert_eq!(people(&store).await[0].sessions[0].seen, now());
    assert!(store.session(&digest("one"), IDLE, after(8 * 60)).await.unwrap().is_none());
}

#[tokio::test]
async fn that_a_session_is_used_is_written_once_a_minute() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (_, session) = sign_in(&store, &new("one", "ada")).await;
    let seen_after = async |seconds: i64| {
        store.used(session, now() + SignedDuration::from_secs(seconds)).await;
        people(&store).await[0].sessions[0].seen.duration_since(now()).as_secs()
    };
    for (seconds, seen) in [(1, 0), (59, 0), (60, 60), (119, 60), (90, 60), (150, 150)] {
        assert_eq!(seen_after(seconds).await, seen, "{seconds}");
    }
}

#[tokio::test]
async fn who_signs_out_is_out_and_that_is_recorded_once() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    sign_in(&store, &new("one", "ada")).await;
    sign_in(&store, &new("two", "ada")).await;
    assert!(store.sign_out(&digest("one"), draft(Action::SignOut)).await.unwrap());
    assert!(!store.sign_out(&digest("one"), draft(Action::SignOut)).await.unwrap());
    assert!(!store.sign_out("", draft(Action::SignOut)).await.unwrap());
    assert!(!is_in(&store, "one").await && is_in(&store, "two").await);
    assert_eq!(actions(&store).await, ["sign-in", "sign-in", "sign-out"]);
}

#[tokio::test]
async fn an_admin_ends_a_session_by_its_number() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (_, session) = sign_in(&store, &new("one", "ada")).await;
    assert!(store.end_session(session, draft(Action::SessionEnded)).await.unwrap());
    assert!(!store.end_session(session, draft(Action::SessionEnded)).await.unwrap());
    assert!(!is_in(&store, "one").await);
    assert_eq!(actions(&store).await, ["sign-in", "session.ended"]);
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_and_gets_no_session() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let (user, _) = sign_in(&store, &new("one", "ada")).await;
    sign_in(&store, &new("other", "bob")).await;
    assert!(store.disable_user(user.id, draft(Action::UserDisabled), after(1)).await.unwrap());
    assert!(!store.disable_user(user.id, draft(Action::UserDisabled), after(1)).await.unwrap());
    assert!(!store.disable_user(99, draft(Action::UserDisabled), after(1)).await.unwrap());
    assert!(!is_in(&store, "one").await && is_in(&store, "other").await);
    let outcome = store.sign_in(&new("two", "ada"), entry, after(2)).await.unwrap();
    assert_eq!(outcome, SignedIn::Disabled);
    assert!(!is_in(&store, "two").await);
    let all = people(&store).await;
    let kept = &all[0].user;
    assert_eq!((kept.signed_in, kept.disabled), (now(), Some(after(1))));
    assert!(store.enable_user(user.id, draft(Action::UserEnabled)).await.unwrap());
    assert!(!store.enable_user(user.id, draft(Action::UserEnabled)).await.unwrap());
    assert!(!is_in(&store, "one").await, "who may come in again has to sign in");
    sign_in(&store, &new("two", "ada")).await;
    assert!(is_in(&store, "two").await);
    let done = ["sign-in", "sign-in", "user.disabled", "sign-in.failed", "user.enabled", "sign-in"];
    assert_eq!(actions(&store).await, done);
    let view = AuditView { action: Some(Action::SignInFailed), ..AuditView::default() };
    let failed = store.audit(&view).await.unwrap().entries.remove(0);
    assert_eq!((failed.detail.as_str(), failed.target.as_str()), (r#"{"code":"disabled"}"#, "Ada"));
}

#[tokio::test]
async fn people_come_by_the_hundred() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    for n in 0..150 {
        sign_in(&store, &new(&format!("session-{n}"), &format!("user-{n}"))).await;
    }
    sign_in(&store, &NewSession { ends: after(-1), ..new("over", "user-149") }).await;
    let first = people(&store).await;
    assert_eq!(first.len(), 100);
    let last = first.last().unwrap().user.id;
    let second = store.people(Some(last), now()).await.unwrap();
    assert_eq!(second.len(), 50);
    let all: Vec<_> = first.iter().chain(&second).collect();
    assert!(all.iter().all(|person| person.sessions.len() == 1), "those that have not ended");
    assert!(all.is_sorted_by_key(|person| person.user.id));
    let end = second.last().unwrap().user.id;
    assert!(store.people(Some(end), now()).await.unwrap().is_empty());
}

/// A provider's sign-out of somebody who has no session.
async fn end_at_provider(store: &Store, token: &str) {
    let (token, entry) = (digest(token), draft(Action::SignOutByProvider));
    store
        .end_sessions_of_provider(ISSUER, Some("nobody"), None, &token, after(10), entry, now())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_has_ended_by_itself_is_forgotten() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    sign_in(&store, &NewSession { ends: after(60 * 24 * 60), ..new("long", "ada") }).await;
    sign_in(&store, &NewSession { ends: after(30), ..new("short", "ada") }).await;
    store.begin_sign_in(&digest("begun"), "corp", "/", now()).await.unwrap();
    end_at_provider(&store, "token").await;
    let sizes = async || {
        let mut connection =
            SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap();
        let sizes: (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM sign_ins),
               (SELECT count(*) FROM logout_tokens)",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        sizes
    };
    store.forget_expired(after(9)).await.unwrap();
    assert_eq!(sizes().await, (2, 1, 1));
    store.forget_expired(after(10)).await.unwrap();
    assert_eq!(sizes().await, (2, 0, 0));
    store.forget_expired(after(30)).await.unwrap();
    assert_eq!(sizes().await, (1, 0, 0));
    store.forget_expired(after(31 * 24 * 60)).await.unwrap();
    assert_eq!(sizes().await, (0, 0, 0), "nobody has used it for a month");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sign_outs_beside_running_requests_revive_no_session() {
    let Shelf { store, folder: _folder } = Shelf::new().await;
    let ids: Vec<String> = (0..200).map(|n| format!("session-{n}")).collect();
    let mut numbers = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let (_, number) = sign_in(&store, &new(id, &format!("user-{}", n % 20))).await;
        numbers.push(number);
    }
    let work = ids.iter().zip(numbers).flat_map(|(id, number)| {
        // Each request is a minute later, so that each would be kept.
        let requests = (1..4).map(|minute| {
            let (store, hash) = (store.clone(), digest(id));
            tokio::spawn(async move {
                store.session(&hash, IDLE, after(minute)).await.unwrap();
                store.used(number, after(minute)).await;
            })
        });
        let (store, hash) = (store.clone(), digest(id));
        let sign_out = tokio::spawn(async move {
            assert!(store.sign_out(&hash, draft(Action::SignOut)).await.unwrap());
        });
        requests.chain([sign_out]).collect::<Vec<_>>()
    });
    for done in join_all(work).await {
        done.unwrap();
    }
    for id in &ids {
        assert!(!is_in(&store, id).await, "{id}");
    }
    let sessions = people(&store).await.into_iter().flat_map(|person| person.sessions);
    assert_eq!(sessions.count(), 0);
    assert_eq!(verified(&store, &[]).await.unwrap().sequence, 400);
}

#[tokio::test]
async fn nothing_that_would_let_anybody_in_is_in_the_file() {
    let shelf = Shelf::new().await;
    let secrets = ["the-id-of-a-session", "the-sid-of-the-provider", "the-cookie", "the-jti"];
    let [id, sid, cookie, token] = secrets;
    let session = NewSession { provider_session: digest(sid), ..new(id, "the-subject") };
    sign_in(&shelf.store, &session).await;
    shelf.store.begin_sign_in(&digest(cookie), "corp", "/the-way-back", now()).await.unwrap();
    end_at_provider(&shelf.store, token).await;
    let mut log = shelf.path().into_os_string();
    log.push("-wal");
    let bytes = [std::fs::read(shelf.path()).unwrap(), std::fs::read(&log).unwrap()].concat();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("the-subject") && has("/the-way-back") && has(&digest(id)), "it is looked for");
    for secret in secrets {
        assert!(!has(secret), "{secret}");
    }
}
