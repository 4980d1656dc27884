//! Campaigns as they stand, and how far their reviews are.

use std::collections::BTreeMap;

use domain::campaign::{
    Campaign, CampaignState, Closed, Closing, Completeness, Draft, Open, Summary,
};
use domain::review::{Counts, Outcome};
use domain::{CampaignId, SeriesId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::row::{moment, to_json};
use crate::{Error, Store};

/// How far the reviews of one team are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The team.
    pub assignee: String,
    /// How many of its reviews stand where.
    pub counts: Counts,
    /// What came of them, once the campaign is closed.
    pub outcomes: Summary,
    /// Who made the decisions that stand, with how many, the most first.
    pub people: Vec<(String, u64)>,
}

/// One line of the list of campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRow {
    /// The campaign.
    pub campaign: Campaign,
    /// How far its reviews are, all together.
    pub counts: Counts,
}

/// One campaign, with how far each team is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignView {
    /// The campaign.
    pub campaign: Campaign,
    /// How far each team is, by name.
    pub progress: Vec<Progress>,
    /// The teams that have decided nothing yet and given nothing away, by name; none once it is closed.
    pub not_begun: Vec<String>,
}

impl CampaignView {
    /// All teams together.
    pub fn counts(&self) -> Counts {
        self.progress.iter().map(|one| one.counts).fold(Counts::default(), Counts::and)
    }
}

impl Store {
    /// All campaigns, the latest first.
    pub async fn campaigns(&self) -> Result<Vec<CampaignRow>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        all(&mut reader).await.map_err(self.failed())
    }

    /// One campaign; `None` if there is none of this number.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<CampaignView>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        view(&mut reader, id).await.map_err(self.failed())
    }
}

async fn all(connection: &mut SqliteConnection) -> Result<Vec<CampaignRow>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, state, terms, opened_at, closed_at, closing, completeness, outcome, series
         FROM campaigns ORDER BY id DESC",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut counts = totals(connection).await?;
    let row = |row: &SqliteRow| {
        let campaign = campaign(row)?;
        let counts = counts.remove(&campaign.id()).unwrap_or_default();
        Ok(CampaignRow { campaign, counts })
    };
    rows.iter().map(row).collect()
}

