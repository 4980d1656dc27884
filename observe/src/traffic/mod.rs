//! Last traffic: asks Prometheus-compatible APIs what the controllers have counted, and keeps what
//! it learns, because their memory is shorter than a review's look-back.
//!
//! Every few minutes a *round* asks each source of a cluster for the requests since the round
//! before, a handful of questions for all ingresses together; then every present ingress is judged.
//! A longer hole is made up for hour by hour, and so is the past, when a source is new.
//!
//! No data is never taken for no traffic: what the controller's own `up` does not vouch for counts
//! as not observed. One source that fails changes nothing for another.

mod answer;
mod attribute;
mod backfill;
mod failure;
mod health;
mod judge;
mod prometheus;
mod query;
mod round;
mod rounds;
mod samples;
mod source;
mod visit;

use std::time::Duration;

use domain::sync::Kind;
use domain::traffic::Policy;
use domain::{Clock, ClusterName};
use jiff::Timestamp;
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use rounds::Rounds;
pub use rounds::{Collected, Told};
pub use source::{Limits, Prometheus, Query, Source, Url};
use visit::Visit;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Collects until told to stop. Without sources it says so of every ingress.
pub async fn run(
    cluster: ClusterName,
    sources: Vec<Source>,
    store: Store,
    clock: Clock,
    policy: Policy,
    every: Duration,
    stop: CancellationToken,
) {
    let collecting = async {
        // What cannot be given to an ingress yet would be lost.
        listed(&store, &cluster).await;
        let filled = Notify::new();
        let rounds = Rounds::new(&cluster, &sources, &store, &clock, &policy);
        let rounds = repeat(rounds, every, &filled);
        let visits = sources.iter().map(|source| Visit {
            cluster: &cluster,
            source,
            store: &store,
            clock: &clock,
            policy: &policy,
        });
        let pasts = futures::future::join_all(visits.map(|visit| fill(visit, every, &filled)));
        tokio::join!(rounds, pasts);
    };
    stop.run_until_cancelled(collecting).await;
}

/// Waits until the cluster's ingresses are known.
async fn listed(store: &Store, cluster: &ClusterName) {
    while store.kind_status(cluster, Kind::Ingress).listed_at.is_none() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Round after round; one is due at once when the past of a source is known, which changes verdicts.
async fn repeat(mut rounds: Rounds<'_>, every: Duration, filled: &Notify) {
    loop {
        if let Err(error) = rounds.once().await {
            tracing::error!(%error, "traffic could not be saved");
        }
        let pause = tokio::time::sleep(jittered(every, fastrand::f64()));
        tokio::select! {
            () = pause => {}
            () = filled.notified() => {}
        }
    }
}

/// Reads the past of a source, as soon as its present is known.
async fn fill(visit: Visit<'_>, every: Duration, filled: &Notify) {
    // The first round takes a moment.
    let soon = every.min(Duration::from_secs(2));
    let mut last = None;
    loop {
        let pause = match visit.past().await {
            Ok(true) => return filled.notify_one(),
            Ok(false) => soon,
            Err(failure) => {
                if last.as_ref() != Some(&failure) {
                    let (cluster, source) = (visit.cluster.as_str(), visit.source.name());
                    tracing::warn!(cluster, source, %failure, "the past is not read yet");
                }
                last = Some(failure);
                every
            }
        };
        tokio::time::sleep(jittered(pause, fastrand::f64())).await;
    }
}

/// So that clusters do not ask all at once: nine tenths to eleven tenths of the time.
fn jittered(every: Duration, chance: f64) -> Duration {
    every.mul_f64(0.9 + chance / 5.0)
}

/// One round, for tests and benches.
pub async fn collect_once(
    cluster: &ClusterName,
    sources: &[Source],
    store: &Store,
    clock: &Clock,
    policy: &Policy,
) -> Result<Collected, store::Error> {
    Rounds::new(cluster, sources, store, clock, policy).once().await
}

/// Reads the past of each source, for tests and benches; why not, in words, by the source's name.
pub async fn fill_past(
    cluster: &ClusterName,
    sources: &[Source],
    store: &Store,
    clock: &Clock,
    policy: &Policy,
) -> Vec<(String, String)> {
    let mut failures = Vec::new();
    for source in sources {
        let visit = Visit { cluster, source, store, clock, policy };
        match visit.past().await {
            Ok(true) => {}
            Ok(false) => failures.push((source.name(), "its present is not known yet".into())),
            Err(failure) => failures.push((source.name(), failure.to_string())),
        }
    }
    failures
}

/// The number of a UTC day since 1970.
fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

/// Seconds since 1970 as a moment.
fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// The full hour at or before a moment.
fn full_hour(seconds: i64) -> i64 {
    seconds - seconds.rem_euclid(HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_spread() {
        let every = Duration::from_secs(300);
        assert_eq!(jittered(every, 0.0), Duration::from_secs(270));
        assert_eq!(jittered(every, 1.0), Duration::from_secs(330));
    }

    #[test]
    fn days_and_hours_begin_where_they_should() {
        assert_eq!((day_of(DAY - 1), day_of(DAY), day_of(-1)), (0, 1, -1));
        assert_eq!((full_hour(7199), full_hour(7200), full_hour(-1)), (3600, 7200, -3600));
    }
}
