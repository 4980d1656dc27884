//! Every order of the list is read from an index, whatever the position and direction.

use domain::IngressId;
use domain::inventory::{At, Cursor, Key, Shown, Sort, View};
use tempfile::TempDir;

use super::{columns, statement};
use crate::Store;

/// What SQLite would do, line by line.
async fn plan(store: &Store, view: &View, few: bool) -> Vec<String> {
    let mut query = statement("EXPLAIN QUERY PLAN ", view, few);
    let rows: Vec<(i64, i64, i64, String)> =
        query.build_query_as().fetch_all(&store.0.readers).await.unwrap();
    rows.into_iter().map(|row| row.3).collect()
}

fn cursor(sort: Sort) -> Cursor {
    let key = |_| match sort {
        Sort::Created | Sort::Problems => Key::Number(1),
        _ => Key::Text("x".into()),
    };
    Cursor { keys: columns(sort).iter().map(key).collect(), id: IngressId(1) }
}

#[tokio::test]
async fn every_order_of_the_plain_list_comes_from_its_index_without_sorting() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("test.db")).await.unwrap();
    for sort in Sort::ALL {
        let index = match sort {
            Sort::Place => "ingresses_by_place",
            Sort::Namespace => "ingresses_by_namespace",
            Sort::Name => "ingresses_by_name",
            Sort::Host => "ingresses_by_host",
            Sort::Class => "ingresses_by_class",
            Sort::Created => "ingresses_by_created",
            Sort::Problems => "ingresses_by_problems",
        };
        for shown in [Shown::Present, Shown::Removed] {
            for descending in [false, true] {
                for at in [At::Start, At::After(cursor(sort)), At::Before(cursor(sort))] {
                    let view = View { sort, shown, descending, at, ..View::default() };
                    for few in [false, true] {
                        let plan = plan(&store, &view, few).await;
                        let text = plan.join("; ");
                        assert!(
                            text.contains(&format!("USING INDEX {index} ")),
                            "{view:?}: {text}"
                        );
                        assert!(!text.contains("TEMP B-TREE"), "{view:?}: {text}");
                        assert_eq!(plan.len(), 1, "{view:?}: {text}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_page_further_on_is_found_in_the_index_and_not_counted_off() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("test.db")).await.unwrap();
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
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("test.db")).await.unwrap();
    let view = View { search: "checkout".into(), ..View::default() };
    let few = plan(&store, &view, true).await;
    assert!(few[0].contains("VIRTUAL TABLE INDEX"), "{few:?}");
    let many = plan(&store, &view, false).await;
    assert!(many[0].contains("ingresses_by_place"), "{many:?}");
    assert!(!many.join(";").contains("TEMP B-TREE"), "{many:?}");
}
