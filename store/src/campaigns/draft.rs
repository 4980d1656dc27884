//! Drafts: made and changed, and given more time once they are open.

use domain::audit::Action;
use domain::campaign::Terms;
use domain::owner::Team;
use domain::{CampaignId, SeriesId, text};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::{admin, existing, overtaken, target, told};
use crate::Store;
use crate::acts::{Act, ActError, Stop, before, begin, keep};
use crate::audit::append;
use crate::row::{millis, to_json};

impl Store {
    /// Makes a draft.
    pub async fn create_campaign(
        &self,
        act: &Act,
        terms: Terms,
        series: Option<SeriesId>,
        now: Timestamp,
    ) -> Result<CampaignId, ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let made = create(&mut writer, act, (terms, series), &rules.owner.teams, now).await;
        drop(writer);
        self.acted(made)
    }

    /// Gives a draft other terms.
    pub async fn edit_campaign(
        &self,
        act: &Act,
        id: CampaignId,
        terms: Terms,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let edited = edit(&mut writer, act, (id, terms), &rules.owner.teams, now).await;
        drop(writer);
        self.acted(edited)
    }

    /// Gives reviewers more time.
    pub async fn extend_campaign(
        &self,
        act: &Act,
        id: CampaignId,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let extended = extend(&mut writer, act, id, due, now).await;
        drop(writer);
        self.acted(extended)
    }
}

async fn create(
    writer: &mut SqliteConnection,
    act: &Act,
    (terms, series): (Terms, Option<SeriesId>),
    teams: &[Team],
    now: Timestamp,
) -> Result<CampaignId, Stop> {
    let mut transaction = begin(writer).await?;
    if let Some(made) = before(&mut transaction, act, "create campaign", "").await? {
        return Ok(made);
    }
    admin(act)?;
    terms.check(teams, now)?;
    let terms = Terms { name: text::name(&terms.name)?, ..terms };
    let id = insert(&mut transaction, &terms, series, now).await?;
    let entry = act.draft(Action::CampaignCreated, target(id), told(&terms), now);
    append(&mut transaction, entry).await?;
    keep(&mut transaction, act, ("create campaign", ""), &id, now).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Writes a draft.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    terms: &Terms,
    series: Option<SeriesId>,
    now: Timestamp,
) -> Result<CampaignId, sqlx::Error> {
    let id = sqlx::query_scalar(
        "INSERT INTO campaigns (state, name, terms, due, created_at, series)
         VALUES ('draft', $1, $2, $3, $4, $5)
         RETURNING id",
    )
    .bind(&terms.name)
    .bind(to_json(terms))
    .bind(millis(terms.due))
    .bind(millis(now))
    .bind(series.map(|series| series.0))
    .fetch_one(&mut **transaction)
    .await?;
    Ok(CampaignId(id))
}

async fn edit(
    writer: &mut SqliteConnection,
    act: &Act,
    (id, terms): (CampaignId, Terms),
    teams: &[Team],
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "edit campaign", &target).await? {
        return Ok(done);
    }
    admin(act)?;
    let draft = existing(&mut transaction, id).await?.into_draft()?;
    let terms = Terms { name: text::name(&terms.name)?, ..terms };
    let draft = draft.edit(terms, teams, now)?;
    write(&mut transaction, id, &draft.terms, "draft").await?;
    let entry = act.draft(Action::CampaignChanged, target.clone(), told(&draft.terms), now);
    append(&mut transaction, entry).await?;
    keep(&mut transaction, act, ("edit campaign", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

async fn extend(
    writer: &mut SqliteConnection,
    act: &Act,
    id: CampaignId,
    due: Timestamp,
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "extend campaign", &target).await? {
        return Ok(done);
    }
    admin(act)?;
    let open = existing(&mut transaction, id).await?.into_open()?;
    let was = open.terms.due;
    let open = open.extend(due, now)?;
    write(&mut transaction, id, &open.terms, "open").await?;
    let detail = json!({"due": due, "was": was, "campaign": id});
    let entry = act.draft(Action::CampaignExtended, target.clone(), detail, now);
    append(&mut transaction, entry).await?;
    keep(&mut transaction, act, ("extend campaign", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Writes the terms of a campaign that is in this state.
async fn write(
    transaction: &mut Transaction<'_, Sqlite>,
    id: CampaignId,
    terms: &Terms,
    state: &'static str,
) -> Result<(), Stop> {
    let written = sqlx::query(
        "UPDATE campaigns SET name = $2, terms = $3, due = $4 WHERE id = $1 AND state = $5",
    )
    .bind(id.0)
    .bind(&terms.name)
    .bind(to_json(terms))
    .bind(millis(terms.due))
    .bind(state)
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(overtaken()) }
}
