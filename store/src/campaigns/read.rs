//! Campaigns as they stand, and how far their reviews are.

use std::collections::BTreeMap;

use domain::campaign::{Campaign, CampaignState, Closed, Closing, Completeness, Draft, Open};
use domain::review::Counts;
use domain::{CampaignId, SeriesId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::row::moment;
use crate::{Error, Store};

/// How far the reviews of one team are, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The team; empty for all.
    pub assignee: String,
    /// Not decided yet.
    pub open: u64,
    /// Confirmed.
    pub confirmed: u64,
    /// To be retired.
    pub retired: u64,
    /// Said not to be the team's, without another owner.
    pub not_mine: u64,
    /// Changed since they were decided.
    pub reopened: u64,
    /// Settled at closing.
    pub settled: u64,
}

impl Progress {
    fn of(assignee: String, counts: Counts) -> Self {
        let Counts { open, confirmed, retired, not_mine, reopened, settled } = counts;
        Self { assignee, open, confirmed, retired, not_mine, reopened, settled }
    }

    /// The same as `domain` counts it.
    pub fn counts(&self) -> Counts {
        Counts {
            open: self.open,
            confirmed: self.confirmed,
            retired: self.retired,
            not_mine: self.not_mine,
            reopened: self.reopened,
            settled: self.settled,
        }
    }

    /// All reviews.
    pub fn total(&self) -> u64 {
        self.counts().total()
    }

    /// Those that somebody still has to decide.
    pub fn waiting(&self) -> u64 {
        self.counts().waiting()
    }
}

/// One line of the list of campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRow {
    /// The campaign.
    pub campaign: Campaign,
    /// How far its reviews are, all together.
    pub counts: Progress,
}

/// One campaign, with how far each team is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignView {
    /// The campaign.
    pub campaign: Campaign,
    /// How far each team is, by name.
    pub progress: Vec<Progress>,
    /// The teams that have decided nothing yet, by name; none once it is closed.
    pub not_begun: Vec<String>,
}

impl CampaignView {
    /// All teams together.
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        for one in &self.progress {
            let Counts { open, confirmed, retired, not_mine, reopened, settled } = one.counts();
            all.open += open;
            all.confirmed += confirmed;
            all.retired += retired;
            all.not_mine += not_mine;
            all.reopened += reopened;
            all.settled += settled;
        }
        all
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
        Ok(CampaignRow { campaign, counts: Progress::of(String::new(), counts) })
    };
    rows.iter().map(row).collect()
}

async fn totals(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<CampaignId, Counts>, sqlx::Error> {
    let rows: Vec<(i64, String, i64)> =
        sqlx::query_as("SELECT campaign, state, count(*) FROM reviews GROUP BY campaign, state")
            .fetch_all(connection)
            .await?;
    let mut totals: BTreeMap<CampaignId, Counts> = BTreeMap::new();
    for (campaign, state, count) in rows {
        counted(totals.entry(CampaignId(campaign)).or_default(), &state, count);
    }
    Ok(totals)
}

async fn view(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Option<CampaignView>, sqlx::Error> {
    let Some(campaign) = load(connection, id).await? else { return Ok(None) };
    let progress = progress(connection, id).await?;
    let is_open = campaign.state() == CampaignState::Open;
    let idle = |one: &&Progress| is_open && one.open == one.total();
    let not_begun = progress.iter().filter(idle).map(|one| one.assignee.clone()).collect();
    Ok(Some(CampaignView { campaign, progress, not_begun }))
}

/// How far each team is.
pub(crate) async fn progress(
    connection: &mut SqliteConnection,
    id: CampaignId,
) -> Result<Vec<Progress>, sqlx::Error> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT assignee, state, count(*) FROM reviews
         WHERE campaign = $1
         GROUP BY assignee, state",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let mut teams: BTreeMap<String, Counts> = BTreeMap::new();
    for (team, state, count) in rows {
        counted(teams.entry(team).or_default(), &state, count);
    }
    Ok(teams.into_iter().map(|(team, counts)| Progress::of(team, counts)).collect())
}

/// Adds so many reviews, by what stands in their column `state`.
pub(crate) fn counted(counts: &mut Counts, state: &str, count: i64) {
    let place = match state {
        "confirm" => &mut counts.confirmed,
        "retire" => &mut counts.retired,
        "not-mine" => &mut counts.not_mine,
        "reopened" => &mut counts.reopened,
        "settled" => &mut counts.settled,
        _ => &mut counts.open,
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
