//! How the answers of some rows are known: what stands aside of the rows themselves.

use std::collections::HashMap;

use domain::inventory::{DAYS, Row};
use domain::traffic::Traffic;
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::answers;
use crate::row::{from_json, to_json};

type Explanation = (i64, String, String, String, Option<String>);

/// Fills in owner, manager, TLS state, traffic and daily requests.
pub(crate) async fn explain(
    connection: &mut SqliteConnection,
    rows: &mut [Row],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    answer(connection, rows).await?;
    let mut days = days(connection, &ids(rows), now).await?;
    for row in rows {
        row.days = counted(&row.traffic, days.remove(&row.id.0));
    }
    Ok(())
}

fn ids(rows: &[Row]) -> String {
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    to_json(&ids)
}

/// Fills in owner, manager, TLS state and traffic.
pub(crate) async fn answer(
    connection: &mut SqliteConnection,
    rows: &mut [Row],
) -> Result<(), sqlx::Error> {
    let told: Vec<Explanation> = sqlx::query_as(
        "SELECT ingress_id, owner, managed, tls, traffic FROM answers
         WHERE ingress_id IN (SELECT value FROM json_each($1))",
    )
    .bind(ids(rows))
    .fetch_all(connection)
    .await?;
    let told: HashMap<i64, Explanation> =
        told.into_iter().map(|explanation| (explanation.0, explanation)).collect();
    for row in rows {
        let told = told.get(&row.id.0);
        row.owner = answers::owner(told.map(|told| told.1.as_str()));
        row.managed = answers::managed(told.map(|told| told.2.as_str()));
        row.tls = answers::tls(told.map(|told| told.3.as_str()));
        row.traffic = traffic_of(told.and_then(|told| told.4.as_deref()));
    }
    Ok(())
}

/// What is said of the traffic of an ingress; before the first round, nothing can be.
pub(crate) fn traffic_of(text: Option<&str>) -> Traffic {
    text.and_then(from_json::<Option<Traffic>>).unwrap_or_else(|| Traffic {
        reason: "no traffic was collected yet".into(),
        ..Traffic::default()
    })
}

/// Zeros are only shown of what is counted.
pub(crate) fn counted(traffic: &Traffic, days: Option<Vec<u32>>) -> Vec<u32> {
    match days {
        Some(days) => days,
        None if traffic.source.is_some() => vec![0; DAYS],
        None => Vec::new(),
    }
}

/// The requests of each of the last days, today last, by ingress; one without any has no entry.
pub(crate) async fn days(
    connection: &mut SqliteConnection,
    ids: &str,
    now: Timestamp,
) -> Result<HashMap<i64, Vec<u32>>, sqlx::Error> {
    let today = now.as_second().div_euclid(86_400);
    let first = today - DAYS as i64 + 1;
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT ingress_id, json_group_array(json_array(day, requests)) FROM traffic_days
         WHERE ingress_id IN (SELECT value FROM json_each($1)) AND day BETWEEN $2 AND $3
         GROUP BY ingress_id",
    )
    .bind(ids)
    .bind(first)
    .bind(today)
    .fetch_all(connection)
    .await?;
    let read = |(id, text): (i64, String)| {
        let mut days = vec![0; DAYS];
        for (day, requests) in from_json::<Vec<(i64, i64)>>(&text) {
            if let Some(place) = usize::try_from(day - first).ok().and_then(|at| days.get_mut(at)) {
                *place = u32::try_from(requests).unwrap_or(u32::MAX);
            }
        }
        (id, days)
    };
    Ok(rows.into_iter().map(read).collect())
}
