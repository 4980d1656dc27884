//! Opens a campaign: its population is frozen in one transaction, with the proof of completeness.

use std::collections::HashMap;

use domain::CampaignId;
use domain::assess::Rules;
use domain::audit::Action;
use domain::campaign::{CannotOpen, Draft, Open, completeness};
use domain::problem::Problem;
use domain::recommendation::{Facts, Recommendation, recommend};
use domain::sync::ClusterStatus;
use domain::tls::TlsState;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::population::{assigned, population, totals};
use super::{admin, existing, overtaken, parsed, target, told};
use crate::Store;
use crate::acts::{Act, ActError, CONFLICT, Stop, before, begin, keep};
use crate::audit::append;
use crate::inventory::traffic_of;
use crate::row::{chunks, created, from_json, known, millis, moment, run, to_json};

/// Ingresses whose facts are read at once.
const AT_ONCE: usize = 2_000;

/// What an opening looks at besides the database.
pub(crate) struct Opening<'a> {
    /// How fresh the clusters are, taken with the writer in hand.
    pub(crate) statuses: &'a [ClusterStatus],
    /// The operator's rules.
    pub(crate) rules: &'a Rules,
    /// The clusters that are left out by name.
    pub(crate) left_out: &'a [String],
    /// Whether a series opens it, which tries again by itself.
    pub(crate) by_itself: bool,
    /// When it is opened.
    pub(crate) now: Timestamp,
}

impl Opening<'_> {
    /// Nobody is there who could leave clusters out.
    fn refused(&self, error: CannotOpen) -> Stop {
        match error {
            CannotOpen::Stale { clusters } if self.by_itself => {
                let clusters = clusters.join(", ");
                let sentence = format!(
                    "what is known of {clusters} is not up to date; it opens by itself once it is"
                );
                Stop::refused(sentence, CONFLICT)
            }
            error => error.into(),
        }
    }
}

impl Store {
    /// Opens a draft over what its scope means now. `left_out` names clusters that are left out
    /// although they are in the scope. Returns how many ingresses are reviewed.
    pub async fn open_campaign(
        &self,
        act: &Act,
        id: CampaignId,
        left_out: &[String],
        now: Timestamp,
    ) -> Result<u64, ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let statuses = self.clusters().await?;
        let opening =
            Opening { statuses: &statuses, rules: &rules, left_out, by_itself: false, now };
        let opened = open(&mut writer, act, id, &opening).await;
        drop(writer);
        self.acted(opened)
    }
}

async fn open(
    writer: &mut SqliteConnection,
    act: &Act,
    id: CampaignId,
    opening: &Opening<'_>,
) -> Result<u64, Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(opened) = before(&mut transaction, act, "open campaign", &target).await? {
        return Ok(opened);
    }
    admin(act)?;
    let draft = existing(&mut transaction, id).await?.into_draft()?;
    let open = freeze(&mut transaction, draft, opening).await?;
    let count = open.completeness.population();
    let entry = act.draft(Action::CampaignOpened, target.clone(), opened_as(&open), opening.now);
    append(&mut transaction, entry).await?;
    keep(&mut transaction, act, ("open campaign", &target), &count, opening.now).await?;
    transaction.commit().await?;
    Ok(count)
}

/// What the entry of an opening says: terms, population, and the proof of completeness.
pub(crate) fn opened_as(open: &Open) -> Value {
    json!({
        "terms": told(&open.terms),
        "population": open.completeness.population(),
        "completeness": open.completeness,
    })
}

/// Freezes the population of a draft: one review for each ingress. The entry is the caller's.
pub(crate) async fn freeze(
    transaction: &mut Transaction<'_, Sqlite>,
    draft: Draft,
    opening: &Opening<'_>,
) -> Result<Open, Stop> {
    let now = opening.now;
    if draft.terms.due <= now {
        return Err(CannotOpen::DuePast(draft.terms.due).into());
    }
    // The configuration may have other teams by now than when the terms were written.
    draft.terms.check_but_due(&opening.rules.owner.teams)?;
    let scope = &draft.terms.scope;
    let mut found = population(transaction, scope, now).await?;
    let completeness = {
        let (all, in_scope) = (totals(transaction).await?, found.by_cluster());
        let counts = |name: &str| {
            let count = |counts: Option<&u64>| counts.copied().unwrap_or(0);
            (count(all.get(name)), count(in_scope.get(name)))
        };
        completeness(opening.statuses, scope, opening.left_out, counts, now)
            .map_err(|error| opening.refused(error))?
    };
    let taken: Vec<&str> = completeness.taken().collect();
    found.members.retain(|member| taken.contains(&member.cluster.as_str()));
    let terms = draft.terms.clone();
    let reviewed = assigned(&found.members, &terms, &opening.rules.owner.teams)?;
    let open = draft.open(completeness, reviewed.len(), now)?;
    write(transaction, &open).await?;
    insert(transaction, &open, &reviewed).await?;
    Ok(open)
}

