//! The one table that a run prints.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::statistics::{milliseconds, percentile};

/// Collects the lines, and prints them in the order of what was promised.
#[derive(Default)]
pub struct Table {
    lines: Vec<Line>,
    sqlite: String,
}

/// One measurement.
pub struct Line {
    /// What was measured.
    pub what: &'static str,
    /// How many Ingresses there were.
    pub size: usize,
    /// The number that the target is about.
    pub value: f64,
    /// What the number counts; empty for a ratio.
    pub unit: &'static str,
    /// The number may not be above it; none for what is only told.
    pub target: Option<f64>,
    /// What the number is made of.
    pub parts: String,
}

impl Line {
    fn missed(&self) -> bool {
        // A number that is none has missed, too.
        self.target
            .is_some_and(|target| self.value.partial_cmp(&target).is_none_or(|order| order.is_gt()))
    }

    fn result(&self) -> &'static str {
        match (self.target, self.missed()) {
            (None, _) => "",
            (_, true) => "MISSED",
            (_, false) => "met",
        }
    }
}

impl Table {
    /// Adds a line.
    pub fn add(&mut self, line: Line) {
        crate::say(&row(&line));
        self.lines.push(line);
    }

    /// Adds a line for the slowest hundredth of some times.
    pub fn add_times(
        &mut self,
        (what, size): (&'static str, usize),
        times: &[Duration],
        target: Option<f64>,
        more: &str,
    ) {
        let middle = milliseconds(percentile(times, 50));
        let value = milliseconds(percentile(times, 99));
        let most = milliseconds(percentile(times, 100));
        let parts =
            format!("p50 {middle:.1}, p99 {value:.1}, most {most:.1} ms of {} {more}", times.len());
        self.add(Line {
            what,
            size,
            value,
            unit: " ms",
            target,
            parts: parts.trim_end().to_owned(),
        });
    }

    /// Which SQLite the store has.
    pub fn sqlite(&mut self, version: &str) {
        version.clone_into(&mut self.sqlite);
    }

    /// How many targets were missed.
    pub fn missed(&self) -> usize {
        self.lines.iter().filter(|line| line.missed()).count()
    }

    /// Writes it to standard output: ratios first, then by what was measured.
    pub fn print(&self) -> std::io::Result<()> {
        let mut names: Vec<&str> = Vec::new();
        for line in &self.lines {
            if !names.contains(&line.what) {
                names.push(line.what);
            }
        }
        let place = |line: &&Line| names.iter().position(|name| *name == line.what);
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|line| (!line.unit.is_empty(), place(line), line.size));
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let mut text = format!(
            "\n{cores} cores, SQLite {}, {} {}\n\n{:>12} {:>10} {:7} {:>9}  {:44} made of\n",
            self.sqlite,
            std::env::consts::OS,
            std::env::consts::ARCH,
            "measured",
            "target",
            "result",
            "Ingresses",
            "what",
        );
        for line in lines {
            let _ = writeln!(text, "{}", row(line));
        }
        let with_target = self.lines.iter().filter(|line| line.target.is_some()).count();
        let _ = writeln!(text, "\n{} of {with_target} targets missed", self.missed());
        std::io::stdout().lock().write_all(text.as_bytes())
    }
}

fn row(line: &Line) -> String {
    let measured = format!("{:.2}{}", line.value, line.unit);
    let target = line.target.map(|target| format!("≤ {target}{}", line.unit)).unwrap_or_default();
    let Line { what, size, parts, .. } = line;
    format!("{measured:>12} {target:>10} {:7} {size:>9}  {what:44} {parts}", line.result())
}
