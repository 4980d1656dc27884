//! What the watch proves: that what was to go is gone, or that it is there again.
//!
//! An ingress that is deleted and created again under its name is another life, and yet what was to go
//! is there again: so what is seen of a life concerns the retirements of those before it too.

use std::collections::BTreeMap;

use domain::detail::Proof;
use domain::retirement::{Retirement, Stage};
use domain::traffic::route_key;
use domain::{Ingress, IngressId};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, Transaction};

use super::rows::{COLUMNS, Kept, entry, read, write};
use crate::acts::Who;
use crate::audit::append_all;
use crate::row::to_json;

/// What was seen of one life.
pub(crate) struct Sight<'a> {
    pub(crate) id: i64,
    pub(crate) what: What<'a>,
}

/// What was seen.
pub(crate) enum What<'a> {
    /// It is there, and says this: a new life, a new version, or one that had been gone.
    There(&'a Ingress),
    /// It is gone.
    Gone(Proof),
}

/// Takes what was seen, in the order in which it happened, into account. To be called in the
/// transaction that takes it over, once the rows are written.
pub(crate) async fn observe(
    transaction: &mut Transaction<'_, Sqlite>,
    seen: &[Sight<'_>],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if seen.is_empty() || !any(transaction).await? {
        return Ok(());
    }
    let (mut all, concerned) = concerned(transaction, seen).await?;
    let mut drafts = Vec::new();
    for sight in seen {
        for id in concerned.get(&sight.id).into_iter().flatten() {
            let Some(kept) = all.get_mut(id) else { continue };
            let was = kept.retirement.state.stage();
            let next = step(kept.retirement.clone(), sight, now);
            if next.state.stage() == was {
                continue;
            }
            write(transaction, &next, was).await?;
            kept.retirement = next;
            drafts.push(entry(Who::Itself, kept, was, now));
        }
    }
    append_all(transaction, drafts).await
}

/// What a sight makes of a retirement.
fn step(one: Retirement, sight: &Sight<'_>, now: Timestamp) -> Retirement {
    let is_its_own = one.ingress == IngressId(sight.id);
    match &sight.what {
        What::There(ingress) if one.is_partial() => {
            let present: Vec<String> = ingress.routes.iter().map(route_key).collect();
            one.routes(&present, now)
        }
        What::There(_) => one.back(now),
        // A later life that is gone proves only that what was there again is gone again.
        What::Gone(proof) if is_its_own || one.state.stage() == Stage::Reappeared => {
            one.gone(proof.label(), now)
        }
        What::Gone(_) => one,
    }
}

/// Whether there is anything to be proved at all: mostly there is not.
async fn any(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (
           SELECT 1 FROM retirements WHERE state IN ('held', 'due', 'removed', 'reappeared'))",
    )
    .fetch_one(connection)
    .await
}

/// Retirements by their numbers, and the numbers by the life that concerns them.
type Concerned = (BTreeMap<i64, Kept>, BTreeMap<i64, Vec<i64>>);

/// The retirements of these lives, and of those before them under the same names.
async fn concerned(
    connection: &mut SqliteConnection,
    seen: &[Sight<'_>],
) -> Result<Concerned, sqlx::Error> {
    let ids: Vec<i64> = seen.iter().map(|sight| sight.id).collect();
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT DISTINCT key.value AS seen, {COLUMNS} FROM json_each("
    ));
    query.push_bind(to_json(&ids)).push(
        ") AS key
         CROSS JOIN ingresses AS n ON n.id = key.value
         CROSS JOIN ingresses AS i
           ON i.gone IN (0, 1) AND i.cluster = n.cluster AND i.namespace = n.namespace
             AND i.name = n.name AND i.id <= n.id
         CROSS JOIN retirements AS r ON r.ingress_id = i.id
         LEFT JOIN reviews AS v ON v.id = r.review
         WHERE r.state <> 'cancelled'
         ORDER BY r.id",
    );
    let (mut all, mut by_life) = (BTreeMap::new(), BTreeMap::<i64, Vec<i64>>::new());
    for row in query.build().fetch_all(connection).await? {
        let kept = read(&row)?;
        let id = kept.retirement.id.0;
        by_life.entry(row.try_get("seen")?).or_default().push(id);
        all.insert(id, kept);
    }
    Ok((all, by_life))
}
