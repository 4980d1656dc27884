//! Looking at the certificates of one cluster, as far as it is switched on.

use std::time::Duration;

use domain::Clock;
use domain::sync::Kind;
use domain::tls::Method;
use store::{Scope, Store};
use tokio_util::sync::CancellationToken;

use super::agenda::Agenda;
use super::config::Handshake;
use super::dialer::Dialer;
use super::handshake::Prober;
use super::rounds::Rounds;
use super::secrets::Secrets;
use crate::kubernetes::Site;
use crate::{Cluster, Timing};

/// Looks at the certificates of a cluster by handshakes and in Secrets, as far as they are switched
/// on, until told to stop.
pub async fn run(
    cluster: Cluster,
    store: Store,
    clock: Clock,
    timing: Timing,
    stop: CancellationToken,
) {
    let looking = async {
        if let Err(error) = forget(&cluster, &store, &clock).await {
            let cluster = cluster.name.as_str();
            tracing::error!(cluster, %error, "what was known of certificates could not be forgotten");
        }
        listed(&cluster, &store).await;
        let handshakes = handshakes(&cluster, &store, &clock, &timing);
        tokio::join!(handshakes, read_secrets(&cluster, &store, &clock, &timing));
    };
    // Both loops together are too large for the stack of every task.
    stop.run_until_cancelled(Box::pin(looking)).await;
}

/// What methods have told that are switched off: it would never change again.
async fn forget(cluster: &Cluster, store: &Store, clock: &Clock) -> Result<(), store::Error> {
    let off = [
        (Method::Handshake, cluster.tls.handshake.is_none()),
        (Method::Secret, cluster.tls.secrets.is_empty()),
        (Method::Metrics, !cluster.tls.metrics),
    ];
    for (method, _) in off.into_iter().filter(|(_, is_off)| *is_off) {
        store.apply_tls(&cluster.name, method, Scope::All, &[], clock.now()).await?;
    }
    Ok(())
}

/// Waits until the ingresses are known: without them there are neither hosts nor Secrets to ask for.
async fn listed(cluster: &Cluster, store: &Store) {
    let mut revision = store.revision();
    while store.kind_status(&cluster.name, Kind::Ingress).listed_at.is_none() {
        // A status changes without a revision.
        let _ = tokio::time::timeout(Duration::from_secs(1), revision.changed()).await;
    }
}

async fn handshakes(cluster: &Cluster, store: &Store, clock: &Clock, timing: &Timing) {
    let Some(settings) = cluster.tls.handshake.clone() else { return };
    let dialer = settings.proxy.clone().map_or_else(Dialer::direct, Dialer::through);
    let (allow, times) = (settings.allow.clone(), timing.certificates.clone());
    let made = tokio::task::spawn_blocking(move || Prober::new(dialer, allow, times)).await;
    let Ok(prober) = made else { return };
    rounds(cluster, &settings, store, clock, timing, prober).run().await;
}

async fn read_secrets(cluster: &Cluster, store: &Store, clock: &Clock, timing: &Timing) {
    if !cluster.tls.secrets.is_empty() {
        secrets_of(cluster, store, clock, timing).run().await;
    }
}

fn rounds(
    cluster: &Cluster,
    settings: &Handshake,
    store: &Store,
    clock: &Clock,
    timing: &Timing,
    prober: Prober,
) -> Rounds {
    Rounds {
        cluster: cluster.name.clone(),
        store: store.clone(),
        clock: clock.clone(),
        prober,
        every: settings.every,
        per_second: settings.per_second,
        look_for_hosts: timing.certificates.look_for_hosts,
    }
}

fn secrets_of(cluster: &Cluster, store: &Store, clock: &Clock, timing: &Timing) -> Secrets {
    Secrets {
        cluster: cluster.name.clone(),
        namespaces: cluster.tls.secrets.clone(),
        site: Site::new(cluster.clone(), store, clock, timing),
        store: store.clone(),
        clock: clock.clone(),
        timing: timing.clone(),
    }
}

/// Asks every host of a cluster once by handshake, through a dialer of the caller's, and reads the
/// Secrets once. Returns how many hosts were asked, or what went wrong, in words. For tests.
pub async fn probe_once(
    cluster: &Cluster,
    store: &Store,
    clock: &Clock,
    timing: &Timing,
    dialer: Dialer,
) -> Result<usize, String> {
    if !cluster.tls.secrets.is_empty() {
        let read = secrets_of(cluster, store, clock, timing).round().await;
        read.map_err(|failure| failure.to_string())?;
    }
    let Some(settings) = cluster.tls.handshake.clone() else { return Ok(0) };
    let prober = Prober::new(dialer, settings.allow.clone(), timing.certificates.clone());
    let rounds = rounds(cluster, &settings, store, clock, timing, prober);
    let asked = rounds.round(&mut Agenda::default(), usize::MAX).await;
    asked.map_err(|error| error.to_string())
}
