//! What Routebook concludes of an ingress: one pure function over everything that is known, called
//! again whenever an input has changed. What it answers is stored, so that lists can be filtered and
//! sorted by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ingress::Ingress;
use crate::managed::{self, Managed};
use crate::owner::{self, Marks, Owner};
use crate::problem::{Problem, Subject, Surroundings};
use crate::tls::{self, Evidence, Tls};
use crate::traffic;

/// What the operator says of how to conclude.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Whose an ingress is.
    pub owner: owner::Rules,
    /// Which certificates are all right.
    pub tls: tls::Policy,
    /// Which traffic counts, and for how long.
    pub traffic: traffic::Policy,
}

/// What is known around one ingress.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// Services, endpoints and classes.
    pub surroundings: &'a Surroundings,
    /// What its Namespace says; `None` if that was not read.
    pub namespace: Option<&'a Marks>,
    /// What was found out about its certificates.
    pub evidence: &'a [Evidence],
    /// Whom somebody named in Routebook; empty counts as nobody.
    pub owner_set: Option<&'a str>,
}

/// What was concluded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// `spec.controller` of its class, if an IngressClass of the name is known.
    pub controller: Option<String>,
    /// Whose it is; `None` for an orphan.
    pub owner: Option<Owner>,
    /// What manages it.
    pub managed: Managed,
    /// Whether its certificates are all right.
    pub tls: Tls,
}

/// Concludes.
pub fn conclude(ingress: &Ingress, known: &Known<'_>, rules: &Rules, now: Timestamp) -> Conclusion {
    let surroundings = known.surroundings;
    let class = ingress.class.as_ref();
    Conclusion {
        problems: surroundings.assess(Subject {
            namespace: &ingress.object.namespace,
            class,
            backends: &ingress.backends(),
            oddities: &ingress.oddities,
        }),
        controller: class.and_then(|class| surroundings.classes.get(&class.name).cloned()),
        owner: owner::find(&ingress.object, &around(ingress, known), &rules.owner),
        managed: managed::managed_by(&ingress.object),
        tls: tls::assess(ingress, known.evidence, &rules.tls, now),
    }
}

fn around<'a>(ingress: &'a Ingress, known: &Known<'a>) -> owner::Around<'a> {
    let mut services: Vec<(&str, &Marks)> = Vec::new();
    for name in ingress.routes.iter().filter_map(|route| route.backend.service()) {
        let facts = known.surroundings.service(&ingress.object.namespace, name);
        let is_new = services.iter().all(|(known, _)| *known != name);
        if let Some(facts) = facts.filter(|_| is_new) {
            services.push((name, &facts.marks));
        }
    }
    owner::Around {
        cluster: known.cluster,
        class: ingress.class.as_ref().map(|class| class.name.as_str()),
        override_: known.owner_set.filter(|owner| !owner.is_empty()),
        namespace: known.namespace,
        services,
    }
}
