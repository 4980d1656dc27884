//! Records what happened to ingresses. Entries are only ever added.

use domain::detail::{Event, Happening, Proof};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::plan::{Novelty, Plan, Write};
use crate::row::{chunks, from_json, millis, moment, run, to_json};

type Entry = (i64, &'static str, String);

pub(super) async fn record(
    connection: &mut SqliteConnection,
    plan: &Plan<'_>,
    now: Timestamp,
    first: bool,
) -> Result<(), sqlx::Error> {
    let gone = |gone: &super::Gone| (gone.id, "removed", gone.proof.as_str().to_owned());
    let mut entries: Vec<Entry> = plan.removals.iter().map(gone).collect();
    entries.extend(plan.writes.iter().flat_map(|write| happened(write, first)));
    entries.extend(plan.late_removals.iter().map(gone));
    run(connection, chunks(&entries).map(|chunk| rows(chunk, now))).await?;
    Ok(())
}

fn rows(entries: &[Entry], now: Timestamp) -> QueryBuilder<Sqlite> {
    let mut query =
        QueryBuilder::<Sqlite>::new("INSERT INTO events (ingress_id, at, what, detail) ");
    query.push_values(entries, |mut row, (id, what, detail)| {
        row.push_bind(*id).push_bind(millis(now)).push_bind(*what).push_bind(detail);
    });
    query
}

fn happened(write: &Write<'_>, first: bool) -> Vec<Entry> {
    let entry = |what, detail| (write.id, what, detail);
    match &write.novelty {
        Novelty::Life if first => Vec::new(),
        Novelty::Life => vec![entry("appeared", String::new())],
        Novelty::Version { changes, returned, .. } => {
            let returned = returned.then(|| entry("reappeared", String::new()));
            let changed = (!changes.is_empty()).then(|| entry("changed", to_json(changes)));
            returned.into_iter().chain(changed).collect()
        }
    }
}

/// The last entries of one ingress, the latest first.
pub(crate) async fn latest(
    connection: &mut SqliteConnection,
    id: i64,
    most: usize,
) -> Result<Vec<Event>, sqlx::Error> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT at, what, detail FROM events WHERE ingress_id = $1 ORDER BY id DESC LIMIT $2",
    )
    .bind(id)
    .bind(most as i64)
    .fetch_all(connection)
    .await?;
    let event = |(at, what, detail): (i64, String, String)| {
        let what = match what.as_str() {
            "appeared" => Happening::Appeared,
            "changed" => Happening::Changed(from_json(&detail)),
            "removed" => Happening::Removed(Proof::parse(&detail)?),
            "reappeared" => Happening::Reappeared,
            _ => return None,
        };
        Some(Event { at: moment(at), what })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}
