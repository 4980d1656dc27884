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
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // An error only says that somebody listens already.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets(log.level))).try_init();
}

fn targets(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OURS.map(|name| (name, level)))
        // Failed requests to clusters are logged by `observe`, once, where they are handled.
        .with_target("kube_client", LevelFilter::OFF)
        // It warns of each cookie whose session has ended: anybody can send such a one.
        .with_target("tower_sessions_core", level.min(LevelFilter::ERROR))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn of_others_only_what_an_operator_can_use_is_written() {
        let check = |target: &str, level: Level, expected: bool| {
            let written = targets(LevelFilter::DEBUG).would_enable(target, &level);
            assert_eq!(written, expected, "{target} {level}");
        };
        check("server::schedule", Level::DEBUG, true);
        check("server::schedule", Level::TRACE, false);
        check("hyper_util", Level::WARN, true);
        check("hyper_util", Level::INFO, false);
        check("kube_client::client", Level::ERROR, false);
        check("tower_sessions_core::session", Level::ERROR, true);
        check("tower_sessions_core::session", Level::WARN, false);
        assert!(!targets(LevelFilter::OFF).would_enable("tower_sessions_core", &Level::ERROR));
    }
}
