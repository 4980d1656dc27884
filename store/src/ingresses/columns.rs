//! The rows of lives: new ones, and what differs in those that are there already.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::plan::Novelty;
use super::write::Judged;
use crate::reassess::Judge;
use crate::row::{millis, to_json};

/// So many hosts stand in the row itself; the manifest has them all.
const HOSTS_IN_ROW: usize = 20;

/// The columns of a row that a sight may change.
const COLUMNS: [&str; 19] = [
    "resource_version",
    "class",
    "class_source",
    "first_host",
    "hosts",
    "host_count",
    "route_count",
    "addresses",
    "created_at",
    "material_hash",
    "oddities",
    "problems",
    "problem_count",
    "checks",
    "controller",
    "owner",
    "managed",
    "tls_state",
    "tls_expires",
];

/// What stands in a column.
enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Null,
}

/// The values of [`COLUMNS`].
fn values<'a>((write, answer): &Judged<'a>) -> [Value<'a>; COLUMNS.len()] {
    let (ingress, answer) = (&write.sighting.ingress, *answer);
    let hosts = ingress.hosts();
    let text = |text: &'a str| Value::Text(Cow::Borrowed(text));
    let json = |json: String| Value::Text(Cow::Owned(json));
    let class = ingress.class.as_ref();
    [
        text(&ingress.object.resource_version),
        text(class.map_or("", |class| &class.name)),
        class.map_or(Value::Null, |class| text(class.source.as_str())),
        text(hosts.first().copied().unwrap_or("")),
        json(to_json(&hosts[..hosts.len().min(HOSTS_IN_ROW)])),
        Value::Number(hosts.len() as i64),
        Value::Number(ingress.routes.len() as i64),
        json(to_json(&ingress.addresses)),
        Value::Number(ingress.object.created_at.map_or(-1, millis)),
        text(&write.sighting.material_hash),
        json(to_json(&ingress.oddities)),
        text(&answer.problems),
        Value::Number(answer.problem_count),
        Value::Number(answer.checks),
        text(&answer.controller),
        text(&answer.owner_name),
        text(&answer.managed_code),
        text(&answer.tls_state),
        Value::Number(answer.tls_expires),
    ]
}

/// `OR FAIL`, because SQLite copies every page that a statement changes, into a file, for as long as
/// it might have to take back that statement alone; here an error takes back the transaction.
pub(super) fn rows(judge: &Judge, lives: &[Judged<'_>]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO ingresses (id, cluster, uid, namespace, name, gone, first_seen_at, ",
    );
    query.push(COLUMNS.join(", ")).push(") ");
    query.push_values(lives, |mut row, life| {
        let object = &life.0.sighting.ingress.object;
        row.push_bind(life.0.id)
            .push_bind(&judge.cluster)
            .push_bind(&object.uid)
            .push_bind(&object.namespace)
            .push_bind(&object.name)
            .push_bind(0)
            .push_bind(millis(judge.now));
        for value in values(life) {
            match value {
                Value::Text(text) => row.push_bind(text.into_owned()),
                Value::Number(number) => row.push_bind(number),
                Value::Null => row.push("NULL"),
            };
        }
    });
    query
}

/// The rows of these lives, as they stand.
pub(super) async fn stored(
    connection: &mut SqliteConnection,
    versions: &[Judged<'_>],
) -> Result<HashMap<i64, SqliteRow>, sqlx::Error> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = versions.iter().map(|(write, _)| write.id).collect();
    let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
    query.push(COLUMNS.join(", ")).push(", id FROM ingresses WHERE id IN (SELECT value FROM ");
    query.push("json_each(").push_bind(to_json(&ids)).push("))");
    let rows = query.build().fetch_all(connection).await?.into_iter();
    rows.map(|row| Ok((row.try_get("id")?, row))).collect()
}

/// The statement for a row that is there already: one for each, because SQLite takes back a statement
/// of a single row without copies. It names only what differs, because SQLite renews the indexes of
/// every column that is named.
pub(super) fn row(
    judge: &Judge,
    version: &Judged<'_>,
    stored: &HashMap<i64, SqliteRow>,
) -> Option<QueryBuilder<Sqlite>> {
    let write = version.0;
    let stored = stored.get(&write.id);
    let mut query = QueryBuilder::<Sqlite>::new("UPDATE ingresses SET ");
    let mut set = query.separated(", ");
    let mut any = false;
    for (number, value) in values(version).into_iter().enumerate() {
        if stored.is_some_and(|row| is_same(row, number, &value)) {
            continue;
        }
        any = true;
        set.push(COLUMNS[number]).push_unseparated(" = ");
        match value {
            Value::Text(text) => set.push_bind_unseparated(text.into_owned()),
            Value::Number(number) => set.push_bind_unseparated(number),
            Value::Null => set.push_unseparated("NULL"),
        };
    }
    if let Novelty::Version { changes, returned, .. } = &write.novelty {
        if *returned {
            any = true;
            set.push("gone = 0, removed_at = NULL, removal = NULL");
        }
        if changes.iter().any(|change| change.material) {
            any = true;
            set.push("changed_at = max(changed_at, ").push_bind_unseparated(millis(judge.now));
            set.push_unseparated(")");
            set.push("attested_hash = ''");
        }
    }
    query.push(" WHERE id = ").push_bind(write.id);
    any.then_some(query)
}

fn is_same(row: &SqliteRow, column: usize, value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => row.try_get::<&str, _>(column).is_ok_and(|stored| stored == text),
        Value::Number(number) => {
            row.try_get::<i64, _>(column).is_ok_and(|stored| stored == *number)
        }
        Value::Null => row.try_get::<Option<&str>, _>(column).is_ok_and(|stored| stored.is_none()),
    }
}
