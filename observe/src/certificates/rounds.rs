//! Asks the hosts of one cluster for their certificates, round by round, never more at a time than
//! allowed.

use std::time::Duration;

use domain::tls::{Evidence, Finding, Method, Subject};
use domain::{Clock, ClusterName};
use futures::future::join_all;
use jiff::Timestamp;
use store::{Scope, Store, TlsSighting};
use tokio::time::{Instant, sleep, timeout};

use super::agenda::{Agenda, Aim, Hosts};
use super::handshake::Prober;

/// What is asked within so many seconds is written in one transaction.
const SECONDS_AT_ONCE: usize = 10;

/// A host has this long for all its addresses together: the others asked with it wait for it.
const LONGEST: Duration = Duration::from_secs(20);

/// The rounds of one cluster.
pub(super) struct Rounds {
    pub(super) cluster: ClusterName,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) prober: Prober,
    /// How often each host is asked.
    pub(super) every: Duration,
    /// At most so many hosts a second.
    pub(super) per_second: u32,
    /// How often it is looked which hosts there are.
    pub(super) look_for_hosts: Duration,
}

impl Rounds {
    /// Asks for ever.
    pub(super) async fn run(self) {
        let mut agenda = Agenda::default();
        // So many are asked before it is looked again which hosts there are.
        let most = self.look_for_hosts.as_secs() * u64::from(self.per_second.max(1));
        let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
        loop {
            match self.round(&mut agenda, most).await {
                Ok(asked) if asked == most => continue,
                Ok(_) => {}
                Err(error) => {
                    let cluster = self.cluster.as_str();
                    tracing::error!(cluster, %error, "the hosts could not be asked by handshake");
                }
            }
            sleep(self.look_for_hosts.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
        }
    }

    /// Asks those hosts that are due, at most so many. Returns how many were asked.
    pub(super) async fn round(
        &self,
        agenda: &mut Agenda,
        most: usize,
    ) -> Result<usize, store::Error> {
        let hosts = self.hosts().await?;
        self.store.forget_hosts(&self.cluster).await?;
        let mut due = agenda.due(hosts, Instant::now(), &mut fastrand::Rng::new());
        due.truncate(most);
        let at_once = SECONDS_AT_ONCE * self.per_second.max(1) as usize;
        for some in due.chunks(at_once) {
            self.ask(agenda, some).await?;
        }
        Ok(due.len())
    }

    /// Every host that the cluster's ingresses serve with TLS.
    async fn hosts(&self) -> Result<Hosts, store::Error> {
        let mut hosts = Hosts::default();
        let mut after = None;
        loop {
            let page = self.store.probe_targets(&self.cluster, after, 500).await?;
            let Some(last) = page.last() else { return Ok(hosts) };
            after = Some(last.id);
            for target in page {
                hosts.add(&target.namespace, target.hosts, &target.addresses);
            }
        }
    }

    /// Asks some hosts, one after the other begun in its part of a second, and writes what they have
    /// shown.
    async fn ask(&self, agenda: &mut Agenda, aims: &[Aim]) -> Result<(), store::Error> {
        let part = Duration::from_secs(1) / self.per_second.max(1);
        let asking = aims.iter().enumerate().map(|(place, aim)| {
            let wait = part.mul_f64(place as f64 + fastrand::f64());
            async move {
                sleep(wait).await;
                let probing = self.prober.probe(&aim.host, &aim.addresses);
                let finding = timeout(LONGEST, probing).await.unwrap_or_else(|_| too_long());
                (self.clock.now(), finding)
            }
        });
        let told = join_all(asking).await;
        for (aim, (_, finding)) in aims.iter().zip(&told) {
            let answered = !matches!(finding, Finding::Unreachable { .. });
            agenda.asked(aim, answered, self.every, Instant::now(), fastrand::f64());
        }
        let told = aims.iter().zip(told);
        let sightings: Vec<_> =
            told.map(|(aim, (at, finding))| sighting(aim, at, finding)).collect();
        let now = self.clock.now();
        self.store
            .apply_tls(&self.cluster, Method::Handshake, Scope::These, &sightings, now)
            .await?;
        Ok(())
    }
}

fn too_long() -> Finding {
    Finding::Unreachable { reason: format!("no answer within {} seconds", LONGEST.as_secs()) }
}

fn sighting(aim: &Aim, at: Timestamp, finding: Finding) -> TlsSighting {
    let subject = Subject::Host(aim.host.clone());
    let evidence = Evidence { method: Method::Handshake, at, subject, finding };
    TlsSighting { namespace: aim.namespace.clone(), evidence }
}
