//! What happens to retirements without anybody: successful traffic cancels them, and when the hold is
//! over they become due, as many as the week lets.

use domain::detail::Proof;
use domain::retirement::{Policy, Retirement, Stage, State};
use jiff::{SignedDuration, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::rows::{COLUMNS, Kept, TABLES, entry, read, write};
use crate::acts::{Who, begin};
use crate::audit::append_all;
use crate::row::{UNKNOWN, millis, moment};
use crate::traffic::READ_UNTIL;
use crate::{Error, Store};

/// How many may become due is counted over so many hours.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What has happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick {
    /// So many were cancelled by traffic.
    pub cancelled: u64,
    /// So many became due.
    pub due: u64,
    /// Of so many the hold is over, but the week is full or their traffic is still to be read.
    pub waiting: u64,
    /// So many are gone although nothing had told so before.
    pub proved: u64,
}

impl Store {
    /// Leads retirements on. To be called now and then.
    pub async fn tick_retirements(&self, now: Timestamp) -> Result<Tick, Error> {
        let policy = self.retirement_policy();
        let mut writer = self.writer().await?;
        let tick = tick(&mut writer, policy, now).await.map_err(self.failed())?;
        drop(writer);
        self.committed(tick.cancelled + tick.due + tick.proved);
        Ok(tick)
    }
}

async fn tick(
    writer: &mut SqliteConnection,
    policy: Policy,
    now: Timestamp,
) -> Result<Tick, sqlx::Error> {
    let mut transaction = begin(writer).await?;
    let mut tick = Tick::default();
    let mut left = left(&mut transaction, policy, now).await?;
    let mut drafts = Vec::new();
    for one in pending(&mut transaction).await? {
        let may_become_due = left > 0 && one.kept.retirement.is_read(one.read_until);
        let Pending { mut kept, last_success, gone, .. } = one;
        let was = kept.retirement.state.stage();
        let is_over = is_over(&kept.retirement, now);
        kept.retirement = step(kept.retirement, last_success, gone, now, may_become_due);
        let stage = kept.retirement.state.stage();
        match stage {
            _ if stage == was => {
                tick.waiting += u64::from(is_over);
                continue;
            }
            Stage::Due => {
                tick.due += 1;
                left = left.saturating_sub(1);
            }
            Stage::Removed => tick.proved += 1,
            _ => tick.cancelled += 1,
        }
        write(&mut transaction, &kept.retirement, was).await?;
        drafts.push(entry(Who::Itself, &kept, was, now));
    }
    append_all(&mut transaction, drafts).await?;
    transaction.commit().await?;
    Ok(tick)
}

fn is_over(one: &Retirement, now: Timestamp) -> bool {
    matches!(one.state, State::Held { until } if until <= now)
}

/// What is gone is gone, whatever was seen of it before; what was used stays.
fn step(
    one: Retirement,
    last_success: Option<Timestamp>,
    gone: Option<Proof>,
    now: Timestamp,
    may_become_due: bool,
) -> Retirement {
    match gone {
        Some(proof) => one.gone(proof.label(), now),
        None => one.traffic(last_success, now).tick(now, may_become_due),
    }
}

/// How many more may become due.
async fn left(
    connection: &mut SqliteConnection,
    policy: Policy,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let (used, limit) = week(connection, policy, now).await?;
    Ok(limit.saturating_sub(used))
}

/// How many have become due within a week, whatever came of them, and how many may.
pub(super) async fn week(
    connection: &mut SqliteConnection,
    policy: Policy,
    now: Timestamp,
) -> Result<(u64, u64), sqlx::Error> {
    let begins = now.checked_sub(WEEK).unwrap_or(Timestamp::MIN);
    let (used, present): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM retirements WHERE since > $1),
           (SELECT count(*) FROM ingresses WHERE gone = 0)",
    )
    .bind(millis(begins))
    .fetch_one(connection)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok((number(used), policy.weekly_limit(number(present))))
}

/// One of which something is to come, with what is known of its ingress.
struct Pending {
    kept: Kept,
    last_success: Option<Timestamp>,
    gone: Option<Proof>,
    /// Up to when its traffic was read; `None` if nothing measures it.
    read_until: Option<Timestamp>,
}

/// The last success of what goes: of the ingress, or of the routes that are named. These have a traffic
/// of their own only where the source tells routes apart; elsewhere that of the ingress may be theirs.
/// Where a source does not tell success from errors, any request counts.
const SUCCESS: &str = "(SELECT max(CASE WHEN a.traffic ->> '$.source' IS NOT NULL
       AND NOT (a.traffic ->> '$.tells_success') THEN s.last_any ELSE s.last_success END)
     FROM traffic_seen AS s
     WHERE s.ingress_id = r.ingress_id
       AND (CASE WHEN r.routes = '[]' OR a.traffic ->> '$.granularity' IS NOT 'route'
            THEN s.route = '' ELSE s.route IN (SELECT value FROM json_each(r.routes)) END))";

/// What the list says of the last traffic, where that of the whole ingress counts.
const LISTED: &str = "CASE WHEN r.routes = '[]' OR a.traffic ->> '$.granularity' IS NOT 'route'
     THEN i.last_traffic ELSE 0 END";

/// Those of which something is to come, the longest over first.
async fn pending(connection: &mut SqliteConnection) -> Result<Vec<Pending>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS}, i.gone AS gone, i.removal AS removal, {SUCCESS} AS success,
           {LISTED} AS listed,
           CASE WHEN a.traffic ->> '$.source' IS NOT NULL THEN coalesce({READ_UNTIL}, 0) END AS read_until
         FROM {TABLES} LEFT JOIN answers AS a ON a.ingress_id = r.ingress_id
         WHERE r.state IN ('held', 'due')
         ORDER BY r.until, r.id"
    ));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(one).collect()
}

fn one(row: &SqliteRow) -> Result<Pending, sqlx::Error> {
    let listed = Some(row.try_get("listed")?).filter(|at: &i64| (1..UNKNOWN).contains(at));
    let success: Option<i64> = row.try_get("success")?;
    let gone: Option<i64> = Some(row.try_get("gone")?).filter(|gone| *gone != 0);
    let removal: Option<&str> = row.try_get("removal")?;
    let read_until: Option<i64> = row.try_get("read_until")?;
    let proof = || removal.and_then(Proof::parse).unwrap_or(Proof::CompleteList);
    Ok(Pending {
        kept: read(row)?,
        last_success: success.max(listed).map(moment),
        gone: gone.map(|_| proof()),
        read_until: read_until.map(moment),
    })
}
