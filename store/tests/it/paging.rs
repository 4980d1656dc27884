//! Pages by key: every row exactly once, in every order, in both directions, also among ties.

use std::collections::BTreeSet;

use domain::inventory::{At, Cursor, PAGE_SIZE, Row, Shown, Sort, View};
use serde_json::{Value, json};
use store::Batch;

use crate::support::{Shelf, cluster, now, simple};

/// Rows with few distinct values in every column that can be sorted by.
async fn ties() -> Shelf {
    let shelf = Shelf::new().await;
    for name in ["prod", "test"] {
        let manifests: Vec<Value> = (0..115).map(one).collect();
        shelf.put(name, &manifests).await;
    }
    shelf
}

fn one(n: usize) -> Value {
    let mut manifest = simple(&format!("team-{}", n % 3), &format!("web-{}", n / 3));
    manifest["spec"]["ingressClassName"] = ["nginx", "", "traefik", "nginx"][n % 4].into();
    manifest["spec"]["rules"][0]["host"] = format!("h{}.example.com", n % 5).into();
    manifest["metadata"]["creationTimestamp"] =
        ["2024-01-02T03:04:05Z", "never", "2023-01-02T03:04:05Z"][n % 3].into();
    if let owner @ ("ann" | "bob") = ["ann", "", "bob", "ann", ""][n % 5] {
        manifest["metadata"]["annotations"] = json!({"a8r.io/owner": owner});
    }
    if n.is_multiple_of(7) {
        manifest["spec"]["rules"] = json!([]);
    }
    manifest
}

/// What an order sorts by.
fn key(row: &Row, sort: Sort) -> (String, i64) {
    let class = row.class.as_ref().map_or("", |class| &class.name);
    let text = match sort {
        Sort::Place => format!("{}\0{}\0{}", row.cluster, row.namespace, row.name),
        Sort::Namespace => format!("{}\0{}", row.namespace, row.name),
        Sort::Name => row.name.clone(),
        Sort::Host => row.hosts.first().cloned().unwrap_or_default(),
        Sort::Class => format!("{class}\0{}", row.cluster),
        Sort::Owner => row.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
        Sort::Managed => row.managed.by.as_str().to_owned(),
        Sort::Created | Sort::Changed | Sort::Problems | Sort::Traffic | Sort::Expires => {
            String::new()
        }
    };
    let number = match sort {
        Sort::Created => row.created_at.map_or(-1, |at| at.as_millisecond()),
        Sort::Problems => row.problems.len() as i64,
        Sort::Changed => row.changed_at.map_or(-1, |at| at.as_millisecond()),
        Sort::Expires => row.tls.expires_at.map_or(i64::MAX, |at| at.as_millisecond()),
        Sort::Traffic => row.traffic.last_success.map_or(i64::MAX, |at| at.as_millisecond()),
        _ => 0,
    };
    (text, number)
}

/// Walks to the end and back, and answers the rows in order.
async fn there_and_back(shelf: &Shelf, view: &View) -> Vec<Row> {
    let mut pages = Vec::new();
    let mut at = At::Start;
    loop {
        let page = shelf.page(&View { at, ..view.clone() }).await;
        let next = page.next.clone();
        pages.push(page);
        let Some(next) = next else { break };
        at = At::After(next);
    }
    assert_eq!(pages[0].previous, None);
    for (index, later) in pages.iter().enumerate().skip(1).rev() {
        let before = At::Before(later.previous.clone().unwrap());
        let back = shelf.page(&View { at: before, ..view.clone() }).await;
        assert_eq!(back.rows, pages[index - 1].rows, "{}", view.query());
        assert_eq!(back.previous.is_some(), index > 1, "{}", view.query());
    }
    pages.into_iter().flat_map(|page| page.rows).collect()
}

async fn check(shelf: &Shelf, view: &View, expected: usize) {
    let rows = there_and_back(shelf, view).await;
    let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((rows.len(), ids.len()), (expected, expected), "{}", view.query());
    let keys: Vec<_> = rows.iter().map(|row| key(row, view.sort)).collect();
    if view.descending {
        assert!(keys.is_sorted_by(|a, b| a >= b), "{}", view.query());
    } else {
        assert!(keys.is_sorted(), "{}", view.query());
    }
}

#[tokio::test]
async fn every_row_is_met_once_in_every_order_and_direction() {
    let shelf = ties().await;
    let owner = |row: Row| row.owner.map(|owner| owner.name);
    let owners: BTreeSet<_> = shelf.walk(&View::default()).await.into_iter().map(owner).collect();
    assert_eq!(owners.len(), 3, "{owners:?}");
    for sort in Sort::ALL {
        for descending in [false, true] {
            check(&shelf, &View { sort, descending, ..View::default() }, 230).await;
            let cluster = Some("test".to_owned());
            check(&shelf, &View { sort, descending, cluster, ..View::default() }, 115).await;
            let search = "team".to_owned();
            check(&shelf, &View { sort, descending, search, ..View::default() }, 230).await;
        }
    }
}

#[tokio::test]
async fn removed_ones_are_walked_like_present_ones() {
    let shelf = ties().await;
    let missing = (0..115).map(|n| one(n)["metadata"]["uid"].as_str().unwrap().to_owned());
    let batch = Batch { missing: missing.collect(), ..Batch::default() };
    shelf.store.apply_ingresses(&cluster("test"), &batch, now()).await.unwrap();
    for sort in Sort::ALL {
        let view = View { sort, shown: Shown::Removed, ..View::default() };
        check(&shelf, &view, 115).await;
        assert!(shelf.walk(&view).await.iter().all(|row| row.removed_at == Some(now())));
    }
}

#[tokio::test]
async fn rows_that_come_and_go_between_pages_disturb_no_others() {
    let shelf = ties().await;
    let view = View { sort: Sort::Name, ..View::default() };
    let first = shelf.page(&view).await;
    let last = &first.rows[PAGE_SIZE - 1];
    let uid = format!("{}/{}", last.namespace, last.name);
    let batch = Batch { missing: vec![uid], ..Batch::default() };
    shelf.store.apply_ingresses(&cluster(&last.cluster), &batch, now()).await.unwrap();
    shelf.put("prod", &[simple("team-0", "aaa")]).await;
    let next: Cursor = first.next.unwrap();
    let second = shelf.page(&View { at: At::After(next), ..view.clone() }).await;
    let before: Vec<_> = first.rows.iter().map(|row| row.id).collect();
    assert!(second.rows.iter().all(|row| !before.contains(&row.id)));
    assert_eq!(second.rows.len(), PAGE_SIZE);
}
