//! Writes lives and removals.

use domain::problem::{Checks, Problem, Subject, Surroundings};
use domain::{Backend, Ingress, Port};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::Gone;
use super::plan::{Novelty, Write};
use crate::row::{chunks, millis, to_json};
use crate::surroundings::{around, services_of};

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
    cluster: &str,
    writes: &[Write<'_>],
    now: Timestamp,
    checks: Checks,
) -> Result<(), sqlx::Error> {
    if writes.is_empty() {
        return Ok(());
    }
    let services = services_of(writes.iter().map(|write| &write.sighting.ingress));
    let around = around(connection, cluster, checks, &services).await?;
    for chunk in chunks(writes) {
        rows(connection, cluster, chunk, now, &around).await?;
        manifests(connection, chunk).await?;
    }
    backends(connection, cluster, writes).await?;
    search(connection, writes).await
}

async fn rows(
    connection: &mut SqliteConnection,
    cluster: &str,
    writes: &[Write<'_>],
    now: Timestamp,
    around: &Surroundings,
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO ingresses (id, cluster, uid, namespace, name, resource_version, gone, class,
           class_source, first_host, hosts, host_count, route_count, addresses, created_at,
           first_seen_at, material_hash, oddities, problems, problem_count, checks) ",
    );
    query.push_values(writes, |mut row, write| {
        let ingress = &write.sighting.ingress;
        let object = &ingress.object;
        let hosts = ingress.hosts();
        let problems = problems(ingress, around);
        row.push_bind(write.id)
            .push_bind(cluster)
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
            .push_bind(millis(now))
            .push_bind(&write.sighting.material_hash)
            .push_bind(to_json(&ingress.oddities))
            .push_bind(to_json(&problems))
            .push_bind(problems.len() as i64)
            .push_bind(around.checks.bits());
    });
    query.push(
        " ON CONFLICT (id) DO UPDATE SET
           resource_version = excluded.resource_version,
           gone = 0,
           removed_at = NULL,
           removal = NULL,
           class = excluded.class,
           class_source = excluded.class_source,
           first_host = excluded.first_host,
           hosts = excluded.hosts,
           host_count = excluded.host_count,
           route_count = excluded.route_count,
           addresses = excluded.addresses,
           created_at = excluded.created_at,
           material_hash = excluded.material_hash,
           oddities = excluded.oddities,
           problems = excluded.problems,
           problem_count = excluded.problem_count,
           checks = excluded.checks",
    );
    query.build().execute(connection).await?;
    Ok(())
}

fn problems(ingress: &Ingress, around: &Surroundings) -> Vec<Problem> {
    around.assess(Subject {
        namespace: &ingress.object.namespace,
        class: ingress.class.as_ref(),
        backends: &ingress.backends(),
        oddities: &ingress.oddities,
    })
}

async fn manifests(
    connection: &mut SqliteConnection,
    writes: &[Write<'_>],
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO manifests (ingress_id, body) ");
    query.push_values(writes, |mut row, write| {
        row.push_bind(write.id).push_bind(&write.sighting.body);
    });
    query.push(" ON CONFLICT (ingress_id) DO UPDATE SET body = excluded.body");
    query.build().execute(connection).await?;
    Ok(())
}

async fn backends(
    connection: &mut SqliteConnection,
    cluster: &str,
    writes: &[Write<'_>],
) -> Result<(), sqlx::Error> {
    let mut rows = Vec::new();
    for write in writes {
        let backends = write.sighting.ingress.backends();
        if let Novelty::Version { before, .. } = &write.novelty {
            if before.backends() == backends {
                continue;
            }
            sqlx::query("DELETE FROM backends WHERE ingress_id = $1")
                .bind(write.id)
                .execute(&mut *connection)
                .await?;
        }
        let namespace = write.sighting.ingress.object.namespace.as_str();
        rows.extend(backends.into_iter().filter_map(|backend| match backend {
            Backend::Service { name, port } => Some((write.id, namespace, name, port_text(&port))),
            _ => None,
        }));
    }
    for chunk in chunks(&rows) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO backends (ingress_id, cluster, namespace, service, port) ",
        );
        query.push_values(chunk, |mut row, (id, namespace, service, port)| {
            row.push_bind(*id)
                .push_bind(cluster)
                .push_bind(*namespace)
                .push_bind(service)
                .push_bind(port);
        });
        query.push(" ON CONFLICT DO NOTHING");
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn port_text(port: &Port) -> String {
    match port {
        Port::Missing => String::new(),
        port => port.to_string(),
    }
}

async fn search(
    connection: &mut SqliteConnection,
    writes: &[Write<'_>],
) -> Result<(), sqlx::Error> {
    let mut rows = Vec::new();
    for write in writes {
        let text = write.sighting.ingress.search_text();
        match &write.novelty {
            Novelty::Life => rows.push((write.id, text)),
            Novelty::Version { before, .. } if before.search_text() != text => {
                sqlx::query("UPDATE ingress_search SET text = $2 WHERE rowid = $1")
                    .bind(write.id)
                    .bind(text)
                    .execute(&mut *connection)
                    .await?;
            }
            Novelty::Version { .. } => {}
        }
    }
    for chunk in chunks(&rows) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO ingress_search (rowid, text) ");
        query.push_values(chunk, |mut row, (id, text)| {
            row.push_bind(*id).push_bind(text);
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
