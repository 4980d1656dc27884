//! Journeys of a person through the product, in a real browser, over the real binaries.

use crate::run::{self, Result, cargo};
use crate::test::{Tally, counted};
use crate::{setup, web};
use std::path::PathBuf;
use std::process::Command;

/// `cargo xtask e2e [FILTER]`.
pub fn command(filter: &[String]) -> Result {
    web::build()?;
    build()?;
    let tally = journeys(filter)?;
    if tally.is_good() { Ok(()) } else { Err("journeys failed, or none ran".to_owned()) }
}

/// Builds the product, its neighbourhood, and the demo's Routebook, which is an example of the server so
/// that it is in no release. The web build comes first: the server embeds it.
pub fn build() -> Result {
    let what = ["-p", "server", "-p", "sandbox", "--bins", "--example", "demo"];
    run::streamed(cargo(&["build"]).args(what))
}

/// A binary that `build` built.
pub fn binary(name: &str) -> Result<PathBuf> {
    let path = run::target().join("debug").join(name);
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
}

/// The demo's Routebook, which `build` built.
pub fn demo_binary() -> Result<PathBuf> {
    binary("examples/demo")
}

/// Runs the journeys over binaries that are built already.
pub fn journeys(filter: &[String]) -> Result<Tally> {
    setup::npm_programs()?;
    let mut command = Command::new("node");
    command.arg("end2end/run.mjs").args(filter);
    command.env("ROUTEBOOK_CHROMIUM", setup::chromium()?);
    command.env("ROUTEBOOK_BINARY", binary("routebook")?);
    command.env("SANDBOX_BINARY", binary("sandbox")?);
    command.env("DEMO_BINARY", demo_binary()?);
    command.env("PATH", setup::path_with_kubectl()?);
    counted(&mut command, Tally::of_journeys)
}
