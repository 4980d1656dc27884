//! What each subcommand does. Answers go to stdout, progress and logs to stderr.

mod archive;
mod audit;
mod backup;
mod config;
mod export;
mod migrate;
mod progress;
mod serve;
mod sync;

use std::io::{Write as _, stdout};

pub use audit::{Verify, verify as audit_verify};
pub use backup::backup;
pub use config::{check as config_check, print as config_print};
pub use export::{
    Wanted, audit as export_audit, campaign as export_campaign, inventory as export_inventory,
};
pub use migrate::migrate;
pub use serve::{serve, serve_beside};
pub use sync::sync_once;

use crate::Error;

/// Writes an answer. A reader that went away (`| head`) is not an error.
fn answer(text: &str) -> Result<(), Error> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(reason) if reason.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::System { what: "cannot write the answer", reason })
        }
        _ => Ok(()),
    }
}
