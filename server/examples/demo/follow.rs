//! Waits for what is brought in from outside, and does at once, when the hands of the clock were moved,
//! what the schedule would do within minutes.

use std::path::Path;
use std::time::Duration;

use domain::inventory::View;
use domain::{Clock, sync};
use sandbox::hands;
use server::Config;
use store::Store;
use tokio::time::{Instant, sleep};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// A quiet cluster proves itself about twice a minute.
const FRESH_WITHIN: Duration = Duration::from_secs(150);

/// The past of the traffic is read within minutes.
const TRAFFIC_WITHIN: Duration = Duration::from_secs(300);

/// How fresh the clusters are.
pub struct Freshness<'a> {
    /// The store.
    pub store: &'a Store,
    /// The clock.
    pub clock: &'a Clock,
}

impl Freshness<'_> {
    /// Waits until what is known of every cluster is fresh, but not for ever.
    pub async fn wait(&self) -> Result<(), store::Error> {
        let until = Instant::now() + FRESH_WITHIN;
        while Instant::now() < until && !self.is_there().await? {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn is_there(&self) -> Result<bool, store::Error> {
        let (statuses, now) = (self.store.clusters().await?, self.clock.now());
        let mut known = statuses.iter().filter(|status| status.configured).peekable();
        let is_empty = known.peek().is_none();
        let is_fresh = known.all(|one| matches!(one.freshness(now), sync::Freshness::Fresh(_)));
        Ok(!is_empty && is_fresh)
    }
}

/// Waits until the past of the traffic is read: before, nothing could be recommended.
pub async fn wait_for_traffic(
    store: &Store,
    config: &Config,
    clock: &Clock,
) -> Result<(), store::Error> {
    let until = Instant::now() + TRAFFIC_WITHIN;
    while Instant::now() < until {
        if is_read(store, config).await? && is_judged(store, clock).await? {
            break;
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// Of a source that observes nothing there is no past to be read.
async fn is_read(store: &Store, config: &Config) -> Result<bool, store::Error> {
    for cluster in &config.clusters {
        let states = store.traffic_sources(&cluster.name).await?;
        let is_done = |name: &str| {
            let state = states.iter().find(|state| state.name == name);
            state.is_some_and(|state| {
                let observes = state.since.is_some() || state.checked_at.is_none();
                state.filled_from.is_some() || state.error.is_some() || !observes
            })
        };
        if !cluster.traffic.iter().all(|source| is_done(&source.name())) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The verdicts follow what was read by a moment.
async fn is_judged(store: &Store, clock: &Clock) -> Result<bool, store::Error> {
    let unused = View { unused_days: Some(30), ..View::default() };
    Ok(!store.inventory(&unused, clock.now()).await?.rows.is_empty())
}

/// Looks at the file for ever.
pub async fn follow(store: &Store, clock: &Clock, offset: &Path) {
    let mut was = hands::ahead(offset);
    loop {
        sleep(PAUSE).await;
        let is = hands::ahead(offset);
        if is == was {
            continue;
        }
        was = is;
        tracing::info!(now = %clock.now(), "the clock was moved");
        if let Err(error) = Box::pin(catch_up(store, clock)).await {
            tracing::error!(%error, "what the time brings could not all be done");
        }
    }
}

async fn catch_up(store: &Store, clock: &Clock) -> Result<(), store::Error> {
    store.refresh(clock.now()).await?;
    store.close_due_campaigns(clock.now()).await?;
    Freshness { store, clock }.wait().await?;
    store.open_due_series(clock.now()).await?;
    store.tick_retirements(clock.now()).await?;
    store.daily(clock.now()).await?;
    Ok(())
}
