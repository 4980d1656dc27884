//! Somebody needs after all what was to go.

use domain::RetirementId;
use domain::retirement::CannotCancel;
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::rows::{COLUMNS, Kept, TABLES, entry, read, write};
use super::target;
use crate::Store;
use crate::acts::{Act, ActError, CONFLICT, FORBIDDEN, INVALID, Stop, Who, before, begin, keep};
use crate::audit::append;

impl Store {
    /// Cancels a retirement. An admin may, and who is of the team that decided it or that owns the
    /// ingress.
    pub async fn cancel_retirement(
        &self,
        act: &Act,
        id: RetirementId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), ActError> {
        let mut writer = self.writer().await?;
        let cancelled = cancel(&mut writer, act, id, reason, now).await;
        drop(writer);
        self.acted(cancelled)
    }
}

async fn cancel(
    writer: &mut SqliteConnection,
    act: &Act,
    id: RetirementId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Stop> {
    let target = target(id);
    let mut transaction = begin(writer).await?;
    if let Some(done) = before(&mut transaction, act, "cancel retirement", &target).await? {
        return Ok(done);
    }
    let (mut kept, teams) = existing(&mut transaction, id).await?;
    let is_theirs = teams.iter().any(|team| act.person.is_of(team));
    if !is_theirs && !act.person.is_admin() {
        return Err(Stop::refused(NOT_YOURS, FORBIDDEN));
    }
    let was = kept.retirement.state.stage();
    kept.retirement = kept.retirement.cancel(act.person.name(), reason, now)?;
    write(&mut transaction, &kept.retirement, was).await?;
    append(&mut transaction, entry(Who::Person(act), &kept, was, now)).await?;
    keep(&mut transaction, act, ("cancel retirement", &target), &(), now).await?;
    transaction.commit().await?;
    Ok(())
}

const NOT_YOURS: &str =
    "this is for the team that decided it or owns the ingress, or for an admin; ask one of them";

/// A retirement, and the teams that may cancel it.
async fn existing(
    connection: &mut SqliteConnection,
    id: RetirementId,
) -> Result<(Kept, [String; 2]), Stop> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS}, i.owner AS owner, coalesce(v.assignee, '') AS assignee
         FROM {TABLES} WHERE r.id = "
    ));
    query.push_bind(id.0);
    let row = query.build().fetch_optional(connection).await?;
    let row = row.ok_or_else(|| Stop::missing("retirement"))?;
    Ok((read(&row)?, [row.try_get("owner")?, row.try_get("assignee")?]))
}

impl From<CannotCancel> for Stop {
    fn from(error: CannotCancel) -> Self {
        let status = match error {
            CannotCancel::Removed | CannotCancel::Already => CONFLICT,
            CannotCancel::Reason(_) => INVALID,
        };
        Self::refused(error.to_string(), status)
    }
}
