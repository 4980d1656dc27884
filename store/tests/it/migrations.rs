//! Every step of the schema over a database that an older one left, with rows in it.

use std::path::{Path, PathBuf};

use domain::assess::Rules;
use domain::detail::Happening;
use domain::inventory::{Shown, View};
use domain::material::hex;
use domain::owner::{self, OwnerSource};
use domain::retirement::RetirementView;
use domain::sync::Kind;
use domain::tls::{Policy, TlsState};
use domain::traffic::Verdict;
use domain::{CampaignId, IngressId, ReviewId};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use store::{SCHEMA, Store};
use tempfile::TempDir;

use crate::support::{cluster, digest, now, verified};

/// The released steps and their SHA-256. A new step is a new line; an old line never changes.
const RELEASED: [(&str, &str); 4] = [
    ("0001_inventory.sql", "74bf92d7b1a7bd84c69ce5487f4bf6bd2cf89c73ac2c7ac9ed1cf64e36659124"),
    ("0002_answers.sql", "fd23505b52e1e6441d8b62c495cf9d7d2b90d3c87d0184ff5fa8090805b3922b"),
    ("0003_sign_in.sql", "9a9e975cd0a4da897240dd1c9a8f7b75915b74eccbd3a2548199fdd78cd7e218"),
    ("0004_reviews.sql", "316da9efee7653b33444d9a17f9e32241724a492c5cbbbb950755ce541dd2727"),
];

/// What stands in the tables after a step, in SQL as of that step; nothing where a step adds no
/// table.
const ROWS: [&str; 4] = [
    include_str!("rows/0001.sql"),
    include_str!("rows/0002.sql"),
    include_str!("rows/0003.sql"),
    include_str!("rows/0004.sql"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}

fn step(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

#[test]
fn a_released_step_is_never_edited() {
    let mut found: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, RELEASED.map(|(name, _)| name), "the steps, each with its sum");
    assert_eq!(SCHEMA, RELEASED.len() as i64);
    for (name, sum) in RELEASED {
        assert_eq!(hex(&Sha256::digest(step(name))), sum, "{name} was edited; add a step instead");
    }
}

/// A database as a Routebook of an older schema left it.
async fn left_by(schema: usize, path: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.foreign_keys(true).connect().await.unwrap();
    for (index, (name, _)) in RELEASED.iter().take(schema).enumerate() {
        sqlx::raw_sql(AssertSqlSafe(step(name))).execute(&mut connection).await.unwrap();
        // References are looked at when the transaction ends.
        let rows = format!("BEGIN; {} COMMIT;", ROWS[index]);
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut connection).await.unwrap();
    }
    let mark = format!("PRAGMA user_version = {schema}");
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_every_older_schema_is_brought_up_to_date_and_read() {
    for schema in 0..=RELEASED.len() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("routebook.db");
        left_by(schema, &path).await;
        let store = Store::open(&path).await.unwrap();
        assert_eq!(store.versions().0, SCHEMA);
        if schema >= 1 {
            reads_the_first_rows(&store).await;
            finds_the_answers_of_old_rows(&store).await;
        }
        if schema >= 3 {
            reads_who_has_signed_in(&store).await;
        }
        if schema >= 4 {
            reads_what_was_decided(&store).await;
        }
        store.close().await.unwrap();
        let mut connection = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
        let version: i64 =
            sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
        assert_eq!(version, SCHEMA);
        let broken: Option<(String,)> = sqlx::query_as("PRAGMA foreign_key_check")
            .fetch_optional(&mut connection)
            .await
            .unwrap();
        assert_eq!(broken, None);
        connection.close().await.unwrap();
        Store::open(&path).await.unwrap();
    }
}