async fn write(transaction: &mut Transaction<'_, Sqlite>, open: &Open) -> Result<(), Stop> {
    let written = sqlx::query(
        "UPDATE campaigns SET state = 'open', opened_at = $2, completeness = $3
         WHERE id = $1 AND state = 'draft'",
    )
    .bind(open.id.0)
    .bind(millis(open.opened_at))
    .bind(to_json(&open.completeness))
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(overtaken()) }
}

/// Writes the reviews. While SQLite writes some, what is recommended for the next is worked out.
async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    open: &Open,
    reviewed: &[(i64, &str)],
) -> Result<(), Stop> {
    for reviewed in reviewed.chunks(AT_ONCE) {
        let ids: Vec<i64> = reviewed.iter().map(|(id, _)| *id).collect();
        let facts = facts(transaction, &ids).await?;
        if reviewed.iter().any(|(id, _)| !facts.contains_key(id)) {
            return Err(overtaken());
        }
        run(transaction, chunks(reviewed).map(|chunk| rows(open, chunk, &facts))).await?;
    }
    Ok(())
}

/// `OR FAIL` as for ingresses: an error takes back the transaction.
fn rows(open: &Open, chunk: &[(i64, &str)], facts: &HashMap<i64, FactRow>) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT OR FAIL INTO reviews
           (campaign, ingress_id, assignee, state, material_hash, recommendation, reasons) ",
    );
    let known = chunk.iter().filter_map(|(id, team)| Some((team, facts.get(id)?)));
    query.push_values(known, |mut row, (team, facts)| {
        let recommendation = recommended(facts, open.terms.look_back_days, open.opened_at);
        row.push_bind(open.id.0)
            .push_bind(facts.0)
            .push_bind(*team)
            .push_bind("open")
            .push_bind(&facts.1)
            .push_bind(recommendation.advice.as_str())
            .push_bind(to_json(&recommendation.reasons));
    });
    query
}

/// Number, material hash, TLS state and expiry, creation, first sight, last change, whether the
/// controller is known, problems, traffic.
pub(super) type FactRow = (i64, String, String, i64, i64, i64, i64, i64, String, Option<String>);

/// What is known of these ingresses now.
pub(super) async fn facts(
    connection: &mut SqliteConnection,
    ids: &[i64],
) -> Result<HashMap<i64, FactRow>, sqlx::Error> {
    let rows: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(
           i.id, i.material_hash, i.tls_state, i.tls_expires, i.created_at, i.first_seen_at,
           i.changed_at, i.controller <> '', i.problems, a.traffic))
         FROM json_each($1) AS key
         CROSS JOIN ingresses AS i ON i.id = key.value
         LEFT JOIN answers AS a ON a.ingress_id = i.id",
    )
    .bind(to_json(ids))
    .fetch_one(connection)
    .await?;
    let rows: Vec<FactRow> = parsed(&rows)?;
    Ok(rows.into_iter().map(|row| (row.0, row)).collect())
}

/// What is recommended about an ingress of which this is known.
pub(super) fn recommended(row: &FactRow, look_back_days: u32, now: Timestamp) -> Recommendation {
    let traffic = traffic_of(row.9.as_deref());
    let problems: Vec<Problem> = from_json(&row.8);
    let facts = Facts {
        tls: TlsState::parse(&row.2).unwrap_or(TlsState::Unknown),
        tls_expires: known(row.3),
        problems: &problems,
        created_at: created(row.4).or(Some(moment(row.5))),
        changed_at: created(row.6),
        controller_known: row.7 != 0,
        ..Facts::of_traffic(&traffic, look_back_days)
    };
    recommend(&facts, now)
}
