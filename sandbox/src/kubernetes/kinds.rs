//! The kinds that the sandbox serves. Routing, discovery and storage are driven by this table: a
//! new kind is one more entry.

/// One kind of object, as discovery describes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// API version within the group.
    pub version: &'static str,
    /// Name of the kind, as in a manifest.
    pub kind: &'static str,
    /// Name of the collection in URLs and in RBAC rules.
    pub plural: &'static str,
    /// Singular name that kubectl accepts.
    pub singular: &'static str,
    /// Abbreviations that kubectl accepts.
    pub short_names: &'static [&'static str],
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether the kind has a `/status` subresource.
    pub status: bool,
    /// Whether the server counts `metadata.generation`.
    pub generation: bool,
    /// Whether a CustomResourceDefinition brings it: it is served only while that is installed.
    pub custom: bool,
}

impl Kind {
    /// `apiVersion` as it stands in a manifest.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The resource as messages name it: `ingresses.networking.k8s.io`, or `services`.
    pub fn resource(&self) -> String {
        qualified(self.plural, self.group)
    }

    /// The kind as validation messages name it: `Ingress.networking.k8s.io`, or `Service`.
    pub fn qualified_kind(&self) -> String {
        qualified(self.kind, self.group)
    }

    /// Where this kind stands in [`KINDS`].
    pub(super) fn position(&self) -> usize {
        KINDS.iter().position(|kind| *kind == self).expect("every kind is an entry of KINDS")
    }
}

fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}

const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What most kinds share.
const BASE: Kind = Kind {
    group: "",
    version: "v1",
    kind: "",
    plural: "",
    singular: "",
    short_names: &[],
    namespaced: true,
    status: false,
    generation: false,
    custom: false,
};

/// Ingress.
pub static INGRESS: Kind = Kind {
    group: NETWORKING,
    kind: "Ingress",
    plural: "ingresses",
    singular: "ingress",
    short_names: &["ing"],
    status: true,
    generation: true,
    ..BASE
};

/// IngressClass.
pub static INGRESS_CLASS: Kind = Kind {
    group: NETWORKING,
    kind: "IngressClass",
    plural: "ingressclasses",
    singular: "ingressclass",
    namespaced: false,
    generation: true,
    ..BASE
};

/// Namespace.
pub static NAMESPACE: Kind = Kind {
    kind: "Namespace",
    plural: "namespaces",
    singular: "namespace",
    short_names: &["ns"],
    namespaced: false,
    status: true,
    ..BASE
};

/// Service.
pub static SERVICE: Kind = Kind {
    kind: "Service",
    plural: "services",
    singular: "service",
    short_names: &["svc"],
    status: true,
    ..BASE
};

/// EndpointSlice.
pub static ENDPOINT_SLICE: Kind = Kind {
    group: "discovery.k8s.io",
    kind: "EndpointSlice",
    plural: "endpointslices",
    singular: "endpointslice",
    generation: true,
    ..BASE
};

/// Secret.
pub static SECRET: Kind = Kind { kind: "Secret", plural: "secrets", singular: "secret", ..BASE };

/// ConfigMap.
pub static CONFIG_MAP: Kind = Kind {
    kind: "ConfigMap",
    plural: "configmaps",
    singular: "configmap",
    short_names: &["cm"],
    ..BASE
};

/// ServiceAccount.
pub static SERVICE_ACCOUNT: Kind = Kind {
    kind: "ServiceAccount",
    plural: "serviceaccounts",
    singular: "serviceaccount",
    short_names: &["sa"],
    ..BASE
};

/// ClusterRole.
pub static CLUSTER_ROLE: Kind = Kind {
    group: RBAC,
    kind: "ClusterRole",
    plural: "clusterroles",
    singular: "clusterrole",
    namespaced: false,
    ..BASE
};

/// ClusterRoleBinding.
pub static CLUSTER_ROLE_BINDING: Kind = Kind {
    group: RBAC,
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
    singular: "clusterrolebinding",
    namespaced: false,
    ..BASE
};

/// Role.
pub static ROLE: Kind =
    Kind { group: RBAC, kind: "Role", plural: "roles", singular: "role", ..BASE };

/// RoleBinding.
pub static ROLE_BINDING: Kind = Kind {
    group: RBAC,
    kind: "RoleBinding",
    plural: "rolebindings",
    singular: "rolebinding",
    ..BASE
};

/// cert-manager's Certificate.
pub static CERTIFICATE: Kind = Kind {
    group: "cert-manager.io",
    kind: "Certificate",
    plural: "certificates",
    singular: "certificate",
    short_names: &["cert", "certs"],
    status: true,
    generation: true,
    custom: true,
    ..BASE
};

/// Every kind that is served; a custom one only where it is installed.
pub static KINDS: [&Kind; 13] = [
    &INGRESS,
    &INGRESS_CLASS,
    &NAMESPACE,
    &SERVICE,
    &ENDPOINT_SLICE,
    &SECRET,
    &CONFIG_MAP,
    &SERVICE_ACCOUNT,
    &CLUSTER_ROLE,
    &CLUSTER_ROLE_BINDING,
    &ROLE,
    &ROLE_BINDING,
    &CERTIFICATE,
];

/// Finds a kind by what a manifest says.
pub fn by_manifest(api_version: &str, kind: &str) -> Option<&'static Kind> {
    KINDS.into_iter().find(|entry| entry.kind == kind && entry.api_version() == api_version)
}

/// Finds a kind by what a URL says.
pub(super) fn by_path(group: &str, version: &str, plural: &str) -> Option<&'static Kind> {
    KINDS
        .into_iter()
        .find(|entry| entry.group == group && entry.version == version && entry.plural == plural)
}
