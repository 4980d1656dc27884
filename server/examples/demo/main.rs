//! The demo's Routebook: `routebook serve` with a clock whose hands can be moved while it runs, and with
//! a past. `cargo xtask demo` runs it. It is an example, so no release has any of it.
//!
//! The clock is ahead by what stands in a small file beside the database. Over an empty database the
//! past is told through what the store lets everybody do, as the people of the sandbox's provider.

mod cast;
mod chapters;
mod follow;
mod nature;
mod story;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use domain::Clock;
use sandbox::hands;
use server::Config;
use server::config::Environment;
use store::Store;

use cast::Cast;
use follow::Freshness;
use story::Story;

/// The file that is there once the past is told; in it stands why it is not, if so.
const TOLD: &str = "past-told";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let file = env::args_os().nth(1).map(PathBuf::from);
    let file = file.context("name the configuration file")?;
    let config = Config::load(Some(&file), &Environment::new())?;
    let offset = config.database.with_file_name(hands::FILE);
    let now = hands::clock(Some(offset.clone()));
    let clock = Clock::new(move || now());
    let beside = {
        let (config, clock) = (config.clone(), clock.clone());
        move |store| beside(store, config, clock, offset)
    };
    Box::pin(server::serve_beside(config, clock, beside)).await?;
    Ok(())
}

/// Tells the past once, and then follows the clock.
async fn beside(store: Store, config: Config, clock: Clock, offset: PathBuf) {
    let told = Box::pin(tell(&store, &config, &clock)).await;
    let message = told.as_ref().err().map(|error| format!("{error:#}")).unwrap_or_default();
    if let Err(error) = told {
        tracing::error!("the demo has no past, or not all of it: {error:#}");
    }
    note(&config.database.with_file_name(TOLD), &message).await;
    follow::follow(&store, &clock, &offset).await;
}

async fn note(file: &Path, message: &str) {
    if let Err(error) = tokio::fs::write(file, message).await {
        tracing::error!(%error, "that the past is told could not be noted");
    }
}

/// What has campaigns has a past. Without teams nobody could review anything.
async fn tell(store: &Store, config: &Config, clock: &Clock) -> anyhow::Result<()> {
    let Some(cast) = Cast::of(config) else { return Ok(()) };
    if !store.campaigns().await?.is_empty() {
        return Ok(());
    }
    let freshness = Freshness { store, clock };
    freshness.wait().await?;
    follow::wait_for_traffic(store, config, clock).await?;
    freshness.wait().await?;
    let clusters = config.clusters.iter().map(|cluster| cluster.name.clone()).collect();
    let story = Story::new(store, &cast, clusters, clock.now());
    chapters::tell(&story).await
}
