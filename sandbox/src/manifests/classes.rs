//! IngressClasses that everybody knows. Folders of manifests rarely bring the classes that their
//! Ingresses ask for; without these a demo would show one long list of unknown classes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

const ANNOTATION: &str = "kubernetes.io/ingress.class";

/// Class names in common use and the controllers behind them. GKE's `gce` and `gce-internal` are
/// not here: they have no IngressClass on a real cluster either.
const KNOWN: &[(&str, &str)] = &[
    ("nginx", "k8s.io/ingress-nginx"),
    ("nginx-internal", "k8s.io/ingress-nginx"),
    ("nginx-external", "k8s.io/ingress-nginx"),
    ("nginx-private", "k8s.io/ingress-nginx"),
    ("nginx-public", "k8s.io/ingress-nginx"),
    ("internal", "k8s.io/ingress-nginx"),
    ("external", "k8s.io/ingress-nginx"),
    ("public", "k8s.io/ingress-nginx"),
    ("traefik", "traefik.io/ingress-controller"),
    ("haproxy", "haproxy-ingress.github.io/controller"),
    ("contour", "projectcontour.io/projectcontour/contour"),
    ("kong", "ingress-controllers.konghq.com/kong"),
    ("alb", "ingress.k8s.aws/alb"),
    ("azure-application-gateway", "azure/application-gateway"),
    ("azure-alb-external", "alb.networking.azure.io/alb-controller"),
    ("webapprouting.kubernetes.azure.com", "webapprouting.kubernetes.azure.com/nginx"),
    ("istio", "istio.io/ingress-controller"),
    ("cilium", "cilium.io/ingress-controller"),
    ("higress", "higress.io/higress-controller"),
    ("apisix", "apisix.apache.org/apisix-ingress-controller"),
    ("openshift-default", "openshift.io/ingress-to-route"),
    ("tailscale", "tailscale.com/ts-ingress"),
    ("cloudflare-tunnel", "strrl.dev/cloudflare-tunnel-ingress-controller"),
    ("ngrok", "k8s.ngrok.com/ingress-controller"),
    ("pomerium", "pomerium.io/ingress-controller"),
    ("skipper", "zalando.org/skipper"),
];

/// Classes that the Ingresses among the objects ask for, where the objects hold no IngressClass.
pub(super) fn missing(objects: &[Value]) -> Vec<Value> {
    if objects.iter().any(|object| object["kind"] == "IngressClass") {
        return Vec::new();
    }
    let ingresses = objects.iter().filter(|object| object["kind"] == "Ingress");
    let asked: BTreeSet<&str> = ingresses
        .flat_map(|ingress| {
            let annotation = &ingress["metadata"]["annotations"][ANNOTATION];
            [ingress["spec"]["ingressClassName"].as_str(), annotation.as_str()]
        })
        .flatten()
        .collect();
    KNOWN
        .iter()
        .filter(|(name, _)| asked.contains(name))
        .map(|(name, controller)| {
            json!({
                "apiVersion": "networking.k8s.io/v1",
                "kind": "IngressClass",
                "metadata": { "name": name },
                "spec": { "controller": controller },
            })
        })
        .collect()
}
