//! Opens the campaigns of series whose day has come, and says why one waits.

use domain::audit::Action;
use domain::campaign::Draft;
use domain::{CampaignId, SeriesId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::SqliteConnection;

use super::rows::{load, write};
use super::target;
use crate::acts::{ActError, INVALID, Stop, Who, begin};
use crate::audit::{append, append_all};
use crate::campaigns::{self, Opening, freeze, insert, opened_as, told};
use crate::{Error, Store};

/// What has come of a series whose day has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedSeries {
    /// The series.
    pub series: SeriesId,
    /// The campaign that was opened, or why it waits.
    pub opened: Result<CampaignId, String>,
}

impl Store {
    /// Opens the campaigns of series whose day has come, if every cluster is up to date; what waits is
    /// tried again the next time. Each is a transaction of its own: one that fails is logged and tried
    /// again the next time too. To be called now and then.
    pub async fn open_due_series(&self, now: Timestamp) -> Result<Vec<OpenedSeries>, Error> {
        let mut due = self.series().await?;
        due.retain(|series| series.is_due(now));
        let mut told = Vec::new();
        for series in due.iter().rev() {
            match self.open_or_wait(series.id, now).await {
                Ok(opened) => told.extend(opened),
                // The next ones are not to wait for it.
                Err(error) => tracing::error!(series = series.id.0, %error, "it was not opened"),
            }
        }
        Ok(told)
    }

    async fn open_or_wait(
        &self,
        series: SeriesId,
        now: Timestamp,
    ) -> Result<Option<OpenedSeries>, Error> {
        let opened = match self.open_series(series, now).await {
            Ok(None) => return Ok(None),
            Ok(Some(campaign)) => Ok(campaign),
            Err(ActError::Refused(why, _)) => Err(why),
            Err(ActError::Store(error)) => return Err(error),
        };
        if let Err(why) = &opened {
            self.wait_series(series, why, now).await?;
        }
        Ok(Some(OpenedSeries { series, opened }))
    }

    async fn open_series(
        &self,
        id: SeriesId,
        now: Timestamp,
    ) -> Result<Option<CampaignId>, ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let statuses = self.clusters().await?;
        let opening =
            Opening { statuses: &statuses, rules: &rules, left_out: &[], by_itself: true, now };
        let opened = open(&mut writer, id, &opening).await;
        drop(writer);
        self.acted(opened)
    }

    async fn wait_series(&self, id: SeriesId, why: &str, now: Timestamp) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let waits = wait(&mut writer, id, why, now).await;
        drop(writer);
        match waits {
            Ok(true) => self.committed(1),
            Ok(false) => {}
            Err(Stop::Refused(sentence, _)) => {
                tracing::warn!(series = id.0, sentence, "that a series waits was not kept");
            }
            Err(Stop::Sql(error)) => return Err(self.failed()(error)),
        }
        Ok(())
    }
}

const NO_DAY: &str = "its last day is not in the calendar; change the series";

async fn open(
    writer: &mut SqliteConnection,
    id: SeriesId,
    opening: &Opening<'_>,
) -> Result<Option<CampaignId>, Stop> {
    let now = opening.now;
    let mut transaction = begin(writer).await?;
    let Some(series) = load(&mut transaction, id).await? else { return Ok(None) };
    let Some(day) = series.next.filter(|_| series.is_due(now)) else { return Ok(None) };
    let terms = series.terms(day).ok_or_else(|| Stop::refused(NO_DAY, INVALID))?;
    let campaign = insert(&mut transaction, &terms, Some(id), now).await?;
    let draft = Draft { id: campaign, terms, series: Some(id) };
    let open = freeze(&mut transaction, draft, opening).await?;
    let made = json!({"series": id, "day": day, "terms": told(&open.terms)});
    let target = campaigns::target(campaign);
    let drafts = vec![
        Who::Itself.draft(Action::CampaignCreated, target.clone(), made, now),
        Who::Itself.draft(Action::CampaignOpened, target, opened_as(&open), now),
    ];
    append_all(&mut transaction, drafts).await?;
    let next = series.clone().after_opening(now);
    write(&mut transaction, &next, &series, None).await?;
    transaction.commit().await?;
    Ok(Some(campaign))
}

/// Keeps why a series waits. A campaign that would be over by now is left out, and the next day
/// counts. Returns whether anything was written.
async fn wait(
    writer: &mut SqliteConnection,
    id: SeriesId,
    why: &str,
    now: Timestamp,
) -> Result<bool, Stop> {
    let mut transaction = begin(writer).await?;
    let Some(series) = load(&mut transaction, id).await? else { return Ok(false) };
    let Some(day) = series.next.filter(|_| series.is_due(now)) else { return Ok(false) };
    if series.terms(day).is_none_or(|terms| terms.due <= now) {
        let next = series.clone().scheduled(now);
        write(&mut transaction, &next, &series, None).await?;
        let detail = json!({"left_out": day, "why": series.waiting, "next": next.next});
        let entry = Who::Itself.draft(Action::SeriesChanged, target(id), detail, now);
        append(&mut transaction, entry).await?;
    } else {
        let next = series.clone().wait(why);
        if next == series {
            return Ok(false);
        }
        write(&mut transaction, &next, &series, None).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
