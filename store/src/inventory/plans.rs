//! Every order of the list is read from an index, whatever the position and direction, and every
//! filter too.

use domain::inventory::{At, Cursor, Key, PAGE_SIZE, ProblemFilter, Shown, Sort, View};
use domain::managed::Manager;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use domain::{IngressId, Reviewed};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite};
use tempfile::TempDir;

use super::index::in_order;
use super::{Asked, columns, filters, statement};
use crate::Store;

async fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("test.db")).await.unwrap();
    (folder, store)
}

fn asked(view: &View) -> Asked<'_> {
    Asked { view, now: Timestamp::UNIX_EPOCH, rows: PAGE_SIZE }
}

/// What SQLite would do, line by line.
async fn explained(store: &Store, mut query: QueryBuilder<Sqlite>) -> Vec<String> {
    let rows: Vec<(i64, i64, i64, String)> =
        query.build_query_as().fetch_all(&store.0.readers).await.unwrap();
    rows.into_iter().map(|row| row.3).collect()
}

async fn plan(store: &Store, view: &View, few: bool) -> Vec<String> {
    explained(store, statement("EXPLAIN QUERY PLAN ", &asked(view), few)).await
}

fn cursor(sort: Sort) -> Cursor {
    let key = |_| match sort {
        Sort::Created | Sort::Problems | Sort::Changed | Sort::Traffic | Sort::Expires => {
            Key::Number(1)
        }
        _ => Key::Text("x".into()),
    };
    Cursor { keys: columns(sort).iter().map(key).collect(), id: IngressId(1) }
}

/// One view for each filter, and the index that finds its matches.
fn filtered() -> Vec<(View, &'static str)> {
    let plain = View::default;
    let facts = "ingresses_by_facts";
    vec![
        (View { cluster: Some("prod".into()), ..plain() }, facts),
        (View { namespace: Some("shop".into()), ..plain() }, "ingresses_by_namespace"),
        (View { class: Some("nginx".into()), ..plain() }, "ingresses_by_class"),
        (View { controller: Some("-".into()), ..plain() }, facts),
        (View { owner: Some("-".into()), ..plain() }, "ingresses_by_owner"),
        (View { managed: Some(Manager::Helm), ..plain() }, "ingresses_by_managed"),
        (View { verdict: Some(Verdict::Quiet), ..plain() }, facts),
        (View { unused_days: Some(90), ..plain() }, facts),
        (View { tls: Some(TlsState::Expired), ..plain() }, facts),
        (View { expires_days: Some(30), ..plain() }, "ingresses_by_expires"),
        (View { new_days: Some(30), ..plain() }, "ingresses_by_created"),
        (View { problem: Some(ProblemFilter::Any), ..plain() }, "ingresses_by_problems"),
        (View { problem: Some(ProblemFilter::None), ..plain() }, facts),
        (View { problem: Some(ProblemFilter::Unchecked), ..plain() }, facts),
        (View { problem: Some(ProblemFilter::Code("service-missing")), ..plain() }, facts),
    ]
}

