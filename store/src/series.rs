//! Series of campaigns: made, changed and ended by admins, and opened when their day has come (`open`).

mod open;
mod rows;

use domain::audit::Action;
use domain::owner::Team;
use domain::series::{Series, SeriesError};
use domain::{SeriesId, text};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::acts::{Act, ActError, CONFLICT, INVALID, Stop, before, begin, keep};
use crate::audit::append;
use crate::campaigns::{admin, told};
use crate::{Error, Store};

pub use open::OpenedSeries;

use rows::{insert, load, read, write};

impl Store {
    /// Sets up a series. Its number, what was opened and its next day are worked out here.
    pub async fn create_series(
        &self,
        act: &Act,
        series: Series,
        now: Timestamp,
    ) -> Result<SeriesId, ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let made = create(&mut writer, act, series, &rules.owner.teams, now).await;
        drop(writer);
        self.acted(made)
    }

    /// Changes a series: all campaigns from the next one on, or what the next one alone is about.
    pub async fn edit_series(
        &self,
        act: &Act,
        id: SeriesId,
        series: Series,
        all: bool,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let rules = self.rules();
        let mut writer = self.writer().await?;
        let given = (Series { id, ..series }, all);
        let edited = edit(&mut writer, act, given, &rules.owner.teams, now).await;
        drop(writer);
        self.acted(edited)
    }

    /// Ends a series. What it has opened goes on.
    pub async fn end_series(
        &self,
        act: &Act,
        id: SeriesId,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let ended = end(&mut writer, act, id, now).await;
        drop(writer);
        self.acted(ended)
    }

    /// All series, also those that are over, the latest first.
    pub async fn series(&self) -> Result<Vec<Series>, Error> {
        let rows = sqlx::query(
            "SELECT id, name, template, every, zone, duration_days, starts, ends_after, opened,
               next, waiting
             FROM series ORDER BY id DESC",
        )
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(self.failed())
    }

    /// One series; `None` if there is none of this number.
    pub async fn one_series(&self, id: SeriesId) -> Result<Option<Series>, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        load(&mut reader, id).await.map_err(self.failed())
    }
}

async fn create(
    writer: &mut SqliteConnection,
    act: &Act,
    series: Series,
    teams: &[Team],
    now: Timestamp,
) -> Result<SeriesId, Stop> {
    let mut transaction = begin(writer).await?;
    if let Some(made) = before(&mut transaction, act, "create series", "").await? {
        return Ok(made);
    }
    admin(act)?;
    let fresh = Series { id: SeriesId(0), opened: 0, waiting: None, once: None, ..series };
    let series = fit(fresh, teams)?.scheduled(now);
    if series.is_over() {
        return Err(SeriesError::Over.into());
    }
    let id = insert(&mut transaction, &series, now).await?;
    let entry = act.draft(Action::SeriesCreated, target(id), said(&series), now);
    append(&mut transaction, entry).await?;
    keep(&mut transaction, act, ("create series", ""), &id, now).await?;
    transaction.commit().await?;
    Ok(id)
}

async fn edit(
    writer: &mut SqliteConnection,
    act: &Act,
    (given, all): (Series, bool),
    teams: &[Team],
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(given.id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "edit series", &target).await? {
        return Ok(done);
    }
    admin(act)?;
    let was = going_on(&mut transaction, given.id).await?;
    let next = fit(changed(&was, given, all), teams)?;
    let next = if all && is_rescheduled(&was, &next) { next.scheduled(now) } else { next };
    if next.is_over() {
        return Err(SeriesError::Over.into());
    }
    write(&mut transaction, &next, &was, None).await?;
    let detail = json!({"all": all, "series": said(&next), "was": said(&was)});
    append(&mut transaction, act.draft(Action::SeriesChanged, target.clone(), detail, now)).await?;
    keep(&mut transaction, act, ("edit series", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// What is given for all, or for the next campaign alone. What the series has come to stays.
fn changed(was: &Series, given: Series, all: bool) -> Series {
    if !all {
        return Series { once: Some(given.template), ..was.clone() };
    }
    Series {
        id: was.id,
        opened: was.opened,
        next: was.next,
        waiting: was.waiting.clone(),
        once: None,
        ..given
    }
}

/// A campaign whose day has come and that waits is not lost by a change of something else.
fn is_rescheduled(was: &Series, next: &Series) -> bool {
    (was.every, was.starts, &was.zone, was.ends_after)
        != (next.every, next.starts, &next.zone, next.ends_after)
}

async fn end(
    writer: &mut SqliteConnection,
    act: &Act,
    id: SeriesId,
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "end series", &target).await? {
        return Ok(done);
    }
    admin(act)?;
    let was = going_on(&mut transaction, id).await?;
    let next = was.clone().end();
    write(&mut transaction, &next, &was, Some(now)).await?;
    append(&mut transaction, act.draft(Action::SeriesEnded, target.clone(), said(&was), now))
        .await?;
    keep(&mut transaction, act, ("end series", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// What audit entries call it.
fn target(id: SeriesId) -> String {
    format!("series {id}")
}

/// What audit entries say of it.
fn said(series: &Series) -> Value {
    json!({
        "name": series.name,
        "template": told(&series.template),
        "once": series.once.as_ref().map(told),
        "every": series.every,
        "zone": series.zone,
        "duration_days": series.duration_days,
        "starts": series.starts,
        "ends_after": series.ends_after,
        "opened": series.opened,
        "next": series.next,
    })
}

/// A series that may be.
fn fit(series: Series, teams: &[Team]) -> Result<Series, Stop> {
    series.check(teams)?;
    Ok(Series { name: text::name(&series.name)?, ..series })
}

/// The series of this number, if it is not over.
async fn going_on(connection: &mut SqliteConnection, id: SeriesId) -> Result<Series, Stop> {
    let series = load(connection, id).await?.ok_or_else(|| Stop::missing("series"))?;
    match series.is_over() {
        true => Err(Stop::refused("this series is over; set up a new one", CONFLICT)),
        false => Ok(series),
    }
}

impl From<SeriesError> for Stop {
    fn from(error: SeriesError) -> Self {
        Self::refused(error.to_string(), INVALID)
    }
}
