//! Answers what is on its way out, and how it goes.

use std::collections::HashMap;

use domain::detail::Detail;
use domain::inventory::{PAGE_SIZE, Row};
use domain::retirement::{IN_USE, Policy, Retirement, RetirementView, Stage};
use domain::{CampaignId, IngressId, RetirementId};
use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::rows::{COLUMNS, TABLES, read};
use super::tick::week;
use crate::detail::detail;
use crate::inventory::rows_of;
use crate::row::{millis, to_json};
use crate::{Error, Store};

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetirementRow {
    /// The retirement.
    pub retirement: Retirement,
    /// Its ingress, there or gone.
    pub ingress: Row,
    /// The campaign in which it was decided, and the team that decided.
    pub campaign: Option<(CampaignId, String)>,
}

/// What of retirements calls for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RetirementNews {
    /// Were gone, and are there again.
    pub reappeared: u64,
    /// May be removed.
    pub due: u64,
    /// Were cancelled within 14 days because they are used.
    pub in_use: u64,
}

/// That something was cancelled is news for so long.
const NEWS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The answer to a [`RetirementView`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetirementPage {
    /// The rows, the latest request first.
    pub rows: Vec<RetirementRow>,
    /// After which one the next page begins, if there is one.
    pub next: Option<RetirementId>,
    /// How many there are in each state, of the view without its state and place, in the order of
    /// [`Stage::ALL`].
    pub counts: Vec<(Stage, u64)>,
    /// How long it took from the request to the proof, of the one in the middle of all.
    pub took: Option<SignedDuration>,
    /// How many have become due within seven days.
    pub due_this_week: u64,
    /// How many may.
    pub weekly_limit: u64,
}

impl Store {
    /// One page of the retirements, from one snapshot.
    pub async fn retirements(
        &self,
        view: &RetirementView,
        now: Timestamp,
    ) -> Result<RetirementPage, Error> {
        let policy = self.retirement_policy();
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        page(&mut reader, view, policy, now).await.map_err(self.failed())
    }

    /// What of the retirements of these teams, or of all if none is named, calls for somebody.
    pub async fn retirement_news(
        &self,
        teams: &[String],
        now: Timestamp,
    ) -> Result<RetirementNews, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        news(&mut reader, teams, now).await.map_err(self.failed())
    }

    /// A retirement and its ingress, which may be gone; `None` if there is none of this number.
    pub async fn retirement(
        &self,
        id: RetirementId,
        now: Timestamp,
    ) -> Result<Option<(Retirement, Detail)>, Error> {
        let rules = self.rules();
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let found = one(&mut reader, id).await.map_err(self.failed())?;
        let Some(retirement) = found else { return Ok(None) };
        let detail = detail(&mut reader, retirement.ingress, &rules, now).await;
        Ok(detail.map_err(self.failed())?.map(|detail| (retirement, detail)))
    }

    /// Every retirement of an ingress, the latest first.
    pub async fn retirements_of(&self, id: IngressId) -> Result<Vec<Retirement>, Error> {
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.ingress_id = "
        ));
        query.push_bind(id.0).push(" ORDER BY r.id DESC");
        let rows = query.build().fetch_all(&self.0.readers).await.map_err(self.failed())?;
        let retirements = rows.iter().map(|row| Ok(read(row)?.retirement));
        retirements.collect::<Result<_, sqlx::Error>>().map_err(self.failed())
    }
}

async fn news(
    connection: &mut SqliteConnection,
    teams: &[String],
    now: Timestamp,
) -> Result<RetirementNews, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT total(r.state = 'reappeared'), total(r.state = 'due'), total(r.state = 'cancelled')
         FROM {TABLES} WHERE (r.state IN ('reappeared', 'due') OR r.state = 'cancelled' AND r.at >= "
    ));
    query.push_bind(millis(now - NEWS)).push(" AND r.why GLOB ").push_bind(format!("{IN_USE}*"));
    query.push(")");
    of_teams(&mut query, teams);
    let (reappeared, due, in_use): (f64, f64, f64) =
        query.build_query_as().fetch_one(connection).await?;
    // Counts, far below what a float has exactly.
    Ok(RetirementNews { reappeared: reappeared as u64, due: due as u64, in_use: in_use as u64 })
}

