//! A demo that lives: changes at a steady pace, each cluster in turn.

use std::time::Duration;

use sandbox::fleet::{Change, Churn};
use sandbox::kubernetes::{Cluster, Status, kinds};

use super::fill::Filled;

/// Applies changes for ever; with none asked for, only waits.
pub(crate) async fn live(filled: Vec<Filled>, per_minute: u32, seed: u64) {
    let mut clusters: Vec<_> = filled
        .into_iter()
        .zip(seed..)
        .map(|(filled, seed)| (filled.cluster, Churn::new(&filled.sample, seed)))
        .collect();
    if per_minute == 0 || clusters.is_empty() {
        return std::future::pending().await;
    }
    let mut pace = tokio::time::interval(Duration::from_secs(60) / per_minute);
    for number in 0_usize.. {
        pace.tick().await;
        let among = clusters.len();
        let (cluster, churn) = &mut clusters[number % among];
        let refused = churn.next().map(|change| apply(cluster, change));
        if let Some(Err(status)) = refused {
            tracing::warn!(cluster = cluster.name(), %status, "a change was refused");
        }
    }
}

fn apply(cluster: &Cluster, change: Change) -> Result<(), Status> {
    match change {
        Change::Create(object) => cluster.create(object).map(drop),
        Change::Update(object) => cluster.update(object).map(drop),
        Change::Delete { kind, namespace, name } => {
            let kind = match kind {
                "Service" => &kinds::SERVICE,
                _ => &kinds::INGRESS,
            };
            cluster.delete(kind, &namespace, &name).map(drop)
        }
    }
}
