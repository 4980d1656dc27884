//! `routebook sync --once`: one complete list of everything in Kubernetes, for the first look at a
//! cluster and for jobs. Traffic and certificates need somebody who stays: `serve`.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use domain::{Clock, ClusterName};
use observe::{Outcome, Timing};
use store::Store;

use super::answer;
use super::progress::Progress;
use crate::{Config, Error, install_tls_provider, telemetry};

const TICK: Duration = Duration::from_millis(200);

/// Reads every cluster once, shows how far it is, and says how each kind ended.
pub async fn sync_once(
    config: Config,
    clock: Clock,
    accept: Vec<ClusterName>,
) -> Result<(), Error> {
    refuse_unknown(&config, &accept)?;
    if config.clusters.is_empty() {
        let way = "no cluster is configured; add one under `clusters:`, or set ROUTEBOOK_CLUSTERS";
        return Err(Error::Usage(way.into()));
    }
    telemetry::start(config.log);
    install_tls_provider();
    let store = Store::open(&config.database).await?;
    store.set_rules(config.rules.clone(), clock.now()).await?;
    let outcomes = sync_with_progress(&config, &store, &clock, &accept).await?;
    store.close().await?;
    answer(&report(&outcomes))?;
    judge(&outcomes)
}

fn refuse_unknown(config: &Config, accept: &[ClusterName]) -> Result<(), Error> {
    let known = |name: &&ClusterName| config.clusters.iter().any(|cluster| cluster.name == **name);
    match accept.iter().find(|name| !known(name)) {
        Some(name) => Err(Error::Usage(format!(
            "--accept-new-identity {name}: no cluster of this name is configured"
        ))),
        None => Ok(()),
    }
}

async fn sync_with_progress(
    config: &Config,
    store: &Store,
    clock: &Clock,
    accept: &[ClusterName],
) -> Result<Vec<Outcome>, Error> {
    let timing = Timing::default();
    let mut sync = Box::pin(observe::sync_once(&config.clusters, store, clock, &timing, accept));
    let mut progress = Progress::new(stderr(), stderr().is_terminal());
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            outcomes = &mut sync => {
                progress.end();
                return Ok(outcomes);
            }
            _ = tick.tick() => progress.show(&store.clusters().await?),
        }
    }
}

/// A line for each kind.
fn report(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let _ = match &outcome.result {
            Ok(objects) => writeln!(text, "{}: {objects} objects", name(outcome)),
            Err(reason) => writeln!(text, "{}: failed: {reason}", name(outcome)),
        };
    }
    text
}

fn name(outcome: &Outcome) -> String {
    let kind = outcome.kind.map(|kind| format!(" {}", kind.as_str())).unwrap_or_default();
    format!("{}{kind}", outcome.cluster)
}

fn judge(outcomes: &[Outcome]) -> Result<(), Error> {
    let failed: Vec<String> =
        outcomes.iter().filter(|outcome| outcome.result.is_err()).map(name).collect();
    match failed.len() {
        0 => Ok(()),
        count => Err(Error::Sync { failed: count, all: outcomes.len(), names: failed.join(", ") }),
    }
}
