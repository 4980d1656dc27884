//! Prometheus, in a process of its own: this same program, started again with an argument that
//! nobody else gives. Its end of a pipe takes the time; when the pipe closes, it ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use sandbox::prometheus::{Labels, Measure, Options, Profile, Server, Shape, Store, Target};

use crate::shelf;

/// Makes the program a Prometheus.
pub const ARGUMENT: &str = "--as-prometheus";

/// The time at which it starts, in seconds since 1970.
pub const START: i64 = 1_767_225_600;

const METRIC: &str = "nginx_ingress_controller_requests";
const JOB: &str = "ingress-nginx";
const PODS: [&str; 2] = ["controller-a", "controller-b"];

/// Another process that serves the metrics of ingress-nginx.
pub struct Prometheus {
    /// Where it is.
    pub url: String,
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Prometheus {
    /// Starts it with the series of so many ingresses.
    pub fn start(ingresses: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ARGUMENT).arg(ingresses.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let commands = child.stdin.take().context("a pipe was asked for")?;
        let answers = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
        let mut started = Self { url: String::new(), child, commands, answers };
        started.url = started.answer()?;
        Ok(started)
    }

    /// Sets its clock.
    pub fn set_time(&mut self, seconds: i64) -> anyhow::Result<()> {
        writeln!(self.commands, "{seconds}")?;
        self.answer().map(drop)
    }

    fn answer(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(!line.is_empty(), "Prometheus ended");
        Ok(line.trim().to_owned())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the other process does: serves until its standard input ends.
pub fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let [ingresses] = arguments else { bail!("{ARGUMENT} INGRESSES") };
    let store = filled(ingresses.parse()?)?;
    let seconds = Arc::new(AtomicI64::new(START));
    let told = seconds.clone();
    let clock = Arc::new(move || {
        Timestamp::from_second(told.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    });
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Server::start(store, Options::new(clock)))?;
    reply(&server.url)?;
    for line in std::io::stdin().lines() {
        seconds.store(line?.trim().parse()?, Ordering::Relaxed);
        reply("ok")?;
    }
    Ok(())
}

fn reply(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}

/// Two pods of the controller, each of which has counted answers of two kinds for every ingress.
fn filled(ingresses: usize) -> anyhow::Result<Store> {
    let store = Store::new();
    let begin = Timestamp::from_second(START)? - SignedDuration::from_hours(24 * 100);
    for pod in PODS {
        let target = Arc::new(Target::new(begin, Duration::from_secs(30)));
        let of = [("job", JOB), ("instance", pod)];
        store.shape(&Labels::of("up", &of), Shape::up(&target));
        for number in 0..ingresses {
            for (status, a_day) in [("200", 900.0), ("404", 9.0)] {
                let profile = Profile::weekly(a_day).seeded(number as u64 + 1);
                let labels = labels(number, pod, status);
                store.shape(&labels, Shape::new(&target, Measure::Counter, profile));
            }
        }
    }
    Ok(store)
}

fn labels(number: usize, pod: &str, status: &str) -> Labels {
    let (namespace, name) = shelf::place(number);
    let host = shelf::host(number);
    Labels::of(
        METRIC,
        &[
            ("job", JOB),
            ("instance", pod),
            ("controller_pod", pod),
            ("exported_namespace", &namespace),
            ("namespace", "ingress-nginx"),
            ("ingress", &name),
            ("exported_service", &name),
            ("service", "ingress-nginx-controller-metrics"),
            ("host", &host),
            ("path", "/"),
            ("method", "GET"),
            ("status", status),
        ],
    )
}
