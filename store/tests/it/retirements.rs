//! Retirements: held, due, proved by what is seen, cancelled by traffic or by people, and back.

use domain::retirement::{Policy, RetirementView, Stage, State};
use domain::review::{Choice, Kind};
use domain::traffic::{Granularity, Traffic, Verdict};
use domain::{IngressId, RetirementId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{Batch, RetirementPage, RetirementRow, Round, SeenSample, Sighting, Store, Tick};

use crate::acting::{
    act, admin, choice, day, decide, entries, member, opened, owned, recorded, review, reviews,
    shelf, status, terms,
};
use crate::support::{Shelf, cluster, verified};

/// These ingresses of `shop`, all of them to be retired.
async fn retired(manifests: &[Value]) -> Shelf {
    let shelf = shelf().await;
    shelf.put("prod", manifests).await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    let all = reviews(&shelf.store, id).await;
    let ids: Vec<_> = all.iter().map(|one| one.review.id).collect();
    let hashes: Vec<_> = all.iter().map(|one| one.row.material_hash.clone()).collect();
    let ada = act(&member("ada", &["shop"]));
    shelf.store.decide(&ada, &ids, choice(Kind::Retire), &hashes, day(0)).await.unwrap();
    shelf
}

async fn one_retired() -> Shelf {
    retired(&[owned("a", "shop")]).await
}

/// Ingress `a` with the paths `/` and `/old`, of which the second is to be retired.
async fn partly_retired() -> Shelf {
    let shelf = shelf().await;
    shelf.put("prod", &[with_paths(1, &["/", "/old"])]).await;
    let id = opened(&shelf.store, terms("cluster=prod")).await;
    let one = review(&shelf.store, id, "a").await;
    let some = Choice { routes: vec!["a.example.com /old".into()], ..choice(Kind::Retire) };
    let ada = act(&member("ada", &["shop"]));
    decide(&shelf.store, &ada, &one, some, day(0)).await.unwrap();
    shelf
}

fn with_paths(version: u64, paths: &[&str]) -> Value {
    let mut manifest = owned("a", "shop");
    manifest["metadata"]["resourceVersion"] = json!(version.to_string());
    let path = |path: &&str| {
        let backend = json!({"service": {"name": "a", "port": {"number": 80}}});
        json!({"path": path, "pathType": "Prefix", "backend": backend})
    };
    let paths: Vec<Value> = paths.iter().map(path).collect();
    manifest["spec"]["rules"][0]["http"]["paths"] = json!(paths);
    manifest
}

async fn page(store: &Store, query: &str, at: Timestamp) -> RetirementPage {
    store.retirements(&RetirementView::parse(query).unwrap(), at).await.unwrap()
}

async fn only(store: &Store) -> RetirementRow {
    let mut rows = page(store, "", day(0)).await.rows;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

async fn stage(store: &Store) -> Stage {
    only(store).await.retirement.state.stage()
}

async fn tick(store: &Store, at: Timestamp) -> Tick {
    store.tick_retirements(at).await.unwrap()
}

async fn seen(store: &Store, manifests: &[Value], at: Timestamp) {
    let seen = manifests.iter().map(|manifest| Sighting::read(&manifest.to_string()));
    let batch = Batch { seen: seen.collect(), ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &batch, at).await.unwrap();
}

async fn missing(store: &Store, uid: &str, at: Timestamp) {
    let batch = Batch { missing: vec![uid.into()], ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &batch, at).await.unwrap();
}

/// Ingress `a` in another life.
fn again() -> Value {
    let mut manifest = owned("a", "shop");
    manifest["metadata"]["uid"] = json!("again");
    manifest
}

#[tokio::test]
async fn it_is_held_then_due_and_the_watch_proves_that_it_is_gone() {
    let shelf = one_retired().await;
    let store = &shelf.store;
    assert_eq!(tick(store, day(14) - SignedDuration::from_secs(1)).await, Tick::default());
    assert_eq!(tick(store, day(14)).await, Tick { due: 1, ..Tick::default() });
    assert_eq!(tick(store, day(14)).await, Tick::default(), "once");
    assert_eq!(only(store).await.retirement.state, State::Due { since: day(14) });
    missing(store, "shop/a", day(15)).await;
    let row = only(store).await;
    let State::Removed { at, proof } = &row.retirement.state else { panic!("{row:?}") };
    assert_eq!((*at, proof.as_str()), (day(15), "a complete list of the cluster did not have it"));
    assert_eq!(row.campaign.as_ref().map(|(_, team)| team.as_str()), Some("shop"));
    let page = page(store, "state=removed", day(15)).await;
    assert_eq!(page.took, Some(SignedDuration::from_hours(24 * 15)));
    assert_eq!((page.due_this_week, page.weekly_limit), (1, 5));
    for action in ["retirement.requested", "retirement.due", "retirement.proved"] {
        assert_eq!(recorded(store, action).await, 1, "{action}");
    }
    let entry = &entries(store).await[0];
    assert_eq!(entry.target, format!("retirement {}", row.retirement.id));
    assert!(entry.detail.contains("\"ingress\":\"prod/shop/a\""), "{}", entry.detail);
    verified(store, &[]).await.unwrap();
    let (_, detail) = store.retirement(row.retirement.id, day(15)).await.unwrap().unwrap();
    assert!(detail.removed.is_some() && detail.manifest.contains("a.example.com"), "it is kept");
}

#[tokio::test]
async fn what_is_gone_before_the_hold_is_over_is_proved_all_the_same() {
    let shelf = one_retired().await;
    missing(&shelf.store, "shop/a", day(1)).await;
    assert_eq!(stage(&shelf.store).await, Stage::Removed);
    assert_eq!(tick(&shelf.store, day(30)).await, Tick::default());
    assert_eq!(recorded(&shelf.store, "retirement.due").await, 0);
}

async fn used(store: &Store, id: IngressId, at: Timestamp) {
    let traffic = Traffic {
        verdict: Verdict::Active,
        last_success: Some(at),
        tells_success: true,
        ..Traffic::default()
    };
    store.save_traffic(&cluster("prod"), &[(id, traffic, None)]).await.unwrap();
}

#[tokio::test]
async fn successful_traffic_after_the_request_cancels_it_also_when_it_is_due() {
    let shelf = one_retired().await;
    let (store, id) = (&shelf.store, shelf.id("a").await);
    used(store, id, day(-1)).await;
    assert_eq!(tick(store, day(1)).await, Tick::default(), "that was before");
    assert_eq!(tick(store, day(14)).await.due, 1);
    used(store, id, day(15)).await;
    assert_eq!(tick(store, day(16)).await, Tick { cancelled: 1, ..Tick::default() });
    let State::Cancelled { at, why } = only(store).await.retirement.state else {
        panic!("it stays")
    };
    assert_eq!(at, day(16));
    assert!(why.contains("2023-11-29"), "{why}");
    assert_eq!(recorded(store, "retirement.cancelled").await, 1);
    missing(store, "shop/a", day(17)).await;
    assert_eq!(stage(store).await, Stage::Cancelled, "that it goes later says nothing");
}

/// A request that was answered with success.
async fn measured(store: &Store, id: IngressId, route: Option<&str>, at: Timestamp) {
    let sample = SeenSample {
        id,
        route: route.map(str::to_owned),
        last_any: Some(at),
        last_success: Some(at),
        day: at.as_second() / 86_400,
        requests: 1,
        successes: 1,
    };
    let round = Round {
        source: "prometheus".into(),
        checked_at: at,
        until: Some(at),
        since: Some(day(-90)),
        filled_from: None,
        seen: vec![sample],
        covered: Vec::new(),
        error: None,
    };
    store.save_round(&cluster("prod"), &round).await.unwrap();
}

async fn watched(store: &Store, id: IngressId, granularity: Granularity) {
    let traffic = Traffic {
        verdict: Verdict::Quiet,
        source: Some("nginx and prometheus".into()),
        granularity: Some(granularity),
        tells_success: true,
        ..Traffic::default()
    };
    store.save_traffic(&cluster("prod"), &[(id, traffic, None)]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_due_before_its_traffic_was_read_up_to_the_end_of_the_hold() {
    let shelf = one_retired().await;
    let (store, id) = (&shelf.store, shelf.id("a").await);
    watched(store, id, Granularity::Ingress).await;
    let waits = Tick { waiting: 1, ..Tick::default() };
    assert_eq!(tick(store, day(15)).await, waits, "nobody has looked");
    let round = |source: &str, until: Option<Timestamp>| Round {
        source: source.into(),
        checked_at: day(15),
        until,
        since: Some(day(-90)),
        filled_from: None,
        seen: Vec::new(),
        covered: Vec::new(),
        error: until.is_none().then(|| "it is down".into()),
    };
    let save = async |round: Round| store.save_round(&cluster("prod"), &round).await.unwrap();
    save(round("nginx", Some(day(15)))).await;
    save(round("prometheus", Some(day(13)))).await;
    save(round("other", None)).await;
    assert_eq!(tick(store, day(15)).await, waits, "one of both was read");
    save(round("prometheus", None)).await;
    assert_eq!(tick(store, day(15)).await, waits, "it is down");
    save(round("prometheus", Some(day(14)))).await;
    assert_eq!(tick(store, day(15)).await, Tick { due: 1, ..Tick::default() });
}

#[tokio::test]
async fn some_routes_are_cancelled_by_any_traffic_where_no_route_has_its_own() {
    for granularity in [Granularity::Ingress, Granularity::Service] {
        let shelf = partly_retired().await;
        let (store, id) = (&shelf.store, shelf.id("a").await);
        watched(store, id, granularity).await;
        measured(store, id, None, day(-1)).await;
        assert_eq!(tick(store, day(1)).await, Tick::default(), "that was before");
        measured(store, id, None, day(3)).await;
        assert_eq!(tick(store, day(4)).await, Tick { cancelled: 1, ..Tick::default() });
    }
}

#[tokio::test]
async fn some_routes_are_cancelled_by_their_own_traffic_only() {
    let shelf = partly_retired().await;
    let (store, id) = (&shelf.store, shelf.id("a").await);
    watched(store, id, Granularity::Route).await;
    measured(store, id, None, day(3)).await;
    measured(store, id, Some("a.example.com /"), day(3)).await;
    assert_eq!(tick(store, day(4)).await, Tick::default(), "the other route is used");
    measured(store, id, Some("a.example.com /old"), day(5)).await;
    assert_eq!(tick(store, day(6)).await, Tick { cancelled: 1, ..Tick::default() });
}

#[tokio::test]
async fn some_routes_are_proved_by_a_manifest_without_them_and_may_come_back() {
    let shelf = partly_retired().await;
    let store = &shelf.store;
    let id = only(store).await.retirement.id;
    let kept = async || store.retirement_manifest(id).await.unwrap().unwrap();
    assert!(kept().await.contains("\"/old\""));
    seen(store, &[with_paths(2, &["/"])], day(1)).await;
    assert!(kept().await.contains("\"/old\""), "what went is still in it");
    let State::Removed { proof, .. } = only(store).await.retirement.state else { panic!("gone") };
    assert!(proof.contains("does not have the route"), "{proof}");
    seen(store, &[with_paths(3, &["/", "/old"])], day(2)).await;
    assert_eq!(only(store).await.retirement.state, State::Reappeared { at: day(2) });
    seen(store, &[with_paths(4, &["/"])], day(3)).await;
    assert_eq!(stage(store).await, Stage::Removed);
    assert!(kept().await.contains("\"resourceVersion\":\"3\""), "the last that had it");
    assert_eq!(recorded(store, "retirement.proved").await, 2);
    assert_eq!(recorded(store, "retirement.reappeared").await, 1);
}

#[tokio::test]
async fn another_life_under_the_same_name_is_a_return() {
    let shelf = one_retired().await;
    let store = &shelf.store;
    missing(store, "shop/a", day(1)).await;
    seen(store, &[again()], day(2)).await;
    assert_eq!(only(store).await.retirement.state, State::Reappeared { at: day(2) });
    missing(store, "again", day(3)).await;
    assert_eq!(stage(store).await, Stage::Removed);
    assert_eq!(recorded(store, "retirement.proved").await, 2);
    let other = one_retired().await;
    seen(&other.store, &[again()], day(1)).await;
    assert_eq!(stage(&other.store).await, Stage::Reappeared, "the old life and the new at once");
    verified(&other.store, &[]).await.unwrap();
}

#[tokio::test]
async fn the_same_life_may_return_too() {
    let shelf = one_retired().await;
    missing(&shelf.store, "shop/a", day(1)).await;
    seen(&shelf.store, &[owned("a", "shop")], day(2)).await;
    assert_eq!(stage(&shelf.store).await, Stage::Reappeared);
    seen(&shelf.store, &[again()], day(3)).await;
    assert_eq!(stage(&shelf.store).await, Stage::Reappeared, "gone, and there again");
}

#[tokio::test]
async fn no_more_become_due_than_the_week_lets() {
    let manifests: Vec<Value> = (0..8).map(|n| owned(&format!("n{n}"), "shop")).collect();
    let shelf = retired(&manifests).await;
    let store = &shelf.store;
    assert_eq!(tick(store, day(14)).await, Tick { due: 5, waiting: 3, ..Tick::default() });
    missing(store, "shop/n0", day(15)).await;
    let full = Tick { waiting: 3, ..Tick::default() };
    assert_eq!(tick(store, day(20)).await, full, "what is gone counts for its week");
    store.set_retirement_policy(Policy { weekly_least: 6, ..Policy::default() });
    assert_eq!(tick(store, day(20)).await, Tick { due: 1, waiting: 2, ..Tick::default() });
    assert_eq!(tick(store, day(21)).await, Tick { due: 2, ..Tick::default() });
    assert_eq!(recorded(store, "retirement.due").await, 8);
}

#[tokio::test]
async fn who_needs_it_cancels_it_once() {
    let shelf = one_retired().await;
    let store = &shelf.store;
    let id = only(store).await.retirement.id;
    let (ada, eve) = (member("ada", &["shop"]), member("eve", &["cart"]));
    let cancel = async |act: &store::Act, id, reason: &str| {
        status(store.cancel_retirement(act, id, reason, day(1)).await)
    };
    assert_eq!(cancel(&act(&eve), id, "mine").await, 403);
    assert_eq!(cancel(&act(&ada), id, " ").await, 422);
    assert_eq!(cancel(&act(&ada), id, &"x".repeat(100_000)).await, 422);
    assert_eq!(cancel(&act(&ada), RetirementId(99), "needed").await, 404);
    assert_eq!(stage(store).await, Stage::Held);
    let first = act(&ada);
    assert_eq!(cancel(&first, id, "<b>needed</b>").await, 0);
    assert_eq!(cancel(&first, id, "<b>needed</b>").await, 0, "the same submit again");
    assert_eq!(cancel(&act(&admin()), id, "too").await, 409);
    let why = "by ada: <b>needed</b>".to_owned();
    assert_eq!(only(store).await.retirement.state, State::Cancelled { at: day(1), why });
    assert_eq!(recorded(store, "retirement.cancelled").await, 1);
    assert_eq!(tick(store, day(30)).await, Tick::default());
}

#[tokio::test]
async fn what_cannot_be_recorded_does_not_happen() {
    let shelf = one_retired().await;
    let store = &shelf.store;
    let options = SqliteConnectOptions::new().filename(store.path());
    let mut connection = options.connect().await.unwrap();
    let no_room =
        "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::raw_sql(no_room).execute(&mut connection).await.unwrap();
    store.tick_retirements(day(14)).await.unwrap_err();
    let batch = Batch { missing: vec!["shop/a".into()], ..Batch::default() };
    store.apply_ingresses(&cluster("prod"), &batch, day(15)).await.unwrap_err();
    assert_eq!(stage(store).await, Stage::Held);
    sqlx::raw_sql("DROP TRIGGER no_room").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(tick(store, day(14)).await.due, 1);
}

#[tokio::test]
async fn what_goes_one_by_one_is_kept_whole() {
    let shelf = shelf().await;
    let store = &shelf.store;
    shelf.put("prod", &[with_paths(1, &["/", "/x", "/y"])]).await;
    let id = opened(store, terms("cluster=prod")).await;
    let one = review(store, id, "a").await;
    let routes = ["/x", "/y"].map(|path| format!("a.example.com {path}")).to_vec();
    let some = Choice { routes, ..choice(Kind::Retire) };
    decide(store, &act(&member("ada", &["shop"])), &one, some, day(0)).await.unwrap();
    seen(store, &[with_paths(2, &["/", "/y"])], day(1)).await;
    assert_eq!(stage(store).await, Stage::Held);
    seen(store, &[with_paths(3, &["/"])], day(2)).await;
    assert_eq!(stage(store).await, Stage::Removed);
    let kept = store.retirement_manifest(only(store).await.retirement.id).await.unwrap().unwrap();
    assert!(kept.contains("\"/x\"") && kept.contains("\"/y\""), "{kept}");
    assert_eq!(store.retirement_manifest(RetirementId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn what_calls_for_somebody_is_told_to_the_teams_that_it_concerns() {
    let shelf = retired(&["a", "b", "c"].map(|name| owned(name, "shop"))).await;
    let store = &shelf.store;
    let news = async |teams: &[&str], at| {
        let teams: Vec<String> = teams.iter().map(|&team| team.to_owned()).collect();
        let news = store.retirement_news(&teams, at).await.unwrap();
        (news.reappeared, news.due, news.in_use)
    };
    assert_eq!(news(&[], day(1)).await, (0, 0, 0));
    used(store, shelf.id("a").await, day(2)).await;
    missing(store, "shop/b", day(3)).await;
    seen(store, &[owned("b", "shop")], day(4)).await;
    tick(store, day(15)).await;
    for teams in [&[][..], &["shop"], &["cart", "shop"]] {
        assert_eq!(news(teams, day(16)).await, (1, 1, 1), "{teams:?}");
    }
    assert_eq!(news(&["cart"], day(16)).await, (0, 0, 0));
    assert_eq!(news(&[], day(31)).await, (1, 1, 0), "that was long ago");
    let cancel = store.retirements_of(shelf.id("c").await).await.unwrap().remove(0);
    store.cancel_retirement(&act(&admin()), cancel.id, "needed", day(17)).await.unwrap();
    assert_eq!(news(&[], day(17)).await, (1, 0, 1), "who cancels it knows");
    let of = async |query: &str| page(store, query, day(17)).await;
    assert_eq!(of("team=shop").await.rows.len(), 3);
    let others = of("team=cart").await;
    assert!(others.rows.is_empty() && others.counts.iter().all(|(_, count)| *count == 0));
}

#[tokio::test]
async fn the_list_is_paged_and_counted() {
    let manifests: Vec<Value> = (0..60).map(|n| owned(&format!("n{n:02}"), "shop")).collect();
    let shelf = retired(&manifests).await;
    let store = &shelf.store;
    missing(store, "shop/n00", day(1)).await;
    let first = page(store, "", day(1)).await;
    let next = first.next.unwrap();
    let second = page(store, &format!("after={next}"), day(1)).await;
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (50, 10, None));
    let ids: Vec<i64> =
        first.rows.iter().chain(&second.rows).map(|row| row.retirement.id.0).collect();
    assert!(ids.is_sorted_by(|one, other| one > other), "the latest first, each once: {ids:?}");
    assert_eq!(first.counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 0, 59, 1, 0]);
    let removed = page(store, "state=removed", day(1)).await;
    assert_eq!(
        removed.rows.iter().map(|row| row.ingress.name.as_str()).collect::<Vec<_>>(),
        ["n00"]
    );
    assert!(store.retirement(RetirementId(99), day(1)).await.unwrap().is_none());
    let id = removed.rows[0].retirement.ingress;
    assert_eq!(store.retirements_of(id).await.unwrap().len(), 1);
}
