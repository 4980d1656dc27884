//! Counts agree with the lists that they lead to.

use domain::IngressId;
use domain::inventory::{Count, Preset, ProblemFilter, View};
use domain::tls::{Certificate, Evidence, Finding, Method, Subject, TlsState};
use domain::traffic::Verdict;
use jiff::SignedDuration;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{Scope, Store, TlsSighting};

use crate::support::{Shelf, cluster, now, simple};

/// One that is owned and not used, one whose certificate has expired, and one without routes.
async fn some() -> Shelf {
    let shelf = Shelf::new().await;
    let mut stale = simple("shop", "stale");
    stale["metadata"]["annotations"] = json!({"a8r.io/owner": "ann"});
    let mut expired = simple("shop", "expired");
    expired["spec"]["tls"] = json!([{"hosts": ["expired.example.com"], "secretName": "tls"}]);
    let mut empty = simple("shop", "empty");
    empty["spec"]["rules"] = json!([]);
    shelf.put("prod", &[stale, expired, empty]).await;
    let certificate = Certificate {
        names: vec!["expired.example.com".into()],
        not_after: Some(now() - SignedDuration::from_hours(1)),
        ..Certificate::default()
    };
    let evidence = Evidence {
        method: Method::Secret,
        at: now(),
        subject: Subject::Secret("tls".into()),
        finding: Finding::Certificate(certificate),
    };
    let sightings = [TlsSighting { namespace: "shop".into(), evidence }];
    let prod = cluster("prod");
    shelf.store.apply_tls(&prod, Method::Secret, Scope::All, &sightings, now()).await.unwrap();
    unused(shelf).await
}

/// Makes one of them unused for longer than the look-back.
async fn unused(shelf: Shelf) -> Shelf {
    let (folder, path) = (shelf.folder, shelf.store.path().to_owned());
    shelf.store.close().await.unwrap();
    let mut connection = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::query("UPDATE ingresses SET verdict = 'quiet', unused_since = 0 WHERE name = 'stale'")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    Shelf { folder, store: Store::open(&path).await.unwrap() }
}

#[tokio::test]
async fn each_figure_is_the_length_of_its_list() {
    let shelf = some().await;
    let figures = shelf.store.overview(now()).await.unwrap().all;
    let look_back = u32::try_from(shelf.store.rules().traffic.look_back_days).unwrap();
    let plain = View::default;
    let check = async |what: &str, count: i64, view: View| {
        let matching = shelf.page(&view).await.matching;
        assert_eq!(matching, Count::Exactly(count), "{what}");
        assert!(count > 0, "{what}");
    };
    assert_eq!(figures.ingresses, shelf.page(&plain()).await.total);
    check("stale", figures.stale, Preset::Stale.view(look_back)).await;
    check("orphans", figures.orphans, Preset::Orphans.view(look_back)).await;
    let expired = View { tls: Some(TlsState::Expired), ..plain() };
    check("expired", figures.expired, expired).await;
    let not_measurable = View { verdict: Some(Verdict::NotMeasurable), ..plain() };
    check("not measurable", figures.not_measurable, not_measurable).await;
    let problems = View { problem: Some(ProblemFilter::Any), ..plain() };
    check("problems", figures.problems, problems).await;
    check("no TLS", figures.no_tls, Preset::NoTls.view(look_back)).await;
}

#[tokio::test]
async fn the_owner_of_an_ingress_is_known_by_its_number() {
    let shelf = some().await;
    let owner = async |name: &str| shelf.store.owner_of(shelf.id(name).await).await.unwrap();
    assert_eq!(owner("stale").await, Some(Some("ann".to_owned())));
    assert_eq!(owner("empty").await, Some(None));
    assert_eq!(shelf.store.owner_of(IngressId(99)).await.unwrap(), None);
}
