//! Starts the test double from the command line, for demos and for browser tests.

mod command;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(
    about = "A test double of Routebook's neighbourhood. Loopback only; nothing in it is real."
)]
struct Cli {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Serves Kubernetes APIs: three generated clusters, or one filled from a folder. Beside them an
    /// OpenID provider, where people sign in.
    Kubernetes(Kubernetes),
}

/// What `sandbox kubernetes` is told.
#[derive(Args)]
struct Kubernetes {
    /// How many Ingresses to generate, over all clusters.
    #[arg(long, default_value_t = 400, conflicts_with = "manifests")]
    ingresses: usize,
    /// Serve one cluster named `demo` with the manifests of this folder instead.
    #[arg(long, value_name = "DIR")]
    manifests: Option<PathBuf>,
    /// The same seed gives the same clusters.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Port of the first cluster, the others follow; any free ports by default.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Life-like changes per minute, over all clusters.
    #[arg(long, value_name = "PER_MINUTE", default_value_t = 0)]
    churn: u32,
    /// Microseconds that a listed object takes; a real server needs about 35.
    #[arg(long, value_name = "MICROS")]
    pace: Option<u64>,
    /// Roles and bindings of the `routebook` user; a least-privilege role by default.
    #[arg(long, value_name = "FILE")]
    rbac: Option<PathBuf>,
    /// Port of the OpenID provider; any free one by default.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    openid_port: u16,
    /// Where the OpenID provider tells Routebook of sign-outs; nowhere by default.
    #[arg(long, value_name = "URL")]
    openid_back_channel: Option<String>,
    /// Where kubeconfigs are written, and the client's secret; readable by the owner only.
    #[arg(long, value_name = "DIR", default_value = "target/sandbox")]
    kubeconfig_dir: PathBuf,
    /// A file with the seconds by which the clock is ahead of the system's; it is read each time.
    #[arg(long, value_name = "FILE")]
    clock_offset: Option<PathBuf>,
    /// End when standard input is closed.
    #[arg(long)]
    exit_with_parent: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    eprintln!("sandbox: this is a test double on loopback; nothing in it is real");
    match cli.part {
        Part::Kubernetes(options) => command::kubernetes(options).await,
    }
}
