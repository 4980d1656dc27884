//! The running process: bind first, so that a taken port is said at once, then serve until told to
//! stop, and stop in order: no new requests, finish those under way, stop observing, close the store.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use domain::{Clock, ClusterName};
use observe::traffic::Source;
use store::Store;
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::connections::{self, Limits};
use crate::state::State;
use crate::{Error, audit_start, http, metrics, schedule};

/// How long requests under way may take to finish.
pub const GRACE: Duration = Duration::from_secs(10);

/// A process whose store is open and whose ports are taken.
#[derive(Debug)]
pub struct Server {
    config: Config,
    clock: Clock,
    store: Store,
    pages: TcpListener,
    metrics: TcpListener,
}

/// A part of the process beside those that serve.
enum Part {
    /// Watches the clusters; without it there is no reason to run.
    Watching,
    /// May have nothing to do and end.
    Other,
}

/// Opens the store, takes both ports, judges by the rules of the configuration, and records whether it
/// gives people other rights than at the last start.
pub async fn bind(config: Config, clock: Clock) -> Result<Server, Error> {
    let pages = listen("listen", config.listen).await?;
    let metrics = listen("metricsListen", config.metrics_listen).await?;
    let store = Store::open(&config.database).await?;
    store.set_rules(config.rules.clone(), clock.now()).await?;
    store.set_retirement_policy(config.retirement);
    audit_start::roles(&config, &store, clock.now()).await?;
    Ok(Server { config, clock, store, pages, metrics })
}

async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|reason| Error::Listen { address, key, reason })
}

impl Server {
    /// Where pages are served; tells the port when 0 was asked for.
    pub fn pages(&self) -> Result<SocketAddr, Error> {
        address(&self.pages)
    }

    /// Where metrics are served.
    pub fn metrics(&self) -> Result<SocketAddr, Error> {
        address(&self.metrics)
    }

    /// The store, for what else the process does with it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Observes the clusters and serves pages and metrics until `shutdown` is there.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let (pages, metrics) = (self.pages()?, self.metrics()?);
        let former = former(&self.config, &self.store).await?;
        let stop = CancellationToken::new();
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let state = State::new(&self.config, store, clock, stop.clone())?;
        let serving =
            [(self.pages, http::router(state.clone())), (self.metrics, metrics::router(state))];
        let serving = serving.map(|(listener, router)| {
            tokio::spawn(connections::serve(listener, router, Limits::default(), stop.clone()))
        });
        let mut parts = parts(&self.config, former, &self.store, &self.clock, &stop);
        http::compress_assets();
        tracing::info!(%pages, %metrics, "ready at {}", self.config.external_url);

        let lost = tokio::select! {
            () = shutdown => false,
            () = lost(&mut parts) => true,
        };
        tracing::info!("stopping");
        stop.cancel();
        for task in serving {
            log_panic(task.await);
        }
        while let Some(ended) = parts.join_next().await {
            log_panic(ended.map(drop));
        }
        self.store.close().await?;
        tracing::info!("stopped");
        if lost { Err(Error::Observing) } else { Ok(()) }
    }
}

/// The clusters of the store that are not configured any more.
async fn former(config: &Config, store: &Store) -> Result<Vec<ClusterName>, Error> {
    let is_former = |name: &ClusterName| config.clusters.iter().all(|one| one.name != *name);
    let statuses = store.clusters().await?.into_iter();
    let names = statuses.filter_map(|status| status.name.parse::<ClusterName>().ok());
    Ok(names.filter(is_former).collect())
}

/// Starts everything that observes, and what is done now and then. Of clusters that are not
/// configured any more nothing is asked: without sources nobody concludes from the silence that
/// their ingresses are not used.
fn parts(
    config: &Config,
    former: Vec<ClusterName>,
    store: &Store,
    clock: &Clock,
    stop: &CancellationToken,
) -> JoinSet<Part> {
    let mut parts = JoinSet::new();
    let timing = observe::Timing::default();
    let given = || (store.clone(), clock.clone(), stop.child_token());
    let (watched, (store, clock, stop)) = (config.clusters.clone(), given());
    let watching = observe::run(watched, store, clock, timing.clone(), stop);
    parts.spawn(async move {
        watching.await;
        Part::Watching
    });
    for name in former {
        let (store, clock, stop) = given();
        parts.spawn(other(collect(name, Vec::new(), config, store, clock, stop)));
    }
    for cluster in &config.clusters {
        let (store, clock, stop) = given();
        let (name, sources) = (cluster.name.clone(), cluster.traffic.clone());
        parts.spawn(other(collect(name, sources, config, store, clock, stop)));
        let (store, clock, stop) = given();
        let looking =
            observe::certificates::run(cluster.clone(), store, clock, timing.clone(), stop);
        parts.spawn(other(looking));
    }
    let (store, clock, stop) = given();
    parts.spawn(other(schedule::run(store, clock, stop)));
    parts
}

fn collect(
    name: ClusterName,
    sources: Vec<Source>,
    config: &Config,
    store: Store,
    clock: Clock,
    stop: CancellationToken,
) -> impl Future<Output = ()> + use<> {
    let (policy, every) = (config.rules.traffic.clone(), config.traffic_every);
    observe::traffic::run(name, sources, store, clock, policy, every, stop)
}

async fn other(part: impl Future<Output = ()>) -> Part {
    part.await;
    Part::Other
}

/// Ends when a part does that should not.
async fn lost(parts: &mut JoinSet<Part>) {
    while let Some(ended) = parts.join_next().await {
        match ended {
            Ok(Part::Other) => {}
            Ok(Part::Watching) => return,
            Err(error) => {
                log_panic(Err(error));
                return;
            }
        }
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr, Error> {
    let failed = |reason| Error::System { what: "cannot tell the port", reason };
    listener.local_addr().map_err(failed)
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!("a part of the process did not end in order: {error}");
    }
}
