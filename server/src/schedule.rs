//! What is done now and then without anybody asking: to judge anew what only the time has changed,
//! and to keep the figures of the day.

use std::time::Duration;

use domain::Clock;
use store::Store;
use tokio_util::sync::CancellationToken;

/// The last figures of a day are at most so old at its end.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The figures of a day begin with what the clusters have, not with an empty database.
const FIRST: Duration = Duration::from_secs(60);

/// Keeps at it until told to stop.
pub async fn run(store: Store, clock: Clock, stop: CancellationToken) {
    let keeping = async {
        refresh(&store, &clock).await;
        let mut pause = FIRST;
        loop {
            tokio::time::sleep(pause).await;
            pause = EVERY;
            refresh(&store, &clock).await;
            if let Err(error) = store.daily(clock.now()).await {
                tracing::error!(%error, "the figures of the day could not be saved");
            }
        }
    };
    stop.run_until_cancelled(keeping).await;
}

async fn refresh(store: &Store, clock: &Clock) {
    if let Err(error) = store.refresh(clock.now()).await {
        tracing::error!(%error, "what the time has changed could not be judged anew");
    }
}
