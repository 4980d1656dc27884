//! A short mark of what a list shows, without what only time changes, so that the browser can tell
//! a changed list from one that has merely grown older.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use domain::inventory::{Page, Row};

/// The mark of a page of the list.
pub fn of(page: &Page) -> String {
    mark(&(&page.rows, page.matching, page.total, page.previous.is_some(), page.next.is_some()))
}

/// The mark of one row.
pub fn of_row(row: &Row) -> String {
    mark(row)
}

/// Equal within one process, which is as long as a page stays open against it.
fn mark(shown: &impl Debug) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{shown:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
