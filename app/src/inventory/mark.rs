//! What of the list is marked, see [`crate::mark`].

use domain::inventory::{Page, Row, TlsSummary};

use super::reach::Reach;
use crate::mark;

/// The mark of a page of the list. How many there are in all is for those who see all of them.
pub fn of(page: &Page, reach: &Reach) -> String {
    let rows: Vec<_> = page.rows.iter().map(lasting).collect();
    let (before, after) = (page.previous.is_some(), page.next.is_some());
    let total = (*reach == Reach::Everything).then_some(page.total);
    mark::mark(&(rows, page.matching, total, before, after))
}

/// The mark of one row.
pub fn of_row(row: &Row) -> String {
    mark::mark(&lasting(row))
}

/// The row without what every look at metrics and certificates changes.
fn lasting(row: &Row) -> Row {
    Row {
        traffic: mark::lasting(&row.traffic),
        unused_since: None,
        days: Vec::new(),
        tls: TlsSummary { at: None, ..row.tls.clone() },
        ..row.clone()
    }
}
