//! The inventory as a question and an answer: a [`View`] is what the URL of the list says, a
//! [`Page`] is what the store answers.

mod column;
mod cursor;
mod filter;
mod preset;
mod row;
mod sort;
mod view;

pub use column::Column;
pub use cursor::{At, Cursor, Key};
pub use filter::{ProblemFilter, Shown};
pub use preset::Preset;
pub use row::{Choices, Count, Page, Row, TlsSummary};
pub use sort::Sort;
pub use view::{InvalidView, View};

/// Rows on a page.
pub const PAGE_SIZE: usize = 50;
/// The longest search text that is looked at, in characters.
pub const LONGEST_SEARCH: usize = 200;
/// A search counts its matches exactly up to here.
pub const COUNT_LIMIT: i64 = 5_000;
/// The most days that a filter may name: ten years.
pub const MOST_DAYS: u32 = 3_650;
/// So many days of requests are kept for the bars of a row, today's included.
pub const DAYS: usize = 90;
