//! Measures the promises of the sync and of the inventory against an API server in a process of
//! its own, and prints one table: how fast, the target, and whether it was met.
//!
//! `cargo xtask bench sync`, or `cargo bench -p server --bench sync -- [--sizes 1000,10000]
//! [--only cold,memory,visible,storm,pages] [--report-only]`. A missed target is exit code 1, unless
//! only a report is wanted.

#[path = "sync/api.rs"]
mod api;
#[path = "sync/cold.rs"]
mod cold;
#[path = "sync/memory.rs"]
mod memory;
#[path = "sync/options.rs"]
mod options;
#[path = "sync/pages.rs"]
mod pages;
#[path = "sync/peer.rs"]
mod peer;
#[path = "sync/relist.rs"]
mod relist;
#[path = "sync/routebook.rs"]
mod routebook;
#[path = "sync/statistics.rs"]
mod statistics;
#[path = "sync/storm.rs"]
mod storm;
#[path = "sync/table.rs"]
mod table;
#[path = "sync/visible.rs"]
mod visible;

use std::process::ExitCode;

use api::Api;
use options::{Options, Part};
use routebook::{Folder, Serve};
use table::Table;

fn main() -> anyhow::Result<ExitCode> {
    server::install_tls_provider();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = &arguments[..]
        && first == api::ARGUMENT
    {
        api::serve(rest)?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options::parse(&arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let table = runtime.block_on(measure(&options))?;
    table.print()?;
    let failed = table.missed() > 0 && !options.report_only;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn measure(options: &Options) -> anyhow::Result<Table> {
    let mut table = Table::default();
    let mut peaks = memory::Peaks::default();
    if options.has(Part::Memory) {
        peaks.empty_cluster().await?;
    }
    for &size in &options.sizes {
        say(&format!("{size} Ingresses: filling the API server"));
        let api = Api::start(size)?;
        if options.has(Part::Cold) {
            cold::measure(&api, &mut table).await?;
        }
        let folder = Folder::new()?;
        folder.sync_once(api.unpaced())?;
        let store = folder.store().await?;
        table.sqlite(&store.versions().1);
        if options.has(Part::Relist) {
            relist::measure(&api, &store, &mut table).await?;
        }
        let questions = pages::questions(&store).await?;
        store.close().await?;
        if options.needs_serve() {
            served(options, api, &questions, &mut peaks, &mut table).await?;
        }
    }
    peaks.judge(&mut table);
    Ok(table)
}

/// What is measured on a running server, over one fresh database: memory first, before anything
/// else has used some.
async fn served(
    options: &Options,
    mut api: Api,
    questions: &[pages::Question],
    peaks: &mut memory::Peaks,
    table: &mut Table,
) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    say(&format!("{} Ingresses: serve", api.size));
    let serve = Serve::start(&folder, api.unpaced()).await?;
    if options.has(Part::Memory) {
        peaks.measure(&mut api, &serve)?;
    }
    if options.has(Part::Visible) {
        visible::measure(&mut api, &serve, table).await?;
    }
    if options.has(Part::Storm) && api.size <= storm::LARGEST {
        storm::measure(&mut api, &serve, table).await?;
    }
    if options.has(Part::Pages) {
        pages::served(&serve, api.size, questions, table).await?;
    }
    drop(serve);
    if options.has(Part::Pages) {
        pages::stored(&folder, api.size, questions, table).await?;
    }
    Ok(())
}

/// Progress goes to standard error, so that standard output is the table.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
