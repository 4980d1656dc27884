//! The server: listens on loopback and speaks plain HTTP.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::faults::Faults;
use super::http::{Shared, answer};
use super::store::Store;

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How a server runs.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// The bearer token that a request must have, if any.
    pub token: Option<String>,
    /// The value of `X-Scope-OrgID` that a request must have, if any.
    pub tenant: Option<String>,
    /// The time of queries that name none, and of the header `Date`.
    pub clock: Clock,
}

impl Options {
    /// Open to everybody on any free port.
    pub fn new(clock: Clock) -> Self {
        Self { port: 0, token: None, tenant: None, clock }
    }

    /// The same with a time that stands still.
    pub fn at(now: Timestamp) -> Self {
        Self::new(Arc::new(move || now))
    }
}

/// Counts of requests by path, answered or not.
#[derive(Debug, Default)]
pub(super) struct Requests(Mutex<HashMap<String, u64>>);

impl Requests {
    pub fn count(&self, path: &str) {
        *self.lock().entry(path.to_owned()).or_default() += 1;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. Dropping it ends it.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    shared: Arc<Shared>,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl Server {
    /// Starts to serve a store.
    pub async fn start(store: Store, options: Options) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = TcpListener::bind(address).await?;
        let (faults, requests) = (Faults::default(), Requests::default());
        let server = Self {
            url: format!("http://{}", listener.local_addr()?),
            shared: Arc::new(Shared { store, options, faults, requests }),
            stop: CancellationToken::new(),
            connections: TaskTracker::new(),
        };
        let (shared, stop) = (server.shared.clone(), server.stop.clone());
        server.connections.spawn(accept(listener, shared, stop, server.connections.clone()));
        Ok(server)
    }

    /// The series that are served.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// How many requests there were for a path.
    pub fn requests(&self, path: &str) -> u64 {
        self.shared.requests.lock().get(path).copied().unwrap_or(0)
    }

    /// How many requests there were in all.
    pub fn total_requests(&self) -> u64 {
        self.shared.requests.lock().values().sum()
    }

    /// Sets the counts of requests to zero.
    pub fn forget_requests(&self) {
        self.shared.requests.lock().clear();
    }

    /// Ends the server and all its connections.
    pub async fn stop(self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let serving = connection(stream, shared.clone());
                connections.spawn(stop.clone().run_until_cancelled_owned(serving));
            }
            Err(error) => tracing::warn!(%error, "no connection accepted"),
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(answer(&shared, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "connection ended with an error");
    }
}
