//! Writes lives and removals.

use domain::{Backend, Ingress, Port};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::columns::{row, rows, stored};
use super::plan::{Novelty, Write};
use super::{Answers, Gone};
use crate::answers::{self, Answer};
use crate::known::around;
use crate::reassess::Judge;
use crate::row::{chunks, millis, run, to_json};

pub(super) async fn removals(
    connection: &mut SqliteConnection,
    removals: &[Gone],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for gone in removals {
        sqlx::query(
            "UPDATE ingresses SET gone = 1, removed_at = $2, removal = $3
             WHERE id = $1 AND gone = 0",
        )
        .bind(gone.id)
        .bind(millis(now))
        .bind(gone.proof.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn writes(
    connection: &mut SqliteConnection,
    judge: &Judge,
    writes: &[Write<'_>],
    early: &Answers,
) -> Result<(), sqlx::Error> {
    if writes.is_empty() {
        return Ok(());
    }
    let cluster = judge.cluster.as_str();
    let is_late = |write: &&Write<'_>| !early.contains_key(write.sighting.uid());
    let late: Vec<&Write<'_>> = writes.iter().filter(is_late).collect();
    let ingresses: Vec<&Ingress> = late.iter().map(|write| &write.sighting.ingress).collect();
    let answers = judged(connection, judge, &ingresses).await?;
    let mut answers = answers.iter();
    let mut answer = |write: &Write<'_>| early.get(write.sighting.uid()).or_else(|| answers.next());
    let judged: Vec<Judged<'_>> =
        writes.iter().filter_map(|write| Some((write, answer(write)?))).collect();
    let (lives, versions): (Vec<_>, Vec<_>) =
        judged.iter().partition(|(write, _)| matches!(write.novelty, Novelty::Life));
    let new = explained(&lives);
    let known = explained(&versions);
    let named = named(connection, writes).await?;
    let backends = backends(connection, writes).await?;
    let texts = texts(connection, writes).await?;
    let stored = stored(connection, &versions).await?;
    let statements = chunks(&lives)
        .flat_map(|lives| [rows(judge, lives), manifests(lives)])
        .chain(versions.iter().filter_map(|version| row(judge, version, &stored)))
        .chain(chunks(&versions).map(renewed))
        .chain(answers::explain(&new))
        .chain(answers::renew(&known))
        .chain(answers::name(cluster, &named))
        .chain(chunks(&backends).map(|chunk| backend_rows(cluster, chunk)))
        .chain(search(&texts))
        .chain(merge(&texts));
    run(connection, statements).await?;
    Ok(())
}

/// What is concluded of these ingresses, in their order.
pub(super) async fn judged(
    connection: &mut SqliteConnection,
    judge: &Judge,
    ingresses: &[&Ingress],
) -> Result<Vec<Answer>, sqlx::Error> {
    if ingresses.is_empty() {
        return Ok(Vec::new());
    }
    let around = around(connection, &judge.cluster, judge.checks, ingresses).await?;
    let answer = |ingress: &&Ingress| {
        let conclusion = around.conclude(ingress, &judge.rules, judge.now);
        Answer::new(&conclusion, judge.checks.bits())
    };
    Ok(ingresses.iter().map(answer).collect())
}

fn explained<'a>(judged: &[Judged<'a>]) -> Vec<(i64, &'a Answer)> {
    judged.iter().map(|(write, answer)| (write.id, *answer)).collect()
}

/// What is written, and what was concluded of it.
pub(super) type Judged<'a> = (&'a Write<'a>, &'a Answer);

/// The names in TLS entries, of new ingresses and of those of which they may differ from before.
async fn named<'a>(
    connection: &mut SqliteConnection,
    writes: &'a [Write<'_>],
) -> Result<Vec<answers::Name<'a>>, sqlx::Error> {
    let mut named = Vec::new();
    let mut former = Vec::new();
    for write in writes {
        let ingress = &write.sighting.ingress;
        if let Novelty::Version { before, returned, .. } = &write.novelty {
            // One that an older schema left as gone has no names yet.
            let same = before.tls == ingress.tls && before.hosts() == ingress.hosts();
            if same && !returned {
                continue;
            }
            former.push(write.id);
        }
        named.extend(answers::names(write.id, ingress));
    }
    delete("DELETE FROM tls_names WHERE ingress_id", connection, &former).await?;
    Ok(named)
}

