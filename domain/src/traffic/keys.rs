//! Which samples belong to which ingress. Both sides are turned into keys: an ingress into those
//! that its samples must have, a sample into those of whatever it may belong to.

use std::collections::BTreeMap;

use super::preset::Fit;
use super::{Granularity, Preset, names};
use crate::ingress::{Backend, Ingress, PathType, Port, Route};

/// The annotation in which GKE names an ingress's URL map.
const URL_MAP: &str = "ingress.kubernetes.io/url-map";

/// Under which keys the samples of an ingress are found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Those of the whole ingress; what is found under several adds up.
    pub ingress: Vec<String>,
    /// Those of single routes, by their place in `ingress.routes`, and in that order.
    pub routes: Vec<(usize, String)>,
    /// What of the ingress is not counted although the rest is: then silence proves nothing.
    pub uncounted: Option<String>,
    /// Nothing says that the ingress is one of this controller's: then silence proves nothing.
    pub unsure: bool,
}

/// Whether a preset measures an ingress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measures {
    /// It does.
    Yes(Keys, Granularity),
    /// It should, but cannot.
    No {
        /// Why not.
        reason: String,
    },
    /// It is another controller's.
    Elsewhere,
}

/// Whether a preset measures an ingress, and by which keys. `controller` is `spec.controller` of the
/// ingress's class, if that is known.
pub fn measures(preset: Preset, ingress: &Ingress, controller: Option<&str>) -> Measures {
    let class = ingress.class.as_ref().map(|class| class.name.as_str());
    let fit = preset.fits(controller, class);
    if fit == Fit::No {
        return Measures::Elsewhere;
    }
    match keys_of(preset, ingress) {
        Ok(mut keys) => {
            keys.unsure = fit == Fit::Perhaps;
            keys.ingress.sort_unstable();
            keys.ingress.dedup();
            Measures::Yes(keys, preset.granularity())
        }
        Err(reason) => Measures::No { reason },
    }
}

/// What a route is known by in the store: it does not depend on the preset.
pub fn route_key(route: &Route) -> String {
    format!("{} {}", route.host, route.path)
}

fn keys_of(preset: Preset, ingress: &Ingress) -> Result<Keys, String> {
    let (namespace, name) = (ingress.object.namespace.as_str(), ingress.object.name.as_str());
    let one = |key: String| Ok(Keys { ingress: vec![key], ..Keys::default() });
    match preset {
        Preset::IngressNginx => Ok(of_ingress_nginx(ingress)),
        Preset::NginxPlus | Preset::NginxOpenSource => one(object(namespace, name)),
        Preset::TraefikNginx => one(format!("{namespace}-{name}")),
        Preset::Traefik => by_route(ingress, |route| Some(traefik_router(ingress, route))),
        Preset::Kong => by_route(ingress, |route| kong_route(ingress, route)),
        Preset::TraefikService => by_service(ingress, |service, port| {
            Some(names::service(namespace, service, &port.to_string()))
        }),
        Preset::HaproxyIngress | Preset::HaproxyTech | Preset::Contour | Preset::Istio => {
            by_service(ingress, |service, _| Some(object(namespace, service)))
        }
        Preset::OpenShift => {
            by_service(ingress, |service, _| Some(object(&object(namespace, name), service)))
        }
        Preset::Alb => by_service(ingress, |service, port| match port {
            Port::Missing => None,
            port => Some(format!("{namespace}/{name}-{service}:{port}")),
        }),
        Preset::Gke => match ingress.object.annotations.get(URL_MAP) {
            Some(map) => one(map.clone()),
            None => Err(format!("the annotation {URL_MAP}, which GKE sets, is missing")),
        },
        Preset::Custom => Ok(of_custom(ingress)),
    }
}