async fn totals(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<CampaignId, Counts>, sqlx::Error> {
    let rows: Vec<(i64, String, bool, i64)> = sqlx::query_as(
        "SELECT campaign, state, gone, count(*) FROM reviews GROUP BY campaign, state, gone",
    )
    .fetch_all(connection)
    .await?;
    let mut totals: BTreeMap<CampaignId, Counts> = BTreeMap::new();
    for (campaign, state, gone, count) in rows {
        counted(totals.entry(CampaignId(campaign)).or_default(), (&state, gone), count);
    }
    Ok(totals)
}

async fn view(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Option<CampaignView>, sqlx::Error> {
    let Some(campaign) = load(connection, id).await? else { return Ok(None) };
    let progress = progress(connection, id).await?;
    let not_begun = match campaign.state() {
        CampaignState::Open => not_begun(connection, id, &progress).await?,
        CampaignState::Draft | CampaignState::Closed => Vec::new(),
    };
    Ok(Some(CampaignView { campaign, progress, not_begun }))
}

/// The teams of which all reviews are still open. What a team has given to another is that one's now, so
/// the decisions tell whether it did.
async fn not_begun(
    connection: &mut SqliteConnection,
    id: CampaignId,
    progress: &[Progress],
) -> Result<Vec<String>, sqlx::Error> {
    let is_idle = |one: &&Progress| {
        one.counts.open > 0 && one.counts.open + one.counts.gone == one.counts.total()
    };
    let idle: Vec<&str> =
        progress.iter().filter(is_idle).map(|one| one.assignee.as_str()).collect();
    sqlx::query_scalar(
        "SELECT team.value FROM json_each($1) AS team
         WHERE NOT EXISTS (
           SELECT 1 FROM decisions AS d CROSS JOIN reviews AS r ON r.id = d.review
           WHERE d.team = team.value AND d.proposed IS NOT NULL AND d.undone = 0
             AND r.campaign = $2)
         ORDER BY team.key",
    )
    .bind(to_json(&idle))
    .bind(id.0)
    .fetch_all(connection)
    .await
}

/// How far each team is.
pub(crate) async fn progress(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Vec<Progress>, sqlx::Error> {
    let rows: Vec<(String, String, bool, i64)> = sqlx::query_as(
        "SELECT assignee, state, gone, count(*) FROM reviews
         WHERE campaign = $1
         GROUP BY assignee, state, gone",
    )
    .bind(id.0)
    .fetch_all(&mut *connection)
    .await?;
    let mut teams: BTreeMap<String, Counts> = BTreeMap::new();
    for (team, state, gone, count) in rows {
        counted(teams.entry(team).or_default(), (&state, gone), count);
    }
    let mut outcomes = outcomes(&mut *connection, id).await?;
    let mut people = people(connection, id).await?;
    let one = |(assignee, counts): (String, Counts)| {
        let outcomes = outcomes.remove(&assignee).unwrap_or_default();
        let people = people.remove(&assignee).unwrap_or_default();
        Progress { assignee, counts, outcomes, people }
    };
    Ok(teams.into_iter().map(one).collect())
}

/// What came of the reviews of each team.
async fn outcomes(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<BTreeMap<String, Summary>, sqlx::Error> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT assignee, outcome, count(*) FROM reviews
         WHERE campaign = $1 AND outcome IS NOT NULL
         GROUP BY assignee, outcome",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let mut teams: BTreeMap<String, Summary> = BTreeMap::new();
    for (team, outcome, count) in rows {
        if let Some(outcome) = Outcome::parse(&outcome) {
            teams.entry(team).or_default().add(outcome, u64::try_from(count).unwrap_or(0));
        }
    }
    Ok(teams)
}

/// Who has decided for each team, by what they were called last.
async fn people(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<BTreeMap<String, Vec<(String, u64)>>, sqlx::Error> {
    // Where there is one `max`, SQLite takes the name from its row (sqlite.org/lang_select.html,
    // section 2.5).
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT r.assignee, d.name, max(d.id), count(*) AS decided
         FROM reviews AS r CROSS JOIN decisions AS d ON d.id = r.decision_id
         WHERE r.campaign = $1 AND r.state <> 'reopened'
         GROUP BY r.assignee, d.issuer, d.subject
         ORDER BY decided DESC, d.name",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let mut teams: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for (team, name, _, count) in rows {
        teams.entry(team).or_default().push((name, u64::try_from(count).unwrap_or(0)));
    }
    Ok(teams)
}

/// Adds so many reviews, by what stands in their columns `state` and `gone`.
pub(crate) fn counted(counts: &mut Counts, (state, gone): (&str, bool), count: i64) {
    let place = match (state, gone) {
        ("confirm", _) => &mut counts.confirmed,
        ("retire", _) => &mut counts.retired,
        ("settled", _) => &mut counts.settled,
        (_, true) => &mut counts.gone,
        ("not-mine", false) => &mut counts.not_mine,
        ("reopened", false) => &mut counts.reopened,
        (_, false) => &mut counts.open,
    };
    *place += u64::try_from(count).unwrap_or(0);
}

/// The campaign of this number.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Option<Campaign>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, state, terms, opened_at, closed_at, closing, completeness, outcome, series
         FROM campaigns WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(campaign).transpose()
}

/// A campaign as it stands in its row.
pub(crate) fn campaign(row: &SqliteRow) -> Result<Campaign, sqlx::Error> {
    let id = CampaignId(row.try_get("id")?);
    let terms = parsed(row.try_get("terms")?)?;
    let series = row.try_get::<Option<i64>, _>("series")?.map(SeriesId);
    let at = |column: &str| -> Result<Timestamp, sqlx::Error> {
        Ok(moment(row.try_get::<Option<i64>, _>(column)?.unwrap_or_default()))
    };
    let state = CampaignState::parse(row.try_get("state")?);
    if state.is_none_or(|state| state == CampaignState::Draft) {
        return Ok(Campaign::Draft(Draft { id, terms, series }));
    }
    let opened_at = at("opened_at")?;
    let completeness: Completeness = parsed(row.try_get("completeness")?)?;
    if state == Some(CampaignState::Open) {
        return Ok(Campaign::Open(Open { id, terms, series, opened_at, completeness }));
    }
    let closing: Option<&str> = row.try_get("closing")?;
    Ok(Campaign::Closed(Closed {
        id,
        terms,
        series,
        opened_at,
        completeness,
        closed_at: at("closed_at")?,
        by: closing.and_then(Closing::parse).unwrap_or(Closing::ByHand),
        outcome: parsed(row.try_get("outcome")?)?,
    }))
}

/// What this crate wrote itself, where a default would be a lie.
pub(crate) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
