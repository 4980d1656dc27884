//! From the arrival of an event to the page that shows it.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::sync::mpsc;

use crate::api::Api;
use crate::peer::{Browser, Watch};
use crate::routebook::Serve;
use crate::table::Table;

const CHANGES: usize = 400;
const EVERY: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);

/// Makes 20 changes a second for 20 seconds. Each is visible when a page that was asked for after
/// the event's arrival is here to its last byte and shows it: the time of that page is in the
/// measure.
pub async fn measure(api: &mut Api, serve: &Serve, table: &mut Table) -> anyhow::Result<()> {
    let mut watch = Watch::open(api.unpaced()).await?;
    let browser = Browser::new(&serve.pages, "identity")?;
    browser.matches("warm-up").await?;
    let size = api.size;
    let (sender, mut made) = mpsc::unbounded_channel();
    let change = async {
        let mut tick = tokio::time::interval(EVERY);
        for number in 0..CHANGES {
            tick.tick().await;
            let host = format!("change-{number:03}.bench.example");
            api.change(number * size / CHANGES, &host)?;
            sender.send(host)?;
        }
        drop(sender);
        anyhow::Ok(())
    };
    let see = async {
        let mut times = Vec::with_capacity(CHANGES);
        while let Some(host) = made.recv().await {
            let arrived = watch.arrival(&host).await?;
            while browser.matches(&host).await? == 0 {
                ensure!(arrived.elapsed() < LONGEST, "{host} does not become visible");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            times.push(Instant::now() - arrived);
        }
        anyhow::Ok(times)
    };
    let (changed, times) = tokio::join!(change, see);
    changed?;
    let what = ("change to visible, 20 a second", size);
    table.add_times(what, &times?, Some(25.0), "");
    Ok(())
}
