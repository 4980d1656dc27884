//! What a provider says of its sessions ends ours.

use domain::audit::{Action, AuditView};
use store::{LogoutOutcome, NewSession, Store};

use crate::people::{ISSUER, actions, after, is_in, new, sign_in};
use crate::support::{Shelf, digest, draft, now};

/// At one provider two sessions of one subject under names, one without, and one of somebody else;
/// and one at another provider.
async fn at_providers() -> Shelf {
    let shelf = Shelf::new().await;
    let named = |id: &str, subject: &str, session: &str| NewSession {
        provider_session: digest(session),
        ..new(id, subject)
    };
    sign_in(&shelf.store, &named("one", "ada", "sid-1")).await;
    sign_in(&shelf.store, &named("two", "ada", "sid-2")).await;
    sign_in(&shelf.store, &new("three", "ada")).await;
    sign_in(&shelf.store, &named("bob", "bob", "sid-3")).await;
    let mut elsewhere = named("else", "ada", "sid-1");
    elsewhere.identity.issuer = "https://other.example.com".into();
    sign_in(&shelf.store, &elsewhere).await;
    shelf
}

async fn logout(
    store: &Store,
    subject: Option<&str>,
    session: Option<&str>,
    token: &str,
) -> LogoutOutcome {
    let (session, entry) = (session.map(digest), draft(Action::SignOutByProvider));
    let session = session.as_deref();
    let token = digest(token);
    let ends = after(10);
    store
        .end_sessions_of_provider(ISSUER, subject, session, &token, ends, entry, now())
        .await
        .unwrap()
}

/// Who of those above is still in.
async fn left(store: &Store) -> Vec<&'static str> {
    let mut left = Vec::new();
    for id in ["one", "two", "three", "bob", "else"] {
        if is_in(store, id).await {
            left.push(id);
        }
    }
    left
}

#[tokio::test]
async fn a_provider_ends_all_sessions_of_a_subject() {
    let Shelf { store, folder: _folder } = at_providers().await;
    assert_eq!(logout(&store, Some("ada"), None, "t").await, LogoutOutcome::Ended(3));
    assert_eq!(left(&store).await, ["bob", "else"]);
    let entry = store.audit(&AuditView::default()).await.unwrap().entries.remove(0);
    assert_eq!(
        (entry.action.as_str(), entry.detail.as_str()),
        ("sign-out.provider", r#"{"sessions":3}"#)
    );
}

#[tokio::test]
async fn a_provider_ends_one_of_its_sessions() {
    let Shelf { store, folder: _folder } = at_providers().await;
    assert_eq!(logout(&store, None, Some("sid-1"), "t").await, LogoutOutcome::Ended(1));
    assert_eq!(left(&store).await, ["two", "three", "bob", "else"]);
    let both = logout(&store, Some("ada"), Some("sid-2"), "u").await;
    assert_eq!(both, LogoutOutcome::Ended(2), "and the one of which it told no name");
    assert_eq!(left(&store).await, ["bob", "else"]);
    let others = logout(&store, Some("ada"), Some("sid-3"), "v").await;
    assert_eq!(others, LogoutOutcome::Ended(0), "that one is somebody else's");
    assert_eq!(left(&store).await, ["bob", "else"]);
}

#[tokio::test]
async fn a_logout_token_counts_once_and_one_about_nobody_ends_nothing() {
    let Shelf { store, folder: _folder } = at_providers().await;
    assert_eq!(logout(&store, Some("bob"), None, "t").await, LogoutOutcome::Ended(1));
    assert_eq!(logout(&store, Some("ada"), None, "t").await, LogoutOutcome::Replayed);
    assert_eq!(logout(&store, None, None, "u").await, LogoutOutcome::Ended(0));
    assert_eq!(logout(&store, Some("nobody"), None, "v").await, LogoutOutcome::Ended(0));
    let (entry, ends) = (draft(Action::SignOutByProvider), after(10));
    let empty = store
        .end_sessions_of_provider(ISSUER, None, Some(""), &digest("w"), ends, entry, now())
        .await
        .unwrap();
    assert_eq!(empty, LogoutOutcome::Ended(0), "no name is not the name of all without one");
    assert_eq!(left(&store).await, ["one", "two", "three", "else"]);
    assert_eq!(actions(&store).await.len(), 5 + 1, "nothing is recorded where nothing ended");
}