/// What `rows/0001.sql` says, through today's store.
async fn reads_the_first_rows(store: &Store) {
    let page = store.inventory(&View::default(), now()).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["web"]);
    let changed = page.rows[0].changed_at.unwrap();
    assert_eq!(changed.as_millisecond(), 1_700_000_350_000, "the last change that matters");
    let found = View { search: "web.exam".into(), ..View::default() };
    assert_eq!(store.inventory(&found, now()).await.unwrap().rows, page.rows);
    let removed = View { shown: Shown::Removed, ..View::default() };
    let gone = &store.inventory(&removed, now()).await.unwrap().rows[0];
    let detail = store.ingress(gone.id, now()).await.unwrap().unwrap();
    assert_eq!(detail.removed.unwrap().at.as_millisecond(), 1_700_000_300_000);
    assert_eq!(detail.lives.len(), 1);
    let happened: Vec<_> = detail.history.iter().map(|event| &event.what).collect();
    assert!(matches!(happened[..], [Happening::Removed(_), Happening::Appeared]), "{happened:?}");
    let status = store.kind_status(&cluster("prod"), Kind::Ingress);
    assert_eq!(status.resource_version.as_deref(), Some("42"));
    assert_eq!(store.clusters().await.unwrap()[0].uid.as_deref(), Some("uid-1"));
}

/// What an older schema did not know is found when the rules are set.
async fn finds_the_answers_of_old_rows(store: &Store) {
    let rules = Rules {
        tls: Policy { expiring_days: 31 },
        owner: owner::Rules {
            fallbacks: vec![owner::Fallback { cluster: None, class: None, owner: "shop".into() }],
            ..owner::Rules::default()
        },
        ..Rules::default()
    };
    assert_eq!(store.set_rules(rules.clone(), now()).await.unwrap(), 1);
    assert_eq!(store.set_rules(rules, now()).await.unwrap(), 0, "the same rules again");
    let view = View { owner: Some("shop".into()), ..View::default() };
    let row = &store.inventory(&view, now()).await.unwrap().rows[0];
    assert_eq!(row.controller.as_deref(), Some("k8s.io/ingress-nginx"));
    assert_eq!(row.tls.state, TlsState::None);
    assert_eq!(row.traffic.verdict, Verdict::NotMeasurable);
}

/// What `rows/0003.sql` says, through today's store.
async fn reads_who_has_signed_in(store: &Store) {
    let people = store.people(None, now()).await.unwrap();
    let [ada, other] = &people[..] else { panic!("{people:?}") };
    assert_eq!(ada.user.profile.groups, ["engineering", "shop"]);
    assert_eq!(ada.sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [7]);
    assert!(other.user.disabled.is_some() && other.sessions.is_empty());
    let hour = SignedDuration::from_hours(1);
    let found = store.session(&digest("session"), hour, now()).await.unwrap();
    assert_eq!(found, Some((ada.user.clone(), 7)));
    let begun = store.take_sign_in(&digest("sign-in"), now()).await.unwrap();
    assert_eq!(begun.unwrap().back, "/ingresses");
    let head = verified(store, &[]).await.unwrap();
    assert_eq!(head, store.audit_head().await.unwrap());
    assert_eq!(head.sequence, 2);
}

/// What `rows/0004.sql` says, through today's store.
async fn reads_what_was_decided(store: &Store) {
    let view = store.campaign(CampaignId(5)).await.unwrap().unwrap();
    assert_eq!(view.campaign.terms().scope.view.unused_days, Some(90));
    assert_eq!((view.counts().confirmed, view.counts().total()), (1, 1));
    let card = store.review(ReviewId(11), now()).await.unwrap().unwrap();
    assert_eq!(card.decisions[0].by.name(), "Ada");
    assert_eq!(card.comments[0].text, "asked the shop");
    assert_eq!(card.attestation.unwrap().hash, "abc");
    let page = store.retirements(&RetirementView::default(), now()).await.unwrap();
    assert_eq!(page.rows[0].retirement.state.as_str(), "removed");
    assert_eq!(store.series().await.unwrap()[0].zone, "Europe/Berlin");
    assert_eq!(store.claims_of(IngressId(2)).await.unwrap().len(), 1);
    let row = &store.inventory(&View::default(), now()).await.unwrap().rows[0];
    assert_eq!(row.owner.as_ref().unwrap().source, OwnerSource::Override);
}
