//! What can be known without running the product: formatting, lints, and the arrows between crates.

use crate::run::{self, Result, cargo, quiet, skipped, step};
use crate::{arrows, setup};
use std::fs;

/// `cargo xtask check`. All steps run even when one fails: one round shows everything there is.
pub fn command() -> Result {
    setup::wasm_target()?;
    // The server embeds this folder when it is compiled; lints do not care what is in it.
    fs::create_dir_all("dist").map_err(|error| format!("dist: {error}"))?;
    let passed = [
        passes("formatting", formatting),
        passes("arrows between crates", arrows::check),
        passes("nothing of the server in the wasm", arrows::check_wasm_tree),
        passes("no sandbox in the release", arrows::check_release_tree),
        passes("lints", host_lints),
        passes("lints of the wasm", wasm_lints),
        dependencies_pass(),
    ];
    let failed = passed.into_iter().filter(|passed| !passed).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of the checks failed")) }
}

fn passes(name: &str, act: fn() -> Result) -> bool {
    let outcome = step(name, act);
    if let Err(output) = &outcome {
        eprintln!("{output}");
    }
    outcome.is_ok()
}

fn formatting() -> Result {
    quiet(&mut cargo(&["fmt", "--all", "--check"]))
}

fn host_lints() -> Result {
    quiet(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The server's features must not be on at the same time, so `app` is linted a second time alone.
fn wasm_lints() -> Result {
    let target = ["--target", "wasm32-unknown-unknown", "--features", "hydrate"];
    quiet(cargo(&["clippy", "-p", "app"]).args(target).args(["--", "-D", "warnings"]))
}

/// Compiling `cargo-deny` would take longer than all other checks together, so it is used where it is.
fn dependencies_pass() -> bool {
    let name = "dependencies (cargo-deny)";
    if run::captured(&mut cargo(&["deny", "--version"])).is_err() {
        skipped(name, "cargo-deny is not installed");
        return true;
    }
    passes(name, || quiet(&mut cargo(&["deny", "check", "bans", "licenses", "sources"])))
}
