//! One cluster: connects, makes sure which cluster it is, and follows every kind.

use domain::Clock;
use domain::sync::Kind;
use store::Store;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Follower;
use super::connect::{Connection, connect};
use super::failure::Failure;
use super::follow::Gate;
use super::ingresses::Ingresses;
use super::pause::Pause;
use super::sink::Sink;
use super::surroundings::Surroundings;
use crate::{Cluster, Outcome, Timing};

/// What ingresses are judged by.
const AROUND: [Kind; 5] =
    [Kind::Namespace, Kind::IngressClass, Kind::Service, Kind::EndpointSlice, Kind::Certificate];

/// One cluster.
pub(crate) struct Site {
    cluster: Cluster,
    store: Store,
    clock: Clock,
    timing: Timing,
    /// The operator confirms that another cluster now stands behind this name.
    pub(crate) accept_new_identity: bool,
}

impl Site {
    pub(crate) fn new(cluster: Cluster, store: &Store, clock: &Clock, timing: &Timing) -> Self {
        let (store, clock, timing) = (store.clone(), clock.clone(), timing.clone());
        Self { cluster, store, clock, timing, accept_new_identity: false }
    }

    /// Watches for ever, connecting anew whenever that is needed.
    pub(crate) async fn watch(self) {
        let mut pause = Pause::new(&self.timing);
        loop {
            let failure = match self.known().await {
                Ok(connection) => {
                    pause.reset();
                    self.follow_all(&connection).await
                }
                Err(failure) => failure,
            };
            let (cluster, error) = (self.cluster.name.as_str(), failure.to_string());
            tracing::warn!(cluster, error, "the cluster cannot be read and is tried again");
            self.store.set_cluster_error(&self.cluster.name, Some(error));
            pause.after(&failure).await;
        }
    }

    /// Lists every kind once.
    pub(crate) async fn list_once(&self) -> Vec<Outcome> {
        let outcome = |kind, result: Result<i64, Failure>| Outcome {
            cluster: self.cluster.name.clone(),
            kind,
            result: result.map_err(|failure| failure.to_string()),
        };
        let connection = match self.known().await {
            Ok(connection) => connection,
            Err(failure) => {
                self.store.set_cluster_error(&self.cluster.name, Some(failure.to_string()));
                return vec![outcome(None, Err(failure))];
            }
        };
        let around = self.kinds_around().map(|kind| {
            let mut follower = self.around(&connection, kind);
            async move { outcome(Some(kind), list_with_retries(&mut follower).await) }
        });
        let (open, gate) = watch::channel(false);
        let around = async {
            let outcomes = futures::future::join_all(around).await;
            open.send_replace(true);
            outcomes
        };
        let mut ingresses = self.ingresses(&connection, gate);
        let (mut outcomes, result) = tokio::join!(around, list_with_retries(&mut ingresses));
        outcomes.push(outcome(Some(Kind::Ingress), result));
        outcomes
    }

    /// The kinds around ingresses that are followed in this cluster.
    fn kinds_around(&self) -> impl Iterator<Item = Kind> + use<> {
        let certificates = self.cluster.tls.cert_manager;
        AROUND.into_iter().filter(move |kind| certificates || *kind != Kind::Certificate)
    }

    /// A connection, after what is not followed has lost its status and whatever was judged by it.
    async fn known(&self) -> Result<Connection, Failure> {
        if !self.cluster.tls.cert_manager {
            let (name, now) = (&self.cluster.name, self.clock.now());
            self.store.forget_kind(name, Kind::Certificate, now).await?;
        }
        self.connected().await
    }

    /// A connection to the cluster that the store knows under this name.
    pub(crate) async fn connected(&self) -> Result<Connection, Failure> {
        let connection = connect(&self.cluster.access).await?;
        let uid = connection.identity(&self.timing).await?;
        let version = connection.version(&self.timing).await;
        let accept = self.accept_new_identity;
        let name = &self.cluster.name;
        self.store.identify(name, &uid, &connection.server, &version, accept).await?;
        Ok(connection)
    }

    /// Follows every kind until one of them needs a new connection.
    async fn follow_all(&self, connection: &Connection) -> Failure {
        let (attempts, mut attempted) = watch::channel(0);
        let mut tasks = JoinSet::new();
        // A kind that a cluster may do without is not waited for.
        let needed = AROUND.into_iter().filter(|kind| !kind.is_optional()).count();
        for kind in self.kinds_around() {
            let follower = self.around(connection, kind);
            let attempts = attempts.clone();
            tasks.spawn(follower.follow(move || {
                if !kind.is_optional() {
                    attempts.send_modify(|count| *count += 1);
                }
            }));
        }
        let (open, gate) = watch::channel(false);
        let ingresses = self.ingresses(connection, gate);
        let longest = self.timing.surroundings;
        tasks.spawn(async move {
            // Judged once, with everything known, rather than twice; but not at any price.
            let opening = async {
                let all = attempted.wait_for(|count| *count >= needed);
                let _ = tokio::time::timeout(longest, all).await;
                open.send_replace(true);
            };
            tokio::join!(opening, ingresses.follow(|| ())).1
        });
        match tasks.join_next().await {
            Some(Ok(failure)) => failure,
            Some(Err(error)) => Failure::Connection(format!("the sync stopped: {error}")),
            None => Failure::Connection("nothing is followed".into()),
        }
    }

    fn around(&self, connection: &Connection, kind: Kind) -> Follower<Surroundings> {
        let (store, cluster) = (self.store.clone(), self.cluster.name.clone());
        let sink = Surroundings::new(store, cluster, kind, self.clock.clone());
        self.follower(connection, kind, sink)
    }

    /// The ingresses, written when the gate is open.
    fn ingresses(&self, connection: &Connection, gate: Gate) -> Follower<Ingresses> {
        let (store, cluster) = (self.store.clone(), self.cluster.name.clone());
        let sink = Ingresses::new(store, cluster, self.clock.clone());
        Follower { gate: Some(gate), ..self.follower(connection, Kind::Ingress, sink) }
    }

    fn follower<S>(&self, connection: &Connection, kind: Kind, sink: S) -> Follower<S> {
        Follower {
            connection: connection.clone(),
            cluster: self.cluster.name.clone(),
            kind,
            store: self.store.clone(),
            clock: self.clock.clone(),
            timing: self.timing.clone(),
            sink,
            gate: None,
            older_since: None,
        }
    }
}

/// Attempts of a one-time list before its failure is reported.
const ATTEMPTS: usize = 4;

async fn list_with_retries<S: Sink>(follower: &mut Follower<S>) -> Result<i64, Failure> {
    let mut pause = Pause::new(&follower.timing);
    let mut attempt = 1;
    loop {
        match follower.list().await {
            Err(failure) if attempt < ATTEMPTS && is_passing(&failure) => {
                follower.note(&failure).await;
                attempt += 1;
                pause.after(&failure).await;
            }
            Err(failure) => {
                follower.note(&failure).await;
                let is_in_order = matches!(failure, Failure::NotServed);
                return if is_in_order { Ok(0) } else { Err(failure) };
            }
            done => return done,
        }
    }
}

/// Whether another attempt may go better.
fn is_passing(failure: &Failure) -> bool {
    !matches!(
        failure,
        Failure::Unauthorized(_)
            | Failure::NotPermitted { .. }
            | Failure::NotServed
            | Failure::Identity(_)
            | Failure::Store(_)
    )
}
