//! Every ingress changes at once.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::api::{Api, PARTS};
use crate::peer::{Browser, Watch};
use crate::routebook::Serve;
use crate::statistics::milliseconds;
use crate::table::{Line, Table};

/// Larger storms are none that a cluster has seen.
pub const LARGEST: usize = 10_000;
const DOMAIN: &str = "storm.example";
const LONGEST: Duration = Duration::from_secs(60);

/// Touches every ingress as fast as the API server can, and waits until a search finds all of them.
pub async fn measure(api: &mut Api, serve: &Serve, table: &mut Table) -> anyhow::Result<()> {
    let mut watch = Watch::open(api.unpaced()).await?;
    let browser = Browser::new(&serve.pages, "identity")?;
    let (changed, took) = tokio::task::block_in_place(|| api.storm(DOMAIN))?;
    let mut last = Instant::now();
    for _ in 0..changed {
        last = watch.arrival(DOMAIN).await?;
    }
    let mut seen = 0;
    while seen < changed {
        ensure!(last.elapsed() < LONGEST, "the storm does not become visible");
        tokio::time::sleep(Duration::from_millis(1)).await;
        seen = 0;
        for part in PARTS {
            seen += browser.matches(&format!("{part}.{DOMAIN}")).await?;
        }
    }
    let value = last.elapsed().as_secs_f64();
    let parts = format!("{changed} changes made within {:.0} ms", milliseconds(took));
    let target = (api.size == LARGEST).then_some(1.0);
    let what = "storm: last event to all visible";
    table.add(Line { what, size: api.size, value, unit: " s", target, parts });
    Ok(())
}
