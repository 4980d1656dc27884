//! An ingress as Routebook understands it: what a `networking.k8s.io/v1` Ingress says, reduced to
//! what people review, without Kubernetes' own types.

use std::collections::{BTreeMap, HashSet};
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
    /// Who wrote fields of it, in the order of the API server; at most
    /// [`MOST_MANAGERS`](crate::manifest::MOST_MANAGERS).
    #[serde(default)]
    pub managers: Vec<FieldManager>,
}

/// Somebody who wrote fields of an object, as `metadata.managedFields` has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldManager {
    /// The name that it gave itself, or the start of its user agent; never empty.
    pub name: String,
    /// `Apply` for server-side apply, else `Update`.
    pub operation: String,
    /// Such as `status`; empty for the object itself.
    pub subresource: String,
    /// When it last wrote; `None` if that is not said legibly.
    pub at: Option<Timestamp>,
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

impl Backend {
    /// The name of the Service, if it is one.
    pub fn service(&self) -> Option<&str> {
        match self {
            Self::Service { name, .. } => Some(name),
            _ => None,
        }
    }
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

impl Port {
    /// Reads what `Display` wrote. A port's name always has a letter, so a number is a number.
    pub fn parse(text: &str) -> Self {
        match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) if text.is_empty() || text == "no port" => Self::Missing,
            Err(_) => Self::Name(text.to_owned()),
        }
    }
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
        let mut seen = HashSet::new();
        for route in &self.routes {
            if seen.insert(route.host.as_str()) {
                hosts.push(&route.host);
            }
        }
        hosts
    }

    /// The distinct backends, in the order of the routes.
    pub fn backends(&self) -> Vec<Backend> {
        let mut seen = HashSet::new();
        let backends = self.routes.iter().map(|route| &route.backend);
        backends.filter(|backend| seen.insert(*backend)).cloned().collect()
    }

    /// What the search of the inventory looks through: hosts, name, namespace, services and paths,
    /// lowercase, each once and with a line break after it.
    pub fn search_text(&self) -> String {
        let mut seen = HashSet::new();
        let mut text = format!("{}\n{}", self.object.name, self.object.namespace);
        for route in &self.routes {
            let service = match &route.backend {
                Backend::Service { name, .. } | Backend::Resource { name, .. } => name,
                Backend::Missing => "",
            };
            for part in [route.host.as_str(), service, route.path.as_str()] {
                if part.len() > 1 && seen.insert(part) {
                    text.push('\n');
                    text.push_str(part);
                }
            }
        }
        text.push('\n');
        text.to_lowercase()
    }
}
