//! The clusters of the company: which controllers run there, which hosts they serve, and how the
//! demo's total is shared among them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::class::{self, Class};
use super::generate::{Fleet, Plan, generate};

/// What sets one cluster apart from another.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Name under which the cluster is known.
    pub name: String,
    pub(super) classes: &'static [(u32, Class)],
    pub(super) public_zone: &'static str,
    pub(super) internal_zone: &'static str,
    /// Suffixes of namespaces; one empty entry where the cluster has a single environment.
    pub(super) environments: &'static [&'static str],
    /// True if the few oddities that no cluster is without live here.
    pub(super) oddities: bool,
}

impl Profile {
    /// The large cluster in Europe, with the oddities.
    pub fn prod_eu() -> Self {
        Self {
            name: "prod-eu".into(),
            classes: class::PROD_EU,
            public_zone: "marrowby.example",
            internal_zone: "eu.int.marrowby.example",
            environments: &[""],
            oddities: true,
        }
    }

    /// The second cluster, overseas and with other controllers.
    pub fn prod_us() -> Self {
        Self {
            name: "prod-us".into(),
            classes: class::PROD_US,
            public_zone: "us.marrowby.example",
            internal_zone: "us.int.marrowby.example",
            environments: &[""],
            oddities: false,
        }
    }

    /// Development, test and staging side by side.
    pub fn staging() -> Self {
        Self {
            name: "staging".into(),
            classes: class::STAGING,
            public_zone: "staging.marrowby.example",
            internal_zone: "staging.int.marrowby.example",
            environments: &["dev", "test", "staging"],
            oddities: false,
        }
    }

    /// The presets with which Routebook reads the metrics of its controllers.
    pub fn presets(&self) -> Vec<&'static str> {
        let presets = self.classes.iter().map(|(_, class)| class.kind.preset());
        presets.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The same profile under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

/// One generated cluster of the demo.
#[derive(Debug, Clone)]
pub struct DemoCluster {
    /// `prod-eu`, `prod-us` or `staging`.
    pub name: String,
    /// Everything in it.
    pub fleet: Fleet,
}

/// The demo's three clusters with 400 Ingresses in all.
pub fn demo(now: Timestamp) -> Vec<DemoCluster> {
    demo_of(400, 1, now)
}

/// The demo's three clusters with `ingresses` in all.
pub fn demo_of(ingresses: usize, seed: u64, now: Timestamp) -> Vec<DemoCluster> {
    let plans = demo_plans(ingresses, seed, now);
    plans
        .iter()
        .map(|plan| DemoCluster { name: plan.cluster.name.clone(), fleet: generate(plan) })
        .collect()
}

/// The plans of the demo's three clusters: 60, 30 and 10 percent of `ingresses`.
pub fn demo_plans(ingresses: usize, seed: u64, now: Timestamp) -> Vec<Plan> {
    let us = ingresses * 3 / 10;
    let staging = ingresses / 10;
    let shares = [
        (Profile::prod_eu(), ingresses - us - staging),
        (Profile::prod_us(), us),
        (Profile::staging(), staging),
    ];
    shares
        .into_iter()
        .zip(seed..)
        .map(|((cluster, ingresses), seed)| Plan { ingresses, seed, now, cluster })
        .collect()
}
