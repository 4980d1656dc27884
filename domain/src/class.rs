//! Which class an ingress asks for, and which controller stands behind it.

use serde::{Deserialize, Serialize};

/// The class an ingress asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Where the ingress says so.
    pub source: ClassSource,
}

/// Where an ingress names its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClassSource {
    /// `spec.ingressClassName`.
    Spec,
    /// The older `kubernetes.io/ingress.class` annotation, which controllers still read.
    Annotation,
}

/// The older way to name a class (deprecated since Kubernetes 1.18, still honoured by controllers).
pub const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

impl ClassSource {
    /// A short code for the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Annotation => "annotation",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "spec" => Some(Self::Spec),
            "annotation" => Some(Self::Annotation),
            _ => None,
        }
    }
}

/// A readable name for the `spec.controller` of well-known IngressClasses; the value itself
/// otherwise. The identifiers are those in the controllers' own manifests.
pub fn controller_label(controller: &str) -> &str {
    match controller {
        "k8s.io/ingress-nginx" => "ingress-nginx",
        "nginx.org/ingress-controller" => "F5 NGINX",
        "traefik.io/ingress-controller" => "Traefik",
        "haproxy-ingress.github.io/controller" => "HAProxy Ingress",
        "haproxy.org/ingress-controller" => "HAProxy Technologies",
        "ingress-controllers.konghq.com/kong" => "Kong",
        "projectcontour.io/ingress-controller" => "Contour",
        "istio.io/ingress-controller" => "Istio",
        "ingress.k8s.aws/alb" => "AWS Load Balancer",
        "networking.gke.io/ingress-controller" => "GKE Ingress",
        "azure/application-gateway" => "Azure Application Gateway",
        "openshift.io/ingress-to-route" => "OpenShift Router",
        other => other,
    }
}
