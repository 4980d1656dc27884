//! What is done now and then without anybody asking: to judge anew what only the time has changed, to
//! keep the figures of the day, to close and to open campaigns, to bring retirements forward, to note
//! outside of the database how far the audit trail has come, and to forget sessions that have ended.

use std::time::Duration;

use domain::Clock;
use domain::audit::{Checkpoint, Link};
use store::Store;
use tokio_util::sync::CancellationToken;

/// The last figures of a day are at most so old at its end.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The figures of a day begin with what the clusters have, not with an empty database.
const FIRST: Duration = Duration::from_secs(60);

/// Campaigns are closed and opened at most so late.
const MINUTE: Duration = Duration::from_secs(60);

/// So many entries at most can be cut off the audit trail unnoticed: those of an hour.
const HOURLY: Duration = Duration::from_secs(60 * 60);

const DAILY: Duration = Duration::from_secs(24 * 60 * 60);

/// What stands in the log before a checkpoint, and what `audit verify` looks for in it.
pub const CHECKPOINT: &str = "audit checkpoint";

/// Keeps at it until told to stop.
pub async fn run(store: Store, clock: Clock, stop: CancellationToken) {
    let mut noted = Link::START;
    let keeping = async {
        tokio::join!(
            figures(&store, &clock),
            campaigns(&store, &clock),
            retirements(&store, &clock),
            checkpoints(&store, &mut noted),
            forgetting(&store, &clock),
        );
    };
    Box::pin(stop.run_until_cancelled(keeping)).await;
    checkpoint(&store, &mut noted).await;
}

async fn figures(store: &Store, clock: &Clock) {
    refresh(store, clock).await;
    let mut pause = FIRST;
    loop {
        tokio::time::sleep(pause).await;
        pause = EVERY;
        refresh(store, clock).await;
        if let Err(error) = store.daily(clock.now()).await {
            tracing::error!(%error, "the figures of the day could not be saved");
        }
    }
}

async fn refresh(store: &Store, clock: &Clock) {
    if let Err(error) = store.refresh(clock.now()).await {
        tracing::error!(%error, "what the time has changed could not be judged anew");
    }
}

async fn campaigns(store: &Store, clock: &Clock) {
    loop {
        tokio::time::sleep(MINUTE).await;
        if let Err(error) = store.close_due_campaigns(clock.now()).await {
            tracing::error!(%error, "campaigns that are due could not be closed");
        }
        if let Err(error) = store.open_due_series(clock.now()).await {
            tracing::error!(%error, "campaigns of series could not be opened");
        }
    }
}

/// Not before the clusters were read: until then nobody knows what is still there.
async fn retirements(store: &Store, clock: &Clock) {
    let mut pause = FIRST;
    loop {
        tokio::time::sleep(pause).await;
        pause = EVERY;
        if let Err(error) = store.tick_retirements(clock.now()).await {
            tracing::error!(%error, "retirements could not be brought forward");
        }
    }
}

async fn checkpoints(store: &Store, noted: &mut Link) {
    loop {
        checkpoint(store, noted).await;
        tokio::time::sleep(HOURLY).await;
    }
}

/// Notes in the log how far the audit trail has come, if that is further than was noted last. Whoever
/// can write to the database cannot write to the log's past.
pub async fn checkpoint(store: &Store, noted: &mut Link) {
    match store.audit_head().await {
        Ok(head) if head != *noted => {
            *noted = head;
            tracing::info!("{CHECKPOINT} {}", Checkpoint::from(head));
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the audit trail could not be noted"),
    }
}

async fn forgetting(store: &Store, clock: &Clock) {
    loop {
        if let Err(error) = store.forget_expired(clock.now()).await {
            tracing::error!(%error, "sessions that have ended could not be forgotten");
        }
        tokio::time::sleep(DAILY).await;
    }
}
