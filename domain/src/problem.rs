//! What is wrong with an ingress, as far as can be told.
//!
//! A problem is only said when it was checked: a kind that could not be read leaves its checks
//! undone, and [`Checks`] says which were made.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::class::ClassSource;
use crate::ingress::{Backend, Ingress, Port};

/// Something wrong with an ingress.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// A backend Service does not exist.
    ServiceMissing {
        /// Its name.
        service: String,
    },
    /// The backend Service has no such port.
    PortMissing {
        /// The Service's name.
        service: String,
        /// The port, by number or name.
        port: String,
    },
    /// No endpoint of the backend Service is ready.
    NoReadyEndpoints {
        /// The Service's name.
        service: String,
    },
    /// `spec.ingressClassName` names an IngressClass that does not exist.
    ClassUnknown {
        /// Its name.
        class: String,
    },
    /// There is neither a rule nor a default backend: it routes nothing.
    NoRoutes,
    /// A path leads nowhere.
    BackendMissing {
        /// Where in the manifest.
        place: String,
    },
    /// A path has no `pathType`.
    PathTypeMissing {
        /// Where in the manifest.
        place: String,
    },
    /// A path has a `pathType` that Kubernetes does not know.
    PathTypeUnknown {
        /// Where in the manifest.
        place: String,
        /// The value.
        value: String,
    },
    /// A part of the object could not be read.
    Unreadable {
        /// Where, and why.
        reason: String,
    },
}

/// The codes of all problems, as they stand in URLs and in the store, in order of gravity.
pub const CODES: [&str; 9] = [
    "service-missing",
    "port-missing",
    "no-ready-endpoints",
    "class-unknown",
    "no-routes",
    "backend-missing",
    "path-type-missing",
    "path-type-unknown",
    "unreadable",
];

impl Problem {
    /// The code of this kind of problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ServiceMissing { .. } => "service-missing",
            Self::PortMissing { .. } => "port-missing",
            Self::NoReadyEndpoints { .. } => "no-ready-endpoints",
            Self::ClassUnknown { .. } => "class-unknown",
            Self::NoRoutes => "no-routes",
            Self::BackendMissing { .. } => "backend-missing",
            Self::PathTypeMissing { .. } => "path-type-missing",
            Self::PathTypeUnknown { .. } => "path-type-unknown",
            Self::Unreadable { .. } => "unreadable",
        }
    }
}

/// The short label of a problem code, for badges and filters.
pub fn label(code: &str) -> &'static str {
    match code {
        "service-missing" => "Service missing",
        "port-missing" => "Port missing",
        "no-ready-endpoints" => "No ready endpoints",
        "class-unknown" => "Class unknown",
        "no-routes" => "No routes",
        "backend-missing" => "No backend",
        "path-type-missing" => "No path type",
        "path-type-unknown" => "Path type unknown",
        "unreadable" => "Partly unreadable",
        _ => "Unknown problem",
    }
}

/// Which checks were made. One that was not is shown as unknown, never as all right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checks {
    /// Services were known: missing Services and ports would have been found.
    pub services: bool,
    /// EndpointSlices were known: missing endpoints would have been found.
    pub endpoints: bool,
    /// IngressClasses were known: an unknown class would have been found.
    pub classes: bool,
}

impl Checks {
    /// All made.
    pub const ALL: Self = Self { services: true, endpoints: true, classes: true };

    /// As a small number for the store.
    pub fn bits(self) -> i64 {
        i64::from(self.services) | i64::from(self.endpoints) << 1 | i64::from(self.classes) << 2
    }

    /// Reads what [`Self::bits`] wrote.
    pub fn from_bits(bits: i64) -> Self {
        Self { services: bits & 1 != 0, endpoints: bits & 2 != 0, classes: bits & 4 != 0 }
    }
}

/// What is known of a backend Service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceFacts {
    /// Its ports as `(number, name)`.
    pub ports: Vec<(i32, String)>,
    /// It only stands for a DNS name elsewhere (`type: ExternalName`): it has no endpoints here.
    pub external: bool,
    /// How many endpoints are ready; `None` if EndpointSlices are not known.
    pub ready: Option<i64>,
}

/// What an assessment may look up. Implemented by the store over one snapshot.
pub trait Surroundings {
    /// Which checks can be made at all.
    fn checks(&self) -> Checks;
    /// The Service of this name in this namespace.
    fn service(&self, namespace: &str, name: &str) -> Option<&ServiceFacts>;
    /// Whether an IngressClass of this name exists.
    fn class_exists(&self, name: &str) -> bool;
}

/// Every problem of an ingress that can be told from its surroundings, sorted, without repeats.
pub fn assess(ingress: &Ingress, around: &impl Surroundings) -> Vec<Problem> {
    let mut found: BTreeSet<Problem> = ingress.oddities.iter().cloned().collect();
    let checks = around.checks();
    if checks.classes
        && let Some(class) = &ingress.class
        && class.source == ClassSource::Spec
        && !around.class_exists(&class.name)
    {
        found.insert(Problem::ClassUnknown { class: class.name.clone() });
    }
    if checks.services {
        let mut seen = std::collections::HashSet::new();
        let backends = ingress.routes.iter().map(|route| &route.backend);
        for backend in backends.filter(|backend| seen.insert(*backend)) {
            found.extend(backend_problem(&ingress.object.namespace, backend, checks, around));
        }
    }
    found.into_iter().collect()
}

/// What is wrong with one backend, if anything.
pub fn backend_problem(
    namespace: &str,
    backend: &Backend,
    checks: Checks,
    around: &impl Surroundings,
) -> Option<Problem> {
    let Backend::Service { name, port } = backend else { return None };
    if !checks.services {
        return None;
    }
    let service = name.clone();
    let Some(facts) = around.service(namespace, name) else {
        return Some(Problem::ServiceMissing { service });
    };
    if facts.external {
        return None;
    }
    let has_port = facts.ports.iter().any(|(number, name)| match port {
        Port::Number(wanted) => number == wanted,
        Port::Name(wanted) => name == wanted,
        Port::Missing => false,
    });
    if !has_port {
        return Some(Problem::PortMissing { service, port: port.to_string() });
    }
    match facts.ready {
        Some(0) if checks.endpoints => Some(Problem::NoReadyEndpoints { service }),
        _ => None,
    }
}
