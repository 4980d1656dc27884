//! The rows of some ingresses, for lists of what else is known of them.

use std::collections::HashMap;

use domain::IngressId;
use domain::inventory::{Row, Sort};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{COLUMNS, answer, read};
use crate::row::to_json;

/// The rows of these ingresses, there or gone, without daily requests.
pub(crate) async fn rows_of(
    connection: &mut SqliteConnection,
    ids: &[IngressId],
) -> Result<HashMap<IngressId, Row>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS} FROM ingresses AS i WHERE i.id IN (SELECT value FROM json_each("
    ));
    query.push_bind(to_json(ids)).push("))");
    let found = query.build().fetch_all(&mut *connection).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        rows.push(read(row, Sort::Place)?.0);
    }
    answer(connection, &mut rows).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