fn manifests(lives: &[Judged<'_>]) -> QueryBuilder<Sqlite> {
    let mut query =
        QueryBuilder::<Sqlite>::new("INSERT OR FAIL INTO manifests (ingress_id, body) ");
    query.push_values(lives, |mut row, (write, _)| {
        row.push_bind(write.id).push_bind(&write.sighting.body);
    });
    query
}

/// The manifests of lives that are there already.
fn renewed(versions: &[Judged<'_>]) -> QueryBuilder<Sqlite> {
    let mut query = manifests(versions);
    query.push(" ON CONFLICT (ingress_id) DO UPDATE SET body = excluded.body");
    query
}

/// Ingress, namespace, Service and port.
type BackendRow<'a> = (i64, &'a str, String, String);

/// The Services behind new ingresses, and behind those that have others now than before.
async fn backends<'a>(
    connection: &mut SqliteConnection,
    writes: &'a [Write<'_>],
) -> Result<Vec<BackendRow<'a>>, sqlx::Error> {
    let mut rows = Vec::new();
    let mut former = Vec::new();
    for write in writes {
        let backends = write.sighting.ingress.backends();
        if let Novelty::Version { before, .. } = &write.novelty {
            if before.backends() == backends {
                continue;
            }
            former.push(write.id);
        }
        let namespace = write.sighting.ingress.object.namespace.as_str();
        rows.extend(backends.into_iter().filter_map(|backend| match backend {
            Backend::Service { name, port } => Some((write.id, namespace, name, port_text(&port))),
            _ => None,
        }));
    }
    delete("DELETE FROM backends WHERE ingress_id", connection, &former).await?;
    Ok(rows)
}

/// Deletes what belongs to these ingresses.
async fn delete(
    statement: &'static str,
    connection: &mut SqliteConnection,
    ids: &[i64],
) -> Result<(), sqlx::Error> {
    if !ids.is_empty() {
        let mut query = QueryBuilder::<Sqlite>::new(statement);
        query.push(" IN (SELECT value FROM json_each(").push_bind(to_json(ids)).push("))");
        query.build().execute(connection).await?;
    }
    Ok(())
}

fn backend_rows(cluster: &str, rows: &[BackendRow<'_>]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO backends (ingress_id, cluster, namespace, service, port) ",
    );
    query.push_values(rows, |mut row, (id, namespace, service, port)| {
        row.push_bind(*id)
            .push_bind(cluster)
            .push_bind(*namespace)
            .push_bind(service)
            .push_bind(port);
    });
    query.push(" ON CONFLICT DO NOTHING");
    query
}

fn port_text(port: &Port) -> String {
    match port {
        Port::Missing => String::new(),
        port => port.to_string(),
    }
}

/// What is searched of new ingresses, and of those of which it differs from before.
async fn texts<'a>(
    connection: &mut SqliteConnection,
    writes: &'a [Write<'_>],
) -> Result<Vec<(i64, &'a str)>, sqlx::Error> {
    let mut rows = Vec::new();
    let mut former = Vec::new();
    for write in writes {
        let text = write.sighting.search_text.as_str();
        if let Novelty::Version { before, .. } = &write.novelty {
            if before.search_text() == text {
                continue;
            }
            former.push(write.id);
        }
        rows.push((write.id, text));
    }
    delete("DELETE FROM ingress_search WHERE rowid", connection, &former).await?;
    Ok(rows)
}

/// One statement for all, because FTS5 writes what it has gathered at the end of each.
fn search(texts: &[(i64, &str)]) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO ingress_search (rowid, text)
         SELECT value ->> 0, value ->> 1 FROM json_each(",
    );
    query.push_bind(to_json(texts)).push(")");
    (!texts.is_empty()).then_some(query)
}

/// Pages of the text index that each commit merges.
const MERGED_PAGES: i64 = 16;

/// Merges as much of the text index as a commit has time for; left to itself, SQLite does nothing for
/// a while and then everything (sqlite.org/fts5.html, the 'merge' command).
fn merge(texts: &[(i64, &str)]) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO ingress_search (ingress_search, rank) VALUES ('merge', ",
    );
    query.push_bind(MERGED_PAGES).push(")");
    (!texts.is_empty()).then_some(query)
}
