//! What follows from a batch for reviews and retirements, in the same transaction.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::Gone;
use super::plan::{Novelty, Plan, Write};
use crate::retirements::{Sight, What, keep_manifests, observe};
use crate::reviews::{Version, presence, reopen};

/// Keeps what was there before routes went that were to go. To be called before the writes.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    plan: &Plan<'_>,
) -> Result<(), sqlx::Error> {
    let versions: Vec<Version<'_>> = plan.writes.iter().filter_map(version).collect();
    keep_manifests(transaction, &versions).await
}

/// Opens decided reviews again of which the ingress has changed, and proves what was to go.
pub(super) async fn follow(
    transaction: &mut Transaction<'_, Sqlite>,
    plan: &Plan<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let versions: Vec<Version<'_>> = plan.writes.iter().filter_map(version).collect();
    reopen(transaction, &versions, now).await?;
    let back: Vec<i64> =
        plan.writes.iter().filter(|write| is_back(write)).map(|one| one.id).collect();
    presence(transaction, &back, false).await?;
    let ended = plan.removals.iter().chain(&plan.late_removals);
    presence(transaction, &ended.map(|gone| gone.id).collect::<Vec<_>>(), true).await?;
    let seen = plan.writes.iter().filter_map(seen);
    let before = plan.removals.iter().map(gone);
    let after = plan.late_removals.iter().map(gone);
    let sights: Vec<Sight<'_>> = before.chain(seen).chain(after).collect();
    observe(transaction, &sights, now).await
}

/// Nothing that is reviewed differs where nothing is told to have changed.
fn version<'a>(write: &'a Write<'_>) -> Option<Version<'a>> {
    let Novelty::Version { before, changes, .. } = &write.novelty else { return None };
    (!changes.is_empty()).then_some(Version {
        id: write.id,
        before,
        after: &write.sighting.ingress,
        hash: &write.sighting.material_hash,
        changes,
    })
}

fn is_back(write: &Write<'_>) -> bool {
    matches!(write.novelty, Novelty::Version { returned: true, .. })
}

fn seen<'a>(write: &'a Write<'_>) -> Option<Sight<'a>> {
    let is_news = match &write.novelty {
        Novelty::Life => true,
        Novelty::Version { changes, returned, .. } => *returned || !changes.is_empty(),
    };
    let what = What::There(&write.sighting.ingress);
    is_news.then_some(Sight { id: write.id, what })
}

fn gone<'a>(gone: &Gone) -> Sight<'a> {
    Sight { id: gone.id, what: What::Gone(gone.proof) }
}
