//! Measures what people wait for in a campaign: a decision that is safe on the disk, many of them at
//! once, the opening of a campaign, and the page with what is to be decided.
//!
//! `cargo xtask bench decide`, or `cargo bench -p server --bench decide -- [--ingresses 50000]
//! [--report-only]`. A missed target is exit code 1, unless only a report is wanted.

#[path = "decide/bare.rs"]
mod bare;
#[path = "decide/queue.rs"]
mod queue;
#[path = "decide/shelf.rs"]
mod shelf;
#[path = "sync/statistics.rs"]
mod statistics;
#[path = "sync/table.rs"]
mod table;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use domain::CampaignId;
use domain::review::{Choice, Kind};
use shelf::{MANY, Shelf};
use statistics::{median, milliseconds};
use store::ReviewRow;
use table::{Line, Table};

/// Single decisions are measured in turns with bare commits, so many in each.
const TURNS: usize = 5;
const OF_EACH: usize = 100;
/// How often many are confirmed at once.
const TIMES: usize = 20;
/// How often a campaign is opened.
const OPENINGS: usize = 3;

struct Options {
    ingresses: usize,
    report_only: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    server::install_tls_provider();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
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
    ensure!(options.ingresses >= MANY, "at least {MANY} ingresses are needed");
    Ok(options)
}

async fn measure(size: usize) -> anyhow::Result<Table> {
    let mut table = Table::default();
    say(&format!("{size} Ingresses: filling the store"));
    let shelf = Shelf::filled(size).await?;
    table.sqlite(&shelf.store.versions().1);
    openings(&shelf, size, &mut table).await?;
    let campaign = shelf.campaign(shelf::MANY_OF_THEM).await?;
    shelf.open(campaign).await?;
    let reviews = shelf.reviews(campaign).await?;
    ensure!(reviews.len() == MANY, "{} reviews", reviews.len());
    single(&shelf, &reviews, size, &mut table).await?;
    together(&shelf, &reviews, size, &mut table).await?;
    drop(shelf);
    say(&format!("{MANY} open reviews: the page of their team"));
    queue::measure(&mut table).await?;
    Ok(table)
}

/// A campaign about everything, opened again and again.
async fn openings(shelf: &Shelf, size: usize, table: &mut Table) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..OPENINGS {
        let id: CampaignId = shelf.campaign("").await?;
        let begin = Instant::now();
        let count = shelf.open(id).await?;
        times.push(begin.elapsed());
        ensure!(usize::try_from(count)? == size, "{count} of {size} are reviewed");
    }
    table.add_times(("open a campaign about everything", size), &times, Some(2_000.0), "");
    Ok(())
}

/// One decision with its audit entry, against a bare commit of as many bytes to the same file system.
async fn single(
    shelf: &Shelf,
    reviews: &[ReviewRow],
    size: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    let bytes = shelf.bytes_of_a_decision(&reviews[0]).await?;
    let (mut own, mut bare, mut written) = (vec![], vec![], vec![]);
    for _ in 0..TURNS {
        for row in reviews.iter().take(OF_EACH) {
            let begin = Instant::now();
            shelf.decide(std::slice::from_ref(row), Choice::new(Kind::Confirm, "")).await?;
            own.push(begin.elapsed());
        }
        bare.extend(bare::sqlite(shelf.folder(), bytes, OF_EACH)?);
        written.extend(bare::file(shelf.folder(), bytes, OF_EACH)?);
    }
    table.add_times(("decide, with the audit entry", size), &own, None, "");
    let (peer, name) = match bare.is_empty() {
        true => (median(&written), "write and fdatasync"),
        false => (median(&bare), "sqlite3"),
    };
    let (own, file) = (milliseconds(median(&own)), milliseconds(median(&written)));
    let peer = milliseconds(peer);
    table.add(Line {
        what: "decide / bare commit of the same size",
        size,
        value: own / peer,
        unit: "",
        target: Some(2.0),
        parts: format!(
            "decide {own:.2} ms, {name} {peer:.2} ms, write and fdatasync {file:.2} ms, {bytes} bytes"
        ),
    });
    Ok(())
}

/// Many decisions in one transaction.
async fn together(
    shelf: &Shelf,
    reviews: &[ReviewRow],
    size: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..TIMES {
        let begin = Instant::now();
        shelf.decide(reviews, Choice::new(Kind::Confirm, "all in use")).await?;
        times.push(begin.elapsed());
    }
    table.add_times(("confirm 500 in one transaction", size), &times, Some(50.0), "");
    Ok(())
}

/// Progress goes to standard error, so that standard output is the table.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