#[tokio::test]
async fn every_order_of_the_plain_list_comes_from_its_index_without_sorting() {
    let (_folder, store) = store().await;
    for sort in Sort::ALL {
        for shown in [Shown::Present, Shown::Removed] {
            for descending in [false, true] {
                for at in [At::Start, At::After(cursor(sort)), At::Before(cursor(sort))] {
                    let view = View { sort, shown, descending, at, ..View::default() };
                    let plan = plan(&store, &view, false).await;
                    let text = plan.join("; ");
                    let index = format!("USING INDEX {} ", in_order(sort));
                    assert!(text.contains(&index), "{view:?}: {text}");
                    assert!(!text.contains("TEMP B-TREE"), "{view:?}: {text}");
                    assert_eq!(plan.len(), 1, "{view:?}: {text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_filter_in_every_order_is_read_from_an_index() {
    let (_folder, store) = store().await;
    for (filter, index) in filtered() {
        for sort in Sort::ALL {
            let view = View { sort, ..filter.clone() };
            let few = plan(&store, &view, true).await.join("; ");
            assert!(few.contains(&format!("INDEX {index} (gone=?")), "{view:?}: {few}");
            let many = plan(&store, &view, false).await.join("; ");
            assert!(many.contains(&format!("USING INDEX {} ", in_order(sort))), "{view:?}: {many}");
            assert!(!many.contains("SCAN"), "{view:?}: {many}");
            // Of one cluster, only those of the same class are sorted, by their numbers.
            assert!(!many.contains("TEMP B-TREE FOR ORDER BY"), "{view:?}: {many}");
        }
    }
}

#[tokio::test]
async fn filters_are_counted_without_reading_the_rows() {
    let (_folder, store) = store().await;
    for (view, index) in filtered() {
        if matches!(view.problem, Some(ProblemFilter::Code(_))) {
            continue;
        }
        let mut query =
            QueryBuilder::new("EXPLAIN QUERY PLAN SELECT count(*) FROM (SELECT 1 FROM ");
        filters(&mut query, &asked(&view), true);
        query.push(" LIMIT 10)");
        let text = explained(&store, query).await.join("; ");
        assert!(text.contains(&format!("COVERING INDEX {index}")), "{view:?}: {text}");
    }
}

#[tokio::test]
async fn what_was_attested_is_found_in_its_index() {
    let (_folder, store) = store().await;
    for reviewed in Reviewed::ALL {
        let view = View { reviewed: Some(reviewed), ..View::default() };
        let few = plan(&store, &view, true).await.join("; ");
        let index = "INDEX ingresses_by_attested (gone=? AND attested_until";
        assert!(few.contains(index), "{view:?}: {few}");
        let owned = View { owner: Some("shop".into()), ..view.clone() };
        let few = plan(&store, &owned, true).await.join("; ");
        assert!(few.contains("INDEX ingresses_by_facts (gone=?"), "{owned:?}: {few}");
    }
}

#[tokio::test]
async fn what_many_have_in_common_does_not_lead_away_from_the_order() {
    let (_folder, store) = store().await;
    for reviewed in Reviewed::ALL {
        for sort in Sort::ALL {
            let view = View { reviewed: Some(reviewed), sort, ..View::default() };
            let many = plan(&store, &view, false).await.join("; ");
            let index = format!("USING INDEX {} ", in_order(sort));
            assert!(many.contains(&index), "{view:?}: {many}");
            assert!(!many.contains("TEMP B-TREE"), "{view:?}: {many}");
        }
    }
}

#[tokio::test]
async fn a_page_further_on_is_found_in_the_index_and_not_counted_off() {
    let (_folder, store) = store().await;
    for sort in Sort::ALL {
        let view = View { sort, at: At::After(cursor(sort)), ..View::default() };
        let text = plan(&store, &view, false).await.join("; ");
        let first = columns(sort)[0].trim_start_matches("i.");
        assert!(
            text.contains(&format!("{first}>")) || text.contains(&format!("({first}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_search_for_few_starts_from_the_text_index() {
    let (_folder, store) = store().await;
    let view = View { search: "checkout".into(), ..View::default() };
    let few = plan(&store, &view, true).await;
    assert!(few[1].contains("VIRTUAL TABLE INDEX"), "{few:?}");
    let many = plan(&store, &view, false).await;
    assert!(many[0].contains("ingresses_by_place"), "{many:?}");
    assert!(!many.join(";").contains("TEMP B-TREE"), "{many:?}");
}

#[tokio::test]
async fn whether_two_letters_stand_anywhere_is_asked_once_and_not_for_every_row() {
    let (_folder, store) = store().await;
    let view = View { search: "eu".into(), ..View::default() };
    for few in [false, true] {
        let plan = plan(&store, &view, few).await;
        let place = |text: &str| plan.iter().position(|line| line.contains(text));
        let (asked, once) = (place("SCAN ingress_terms"), place("SCALAR SUBQUERY"));
        assert!(once.is_some() && asked == once.map(|line| line + 1), "{plan:?}");
    }
}
