//! The first sync of a cluster, from the start of the process to everything committed, against
//! reading the same lists and throwing them away, and against `kubectl`.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::api::{Access, Api};
use crate::peer;
use crate::routebook::Folder;
use crate::statistics::{median, milliseconds};
use crate::table::{Line, Table};

/// From here on one measurement is long enough to be steady.
const LARGE: usize = 50_000;

/// Measures at the pace of a real API server, which counts, and as fast as the double can send.
pub async fn measure(api: &Api, table: &mut Table) -> anyhow::Result<()> {
    let whats = [
        ("cold sync / draining the lists", "cold sync / kubectl get -o json"),
        ("cold sync / draining, unpaced", "cold sync / kubectl, unpaced"),
    ];
    let targets = [(Some(1.25), Some(0.5)), (None, None)];
    for ((access, whats), targets) in
        [api.paced(), api.unpaced()].into_iter().zip(whats).zip(targets)
    {
        let times = times(access, api.size).await?;
        let mut add = |what, target, peer: &[Duration], name: &str| {
            let (own, peer) = (milliseconds(median(&times.sync)), milliseconds(median(peer)));
            let runs = times.sync.len();
            let parts = format!("sync {own:.0} ms, {name} {peer:.0} ms, median of {runs}");
            table.add(Line { what, size: api.size, value: own / peer, unit: "", target, parts });
        };
        add(whats.0, targets.0, &times.drain, "draining");
        if !times.kubectl.is_empty() {
            add(whats.1, targets.1, &times.kubectl, "kubectl");
        }
    }
    Ok(())
}

#[derive(Default)]
struct Times {
    sync: Vec<Duration>,
    drain: Vec<Duration>,
    kubectl: Vec<Duration>,
}

/// In turns, so that whatever else the machine does hits all alike.
async fn times(access: &Access, size: usize) -> anyhow::Result<Times> {
    let mut times = Times::default();
    // The first time anything is done is not like the others.
    peer::drain(access).await?;
    for _ in 0..if size >= LARGE { 1 } else { 3 } {
        times.drain.push(peer::drain(access).await?);
        times.sync.push(Folder::new()?.sync_once(access)?);
        times.kubectl.extend(kubectl(access)?);
    }
    Ok(times)
}

/// `None` where there is no kubectl.
fn kubectl(access: &Access) -> anyhow::Result<Option<Duration>> {
    let home = tempfile::tempdir()?;
    let mut command = Command::new("kubectl");
    command.arg("--kubeconfig").arg(&access.kubeconfig).env("HOME", home.path());
    command.args(["get", "ingress", "--all-namespaces", "--output", "json"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    match command.status() {
        Ok(status) => {
            ensure!(status.success(), "kubectl failed");
            Ok(Some(begin.elapsed()))
        }
        Err(_) => Ok(None),
    }
}
