//! The queue: what is to be decided, and what was, page by page.

use std::collections::HashMap;

use domain::campaign::Terms;
use domain::inventory::Row;
use domain::review::{Counts, Decision, Review, ReviewView, Stage};
use domain::{IngressId, ReviewId};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::rows::{DECISION, DecisionRow, OPEN, REOPENED, REVIEW, ReviewRow as Stored, SETTLED};
use crate::campaigns::{counted, parsed};
use crate::inventory::rows_of;
use crate::row::to_json;
use crate::{Error, Store};

/// One line of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The review.
    pub review: Review,
    /// Its ingress as it is now, there or gone.
    pub row: Row,
    /// The campaign's name.
    pub campaign: String,
    /// Until when it may be decided.
    pub due: Timestamp,
    /// What was decided last, whether it counts or not.
    pub last: Option<Decision>,
}

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewPage {
    /// The lines, campaign by campaign.
    pub rows: Vec<ReviewRow>,
    /// After which review the next page begins, if there is one.
    pub next: Option<ReviewId>,
    /// How many reviews stand where, of the view without its stages and its place.
    pub counts: Counts,
}

/// A review with the decision that its row names, and with the last one of all, and its campaign.
type Found = (Stored, Option<DecisionRow>, Option<DecisionRow>, String);

impl Store {
    /// A page of the queue with so many rows, from one snapshot.
    pub async fn reviews(&self, view: &ReviewView, rows: usize) -> Result<ReviewPage, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        page(&mut reader, view, rows).await.map_err(self.failed())
    }
}

async fn page(
    connection: &mut SqliteConnection,
    view: &ReviewView,
    rows: usize,
) -> Result<ReviewPage, sqlx::Error> {
    let counts = counts(connection, view).await?;
    let text: String =
        statement(view, rows).build_query_scalar().fetch_one(&mut *connection).await?;
    let mut found: Vec<Found> = parsed(&text)?;
    found.sort_by_key(|(review, ..)| review.id());
    let more = found.len() > rows;
    found.truncate(rows);
    let reviews = found
        .into_iter()
        .map(|(review, decision, last, terms)| {
            let last = last.map(DecisionRow::read).transpose()?;
            Ok((review.read(decision)?, last, parsed::<Terms>(&terms)?))
        })
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    let next = reviews.last().map(|(review, ..)| review.id).filter(|_| more);
    let ids: Vec<IngressId> = reviews.iter().map(|(review, ..)| review.ingress).collect();
    let lines: HashMap<IngressId, Row> = rows_of(connection, &ids).await?;
    let rows = reviews.into_iter().filter_map(|(review, last, terms)| {
        // One ingress may be in several campaigns.
        let row = lines.get(&review.ingress)?.clone();
        let Terms { name: campaign, due, .. } = terms;
        Some(ReviewRow { review, row, campaign, due, last })
    });
    Ok(ReviewPage { rows: rows.collect(), next, counts })
}

/// Reviews of one campaign have numbers that follow one another, so this is campaign by campaign.
fn statement(view: &ReviewView, rows: usize) -> QueryBuilder<Sqlite> {
    let last = DECISION.replace("d.", "l.");
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_group_array(json_array(json(review), json(decision), json(last), terms))
         FROM (
           SELECT {REVIEW} AS review, {DECISION} AS decision, {last} AS last, c.terms AS terms
           FROM (SELECT r.id FROM reviews AS r WHERE r.id > "
    ));
    query.push_bind(view.after.map_or(0, |review| review.0));
    filter(&mut query, view);
    if !view.stages.is_empty() {
        stages(&mut query, &view.stages);
    }
    query.push(format!(" ORDER BY r.id LIMIT {}", rows.saturating_add(1)));
    query.push(
        ") AS k
           CROSS JOIN reviews AS r ON r.id = k.id
           CROSS JOIN campaigns AS c ON c.id = r.campaign
           LEFT JOIN decisions AS d ON d.id = r.decision_id
           LEFT JOIN decisions AS l
             ON l.id = (SELECT max(id) FROM decisions WHERE review = r.id)
         )",
    );
    query
}

/// Those that stand in one of these. The codes of all stand by themselves for the index.
fn stages(query: &mut QueryBuilder<Sqlite>, stages: &[Stage]) {
    let of = |gone: bool| -> Vec<&str> {
        let codes = stages.iter().flat_map(|stage| codes(*stage, gone));
        codes.copied().collect()
    };
    let (present, gone) = (of(false), of(true));
    query.push(" AND r.state IN (SELECT value FROM json_each(");
    query.push_bind(to_json(&[&present[..], &gone[..]].concat())).push("))");
    query.push(" AND CASE r.gone WHEN 0 THEN r.state IN (SELECT value FROM json_each(");
    query.push_bind(to_json(&present)).push(")) ELSE r.state IN (SELECT value FROM json_each(");
    query.push_bind(to_json(&gone)).push(")) END");
}

/// What stands in the column `state` for a stage, of what is gone or of what is there.
fn codes(stage: Stage, gone: bool) -> &'static [&'static str] {
    match (stage, gone) {
        (Stage::Open, false) => &[OPEN],
        (Stage::Reopened, false) => &[REOPENED],
        (Stage::NotMine, false) => &["not-mine"],
        (Stage::Gone, true) => &[OPEN, REOPENED, "not-mine"],
        (Stage::Decided, _) => &["confirm", "retire"],
        (Stage::Settled, _) => &[SETTLED],
        (Stage::Open | Stage::Reopened | Stage::NotMine, true) | (Stage::Gone, false) => &[],
    }
}

/// The conditions of a view but for its stages and its place, each with `AND` in front.
fn filter(query: &mut QueryBuilder<Sqlite>, view: &ReviewView) {
    if let Some(campaign) = view.campaign {
        query.push(" AND r.campaign = ").push_bind(campaign.0);
    }
    if !view.assignees.is_empty() {
        query.push(" AND r.assignee IN (SELECT value FROM json_each(");
        query.push_bind(to_json(&view.assignees)).push("))");
    }
    if !view.outcomes.is_empty() {
        query.push(" AND r.outcome IN (SELECT value FROM json_each(");
        query.push_bind(to_json(&view.outcomes)).push("))");
    }
    if let Some(advice) = view.advice {
        query.push(" AND r.recommendation = ").push_bind(advice.as_str());
    }
    if let Some(cluster) = &view.cluster {
        query.push(" AND EXISTS (SELECT 1 FROM ingresses AS i WHERE i.id = r.ingress_id ");
        query.push("AND i.cluster = ").push_bind(cluster).push(")");
    }
}

async fn counts(
    connection: &mut SqliteConnection,
    view: &ReviewView,
) -> Result<Counts, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT r.state, r.gone, count(*) FROM reviews AS r WHERE 1 = 1",
    );
    filter(&mut query, view);
    query.push(" GROUP BY r.state, r.gone");
    let rows: Vec<(String, bool, i64)> = query.build_query_as().fetch_all(connection).await?;
    let mut counts = Counts::default();
    for (state, gone, count) in &rows {
        counted(&mut counts, (state, *gone), *count);
    }
    Ok(counts)
}
