//! The presets with which Routebook reads the metrics of controllers.

use std::collections::BTreeSet;

use sandbox::kubernetes::Cluster;
use sandbox::kubernetes::kinds::INGRESS_CLASS;

/// Controllers by the beginning of what an IngressClass says, which a second one of the same
/// cluster often lengthens.
const KNOWN: &[(&str, &str)] = &[
    ("k8s.io/ingress-nginx", "ingress-nginx"),
    ("nginx.org/ingress-controller", "nginx-plus"),
    ("traefik.io/ingress-controller", "traefik"),
    ("haproxy-ingress.github.io/controller", "haproxy-ingress"),
    ("haproxy.org/ingress-controller", "haproxytech"),
    ("projectcontour.io/", "contour"),
    ("istio.io/ingress-controller", "istio"),
    ("ingress-controllers.konghq.com/kong", "kong"),
    ("openshift.io/ingress-to-route", "openshift"),
    ("ingress.k8s.aws/alb", "aws-alb"),
    ("networking.gke.io/ingress-controller", "gke"),
];

/// Those for the IngressClasses of a cluster.
pub(crate) fn of_classes(cluster: &Cluster) -> Vec<&'static str> {
    let classes = cluster.list(&INGRESS_CLASS, "");
    let presets = classes.iter().filter_map(|class| {
        let value = class.value();
        let controller = value["spec"]["controller"].as_str()?;
        KNOWN.iter().find(|(start, _)| controller.starts_with(start)).map(|(_, preset)| *preset)
    });
    presets.collect::<BTreeSet<_>>().into_iter().collect()
}
