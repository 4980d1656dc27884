//! The developer commands of Routebook: `cargo xtask COMMAND`. Standard library only, so that they
//! build in seconds on a clean clone. Nothing here is part of the product, and nothing here may be
//! needed to run it.
#![expect(clippy::print_stdout, reason = "a command line talks on standard output")]

mod arguments;
mod arrows;
mod bench;
mod check;
mod demo;
mod e2e;
mod json;
mod neighbours;
mod readiness;
mod run;
mod setup;
mod shots;
mod test;
mod tools;
mod web;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "cargo xtask COMMAND

  setup                 install what the other commands need (they call it themselves)
  web [--force]         build the pages' wasm and CSS into dist/, when something changed
  check                 formatting, lints, the arrows between crates
  test                  everything: set-up, web, check, Rust tests, journeys in a browser
  e2e [FILTER]          the journeys in a browser whose file name contains FILTER
  demo [--manifests DIR] [--ingresses N] [--churn N] [--port P] [--keep]
                        a Routebook over sandbox clusters, on loopback
  demo --later SPAN     moves the clock of a running demo on, such as by 90d
  shots PATH… [--dark] [--width N] [--no-js]
                        pictures of pages of a running demo ($BASE_URL)
  bench [NAME…]         the benchmarks";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    if let Err(message) = enter_repository().and_then(|()| dispatch(&command, &arguments)) {
        // `test` has said everything itself: its last line must stay the last.
        if !message.is_empty() {
            eprintln!("error: {message}");
        }
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn dispatch(command: &str, arguments: &[String]) -> run::Result {
    match command {
        "setup" => setup::everything(),
        "web" => web::command(arguments),
        "check" => check::command(),
        "test" => test::command(),
        "e2e" => e2e::command(arguments),
        "demo" => demo::command(arguments),
        "shots" => shots::command(arguments),
        "bench" => bench::command(arguments),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        unknown => Err(format!("no such command: {unknown}\n\n{USAGE}")),
    }
}

/// Every path in this crate is relative to the repository's root. The variable is read when the
/// command runs, not when it was compiled: a clone may have been moved since.
fn enter_repository() -> run::Result {
    let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = here.as_deref().and_then(|xtask| xtask.parent());
    let root = root.ok_or("start this as `cargo xtask`, which says where the repository is")?;
    env::set_current_dir(root).map_err(|error| format!("{}: {error}", root.display()))
}
