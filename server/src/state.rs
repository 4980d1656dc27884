//! What every handler may use.

use std::sync::Arc;

use domain::owner::Team;
use domain::{Clock, ClusterName};
use ipnet::IpNet;
use store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::Error;
use crate::auth::SignIn;
use crate::config::Config;
use crate::http::guard::Hosts;
use crate::http::{Denials, EXPORTS};
use crate::metrics::Requests;

/// How many browsers may listen for changes at the same time.
pub const STREAMS: usize = 500;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub store: Store,
    pub clock: Clock,
    pub external_url: Arc<Url>,
    /// The path below which people reach Routebook; empty at the root, else such as `/routebook`.
    pub base: Arc<str>,
    /// Under which names Routebook answers.
    pub hosts: Hosts,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How people sign in; without it whoever gets in is the visitor `Local`.
    pub sign_in: Option<Arc<SignIn>>,
    /// The teams, of which people are members by their groups.
    pub teams: Arc<[Team]>,
    /// Who was refused what in the last minute.
    pub denials: Arc<Denials>,
    /// The configured clusters, in their order.
    pub clusters: Arc<[ClusterName]>,
    /// How far back traffic counts, in days.
    pub look_back_days: u32,
    pub requests: Requests,
    pub streams: Arc<Semaphore>,
    pub exports: Arc<Semaphore>,
    /// Told when the process is to end.
    pub stop: CancellationToken,
}

impl State {
    /// The state of a process that was just started. No provider is contacted for it.
    pub fn new(
        config: &Config,
        store: Store,
        clock: Clock,
        stop: CancellationToken,
    ) -> Result<Self, Error> {
        let external_url = Arc::new(config.external_url.clone());
        Ok(Self {
            sign_in: sign_in(config, &store, &clock)?,
            store,
            clock,
            hosts: Hosts::new(external_url.clone(), config.listen.ip()),
            external_url,
            base: config.base().into(),
            trusted_proxies: config.trusted_proxies.clone().into(),
            teams: config.rules.owner.teams.clone().into(),
            denials: Arc::default(),
            clusters: config.clusters.iter().map(|cluster| cluster.name.clone()).collect(),
            look_back_days: look_back_days(config),
            requests: Requests::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            stop,
        })
    }
}

fn sign_in(config: &Config, store: &Store, clock: &Clock) -> Result<Option<Arc<SignIn>>, Error> {
    let Some(given) = &config.sign_in else { return Ok(None) };
    let made = SignIn::new(given, &config.external_url, store.clone(), clock.clone());
    made.map(|sign_in| Some(Arc::new(sign_in))).map_err(Error::SignIn)
}

fn look_back_days(config: &Config) -> u32 {
    let days = config.rules.traffic.look_back_days;
    u32::try_from(days).expect("the configuration allows a year")
}
