//! A list of a cluster in which nothing has changed must write nothing.

use std::time::Instant;

use anyhow::ensure;
use domain::Clock;
use observe::certificates::TlsConfig;
use observe::{Access, Cluster, Timing};
use store::Store;

use crate::api::Api;
use crate::statistics::milliseconds;
use crate::table::{Line, Table};

/// Lists everything again. What the log of the file grew by is the freshness of each kind.
pub async fn measure(api: &Api, store: &Store, table: &mut Table) -> anyhow::Result<()> {
    let (rows, bytes) = (store.rows_written(), store.size().await?);
    let file = Some(api.unpaced().kubeconfig.clone());
    let access = Access::Kubeconfig { file, context: None };
    let tls = TlsConfig { cert_manager: false, ..TlsConfig::default() };
    let traffic = Vec::new();
    let clusters = [Cluster { name: "bench".parse()?, access, traffic, tls }];
    let clock = Clock::fixed("2026-01-01T00:00:00Z".parse()?);
    let begin = Instant::now();
    let outcomes = observe::sync_once(&clusters, store, &clock, &Timing::default(), &[]).await;
    let took = milliseconds(begin.elapsed());
    ensure!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "a list failed: {outcomes:?}");
    let rows = store.rows_written() - rows;
    let grown = store.size().await? - bytes;
    table.add(Line {
        what: "relist without change: rows written",
        size: api.size,
        value: rows as f64,
        unit: " rows",
        target: Some(0.0),
        parts: format!("{took:.0} ms unpaced; the log grew by {grown} bytes (freshness)"),
    });
    Ok(())
}
