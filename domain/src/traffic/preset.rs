//! The controllers whose metrics are known, and whose ingresses they are.

use serde::{Deserialize, Serialize};

use super::Granularity;

/// A way to measure traffic: one controller's metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// The community's ingress-nginx.
    IngressNginx,
    /// F5's NGINX Ingress Controller with NGINX Plus.
    NginxPlus,
    /// F5's NGINX Ingress Controller with open-source NGINX.
    NginxOpenSource,
    /// Traefik's Kubernetes Ingress provider, by router.
    Traefik,
    /// The same by Service, for where the metrics of routers are off.
    TraefikService,
    /// Traefik's provider for the ingresses of ingress-nginx.
    TraefikNginx,
    /// HAProxy Ingress, of jcmoraisjr.
    HaproxyIngress,
    /// The HAProxy Kubernetes Ingress Controller, of HAProxy Technologies.
    HaproxyTech,
    /// Contour, by the clusters of its Envoy.
    Contour,
    /// Istio's ingress gateway.
    Istio,
    /// Kong's ingress controller.
    Kong,
    /// OpenShift's router.
    OpenShift,
    /// AWS load balancers, through an exporter for CloudWatch.
    Alb,
    /// Google's load balancers, through an exporter for Stackdriver.
    Gke,
    /// A query of the operator's own.
    Custom,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 15] = [
        Self::IngressNginx,
        Self::NginxPlus,
        Self::NginxOpenSource,
        Self::Traefik,
        Self::TraefikService,
        Self::TraefikNginx,
        Self::HaproxyIngress,
        Self::HaproxyTech,
        Self::Contour,
        Self::Istio,
        Self::Kong,
        Self::OpenShift,
        Self::Alb,
        Self::Gke,
        Self::Custom,
    ];

    /// The word in the configuration and in the names of sources.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IngressNginx => "ingress-nginx",
            Self::NginxPlus => "nginx-plus",
            Self::NginxOpenSource => "nginx-oss",
            Self::Traefik => "traefik",
            Self::TraefikService => "traefik-service",
            Self::TraefikNginx => "traefik-nginx-provider",
            Self::HaproxyIngress => "haproxy-ingress",
            Self::HaproxyTech => "haproxytech",
            Self::Contour => "contour",
            Self::Istio => "istio",
            Self::Kong => "kong",
            Self::OpenShift => "openshift",
            Self::Alb => "aws-alb",
            Self::Gke => "gke",
            Self::Custom => "custom",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// What the samples are about.
    pub fn granularity(self) -> Granularity {
        match self {
            Self::IngressNginx | Self::Traefik | Self::Kong => Granularity::Route,
            Self::NginxPlus
            | Self::NginxOpenSource
            | Self::TraefikNginx
            | Self::OpenShift
            | Self::Alb
            | Self::Gke
            | Self::Custom => Granularity::Ingress,
            Self::TraefikService
            | Self::HaproxyIngress
            | Self::HaproxyTech
            | Self::Contour
            | Self::Istio => Granularity::Service,
        }
    }

    /// How surely an ingress is one of this controller's. `controller` is `spec.controller` of its
    /// class; `class` is the class it names.
    pub(super) fn fits(self, controller: Option<&str>, class: Option<&str>) -> Fit {
        match (self, controller, class) {
            // Its sources say themselves whose ingresses they measure.
            (Self::Custom, _, _) => Fit::Surely,
            (_, Some(controller), _) => {
                let ours = self.controllers().iter().any(|part| controller.contains(part));
                if ours { Fit::Surely } else { Fit::No }
            }
            (_, None, Some(class)) => {
                let named = |words: &[&str]| words.iter().any(|word| class.contains(word));
                match named(self.class_words()) {
                    true => Fit::Surely,
                    false if Self::ALL.iter().any(|other| named(other.class_words())) => Fit::No,
                    false => Fit::Perhaps,
                }
            }
            (_, None, None) => Fit::Perhaps,
        }
    }

    /// What the `spec.controller` of its IngressClasses has in it. People run several controllers
    /// of one kind under values such as `k8s.io/internal-ingress-nginx`, so it is not compared whole.
    fn controllers(self) -> &'static [&'static str] {
        match self {
            Self::IngressNginx => &["ingress-nginx"],
            Self::NginxPlus | Self::NginxOpenSource => &["nginx.org/", "nginx.com/"],
            Self::Traefik | Self::TraefikService => &["traefik.io/"],
            Self::TraefikNginx => &["ingress-nginx", "traefik.io/"],
            Self::HaproxyIngress => &["haproxy-ingress.github.io/"],
            Self::HaproxyTech => &["haproxy.org/", "haproxy.com/"],
            Self::Contour => &["projectcontour.io/"],
            Self::Istio => &["istio.io/"],
            Self::Kong => &["konghq.com/"],
            Self::OpenShift => &["openshift.io/"],
            Self::Alb => &["ingress.k8s.aws/", "eks.amazonaws.com/alb"],
            Self::Gke => &["networking.gke.io/", "ingress-gce"],
            Self::Custom => &[],
        }
    }

    /// What classes are usually called that are read from the annotation and have no IngressClass.
    fn class_words(self) -> &'static [&'static str] {
        match self {
            Self::IngressNginx | Self::NginxPlus | Self::NginxOpenSource | Self::TraefikNginx => {
                &["nginx"]
            }
            Self::Traefik | Self::TraefikService => &["traefik"],
            Self::HaproxyIngress | Self::HaproxyTech => &["haproxy"],
            Self::Contour => &["contour"],
            Self::Istio => &["istio"],
            Self::Kong => &["kong"],
            Self::OpenShift => &["openshift"],
            Self::Alb => &["alb"],
            Self::Gke => &["gce"],
            Self::Custom => &[],
        }
    }
}

/// How surely an ingress is one of a controller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Its class says so.
    Surely,
    /// Nothing says whose it is.
    Perhaps,
    /// Its class says that it is another's.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_what_they_wrote() {
        for preset in Preset::ALL {
            assert_eq!(Preset::parse(preset.as_str()), Some(preset));
        }
        assert_eq!(Preset::parse("nginx"), None);
    }

    #[test]
    fn a_controller_is_known_by_its_class() {
        let check = |preset: Preset, controller, class, expected| {
            assert_eq!(
                preset.fits(controller, class),
                expected,
                "{preset:?} {controller:?} {class:?}"
            );
        };
        check(Preset::IngressNginx, Some("k8s.io/ingress-nginx"), None, Fit::Surely);
        check(Preset::IngressNginx, Some("k8s.io/internal-ingress-nginx"), None, Fit::Surely);
        check(Preset::IngressNginx, Some("traefik.io/ingress-controller"), None, Fit::No);
        check(Preset::NginxPlus, Some("k8s.io/ingress-nginx"), Some("nginx"), Fit::No);
        check(Preset::TraefikNginx, Some("k8s.io/ingress-nginx"), None, Fit::Surely);
        check(Preset::Kong, Some("ingress-controllers.konghq.com/kong"), None, Fit::Surely);
        check(Preset::Traefik, None, Some("traefik-internal"), Fit::Surely);
        check(Preset::Traefik, None, Some("nginx"), Fit::No);
        check(Preset::Traefik, None, Some("public"), Fit::Perhaps);
        check(Preset::Traefik, None, None, Fit::Perhaps);
        check(Preset::Custom, Some("example.com/own"), None, Fit::Surely);
    }
}
