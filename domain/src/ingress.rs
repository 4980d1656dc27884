//! An ingress as Routebook understands it: what a `networking.k8s.io/v1` Ingress says, reduced to
//! what people review, without Kubernetes' own types.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::class::Class;
use crate::problem::Problem;

/// What the API server says of any object: which one, in which version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The namespace; empty for kinds without one.
    pub namespace: String,
    /// The name within the namespace.
    pub name: String,
    /// The identity of this life of the object.
    pub uid: String,
    /// The version of the object, opaque.
    pub resource_version: String,
    /// When the API server created it; `None` if it does not say so legibly.
    pub created_at: Option<Timestamp>,
    /// Labels, as they are.
    pub labels: BTreeMap<String, String>,
    /// Annotations, as they are.
    pub annotations: BTreeMap<String, String>,
}

/// One Ingress in one life, normalised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// Which object this is.
    pub object: Object,
    /// The class it asks for, and where it says so; `None` if it names none.
    pub class: Option<Class>,
    /// Every host + path + backend, in the order of the manifest; the default backend last.
    pub routes: Vec<Route>,
    /// Its TLS entries, in the order of the manifest.
    pub tls: Vec<TlsEntry>,
    /// The load balancer's addresses from its status: IP addresses and host names.
    pub addresses: Vec<String>,
    /// What could not be understood of it.
    pub oddities: Vec<Problem>,
}

/// One host + path + backend of an ingress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The host, lowercase; empty means every host.
    pub host: String,
    /// The path; empty means every path.
    pub path: String,
    /// How the path is compared.
    pub path_type: PathType,
    /// Where it leads.
    pub backend: Backend,
}

/// How a path is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathType {
    /// The whole path.
    Exact,
    /// Element by element from the start.
    Prefix,
    /// As the controller likes.
    ImplementationSpecific,
    /// Not said, as manifests older than `networking.k8s.io/v1` may have it, or for the default
    /// backend, which has no path.
    Missing,
    /// A value that Kubernetes does not know.
    Other(String),
}

impl PathType {
    /// The type as the manifest writes it; empty if it does not.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Exact => "Exact",
            Self::Prefix => "Prefix",
            Self::ImplementationSpecific => "ImplementationSpecific",
            Self::Missing => "",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for PathType {
    fn from(text: &str) -> Self {
        match text {
            "Exact" => Self::Exact,
            "Prefix" => Self::Prefix,
            "ImplementationSpecific" => Self::ImplementationSpecific,
            "" => Self::Missing,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Backend {
    /// A port of a Service in the ingress's own namespace.
    Service {
        /// The Service's name.
        name: String,
        /// Which of its ports.
        port: Port,
    },
    /// Another object that the controller knows, such as a storage bucket.
    Resource {
        /// The API group; empty for the core group.
        group: String,
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
    /// The manifest names none.
    Missing,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { name, port: Port::Missing } => write!(f, "{name}"),
            Self::Service { name, port } => write!(f, "{name}:{port}"),
            Self::Resource { kind, name, .. } => write!(f, "{kind}/{name}"),
            Self::Missing => f.write_str("none"),
        }
    }
}

/// A port of a Service, by number or by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Port {
    /// By number.
    Number(i32),
    /// By name.
    Name(String),
    /// Not said.
    Missing,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => f.write_str(name),
            Self::Missing => f.write_str("no port"),
        }
    }
}

/// One entry of `spec.tls`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsEntry {
    /// The hosts it covers; empty means those of the controller's default.
    pub hosts: Vec<String>,
    /// The Secret that holds the certificate, if one is named.
    pub secret: Option<String>,
}

impl Ingress {
    /// The distinct hosts in the order of the manifest; an empty one stands for every host.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for route in &self.routes {
            if seen.insert(route.host.as_str()) {
                hosts.push(&route.host);
            }
        }
        hosts
    }

    /// The distinct names of the Services behind it, sorted.
    pub fn services(&self) -> Vec<&str> {
        let names = self.routes.iter().filter_map(|route| match &route.backend {
            Backend::Service { name, .. } => Some(name.as_str()),
            _ => None,
        });
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}
