//! How conclusions stand in the database, and which differ from what stands there.

use std::collections::HashMap;

use domain::Ingress;
use domain::assess::Conclusion;
use domain::inventory::TlsSummary;
use domain::managed::Managed;
use domain::owner::Owner;
use domain::tls::Tls;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::known::tls_names;
use crate::row::{UNKNOWN, chunks, from_json, millis, run, to_json};

/// A conclusion as texts and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) problems: String,
    pub(crate) problem_count: i64,
    pub(crate) checks: i64,
    pub(crate) controller: String,
    pub(crate) owner_name: String,
    pub(crate) managed_code: String,
    pub(crate) tls_state: String,
    pub(crate) tls_expires: i64,
    pub(crate) owner: String,
    pub(crate) managed: String,
    pub(crate) tls: String,
}

impl Answer {
    /// Writes a conclusion down.
    pub(crate) fn new(conclusion: &Conclusion, checks: i64) -> Self {
        let Conclusion { problems, controller, owner, managed, tls } = conclusion;
        Self {
            problems: to_json(problems),
            problem_count: problems.len() as i64,
            checks,
            controller: controller.clone().unwrap_or_default(),
            owner_name: owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
            managed_code: managed.by.as_str().to_owned(),
            tls_state: tls.state.as_str().to_owned(),
            tls_expires: tls.expires_at.map_or(UNKNOWN, millis),
            owner: to_json(owner),
            managed: to_json(managed),
            tls: to_json(&summary(tls)),
        }
    }
}

/// The TLS state without its entries, which are found anew when somebody looks at them.
pub(crate) fn summary(tls: &Tls) -> TlsSummary {
    TlsSummary {
        state: tls.state,
        reason: tls.reason.clone(),
        method: tls.method,
        at: tls.at,
        expires_at: tls.expires_at,
        disagreement: tls.disagreement.clone(),
    }
}

/// The stored answers of some ingresses, by number.
pub(crate) async fn stored(
    connection: &mut SqliteConnection,
    ids: &str,
) -> Result<HashMap<i64, Answer>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT i.id, i.problems, i.problem_count, i.checks, i.controller, i.owner, i.managed,
           i.tls_state, i.tls_expires, coalesce(a.owner, ''), coalesce(a.managed, ''),
           coalesce(a.tls, '')
         FROM ingresses AS i LEFT JOIN answers AS a ON a.ingress_id = i.id
         WHERE i.id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let answer = |row: &sqlx::sqlite::SqliteRow| {
        let answer = Answer {
            problems: row.try_get(1)?,
            problem_count: row.try_get(2)?,
            checks: row.try_get(3)?,
            controller: row.try_get(4)?,
            owner_name: row.try_get(5)?,
            managed_code: row.try_get(6)?,
            tls_state: row.try_get(7)?,
            tls_expires: row.try_get(8)?,
            owner: row.try_get(9)?,
            managed: row.try_get(10)?,
            tls: row.try_get(11)?,
        };
        Ok((row.try_get(0)?, answer))
    };
    rows.iter().map(answer).collect()
}

/// Writes the answers of one stored ingress.
pub(crate) async fn update(
    connection: &mut SqliteConnection,
    id: i64,
    answer: &Answer,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE ingresses SET problems = $2, problem_count = $3, checks = $4, controller = $5,
           owner = $6, managed = $7, tls_state = $8, tls_expires = $9
         WHERE id = $1",
    )
    .bind(id)
    .bind(&answer.problems)
    .bind(answer.problem_count)
    .bind(answer.checks)
    .bind(&answer.controller)
    .bind(&answer.owner_name)
    .bind(&answer.managed_code)
    .bind(&answer.tls_state)
    .bind(answer.tls_expires)
    .execute(&mut *connection)
    .await?;
    run(connection, renew(&[(id, answer)])).await?;
    Ok(())
}

/// The statements that write how the answers are known, of ingresses that may be there already.
pub(crate) fn renew<'a>(
    answers: &'a [(i64, &'a Answer)],
) -> impl Iterator<Item = QueryBuilder<Sqlite>> + Send + use<'a> {
    explain(answers).map(|mut insert| {
        insert.push(
            " ON CONFLICT (ingress_id) DO UPDATE SET
               owner = excluded.owner, managed = excluded.managed, tls = excluded.tls",
        );
        insert
    })
}

/// The same for new ones.
pub(crate) fn explain<'a>(
    answers: &'a [(i64, &'a Answer)],
) -> impl Iterator<Item = QueryBuilder<Sqlite>> + Send + use<'a> {
    chunks(answers).map(|chunk| {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT OR FAIL INTO answers (ingress_id, owner, managed, tls) ",
        );
        query.push_values(chunk, |mut row, (id, answer)| {
            row.push_bind(*id)
                .push_bind(&answer.owner)
                .push_bind(&answer.managed)
                .push_bind(&answer.tls);
        });
        query
    })
}

/// Ingress, namespace, Secret and host.
pub(crate) type Name<'a> = (i64, &'a str, &'a str, &'a str);

/// The Secrets and hosts that an ingress's certificates are found by.
pub(crate) fn names(id: i64, ingress: &Ingress) -> impl Iterator<Item = Name<'_>> {
    let namespace = ingress.object.namespace.as_str();
    tls_names(ingress).into_iter().map(move |(secret, host)| (id, namespace, secret, host))
}

/// The statements that write these names.
pub(crate) fn name<'a>(
    cluster: &'a str,
    names: &'a [Name<'a>],
) -> impl Iterator<Item = QueryBuilder<Sqlite>> + Send + use<'a> {
    chunks(names).map(move |chunk| {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT OR FAIL INTO tls_names (ingress_id, cluster, namespace, secret, host) ",
        );
        query.push_values(chunk, |mut row, (id, namespace, secret, host)| {
            row.push_bind(*id)
                .push_bind(cluster)
                .push_bind(*namespace)
                .push_bind(*secret)
                .push_bind(*host);
        });
        query.push(" ON CONFLICT DO NOTHING");
        query
    })
}

/// Who owns an ingress, as it stands in the database.
pub(crate) fn owner(text: Option<&str>) -> Option<Owner> {
    text.and_then(from_json)
}

/// What manages an ingress, as it stands in the database.
pub(crate) fn managed(text: Option<&str>) -> Managed {
    text.and_then(from_json::<Option<Managed>>).unwrap_or_default()
}

/// The TLS state, as it stands in the database; unknown if it was not looked at yet.
pub(crate) fn tls(text: Option<&str>) -> TlsSummary {
    text.and_then(from_json::<Option<TlsSummary>>).unwrap_or_else(|| TlsSummary {
        state: domain::tls::TlsState::Unknown,
        reason: "not looked at yet".into(),
        method: None,
        at: None,
        expires_at: None,
        disagreement: None,
    })
}

/// The same as a whole, whose entries are not known any more.
pub(crate) fn whole(text: Option<&str>) -> Tls {
    let TlsSummary { state, reason, method, at, expires_at, disagreement } = tls(text);
    Tls { state, reason, method, at, expires_at, entries: Vec::new(), disagreement }
}
