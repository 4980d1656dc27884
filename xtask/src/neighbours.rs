//! Processes that live only as long as this one, however this one ends.

use crate::run::{Result, cannot};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a process may take to stop by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process, and a shell that waits for our end of a pipe to close and then stops that process.
///
/// The standard library cannot catch ctrl-C, and nobody can catch `kill -9`: but the pipe closes
/// either way. The shell ignores the terminal's signals, so that it outlives us long enough.
pub struct Neighbour {
    name: &'static str,
    process: Child,
    guard: Child,
    ended: bool,
}

impl Neighbour {
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let mut process = command.spawn().map_err(|error| cannot(command, &error))?;
        let script = "trap '' INT TERM HUP; cat >/dev/null; kill \"$1\" 2>/dev/null";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "guard", &process.id().to_string()]).stdin(Stdio::piped());
        match shell.spawn() {
            Ok(guard) => Ok(Self { name, process, guard, ended: false }),
            Err(error) => {
                // Without its guard the process could outlive us.
                let _ = process.kill();
                Err(cannot(&shell, &error))
            }
        }
    }

    /// What it writes on standard output, once.
    pub fn output(&mut self) -> Result<std::process::ChildStdout> {
        self.process.stdout.take().ok_or_else(|| format!("{}: no standard output", self.name))
    }

    /// An error once the process has ended, which it should not do by itself.
    pub fn still_runs(&mut self) -> Result {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => {
                self.ended = true;
                Err(format!("{} ended with {status}", self.name))
            }
            Err(error) => Err(format!("{}: {error}", self.name)),
        }
    }

    fn wait_patiently(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.still_runs().is_ok() && Instant::now() < deadline {
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Neighbour {
    /// Errors are passed over: there is nothing left to do about them.
    fn drop(&mut self) {
        if self.ended || self.still_runs().is_err() {
            // Its id is free for another process, which the guard must not stop.
            let _ = self.guard.kill();
            let _ = self.guard.wait();
            return;
        }
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        self.wait_patiently();
        if !self.ended {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Neighbour;
    use std::process::Command;
    use std::time::{Duration, Instant};

    #[test]
    fn a_dropped_neighbour_is_stopped_at_once() {
        let start = Instant::now();
        let mut sleeper = Neighbour::start("sleep", Command::new("sleep").arg("60")).unwrap();
        let id = sleeper.process.id().to_string();
        assert_eq!(sleeper.still_runs(), Ok(()));
        drop(sleeper);
        let alive =
            Command::new("sh").args(["-c", "kill -0 $0 2>/dev/null", &id]).status().unwrap();
        assert!(!alive.success());
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn an_early_end_is_named() {
        let mut brief =
            Neighbour::start("brief", Command::new("sh").args(["-c", "exit 3"])).unwrap();
        brief.wait_patiently();
        assert_eq!(brief.still_runs(), Err("brief ended with exit status: 3".to_owned()));
    }
}
