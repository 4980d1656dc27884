//! No page of the audit entries reads the whole chain to begin somewhere in it.

use domain::audit::{Action, AuditView};
use tempfile::TempDir;

use super::statement;
use crate::Store;

/// What SQLite would do.
async fn plan(view: &AuditView) -> String {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("test.db")).await.unwrap();
    let mut query = statement("EXPLAIN QUERY PLAN ", view, view.after.is_some());
    let rows: Vec<(i64, i64, i64, String)> =
        query.build_query_as().fetch_all(&store.0.readers).await.unwrap();
    rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn every_place_in_the_chain_is_found_by_its_number() {
    let start = AuditView::default();
    for view in [start.clone(), start.older(500), start.newer(500)] {
        let plan = plan(&view).await;
        assert!(plan.contains("USING INTEGER PRIMARY KEY (rowid"), "{view:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{view:?}: {plan}");
    }
}

#[tokio::test]
async fn actions_and_days_are_found_in_an_index() {
    let action = AuditView { action: Some(Action::SignIn), ..AuditView::default() };
    for view in [action.clone(), action.older(500), action.newer(500)] {
        let plan = plan(&view).await;
        assert!(plan.contains("INDEX audit_by_action (action=? AND"), "{view:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{view:?}: {plan}");
    }
}
