//! What a decision is compared with: commits that do nothing but write as many bytes.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// So many commits of the `sqlite3` program to a database beside ours, as durable as ours: how long each
/// took in the middle. Empty where there is no sqlite3.
pub fn sqlite(folder: &Path, bytes: usize, count: usize) -> anyhow::Result<Vec<Duration>> {
    let mut command = Command::new("sqlite3");
    command.arg(folder.join("bare.db")).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut input = child.stdin.take().context("a pipe was asked for")?;
    let begin = Instant::now();
    writeln!(input, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    writeln!(input, "CREATE TABLE IF NOT EXISTS bare (content BLOB);")?;
    for _ in 0..count {
        writeln!(input, "BEGIN IMMEDIATE; INSERT INTO bare VALUES (zeroblob({bytes})); COMMIT;")?;
    }
    drop(input);
    let status = child.wait()?;
    ensure!(status.success(), "sqlite3 ended with {status}");
    Ok(vec![begin.elapsed() / u32::try_from(count)?])
}

/// So many times the same bytes at the end of a file, each on the disk before the next.
pub fn file(folder: &Path, bytes: usize, count: usize) -> anyhow::Result<Vec<Duration>> {
    let mut file = File::create(folder.join("bare"))?;
    let content = vec![0x5a; bytes];
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begin = Instant::now();
        file.write_all(&content)?;
        file.sync_data()?;
        times.push(begin.elapsed());
    }
    Ok(times)
}