/// A key of a namespace and a name in it.
fn object(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

/// ingress-nginx counts requests by the host that was asked for, if a server has exactly that name:
/// `internal/ingress/metric/collectors/socket.go`, `handleMessage`. With `--metrics-per-host=false`
/// there is no host in the samples.
fn of_ingress_nginx(ingress: &Ingress) -> Keys {
    let whole = object(&ingress.object.namespace, &ingress.object.name);
    let mut routes = Vec::new();
    for (index, route) in ingress.routes.iter().enumerate() {
        for host in [route.host.as_str(), ""] {
            routes.push((index, nginx_route(&whole, host, &route.path)));
        }
    }
    routes.dedup();
    Keys { uncounted: wildcards(ingress), ingress: vec![whole], routes, ..Keys::default() }
}

fn nginx_route(whole: &str, host: &str, path: &str) -> String {
    let path = if path.is_empty() { "/" } else { path };
    format!("{whole}\n{host}\n{path}")
}

fn wildcards(ingress: &Ingress) -> Option<String> {
    let hosts = ingress.hosts();
    let wild: Vec<&str> =
        hosts.iter().copied().filter(|host| host.is_empty() || host.starts_with('*')).collect();
    let first = match *wild.first()? {
        "" => "any host",
        host => host,
    };
    let which = if wild.len() == hosts.len() { "requests" } else { "all requests" };
    Some(format!(
        "ingress-nginx does not count {which}: {first} is no exact host name, and it counts those \
         only with --metrics-per-undefined-host or --metrics-per-host=false"
    ))
}

/// The keys of routes, and all of them together for the ingress.
fn by_route(ingress: &Ingress, key: impl Fn(&Route) -> Option<String>) -> Result<Keys, String> {
    let mut keys = Keys::default();
    for (index, route) in ingress.routes.iter().enumerate() {
        keys.routes.extend(key(route).map(|key| (index, key)));
    }
    if keys.routes.is_empty() {
        return Err("none of its routes leads to a Service".into());
    }
    keys.uncounted = uncounted(ingress.routes.len() - keys.routes.len(), ingress);
    keys.ingress = keys.routes.iter().map(|(_, key)| key.clone()).collect();
    Ok(keys)
}

/// The keys of the Services that an ingress leads to.
fn by_service(
    ingress: &Ingress,
    key: impl Fn(&str, &Port) -> Option<String>,
) -> Result<Keys, String> {
    let of_route = |route: &Route| match &route.backend {
        Backend::Service { name, port } => key(name, port),
        _ => None,
    };
    let found: Vec<String> = ingress.routes.iter().filter_map(of_route).collect();
    if found.is_empty() {
        return Err("none of its routes leads to a Service".into());
    }
    let uncounted = uncounted(ingress.routes.len() - found.len(), ingress);
    Ok(Keys { ingress: found, uncounted, ..Keys::default() })
}

fn uncounted(count: usize, ingress: &Ingress) -> Option<String> {
    let all = ingress.routes.len();
    (count > 0)
        .then(|| format!("{count} of its {all} routes lead to no Service and are not counted"))
}

fn traefik_router(ingress: &Ingress, route: &Route) -> String {
    let (namespace, name) = (&ingress.object.namespace, &ingress.object.name);
    if is_default(route) && ingress.routes.len() == 1 {
        return names::DEFAULT_ROUTER.to_owned();
    }
    names::router(namespace, name, &route.host, &route.path)
}

/// `internal/dataplane/translator/subtranslator/ingress.go`, `intoKongRouteName`.
fn kong_route(ingress: &Ingress, route: &Route) -> Option<String> {
    let (namespace, name) = (&ingress.object.namespace, &ingress.object.name);
    let Backend::Service { name: service, port } = &route.backend else { return None };
    if is_default(route) {
        return Some(format!("{namespace}.{name}"));
    }
    let host = route.host.replace('*', "_");
    Some(format!("{namespace}.{name}.{service}.{host}.{port}"))
}

/// Whether a route is the default backend.
fn is_default(route: &Route) -> bool {
    route.host.is_empty() && route.path.is_empty() && route.path_type == PathType::Missing
}

/// A custom query labels its samples with ingresses, or with Services.
fn of_custom(ingress: &Ingress) -> Keys {
    let namespace = &ingress.object.namespace;
    let mut keys = vec![format!("ingress {}", object(namespace, &ingress.object.name))];
    let services = ingress.routes.iter().filter_map(|route| route.backend.service());
    keys.extend(services.map(|service| format!("service {}", object(namespace, service))));
    Keys { ingress: keys, ..Keys::default() }
}

/// The keys of whatever a sample may belong to. `entry_points` are Traefik's.
pub fn sample_keys(
    preset: Preset,
    labels: &BTreeMap<String, String>,
    entry_points: &[String],
) -> Vec<String> {
    let plain = |name: &str| labels.get(name).map_or("", String::as_str);
    let of = |name: &str| exported(labels, name);
    match preset {
        Preset::IngressNginx => {
            let whole = object(of("namespace"), of("ingress"));
            let route = nginx_route(&whole, plain("host"), plain("path"));
            vec![whole, route]
        }
        Preset::NginxPlus | Preset::NginxOpenSource => {
            vec![object(plain("resource_namespace"), plain("resource_name"))]
        }
        Preset::Traefik => names::router_names(plain("router"), entry_points),
        Preset::TraefikNginx => {
            let stem = names::nginx_stem(plain("router"), entry_points);
            stem.map(str::to_owned).into_iter().collect()
        }
        Preset::TraefikService => {
            let service = of("service").strip_suffix("@kubernetes");
            service.map(str::to_owned).into_iter().collect()
        }
        Preset::HaproxyIngress => parts(plain("proxy"), |parts| match parts {
            [namespace, service, _] => Some(object(namespace, service)),
            _ => None,
        }),
        Preset::HaproxyTech => parts(plain("proxy"), |parts| match parts {
            [namespace, "svc", service, _] => Some(object(namespace, service)),
            _ => None,
        }),
        Preset::Contour => parts(plain("envoy_cluster_name"), |parts| match parts {
            [namespace, service, _] => Some(object(namespace, service)),
            _ => None,
        }),
        Preset::Istio => {
            vec![object(of("destination_service_namespace"), of("destination_service_name"))]
        }
        Preset::Kong => vec![plain("route").to_owned()],
        Preset::OpenShift => openshift(of("namespace"), plain("route"), of("service")),
        Preset::Alb => vec![plain("tag_ingress_k8s_aws_resource").to_owned()],
        Preset::Gke => vec![plain("url_map_name").to_owned()],
        Preset::Custom => vec![match of("ingress") {
            "" => format!("service {}", object(of("namespace"), of("service"))),
            ingress => format!("ingress {}", object(of("namespace"), ingress)),
        }],
    }
}

/// A label as the controller wrote it. Where Prometheus has a label of that name itself, as it often
/// has `namespace` and `service` of the controller's own pod, the controller's arrives as
/// `exported_…` (`honor_labels: false`).
fn exported<'a>(labels: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    let renamed = labels.get(&format!("exported_{name}")).filter(|value| !value.is_empty());
    renamed.or_else(|| labels.get(name)).map_or("", String::as_str)
}

/// Names of namespaces, Services and ports have no underscore, so what one joins can be taken apart.
fn parts(name: &str, key: impl Fn(&[&str]) -> Option<String>) -> Vec<String> {
    let parts: Vec<&str> = name.split('_').collect();
    key(&parts).into_iter().collect()
}

/// OpenShift makes a Route for each path of an ingress, with five random characters after its name
/// (`generateName`).
fn openshift(namespace: &str, route: &str, service: &str) -> Vec<String> {
    let ingress = route.rsplit_once('-').filter(|(_, random)| random.len() == 5);
    let key = |(name, _)| object(&object(namespace, name), service);
    ingress.map(key).into_iter().collect()
}

#[cfg(test)]
mod tests;
