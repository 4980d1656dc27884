//! Where in an order a page begins.

use serde::{Deserialize, Serialize};

use super::Sort;
use crate::ids::IngressId;

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum At {
    /// At the start of the order.
    #[default]
    Start,
    /// After this row.
    After(Cursor),
    /// So that it ends before this row.
    Before(Cursor),
}

/// The place of a row in an order: its sort values, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort values, as many as the order has columns.
    pub keys: Vec<Key>,
    /// The row.
    pub id: IngressId,
}

/// One sort value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

impl Cursor {
    /// Reads a page mark of this order.
    pub fn parse(text: &str, sort: Sort) -> Option<Self> {
        let mut keys: Vec<Key> = serde_json::from_str(text).ok()?;
        let Some(Key::Number(id)) = keys.pop() else { return None };
        let fits = |key: &Key| matches!(key, Key::Number(_)) == sort.is_numeric();
        (keys.len() == sort.keys() && keys.iter().all(fits))
            .then_some(Self { keys, id: IngressId(id) })
    }

    /// The page mark that [`Self::parse`] reads back.
    pub fn to_text(&self) -> String {
        let id = Key::Number(self.id.0);
        let keys: Vec<&Key> = self.keys.iter().chain([&id]).collect();
        serde_json::to_string(&keys).expect("keys are numbers and texts")
    }
}
