//! Everything that says whether Routebook works, and one line of numbers at the end.

use crate::run::{self, Result, cannot, cargo};
use crate::{check, e2e, setup, web};
use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

/// What was counted so far.
#[derive(Default, Debug, PartialEq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// `cargo xtask test`. The last line is alone and is always there; a step that fails outside any test
/// counts as one failure.
pub fn command() -> Result {
    let mut tally = Tally::default();
    if let Err(message) = everything(&mut tally) {
        eprintln!("error: {message}");
        tally.failed += 1;
    }
    println!("{tally}");
    // What went wrong has been said, and nothing may follow the line of numbers.
    if tally.is_good() { Ok(()) } else { Err(String::new()) }
}

fn everything(tally: &mut Tally) -> Result {
    setup::everything()?;
    web::build()?;
    if let Err(message) = check::command() {
        eprintln!("error: {message}");
        tally.failed += 1;
    }
    // The same selection of features as `cargo test` uses: the journeys get the binaries that were
    // built for the tests, and nothing is compiled twice.
    run::streamed(&mut cargo(&["build", "--workspace", "--bins", "--tests"]))?;
    *tally += rust_tests()?;
    *tally += e2e::journeys(&[])?;
    Ok(())
}

fn rust_tests() -> Result<Tally> {
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    match setup::prometheus() {
        Ok(folder) => {
            tests.env("ROUTEBOOK_TEST_PROMETHEUS_DIR", folder);
        }
        Err(reason) => run::skipped("tests with a real Prometheus", &reason),
    }
    match setup::path_with_kubectl() {
        Ok(path) => {
            tests.env("PATH", path);
        }
        Err(reason) => run::skipped("tests with kubectl", &reason),
    }
    counted(&mut tests, Tally::of_rust)
}

/// Runs a program, passes its lines on as they come, and adds up those that are results.
///
/// A program that fails without counting a failure (it crashed, or did not compile) is one itself.
pub fn counted(command: &mut Command, read: fn(&str) -> Option<Tally>) -> Result<Tally> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot(command, &error))?;
    let mut tally = Tally::default();
    let output = child.stdout.take().ok_or("no standard output")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line.map_err(|error| error.to_string())?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(counted) = read(&line) {
            tally += counted;
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

impl Tally {
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s`
    fn of_rust(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |name| number_before(counts, name);
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored")?,
        })
    }

    /// `journeys: 3 passed, 0 failed`
    pub fn of_journeys(line: &str) -> Option<Self> {
        let counts = line.strip_prefix("journeys: ")?;
        let count = |name| number_before(counts, name);
        Some(Self { passed: count("passed")?, failed: count("failed")?, skipped: 0 })
    }

    /// Nothing failed, and something ran.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

fn number_before(counts: &str, name: &str) -> Option<u32> {
    let mut parts = counts.split([';', ',']);
    parts.find_map(|part| part.trim().strip_suffix(name)?.trim().parse().ok())
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, counted};
    use std::process::Command;

    fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally { passed, failed, skipped }
    }

    fn of_script(script: &str) -> Tally {
        counted(Command::new("sh").args(["-c", script]), Tally::of_rust).unwrap()
    }

    #[test]
    fn result_lines_are_read() {
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::of_rust(line), Some(tally(3, 2, 1)));
        assert_eq!(Tally::of_rust("test result_lines_are_read ... ok"), None);
        assert_eq!(Tally::of_journeys("journeys: 4 passed, 1 failed"), Some(tally(4, 1, 0)));
        assert_eq!(Tally::of_journeys("journeys: none"), None);
    }

    #[test]
    fn results_of_all_binaries_are_added() {
        let line = "echo 'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured'";
        assert_eq!(of_script(&format!("{line}; {line}")), tally(4, 0, 2));
    }

    #[test]
    fn a_crash_without_a_result_is_one_failure() {
        assert_eq!(of_script("exit 101"), tally(0, 1, 0));
    }

    #[test]
    fn running_nothing_is_not_good() {
        assert!(!tally(0, 0, 3).is_good());
        assert!(!tally(5, 1, 0).is_good());
        assert!(tally(5, 0, 1).is_good());
    }
}
