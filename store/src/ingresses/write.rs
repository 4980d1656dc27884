//! Writes lives and removals.

use domain::{Backend, Ingress, Port};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::Gone;
use super::plan::{Novelty, Write};
use crate::answers::{self, Answer};
use crate::known::around;
use crate::reassess::Judge;
use crate::row::{chunks, millis, run, to_json};

/// So many hosts stand in the row itself; the manifest has them all.
const HOSTS_IN_ROW: usize = 20;

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
) -> Result<(), sqlx::Error> {
    if writes.is_empty() {
        return Ok(());
    }
    let cluster = judge.cluster.as_str();
    let ingresses: Vec<&Ingress> = writes.iter().map(|write| &write.sighting.ingress).collect();
    let around = around(connection, cluster, judge.checks, &ingresses).await?;
    let answer = |ingress: &&Ingress| {
        let conclusion = around.conclude(ingress, &judge.rules, judge.now);
        Answer::new(&conclusion, judge.checks.bits())
    };
    let answers: Vec<Answer> = ingresses.iter().map(answer).collect();
    let judged: Vec<Judged<'_>> = writes.iter().zip(&answers).collect();
    let (lives, versions): (Vec<_>, Vec<_>) =
        judged.iter().partition(|(write, _)| matches!(write.novelty, Novelty::Life));
    let new = explained(&lives);
    let known = explained(&versions);
    let named = named(connection, writes).await?;
    let backends = backends(connection, writes).await?;
    let texts = texts(connection, writes).await?;
    let statements = chunks(&lives)
        .flat_map(|lives| [rows(judge, lives), manifests(lives)])
        .chain(versions.iter().flat_map(|version| [row(judge, version), manifest(version.0)]))
        .chain(answers::explain(&new))
        .chain(answers::renew(&known))
        .chain(answers::name(cluster, &named))
        .chain(chunks(&backends).map(|chunk| backend_rows(cluster, chunk)))
        .chain(search(&texts));
    run(connection, statements).await?;
    Ok(())
}

fn explained<'a>(judged: &[Judged<'a>]) -> Vec<(i64, &'a Answer)> {
    judged.iter().map(|(write, answer)| (write.id, *answer)).collect()
}

/// What is written, and what was concluded of it.
type Judged<'a> = (&'a Write<'a>, &'a Answer);

/// `OR FAIL`, because SQLite copies every page that a statement changes, into a file, for as long as
/// it might have to take back that statement alone; here an error takes back the transaction.
fn rows(judge: &Judge, lives: &[Judged<'_>]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO ingresses (id, cluster, uid, namespace, name, resource_version, gone,
           class, class_source, first_host, hosts, host_count, route_count, addresses, created_at,
           first_seen_at, material_hash, oddities, problems, problem_count, checks, controller,
           owner, managed, tls_state, tls_expires) ",
    );
    query.push_values(lives, |mut row, (write, answer)| {
        let ingress = &write.sighting.ingress;
        let object = &ingress.object;
        let hosts = ingress.hosts();
        row.push_bind(write.id)
            .push_bind(&judge.cluster)
            .push_bind(&object.uid)
            .push_bind(&object.namespace)
            .push_bind(&object.name)
            .push_bind(&object.resource_version)
            .push_bind(0)
            .push_bind(ingress.class.as_ref().map_or("", |class| &class.name))
            .push_bind(ingress.class.as_ref().map(|class| class.source.as_str()))
            .push_bind(hosts.first().copied().unwrap_or(""))
            .push_bind(to_json(&hosts[..hosts.len().min(HOSTS_IN_ROW)]))
            .push_bind(hosts.len() as i64)
            .push_bind(ingress.routes.len() as i64)
            .push_bind(to_json(&ingress.addresses))
            .push_bind(object.created_at.map_or(-1, millis))
            .push_bind(millis(judge.now))
            .push_bind(&write.sighting.material_hash)
            .push_bind(to_json(&ingress.oddities))
            .push_bind(&answer.problems)
            .push_bind(answer.problem_count)
            .push_bind(answer.checks)
            .push_bind(&answer.controller)
            .push_bind(&answer.owner_name)
            .push_bind(&answer.managed_code)
            .push_bind(&answer.tls_state)
            .push_bind(answer.tls_expires);
    });
    query
}

/// The statement for a row that is there already: one for each, because SQLite takes back a statement
/// of a single row without copies.
fn row(judge: &Judge, (write, answer): &Judged<'_>) -> QueryBuilder<Sqlite> {
    let ingress = &write.sighting.ingress;
    let hosts = ingress.hosts();
    let mut query = QueryBuilder::<Sqlite>::new("UPDATE ingresses SET resource_version = ");
    query.push_bind(&ingress.object.resource_version);
    query.push(", gone = 0, removed_at = NULL, removal = NULL, class = ");
    query.push_bind(ingress.class.as_ref().map_or("", |class| &class.name));
    query.push(", class_source = ");
    query.push_bind(ingress.class.as_ref().map(|class| class.source.as_str()));
    query.push(", first_host = ").push_bind(hosts.first().copied().unwrap_or(""));
    query.push(", hosts = ").push_bind(to_json(&hosts[..hosts.len().min(HOSTS_IN_ROW)]));
    query.push(", host_count = ").push_bind(hosts.len() as i64);
    query.push(", route_count = ").push_bind(ingress.routes.len() as i64);
    query.push(", addresses = ").push_bind(to_json(&ingress.addresses));
    query.push(", created_at = ").push_bind(ingress.object.created_at.map_or(-1, millis));
    query.push(", material_hash = ").push_bind(&write.sighting.material_hash);
    query.push(", oddities = ").push_bind(to_json(&ingress.oddities));
    query.push(", problems = ").push_bind(&answer.problems);
    query.push(", problem_count = ").push_bind(answer.problem_count);
    query.push(", checks = ").push_bind(answer.checks);
    query.push(", controller = ").push_bind(&answer.controller);
    query.push(", owner = ").push_bind(&answer.owner_name);
    query.push(", managed = ").push_bind(&answer.managed_code);
    query.push(", tls_state = ").push_bind(&answer.tls_state);
    query.push(", tls_expires = ").push_bind(answer.tls_expires);
    query.push(", changed_at = max(changed_at, ").push_bind(changed_at(write, judge.now));
    query.push(") WHERE id = ").push_bind(write.id);
    query
}

fn manifest(write: &Write<'_>) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new("UPDATE manifests SET body = ");
    query.push_bind(&write.sighting.body).push(" WHERE ingress_id = ").push_bind(write.id);
    query
}

/// -1 for a sight that shows no change that matters.
fn changed_at(write: &Write<'_>, now: Timestamp) -> i64 {
    match &write.novelty {
        Novelty::Version { changes, .. } if changes.iter().any(|change| change.material) => {
            millis(now)
        }
        _ => -1,
    }
}

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
