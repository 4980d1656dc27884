//! What is wrong with an ingress, as far as can be told.
//!
//! A problem is only said when it was checked: a kind that could not be read leaves its checks
//! undone, and [`Checks`] says which were made.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::class::{Class, ClassSource};
use crate::ingress::{Backend, Port};
use crate::owner::Marks;

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
    NoRoutes {},
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
            Self::NoRoutes {} => "no-routes",
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
    /// Namespaces were known: an owner that one of them names would have been found.
    #[serde(default)]
    pub namespaces: bool,
}

impl Checks {
    /// All made.
    pub const ALL: Self = Self { services: true, endpoints: true, classes: true, namespaces: true };

    /// As a small number for the store.
    pub fn bits(self) -> i64 {
        i64::from(self.services)
            | i64::from(self.endpoints) << 1
            | i64::from(self.classes) << 2
            | i64::from(self.namespaces) << 3
    }

    /// Reads what [`Self::bits`] wrote.
    pub fn from_bits(bits: i64) -> Self {
        Self {
            services: bits & 1 != 0,
            endpoints: bits & 2 != 0,
            classes: bits & 4 != 0,
            namespaces: bits & 8 != 0,
        }
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
    /// What of its annotations and labels may name an owner.
    pub marks: Marks,
}

/// What an assessment looks up.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Which checks can be made at all.
    pub checks: Checks,
    /// The Services behind the ingresses in question, by namespace and name.
    pub services: HashMap<(String, String), ServiceFacts>,
    /// The cluster's IngressClasses by name, and the controller that each names.
    pub classes: HashMap<String, String>,
}

/// The parts of an ingress that an assessment needs.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// The class it asks for.
    pub class: Option<&'a Class>,
    /// Its distinct backends.
    pub backends: &'a [Backend],
    /// What could not be understood of it.
    pub oddities: &'a [Problem],
}

impl Surroundings {
    /// Every problem that can be told of an ingress, sorted, without repeats.
    pub fn assess(&self, subject: Subject<'_>) -> Vec<Problem> {
        let mut found: BTreeSet<Problem> = subject.oddities.iter().cloned().collect();
        found.extend(subject.class.and_then(|class| self.class_problem(class)));
        let backends = subject.backends.iter();
        found.extend(backends.filter_map(|one| self.backend_problem(subject.namespace, one)));
        found.into_iter().collect()
    }

    /// A class named by annotation needs no IngressClass: controllers read the annotation itself.
    fn class_problem(&self, class: &Class) -> Option<Problem> {
        let unknown = self.checks.classes
            && class.source == ClassSource::Spec
            && !self.classes.contains_key(&class.name);
        unknown.then(|| Problem::ClassUnknown { class: class.name.clone() })
    }

    /// What is wrong with one backend, if anything.
    pub fn backend_problem(&self, namespace: &str, backend: &Backend) -> Option<Problem> {
        let Backend::Service { name, port } = backend else { return None };
        if !self.checks.services {
            return None;
        }
        let service = name.clone();
        let Some(facts) = self.service(namespace, name) else {
            return Some(Problem::ServiceMissing { service });
        };
        if facts.external {
            return None;
        }
        if !facts.has_port(port) {
            return Some(Problem::PortMissing { service, port: port.to_string() });
        }
        (self.checks.endpoints && facts.ready == Some(0))
            .then_some(Problem::NoReadyEndpoints { service })
    }

    /// What is known of a Service.
    pub fn service(&self, namespace: &str, name: &str) -> Option<&ServiceFacts> {
        self.services.get(&(namespace.to_owned(), name.to_owned()))
    }
}

impl ServiceFacts {
    fn has_port(&self, port: &Port) -> bool {
        self.ports.iter().any(|(number, name)| match port {
            Port::Number(wanted) => number == wanted,
            Port::Name(wanted) => name == wanted,
            Port::Missing => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ingress, route};

    fn around(checks: Checks, ready: Option<i64>) -> Surroundings {
        let ports = vec![(80, "http".into())];
        let facts = ServiceFacts { ports, external: false, ready, marks: Marks::default() };
        let mut outside = facts.clone();
        outside.external = true;
        let key = |name: &str| ("shop".to_owned(), name.to_owned());
        Surroundings {
            checks,
            services: HashMap::from([(key("web"), facts), (key("outside"), outside)]),
            classes: HashMap::from([("nginx".to_owned(), "k8s.io/ingress-nginx".to_owned())]),
        }
    }

    fn check(around: &Surroundings, change: impl FnOnce(&mut crate::Ingress), expected: &[&str]) {
        let ingress = ingress("shop", "web").with(change).build();
        let found = around.assess(Subject {
            namespace: "shop",
            class: ingress.class.as_ref(),
            backends: &ingress.backends(),
            oddities: &ingress.oddities,
        });
        assert_eq!(found.iter().map(Problem::code).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_wrong_is_found() {
        let around = around(Checks::ALL, Some(2));
        check(&around, |_| {}, &[]);
        check(&around, |i| i.routes[0] = route("h", "/", "gone", 80), &["service-missing"]);
        check(&around, |i| i.routes[0] = route("h", "/", "web", 81), &["port-missing"]);
        check(&around, |i| i.routes[0] = route("h", "/", "outside", 9), &[]);
        check(&around, |i| i.class.as_mut().unwrap().name = "x".into(), &["class-unknown"]);
        let by_annotation = |i: &mut crate::Ingress| {
            i.class = Some(Class { name: "x".into(), source: ClassSource::Annotation });
        };
        check(&around, by_annotation, &[]);
        check(&around, |i| i.oddities.push(Problem::NoRoutes {}), &["no-routes"]);
    }

    #[test]
    fn what_was_not_looked_up_is_not_a_problem() {
        let lost = |i: &mut crate::Ingress| {
            i.class.as_mut().unwrap().name = "x".into();
            i.routes[0] = route("h", "/", "gone", 80);
        };
        check(&around(Checks::default(), None), lost, &[]);
        check(&around(Checks { services: true, ..Checks::default() }, Some(0)), |_| {}, &[]);
        check(&around(Checks::ALL, Some(0)), |_| {}, &["no-ready-endpoints"]);
        check(&around(Checks::ALL, None), |_| {}, &[]);
    }
}
