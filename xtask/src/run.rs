//! Starts other programs, and says what is happening and how long it took.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, io};

/// A command either works or ends with a message for the person who typed it.
pub type Result<T = ()> = std::result::Result<T, String>;

/// Does one named step, and prints its name at once and its time when it is done.
pub fn step<T>(name: &str, act: impl FnOnce() -> Result<T>) -> Result<T> {
    print!("{name} … ");
    flush();
    let start = Instant::now();
    let outcome = act();
    let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
    println!("{verdict} ({})", seconds(start.elapsed()));
    outcome
}

/// Says that a step was left out, and why.
pub fn skipped(name: &str, reason: &str) {
    println!("{name} … skipped: {reason}");
}

/// `12.3 s`, which is as exact as anyone needs.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Runs a program quietly; all it wrote is in the error when it fails.
pub fn quiet(command: &mut Command) -> Result {
    captured(command).map(drop)
}

/// Runs a program and returns what it wrote on standard output.
pub fn captured(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{} ended with {}\n{}", shown(command), output.status, both(&output)))
}

/// Runs a program whose output goes straight to the terminal.
pub fn streamed(command: &mut Command) -> Result {
    flush();
    let status = command.status().map_err(|error| cannot(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

/// What went wrong when a program could not even be started.
pub fn cannot(command: &Command, error: &io::Error) -> String {
    format!("cannot start {}: {error}", command.get_program().to_string_lossy())
}

/// The command line, to name a command in a message.
pub fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The Cargo that started us.
///
/// `cargo run` describes the crate it runs in variables. Build scripts that watch them (ring's does)
/// would see them change between `cargo xtask check` and `cargo check`, and half of the workspace
/// would be built again each time: they are not passed on.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    without_our_crate(&mut command);
    command
}

/// Takes out of a command's environment what `cargo run` said about this crate.
pub fn without_our_crate(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start)) {
            command.env_remove(&*name);
        }
    }
}

/// The folder of Cargo's output, which people move with `CARGO_TARGET_DIR`.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// The first of some programs that `PATH` finds.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

/// Standard output is buffered by lines; a prompt without its end must be pushed out.
pub fn flush() {
    // Nothing better can be done when the terminal has gone away.
    let _ = io::stdout().flush();
}

fn both(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}
