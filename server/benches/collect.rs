//! Measures one round of collecting traffic for many ingresses from one Prometheus in a process of
//! its own: how many questions are asked, and the processor time that it takes here.
//!
//! `cargo xtask bench collect`, or `cargo bench -p server --bench collect -- [--ingresses 10000]
//! [--report-only]`. A missed target is exit code 1, unless only a report is wanted.

#[path = "collect/processor.rs"]
mod processor;
#[path = "collect/prometheus.rs"]
mod prometheus;
#[path = "collect/shelf.rs"]
mod shelf;
#[path = "sync/statistics.rs"]
#[expect(dead_code, reason = "the bench of the sync asks more of it")]
mod statistics;
#[path = "sync/table.rs"]
#[expect(dead_code, reason = "the bench of the sync asks more of it")]
mod table;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use domain::Clock;
use domain::traffic::{Policy, Preset};
use jiff::Timestamp;
use observe::traffic::{Collected, Source, Told, collect_once};
use prometheus::Prometheus;
use shelf::Shelf;
use statistics::milliseconds;
use table::{Line, Table};

/// Rounds after the first, which is like no other.
const ROUNDS: i64 = 3;
/// Seconds from round to round.
const EVERY: i64 = 300;
/// A handful.
const QUESTIONS: f64 = 6.0;
/// Seconds of processor time.
const SECONDS: f64 = 1.0;

struct Options {
    ingresses: usize,
    report_only: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    server::install_tls_provider();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = &arguments[..]
        && first == prometheus::ARGUMENT
    {
        prometheus::serve(rest)?;
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
    let mut options = Options { ingresses: 10_000, report_only: false };
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
    say(&format!("{size} Ingresses: filling Prometheus and the store"));
    let mut prometheus = Prometheus::start(size)?;
    let shelf = Shelf::filled(size).await?;
    let source = Source::new(Preset::IngressNginx, prometheus.url.parse()?);
    let seconds = Arc::new(AtomicI64::new(prometheus::START));
    let told = seconds.clone();
    let clock = Clock::new(move || {
        Timestamp::from_second(told.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    });
    let mut table = Table::default();
    table.sqlite(&shelf.store.versions().1);
    round(&shelf, &source, &clock, size).await?;
    let mut worst = Worst::default();
    for _ in 0..ROUNDS {
        let at = seconds.fetch_add(EVERY, Ordering::Relaxed) + EVERY;
        prometheus.set_time(at)?;
        let (before, begin) = (processor::time()?, Instant::now());
        let collected = round(&shelf, &source, &clock, size).await?;
        worst.add(processor::time()? - before, begin.elapsed(), &collected);
    }
    worst.tell(size, &mut table);
    Ok(table)
}

async fn round(
    shelf: &Shelf,
    source: &Source,
    clock: &Clock,
    size: usize,
) -> anyhow::Result<Collected> {
    let sources = std::slice::from_ref(source);
    let policy = Policy::default();
    let collected = collect_once(&shelf.cluster, sources, &shelf.store, clock, &policy).await?;
    ensure!(collected.ingresses == size, "{} were judged", collected.ingresses);
    ensure!(collected.sources.iter().all(|(_, told)| *told == Told::Requests), "{collected:?}");
    Ok(collected)
}

/// The most of all rounds.
#[derive(Default)]
struct Worst {
    processor: Duration,
    took: Duration,
    questions: usize,
}

impl Worst {
    fn add(&mut self, processor: Duration, took: Duration, collected: &Collected) {
        self.processor = self.processor.max(processor);
        self.took = self.took.max(took);
        self.questions = self.questions.max(collected.queries);
    }

    fn tell(&self, size: usize, table: &mut Table) {
        table.add(Line {
            what: "questions of one round",
            size,
            value: self.questions as f64,
            unit: " questions",
            target: Some(QUESTIONS),
            parts: format!("the most of {ROUNDS} rounds"),
        });
        table.add(Line {
            what: "processor time of one round",
            size,
            value: self.processor.as_secs_f64(),
            unit: " s",
            target: Some(SECONDS),
            parts: format!(
                "the most of {ROUNDS} rounds, which took {:.0} ms at most, Prometheus included",
                milliseconds(self.took)
            ),
        });
    }
}

/// Progress goes to standard error, so that standard output is the table.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