async fn one(
    connection: &mut SqliteConnection,
    id: RetirementId,
) -> Result<Option<Retirement>, sqlx::Error> {
    let mut query =
        QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM {TABLES} WHERE r.id = "));
    query.push_bind(id.0);
    let row = query.build().fetch_optional(connection).await?;
    row.map(|row| Ok(read(&row)?.retirement)).transpose()
}

async fn page(
    connection: &mut SqliteConnection,
    view: &RetirementView,
    policy: Policy,
    now: Timestamp,
) -> Result<RetirementPage, sqlx::Error> {
    let mut rows = rows(connection, view).await?;
    let more = rows.len() > PAGE_SIZE;
    rows.truncate(PAGE_SIZE);
    let (due_this_week, weekly_limit) = week(connection, policy, now).await?;
    Ok(RetirementPage {
        next: rows.last().filter(|_| more).map(|row| row.retirement.id),
        rows,
        counts: counts(connection, &view.teams).await?,
        took: took(connection).await?,
        due_this_week,
        weekly_limit,
    })
}

/// The rows of a page, and one more if there are more.
async fn rows(
    connection: &mut SqliteConnection,
    view: &RetirementView,
) -> Result<Vec<RetirementRow>, sqlx::Error> {
    let found = statement(view).build().fetch_all(&mut *connection).await?;
    let mut told = Vec::with_capacity(found.len());
    for row in &found {
        let team: Option<String> = row.try_get("assignee")?;
        told.push((read(row)?, team));
    }
    let ids: Vec<IngressId> = told.iter().map(|(kept, _)| kept.retirement.ingress).collect();
    let ingresses = rows_of(connection, &ids).await?;
    let row = |(kept, team): (super::rows::Kept, Option<String>)| {
        let ingress = ingresses.get(&kept.retirement.ingress)?.clone();
        let campaign = kept.campaign.zip(team);
        Some(RetirementRow { retirement: kept.retirement, ingress, campaign })
    };
    Ok(told.into_iter().filter_map(row).collect())
}

fn statement(view: &RetirementView) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS}, v.assignee AS assignee FROM {TABLES} WHERE r.id < "
    ));
    query.push_bind(view.after.map_or(i64::MAX, |after| after.0));
    if let Some(stage) = view.state {
        query.push(" AND r.state = ").push_bind(stage.as_str());
    }
    of_teams(&mut query, &view.teams);
    query.push(format!(" ORDER BY r.id DESC LIMIT {}", PAGE_SIZE + 1));
    query
}

/// Only those that these teams decided, or of which they own the ingress; none for all.
fn of_teams(query: &mut QueryBuilder<Sqlite>, teams: &[String]) {
    if teams.is_empty() {
        return;
    }
    let teams = to_json(teams);
    query.push(" AND (i.owner IN (SELECT value FROM json_each(").push_bind(teams.clone());
    query.push(")) OR v.assignee IN (SELECT value FROM json_each(").push_bind(teams).push(")))");
}

async fn counts(
    connection: &mut SqliteConnection,
    teams: &[String],
) -> Result<Vec<(Stage, u64)>, sqlx::Error> {
    let mut query =
        QueryBuilder::<Sqlite>::new(format!("SELECT r.state, count(*) FROM {TABLES} WHERE 1 = 1"));
    of_teams(&mut query, teams);
    query.push(" GROUP BY r.state");
    let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(connection).await?;
    let counts: HashMap<String, i64> = rows.into_iter().collect();
    let count = |stage: Stage| {
        let count = counts.get(stage.as_str()).copied().unwrap_or(0);
        (stage, u64::try_from(count).unwrap_or(0))
    };
    Ok(Stage::ALL.map(count).to_vec())
}

/// Of two in the middle the longer.
async fn took(connection: &mut SqliteConnection) -> Result<Option<SignedDuration>, sqlx::Error> {
    let took: Option<i64> = sqlx::query_scalar(
        "SELECT at - requested_at FROM retirements WHERE state = 'removed'
         ORDER BY 1
         LIMIT 1 OFFSET (SELECT count(*) / 2 FROM retirements WHERE state = 'removed')",
    )
    .fetch_optional(connection)
    .await?;
    Ok(took.map(SignedDuration::from_millis))
}
