//! The command line, and the only place that reads the process's surroundings: arguments,
//! environment and time.

use std::ffi::OsString;
use std::io::{Write as _, stderr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use domain::audit::Checkpoint;
use domain::{CampaignId, Clock, ClusterName};

use crate::commands::{Verify, Wanted};
use crate::config::{Config, Environment};
use crate::export::Format;
use crate::{Error, commands};

/// The registry of every route into your Kubernetes clusters.
#[derive(Debug, Parser)]
#[command(name = "routebook", version, propagate_version = true)]
pub struct Cli {
    /// The configuration file [default: routebook.yaml in the working directory, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch the clusters and serve the pages
    Serve,
    /// Read every cluster's Kubernetes objects into the database, and end; traffic and certificates
    /// are collected by `serve` only
    Sync(SyncArgs),
    /// Write what the database has as a file; `serve` may be running
    #[command(subcommand)]
    Export(ExportCommand),
    /// Prove what the audit trail says
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database's schema up to date, and end
    Migrate,
    /// Write a consistent copy of the database; `serve` may be running
    Backup {
        /// The file to write; it must not exist
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct SyncArgs {
    /// Read everything once; `serve` is what keeps up to date
    #[arg(long, required = true)]
    once: bool,

    /// Clusters that were rebuilt under their old name: take the new one for the old one
    #[arg(long, value_name = "NAME", num_args = 1..)]
    accept_new_identity: Vec<ClusterName>,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// The inventory, one line for each ingress
    Inventory {
        /// Which ingresses, in which order: what follows the ? in the address of a list, such as
        /// 'owner=-&tls=expired'
        #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
        filter: String,

        #[command(flatten)]
        file: FileArgs,
    },
    /// The audit trail, one line for each entry, the oldest first
    Audit {
        /// Which entries: what follows the ? in the address of the page, such as
        /// 'action=sign-in.failed&from=2026-01-31'; what `audit verify` is to prove has no filter
        #[arg(long, value_name = "QUERY", default_value = "", hide_default_value = true)]
        filter: String,

        #[command(flatten)]
        file: FileArgs,
    },
    /// The evidence of a campaign, as a ZIP archive with the sums of its files
    Campaign {
        /// Its number: what stands at the end of its page's address
        id: CampaignId,

        /// The file to write, instead of standard output; it is replaced when all is written
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The form of the file
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// The file to write, instead of standard output; it is replaced when all is written
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl FileArgs {
    fn of(self, filter: String) -> Wanted {
        Wanted { format: self.format, filter, output: self.output }
    }
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Say whether the audit trail is complete and unchanged, or where it is not; `serve` may be
    /// running
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// An exported file, as CSV or JSON Lines and without filters, or the archive of a campaign,
    /// instead of the database
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// What was noted elsewhere: without it, entries cut off at the end are not noticed; may be given
    /// several times
    #[arg(long = "checkpoint", value_name = "SEQUENCE:HASH")]
    checkpoints: Vec<Checkpoint>,

    /// A log of `serve`, of which every checkpoint is taken; may be given several times
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
}

impl From<VerifyArgs> for Verify {
    fn from(args: VerifyArgs) -> Self {
        Self { file: args.file, checkpoints: args.checkpoints, logs: args.logs }
    }
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether the configuration is usable, and what it means; nothing is contacted
    Check,
    /// Print the configuration in effect, with every default, as YAML
    Print,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" too, with the exit code 0 and on stdout.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return code.into();
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr().lock(), "error: {error}");
            error.exit_code().into()
        }
    }
}

fn run(cli: Cli) -> Result<(), Error> {
    let config = Config::load(cli.config.as_deref(), &environment())?;
    match cli.command {
        Command::Serve => block_on(commands::serve(config, system_clock())),
        Command::Sync(args) => {
            block_on(commands::sync_once(config, system_clock(), args.accept_new_identity))
        }
        Command::Export(ExportCommand::Inventory { filter, file }) => {
            block_on(commands::export_inventory(config, system_clock(), file.of(filter)))
        }
        Command::Export(ExportCommand::Audit { filter, file }) => {
            block_on(commands::export_audit(config, system_clock(), file.of(filter)))
        }
        Command::Export(ExportCommand::Campaign { id, output }) => {
            block_on(commands::export_campaign(config, system_clock(), id, output))
        }
        Command::Audit(AuditCommand::Verify(args)) => {
            block_on(commands::audit_verify(config, args.into()))
        }
        Command::Config(ConfigCommand::Check) => commands::config_check(&config),
        Command::Config(ConfigCommand::Print) => commands::config_print(&config),
        Command::Migrate => block_on(commands::migrate(config)),
        Command::Backup { file } => block_on(commands::backup(config, file)),
    }
}

fn block_on(command: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let failed = |reason| Error::System { what: "cannot start the runtime", reason };
    tokio::runtime::Runtime::new().map_err(failed)?.block_on(command)
}

#[expect(clippy::disallowed_methods, reason = "the composition root: everybody else is given it")]
fn system_clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

/// Variables that are not UTF-8 cannot be ours, except by mistake: then their value is refused as
/// it reads.
fn environment() -> Environment {
    let text = |value: OsString| value.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
