//! What every handler may use.

use std::sync::Arc;

use axum::extract::FromRef;
use domain::{Clock, ClusterName};
use leptos::config::LeptosOptions;
use store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::http::EXPORTS;
use crate::metrics::Requests;

/// How many browsers may listen for changes at the same time.
pub const STREAMS: usize = 500;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub store: Store,
    pub clock: Clock,
    pub external_url: Arc<Url>,
    /// The configured clusters, in their order.
    pub clusters: Arc<[ClusterName]>,
    /// How far back traffic counts, in days.
    pub look_back_days: u32,
    pub requests: Requests,
    pub streams: Arc<Semaphore>,
    pub exports: Arc<Semaphore>,
    /// Told when the process is to end.
    pub stop: CancellationToken,
    pub leptos: LeptosOptions,
}

impl State {
    /// The state of a process that was just started.
    pub fn new(config: &Config, store: Store, clock: Clock, stop: CancellationToken) -> Self {
        Self {
            store,
            clock,
            external_url: Arc::new(config.external_url.clone()),
            clusters: config.clusters.iter().map(|cluster| cluster.name.clone()).collect(),
            look_back_days: look_back_days(config),
            requests: Requests::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            stop,
            leptos: LeptosOptions::builder().output_name("app").build(),
        }
    }
}

fn look_back_days(config: &Config) -> u32 {
    let days = config.rules.traffic.look_back_days;
    u32::try_from(days).expect("the configuration allows a year")
}

impl FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        state.leptos.clone()
    }
}
