//! The binary `routebook`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
