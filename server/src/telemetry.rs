//! Logs: to stderr, so that stdout stays free for what a command answers. Of the crates that are not
//! ours only warnings are written, whatever the level: their debug lines are not for operators.

use std::io::{IsTerminal, stderr};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

const OURS: [&str; 5] = ["server", "app", "observe", "store", "domain"];

/// Starts logging. The second start in one process, as in tests, changes nothing.
pub fn start(log: Log) {
    let others = log.level.min(LevelFilter::WARN);
    let targets =
        Targets::new().with_default(others).with_targets(OURS.map(|name| (name, log.level)));
    // Failed requests to clusters are logged by `observe`, once, where they are handled.
    let targets = targets.with_target("kube_client", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // An error only says that somebody listens already.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets)).try_init();
}
