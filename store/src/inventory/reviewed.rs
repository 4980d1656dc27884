//! The filter by what people have attested.

use domain::Reviewed;
use sqlx::{QueryBuilder, Sqlite};

use super::Asked;
use crate::row::millis;

/// `from_index` is whether the matches are found first. On the way through an order the `+` keeps
/// SQLite on that way: where nobody has reviewed anything, the index tells nothing apart.
pub(super) fn filter(query: &mut QueryBuilder<Sqlite>, asked: &Asked<'_>, from_index: bool) {
    let Some(reviewed) = asked.view.reviewed else { return };
    let until = if from_index { "i.attested_until" } else { "+i.attested_until" };
    query.push(format!(" AND {until} "));
    match reviewed {
        Reviewed::Never => query.push("< 0"),
        Reviewed::Valid => query.push("> ").push_bind(millis(asked.now)).push(SAME),
        Reviewed::Expired => query.push("BETWEEN 0 AND ").push_bind(millis(asked.now)).push(SAME),
        Reviewed::Changed => query.push(">= 0 AND i.attested_hash <> i.material_hash"),
    };
}

/// What was attested is what is there.
const SAME: &str = " AND i.attested_hash = i.material_hash";
