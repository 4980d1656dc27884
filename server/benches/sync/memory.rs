//! What memory a sync needs for each ingress, above what the process needs for an empty cluster.

use std::time::Duration;

use crate::api::Api;
use crate::routebook::{Folder, Serve};
use crate::table::{Line, Table};

/// Bytes for each ingress.
const TARGET: f64 = 2048.0;

/// The peaks so far.
#[derive(Default)]
pub struct Peaks {
    empty: u64,
    of: Vec<Peak>,
}

struct Peak {
    size: usize,
    first: u64,
    relist: u64,
}

impl Peak {
    fn most(&self) -> u64 {
        self.first.max(self.relist)
    }
}

impl Peaks {
    /// Measures the process with nothing in its cluster.
    pub async fn empty_cluster(&mut self) -> anyhow::Result<()> {
        let api = Api::start(0)?;
        let folder = Folder::new()?;
        let serve = Serve::start(&folder, api.unpaced()).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.empty = serve.resident()?;
        Ok(())
    }

    /// Measures the first sync, which is over, and another list of everything.
    pub fn measure(&mut self, api: &mut Api, serve: &Serve) -> anyhow::Result<()> {
        let first = serve.peak()?;
        serve.forget_peak()?;
        api.relist()?;
        self.of.push(Peak { size: api.size, first, relist: serve.peak()? });
        Ok(())
    }

    /// The growth from size to size is what counts; what does not grow is told beside it.
    pub fn judge(&self, table: &mut Table) {
        let kib = |bytes: u64| bytes / 1024;
        let mut before: Option<&Peak> = None;
        for peak in &self.of {
            let Peak { size, first, relist } = *peak;
            let above = peak.most().saturating_sub(self.empty) as f64;
            let raw = above / size as f64;
            let parts = format!(
                "first sync {} KiB, relist {} KiB, empty {} KiB; {raw:.0} bytes raw",
                kib(first),
                kib(relist),
                kib(self.empty)
            );
            let (value, target) = match before {
                Some(smaller) => {
                    let grown = peak.most().saturating_sub(smaller.most()) as f64;
                    (grown / size.saturating_sub(smaller.size).max(1) as f64, Some(TARGET))
                }
                None => (raw, (self.of.len() == 1 && size >= 10_000).then_some(TARGET)),
            };
            let what = match before {
                Some(_) => "peak memory for each more ingress",
                None => "peak memory for each ingress, raw",
            };
            table.add(Line { what, size, value, unit: " bytes", target, parts });
            before = Some(peak);
        }
    }
}
