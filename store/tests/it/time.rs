//! What only the time changes.

use domain::inventory::View;
use domain::tls::{Certificate, Evidence, Finding, Method, Subject, TlsState};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{Scope, TlsSighting};

use crate::support::{Shelf, cluster, now, simple};

fn after(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

/// An ingress with these Secrets, of which only `web-tls` has a certificate, good for 60 days.
async fn with_secrets(secrets: &[&str]) -> Shelf {
    let shelf = Shelf::new().await;
    let mut manifest = simple("shop", "web");
    let entry = |secret: &&str| json!({"hosts": ["web.example.com"], "secretName": secret});
    manifest["spec"]["tls"] = secrets.iter().map(entry).collect();
    shelf.put("prod", &[manifest]).await;
    let certificate = Certificate {
        names: vec!["web.example.com".into()],
        not_after: Some(after(60)),
        ..Certificate::default()
    };
    let evidence = Evidence {
        method: Method::Secret,
        at: now(),
        subject: Subject::Secret("web-tls".into()),
        finding: Finding::Certificate(certificate),
    };
    let sighting = TlsSighting { namespace: "shop".into(), evidence };
    let prod = cluster("prod");
    let applied =
        shelf.store.apply_tls(&prod, Method::Secret, Scope::All, &[sighting], now()).await;
    assert!(applied.unwrap() > 0);
    shelf
}

async fn check(shelf: &Shelf, days: i64, written: u64, expected: TlsState) {
    assert_eq!(shelf.store.refresh(after(days)).await.unwrap(), written, "after {days} days");
    let state = shelf.page(&View::default()).await.rows[0].tls.state;
    assert_eq!(state, expected, "after {days} days");
}

#[tokio::test]
async fn a_certificate_comes_into_its_last_days_and_expires_without_any_news() {
    let shelf = with_secrets(&["web-tls"]).await;
    check(&shelf, 0, 0, TlsState::Valid).await;
    check(&shelf, 29, 0, TlsState::Valid).await;
    check(&shelf, 31, 1, TlsState::Expiring).await;
    check(&shelf, 61, 1, TlsState::Expired).await;
    check(&shelf, 62, 0, TlsState::Expired).await;
}

#[tokio::test]
async fn one_certificate_expires_beside_another_that_nobody_knows() {
    let shelf = with_secrets(&["web-tls", "other-tls"]).await;
    check(&shelf, 0, 0, TlsState::Unknown).await;
    check(&shelf, 31, 1, TlsState::Expiring).await;
    check(&shelf, 61, 1, TlsState::Expired).await;
}
