//! People, teams and campaigns, for the tests of what people do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::assess::Rules;
use domain::audit::{AuditView, Entry};
use domain::campaign::Terms;
use domain::owner::{self, Team};
use domain::review::{Choice, Kind, Outcome, ReviewState, ReviewView};
use domain::sync::Kind as Watched;
use domain::testing::person;
use domain::traffic::{Traffic, Verdict};
use domain::user::{Person, Role};
use domain::{CampaignId, ReviewId, Scope};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Act, ActError, ReviewRow, Round, Store};

use crate::support::{Shelf, cluster, manifest, now};

/// So many days after [`now`].
pub fn day(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

/// An act under a key of its own.
pub fn act(person: &Arc<Person>) -> Act {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let key = format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Act { key, content: "form".into(), person: person.clone(), address: "192.0.2.1".into() }
}

/// An admin of no team.
pub fn admin() -> Arc<Person> {
    Arc::new(Person { role: Some(Role::Admin), ..person("admin") })
}

/// A member of teams, without a role.
pub fn member(name: &str, teams: &[&str]) -> Arc<Person> {
    let teams = teams.iter().map(|&team| team.to_owned()).collect();
    Arc::new(Person { teams, ..person(name) })
}

/// A manifest of one route whose label names its owner; nobody if that is empty.
pub fn owned(name: &str, owner: &str) -> Value {
    let mut manifest = manifest("shop", name, &format!("{name}.example.com"), "/", name);
    if !owner.is_empty() {
        manifest["metadata"]["labels"] = json!({"team": owner});
    }
    manifest
}

/// The same in another version, with another path.
pub fn changed(name: &str, owner: &str, version: u64) -> Value {
    let mut manifest = owned(name, owner);
    manifest["metadata"]["resourceVersion"] = json!(version.to_string());
    manifest["spec"]["rules"][0]["http"]["paths"][0]["path"] = json!(format!("/{version}"));
    manifest
}

/// A manifest of something that was created long ago.
pub fn old(mut manifest: Value) -> Value {
    manifest["metadata"]["creationTimestamp"] = json!("2022-01-02T03:04:05Z");
    manifest
}

/// What a source says that has looked for long and seen nothing, but for what else is said.
pub async fn quiet(shelf: &Shelf, name: &str, traffic: Traffic) {
    let traffic = Traffic {
        verdict: Verdict::Quiet,
        source: Some("nginx".into()),
        tells_success: true,
        observed_since: Some(day(-200)),
        covered: Some(100),
        silence_counts: true,
        ..traffic
    };
    let id = shelf.id(name).await;
    shelf.store.save_traffic(&cluster("prod"), &[(id, traffic, None)]).await.unwrap();
}

/// That source was read up to this moment.
pub async fn read(store: &Store, until: Timestamp) {
    let round = Round {
        source: "nginx".into(),
        checked_at: until,
        until: Some(until),
        since: Some(day(-200)),
        filled_from: None,
        seen: Vec::new(),
        covered: Vec::new(),
        error: None,
    };
    store.save_round(&cluster("prod"), &round).await.unwrap();
}

/// A store with the teams `shop`, `cart` and `platform`, and clusters that are up to date.
pub async fn shelf() -> Shelf {
    let shelf = Shelf::new().await;
    let team = |name: &str| Team {
        name: name.into(),
        groups: vec![format!("group-{name}")],
        ..Team::default()
    };
    let teams = ["shop", "cart", "platform"].map(team).to_vec();
    let rules =
        Rules { owner: owner::Rules { teams, ..owner::Rules::default() }, ..Rules::default() };
    shelf.store.set_rules(rules, now()).await.unwrap();
    fresh(&shelf.store, now());
    shelf
}

/// What is known of both clusters is of this moment.
pub fn fresh(store: &Store, at: Timestamp) {
    for name in ["prod", "test"] {
        store.set_status(&cluster(name), Watched::Ingress, |status| {
            status.data_as_of = Some(at);
            status.listed_at = Some(at);
            status.resource_version = Some("42".into());
        });
    }
}

/// Terms over a scope, due in two weeks.
pub fn terms(scope: &str) -> Terms {
    let terms = Terms::new("Round", Scope::parse(scope).unwrap(), day(14));
    Terms { fallback: Some("platform".into()), ..terms }
}

/// An open campaign.
pub async fn opened(store: &Store, terms: Terms) -> CampaignId {
    let admin = admin();
    let id = store.create_campaign(&act(&admin), terms, None, now()).await.unwrap();
    store.open_campaign(&act(&admin), id, &[], now()).await.unwrap();
    id
}

/// Every review of a campaign, by the name of its ingress.
pub async fn reviews(store: &Store, id: CampaignId) -> Vec<ReviewRow> {
    let view = ReviewView { campaign: Some(id), ..ReviewView::default() };
    let mut rows = store.reviews(&view, 10_000).await.unwrap().rows;
    rows.sort_by(|one, other| one.row.name.cmp(&other.row.name));
    rows
}

/// The review of an ingress.
pub async fn review(store: &Store, id: CampaignId, name: &str) -> ReviewRow {
    reviews(store, id).await.into_iter().find(|one| one.row.name == name).unwrap()
}

/// What came of a review.
pub fn outcome(one: &ReviewRow) -> Outcome {
    match one.review.state {
        ReviewState::Settled(outcome) => outcome,
        _ => panic!("{one:?} is not settled"),
    }
}

/// Decides about one review, as its page shows it now.
pub async fn decide(
    store: &Store,
    act: &Act,
    one: &ReviewRow,
    choice: Choice,
    at: Timestamp,
) -> Result<Vec<ReviewId>, ActError> {
    let hash = std::slice::from_ref(&one.row.material_hash);
    store.decide(act, &[one.review.id], choice, hash, at).await
}

/// Takes back the last decision of a review.
pub async fn undo(store: &Store, act: &Act, id: ReviewId, at: Timestamp) -> Result<(), ActError> {
    let card = store.review(id, at).await.unwrap().unwrap();
    let last = card.decisions.first().map_or(0, |decision| decision.id);
    store.undo(act, id, last, at).await
}

/// A choice with a reason.
pub fn choice(kind: Kind) -> Choice {
    Choice::new(kind, "because")
}

/// The status of a refusal; 0 if it was none.
pub fn status<T>(done: Result<T, ActError>) -> u16 {
    match done {
        Ok(_) => 0,
        Err(ActError::Refused(sentence, status)) => {
            assert!(!sentence.is_empty());
            status
        }
        Err(ActError::Store(error)) => panic!("{error}"),
    }
}

/// The last entries, the latest first.
pub async fn entries(store: &Store) -> Vec<Entry> {
    store.audit(&AuditView::default()).await.unwrap().entries
}

/// How many entries say that this was done.
pub async fn recorded(store: &Store, action: &str) -> usize {
    let view = AuditView::parse(&format!("action={action}")).unwrap();
    store.audit(&view).await.unwrap().entries.len()
}
