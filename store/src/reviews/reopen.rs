//! A material change opens decided reviews of open campaigns again, in the transaction that takes over
//! the change.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{Action, Draft};
use domain::review::{Kind, Review, ReviewState};
use domain::traffic::route_key;
use domain::{Change, Ingress, ReviewId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::retire::withdraw;
use super::rows::{DECISION, DecisionRow, REVIEW, ReviewRow, code};
use super::target;
use super::write::{Step, steps};
use crate::acts::{Stop, Who};
use crate::audit::append_all;
use crate::campaigns::parsed;
use crate::row::to_json;

/// A new version of an ingress that is known already.
pub(crate) struct Version<'a> {
    pub(crate) id: i64,
    pub(crate) before: &'a Ingress,
    pub(crate) after: &'a Ingress,
    pub(crate) hash: &'a str,
    pub(crate) changes: &'a [Change],
}

/// Opens again what was decided about other versions than these.
pub(crate) async fn reopen(
    transaction: &mut Transaction<'_, Sqlite>,
    versions: &[Version<'_>],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let by_id: BTreeMap<i64, &Version<'_>> =
        versions.iter().map(|version| (version.id, version)).collect();
    if by_id.is_empty() {
        return Ok(());
    }
    let mut reopened = Vec::new();
    for review in decided(transaction, &by_id).await? {
        let Some(version) = by_id.get(&review.ingress.0) else { continue };
        if version.is_what_was_asked(&review) {
            continue;
        }
        let material = version.changes.iter().filter(|change| change.material).cloned();
        let next = review.clone().changed(version.hash, material.collect());
        if next != review {
            reopened.push((review, next));
        }
    }
    let drafts = save(transaction, &reopened, now).await.map_err(|stop| match stop {
        Stop::Sql(error) => error,
        Stop::Refused(sentence, _) => sqlx::Error::Protocol(sentence),
    })?;
    append_all(transaction, drafts).await
}

async fn save(
    transaction: &mut Transaction<'_, Sqlite>,
    reopened: &[(Review, Review)],
    now: Timestamp,
) -> Result<Vec<Draft>, Stop> {
    if reopened.is_empty() {
        return Ok(Vec::new());
    }
    let next = reopened.iter().map(|(review, next)| {
        let decision = review.state.last().map_or(0, |decision| decision.id);
        Step { next, was: (code(&review.state), decision) }
    });
    steps(transaction, &next.collect::<Vec<_>>()).await?;
    let mut drafts: Vec<Draft> = reopened
        .iter()
        .map(|(_, next)| Who::Itself.draft(Action::Reopened, target(next.id), said(next), now))
        .collect();
    let ids: Vec<ReviewId> = reopened.iter().map(|(review, _)| review.id).collect();
    let why = "the ingress has changed since, and is reviewed again";
    drafts.extend(withdraw(transaction, &ids, why, (Who::Itself, now)).await?);
    Ok(drafts)
}

fn said(next: &Review) -> serde_json::Value {
    let changes = match &next.state {
        ReviewState::Reopened { changes, .. } => changes.as_slice(),
        _ => &[],
    };
    json!({
        "campaign": next.campaign,
        "ingress_id": next.ingress,
        "material_hash": next.material_hash,
        "changes": changes,
    })
}

/// Reviews of open campaigns that were decided, with another material hash than these have now.
async fn decided(
    connection: &mut SqliteConnection,
    versions: &BTreeMap<i64, &Version<'_>>,
) -> Result<Vec<Review>, sqlx::Error> {
    let keys: Vec<(i64, &str)> = versions.values().map(|one| (one.id, one.hash)).collect();
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_group_array(json_array({REVIEW}, {DECISION})) FROM json_each("
    ));
    query.push_bind(to_json(&keys)).push(
        ") AS key
         CROSS JOIN reviews AS r ON r.ingress_id = key.value ->> 0
         CROSS JOIN campaigns AS c ON c.id = r.campaign
         LEFT JOIN decisions AS d ON d.id = r.decision_id
         WHERE r.material_hash <> key.value ->> 1 AND c.state = 'open'
           AND r.state NOT IN ('open', 'settled')",
    );
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    let rows: Vec<(ReviewRow, Option<DecisionRow>)> = parsed(&text)?;
    rows.into_iter().map(|(review, decision)| review.read(decision)).collect()
}

impl Version<'_> {
    /// Whether it only lost routes that were decided to go: then the decision is being carried out.
    fn is_what_was_asked(&self, review: &Review) -> bool {
        let ReviewState::Decided(last) = &review.state else { return false };
        if last.choice.kind != Kind::Retire {
            return false;
        }
        let named = &last.choice.routes;
        let lost = self.before.routes.iter().filter(|route| !self.after.routes.contains(route));
        let lost: BTreeSet<String> = lost.map(route_key).collect();
        let came = self.after.routes.iter().any(|route| !self.before.routes.contains(route));
        let mut more = self.changes.iter().filter(|change| change.material);
        let only_less = more.all(|change| {
            ["route", "TLS"].contains(&change.what.as_str()) && change.after.is_none()
        });
        let asked = named.is_empty() || lost.iter().all(|route| named.contains(route));
        !lost.is_empty() && !came && only_less && asked
    }
}
