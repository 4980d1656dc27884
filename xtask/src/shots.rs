//! Pictures of pages, for looking at what was built: tests cannot see that it is ugly.

use crate::run::{Result, streamed};
use crate::setup;
use std::process::Command;

/// `cargo xtask shots PATH… [--dark] [--width N] [--no-js]`, over a demo that runs already.
pub fn command(arguments: &[String]) -> Result {
    setup::npm_programs()?;
    let mut command = Command::new("node");
    command.arg("end2end/shots.mjs").args(arguments);
    streamed(command.env("ROUTEBOOK_CHROMIUM", setup::chromium()?))
}
