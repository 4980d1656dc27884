//! Measures the CSV export of a large inventory over HTTP against `sqlite3 -csv`, which asks the same
//! file for the same columns, and prints one table.
//!
//! `cargo xtask bench export`, or `cargo bench -p server --bench export -- [--ingresses 50000]
//! [--report-only]`. A missed target is exit code 1, unless only a report is wanted.

#[path = "sync/api.rs"]
#[expect(dead_code, reason = "the bench of the sync asks more of it")]
mod api;
#[path = "export/download.rs"]
mod download;
#[path = "export/peer.rs"]
mod peer;
#[path = "sync/routebook.rs"]
#[expect(dead_code, reason = "the bench of the sync asks more of it")]
mod routebook;
#[path = "sync/statistics.rs"]
mod statistics;
#[path = "sync/table.rs"]
#[expect(dead_code, reason = "the bench of the sync asks more of it")]
mod table;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use api::Api;
use domain::inventory::View;
use download::{Download, download};
use futures::StreamExt as _;
use routebook::{Folder, Serve};
use statistics::{median, milliseconds};
use store::Store;
use table::{Line, Table};

const ROUNDS: usize = 5;
/// Bytes of memory that an export may add.
const GROWTH: f64 = 8.0 * 1024.0 * 1024.0;

struct Options {
    ingresses: usize,
    report_only: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    server::install_tls_provider();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = &arguments[..]
        && first == api::ARGUMENT
    {
        api::serve(rest)?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = options(&arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let table = runtime.block_on(measure(options.ingresses))?;
    table.print()?;
    let failed = table.missed() > 0 && !options.report_only;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// `--bench` is what Cargo adds.
fn options(arguments: &[String]) -> anyhow::Result<Options> {
    let mut options = Options { ingresses: 50_000, report_only: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--report-only" => options.report_only = true,
            "--ingresses" => {
                options.ingresses =
                    arguments.next().context("--ingresses needs a value")?.parse()?;
            }
            other => bail!("unknown argument {other}"),
        }
    }
    Ok(options)
}

async fn measure(size: usize) -> anyhow::Result<Table> {
    say(&format!("{size} Ingresses: filling the API server"));
    let api = Api::start(size)?;
    let folder = Folder::new()?;
    say(&format!("{size} Ingresses: serve"));
    let serve = Serve::start(&folder, api.unpaced()).await?;
    // From here on nothing changes, not even as of when the data is: two exports must be the same.
    drop(api);
    judged(&folder).await?;
    let mut table = Table::default();
    table.sqlite(&peer::version().unwrap_or_else(|| "(no sqlite3)".to_owned()));
    memory(&serve, size, &mut table).await?;
    times(&folder, &serve, size, &mut table).await?;
    Ok(table)
}

/// Waits until it was said of every ingress that nothing measures its traffic.
async fn judged(folder: &Folder) -> anyhow::Result<()> {
    let store = Store::open_read_only(&folder.database()).await?;
    loop {
        let mut rows = Box::pin(store.export(&View::default(), jiff::Timestamp::UNIX_EPOCH));
        let mut all = true;
        while let Some(batch) = rows.next().await {
            all &= batch?.iter().all(|row| row.traffic.reason.contains("source"));
        }
        drop(rows);
        if all {
            return Ok(store.close().await?);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// How much more memory the process has at most while it exports for the first time.
async fn memory(serve: &Serve, size: usize, table: &mut Table) -> anyhow::Result<()> {
    let before = serve.resident()?;
    serve.forget_peak()?;
    let export = csv(serve, "identity").await?;
    let growth = serve.peak()?.saturating_sub(before);
    let (megabytes, kib) = (export.bytes as f64 / 1e6, before / 1024);
    table.add(Line {
        what: "memory while exporting",
        size,
        value: growth as f64,
        unit: " bytes",
        target: Some(GROWTH),
        parts: format!("{megabytes:.1} MB of CSV; {kib} KiB before"),
    });
    Ok(())
}

/// In turns, so that whatever else the machine does hits both alike.
async fn times(
    folder: &Folder,
    serve: &Serve,
    size: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    let (mut own, mut first, mut compressed, mut peers) = (vec![], vec![], vec![], vec![]);
    let mut hashes = Vec::new();
    for _ in 0..ROUNDS {
        let export = csv(serve, "identity").await?;
        ensure!(export.lines > size, "{} lines for {size} ingresses", export.lines);
        own.push(export.took);
        first.push(export.first);
        hashes.push(export.hash);
        compressed.push(csv(serve, "br").await?.first);
        peers.extend(peer::sqlite(&folder.database())?);
    }
    hashes.dedup();
    table.add(Line {
        what: "different exports of the same data",
        size,
        value: (hashes.len() - 1) as f64,
        unit: "",
        target: Some(0.0),
        parts: format!("{ROUNDS} exports, one after the other"),
    });
    first_byte("first byte of CSV", size, &first, Some(50.0), table);
    first_byte("first byte of CSV, compressed", size, &compressed, None, table);
    against(size, &own, &peers, table);
    Ok(())
}

fn first_byte(
    what: &'static str,
    size: usize,
    times: &[Duration],
    target: Option<f64>,
    table: &mut Table,
) {
    let value = milliseconds(times.iter().copied().max().unwrap_or_default());
    let parts = format!("the slowest of {}", times.len());
    table.add(Line { what, size, value, unit: " ms", target, parts });
}

fn against(size: usize, own: &[Duration], peers: &[Duration], table: &mut Table) {
    let own = milliseconds(median(own));
    if peers.is_empty() {
        say("SKIPPED: CSV against sqlite3, which is not on PATH");
        return;
    }
    let peer = milliseconds(median(peers));
    table.add(Line {
        what: "CSV over HTTP / sqlite3 -csv",
        size,
        value: own / peer,
        unit: "",
        target: Some(2.0),
        parts: format!("export {own:.0} ms, sqlite3 {peer:.0} ms, median of {}", peers.len()),
    });
}

async fn csv(serve: &Serve, accepts: &'static str) -> anyhow::Result<Download> {
    download(&format!("{}/export/inventory.csv", serve.pages), accepts).await
}

/// Progress goes to standard error, so that standard output is the table.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
