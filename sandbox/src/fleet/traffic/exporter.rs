//! What each controller tells, under the names that it has in the controller's source.

use std::collections::BTreeMap;

use super::course::Course;
use super::job::{Job, NAMESPACE};
use super::manifest::{Manifest, Route};
use crate::prometheus::{Measure, Store};
use crate::tls_endpoint::What;

/// Routes after these are never asked for.
const USED_ROUTES: usize = 6;

/// Whose metrics there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exporter {
    IngressNginx,
    NginxPlus,
    Traefik,
    Haproxy,
    Contour,
    Kong,
    Alb,
}

impl Exporter {
    /// That of a controller. Google's load balancers have none, and nobody scrapes Contour in the
    /// first cluster.
    pub(super) fn of(controller: &str, cluster: &str) -> Option<Self> {
        Some(match controller {
            "k8s.io/ingress-nginx" | "k8s.io/ingress-nginx-internal" => Self::IngressNginx,
            "nginx.org/ingress-controller" => Self::NginxPlus,
            "traefik.io/ingress-controller" => Self::Traefik,
            "haproxy-ingress.github.io/controller" => Self::Haproxy,
            "projectcontour.io/projectcontour/contour" if cluster != "prod-eu" => Self::Contour,
            "ingress-controllers.konghq.com/kong" => Self::Kong,
            "ingress.k8s.aws/alb" => Self::Alb,
            _ => return None,
        })
    }

    /// The value of `job`.
    pub(super) fn job(self, class: &str) -> String {
        match self {
            Self::IngressNginx => format!("ingress-{class}"),
            Self::Haproxy => "haproxy-ingress".to_owned(),
            Self::Contour => "envoy".to_owned(),
            Self::Alb => "yet-another-cloudwatch-exporter".to_owned(),
            _ => class.to_owned(),
        }
    }

    /// Where it is scraped.
    pub(super) fn port(self) -> u16 {
        match self {
            Self::IngressNginx => 10_254,
            Self::NginxPlus => 9113,
            Self::Traefik => 8082,
            Self::Haproxy => 9101,
            Self::Contour => 8002,
            Self::Kong => 8100,
            Self::Alb => 5000,
        }
    }

    /// Whether it counts by Service, whatever Ingress a request came by.
    pub(super) fn by_service(self) -> bool {
        matches!(self, Self::Haproxy | Self::Contour)
    }

    /// Whether it counts any request to an Ingress.
    pub(super) fn counts(self, manifest: &Manifest<'_>) -> bool {
        match self {
            // Hosts that are no exact names are not counted by default.
            Self::IngressNginx => manifest.routes.iter().any(Route::exact),
            _ => !manifest.routes.is_empty(),
        }
    }
}

/// Adds the series of an Ingress whose controller counts by Ingress or route.
pub(super) fn routes(store: &Store, job: &Job, manifest: &Manifest<'_>, course: &Course) {
    let counted = manifest.routes.iter().filter(|route| match job.exporter {
        Exporter::IngressNginx => route.exact(),
        _ => true,
    });
    for (number, route) in counted.take(USED_ROUTES).enumerate() {
        // Each route has a little less than the one before.
        let share = 0.6 / (number + 1) as f64;
        match job.exporter {
            Exporter::IngressNginx => ingress_nginx(store, job, manifest, route, (course, share)),
            Exporter::NginxPlus => nginx_plus(store, job, manifest, route, (course, share)),
            Exporter::Traefik => traefik(store, job, manifest, route, (course, share)),
            Exporter::Kong => kong(store, job, manifest, route, (course, share)),
            Exporter::Alb => alb(store, job, manifest, route, (course, share)),
            Exporter::Haproxy | Exporter::Contour => {}
        }
    }
}

/// ingress-nginx, `internal/ingress/metric/collectors/socket.go`.
fn ingress_nginx(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    (course, share): (&Course, f64),
) {
    let path = if route.path.is_empty() { "/" } else { route.path };
    for &(method, status, part) in course.answers() {
        let labels = [
            ("namespace", manifest.namespace),
            ("ingress", manifest.name),
            ("service", route.service),
            ("host", route.host),
            ("path", path),
            ("method", method),
            ("status", status),
            ("canary", ""),
        ];
        let metric = ("nginx_ingress_controller_requests", Measure::Counter);
        job.add(store, metric, &labels, (course, share * part), manifest.created);
    }
}

/// The zones of NGINX Plus count from the moment that they are configured.
fn nginx_plus(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    (course, share): (&Course, f64),
) {
    let zone = if route.host.is_empty() { "_" } else { route.host };
    let labels = [
        ("resource_type", "ingress"),
        ("resource_namespace", manifest.namespace),
        ("resource_name", manifest.name),
        ("server_zone", zone),
    ];
    let all = ("nginx_ingress_nginxplus_server_zone_requests", Measure::CounterFromZero);
    job.add(store, all, &labels, (course, share), manifest.created);
    for (class, part) in classes(course) {
        let code = format!("{class}xx");
        let labels = [labels[0], labels[1], labels[2], labels[3], ("code", &*code)];
        let metric = ("nginx_ingress_nginxplus_server_zone_responses", Measure::CounterFromZero);
        job.add(store, metric, &labels, (course, share * part), manifest.created);
    }
}

/// Traefik, `pkg/provider/kubernetes/ingress/kubernetes.go`: a router for each host and path, by a
/// name in which every run of other characters than letters and digits is a hyphen.
fn traefik(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    (course, share): (&Course, f64),
) {
    let (namespace, name) = (manifest.namespace, manifest.name);
    let default = route.host.is_empty() && route.path.is_empty();
    let router = match default && manifest.routes.len() == 1 {
        true => "default-router@kubernetes".to_owned(),
        false => traefik_name(&format!("{namespace}-{name}-{}{}", route.host, route.path)),
    };
    let service = traefik_name(&format!("{namespace}-{}-{}", route.service, route.port));
    for &(method, code, part) in course.answers() {
        let labels = [
            ("router", router.as_str()),
            ("service", service.as_str()),
            ("method", method),
            ("code", code),
            ("protocol", "http"),
        ];
        let traffic = (course, share * part);
        let by_router = ("traefik_router_requests_total", Measure::Counter);
        job.add(store, by_router, &labels, traffic, manifest.created);
        let by_service = ("traefik_service_requests_total", Measure::Counter);
        job.add(store, by_service, &labels[1..], traffic, manifest.created);
    }
}

fn traefik_name(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    format!("{}@kubernetes", parts.collect::<Vec<_>>().join("-"))
}

/// Kong, `internal/dataplane/translator/subtranslator/ingress.go`.
fn kong(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    (course, share): (&Course, f64),
) {
    let (namespace, name) = (manifest.namespace, manifest.name);
    let Route { host, path, service, port } = route;
    let rule = match host.is_empty() && path.is_empty() {
        true => format!("{namespace}.{name}"),
        false => format!("{namespace}.{name}.{service}.{}.{port}", host.replace('*', "_")),
    };
    let service = format!("{namespace}.{service}.{port}");
    for &(_, code, part) in course.answers() {
        let labels = [
            ("route", rule.as_str()),
            ("service", service.as_str()),
            ("code", code),
            ("source", "service"),
            ("workspace", "default"),
        ];
        let metric = ("kong_http_requests_total", Measure::Counter);
        job.add(store, metric, &labels, (course, share * part), manifest.created);
    }
}

/// CloudWatch counts by target group, which the AWS controller tags with what it is for.
fn alb(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    traffic: (&Course, f64),
) {
    let (namespace, name) = (manifest.namespace, manifest.name);
    let resource = format!("{namespace}/{name}-{}:{}", route.service, route.port);
    let group = format!("targetgroup/k8s-{namespace:.8}-{:.8}", route.service);
    let labels = [
        ("tag_ingress_k8s_aws_resource", resource.as_str()),
        ("dimension_TargetGroup", group.as_str()),
        ("region", "eu-central-1"),
    ];
    let metric = ("aws_applicationelb_request_count_sum", Measure::PerInterval);
    job.add(store, metric, &labels, traffic, manifest.created);
}

/// Adds the series of a Service whose controller counts by Service.
pub(super) fn service(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    route: &Route<'_>,
    course: &Course,
) {
    let name = format!("{}_{}_{}", manifest.namespace, route.service, route.port);
    let since = manifest.created;
    if job.exporter == Exporter::Contour {
        let cluster = ("envoy_cluster_name", name.as_str());
        let all = ("envoy_cluster_upstream_rq_total", Measure::CounterFromZero);
        job.add(store, all, &[cluster], (course, 1.0), since);
        for (class, part) in classes(course) {
            let labels = [cluster, ("envoy_response_code_class", class)];
            let metric = ("envoy_cluster_upstream_rq_xx", Measure::CounterFromZero);
            job.add(store, metric, &labels, (course, part), since);
        }
        return;
    }
    let proxy = ("proxy", name.as_str());
    let all = ("haproxy_backend_http_requests_total", Measure::CounterFromZero);
    job.add(store, all, &[proxy], (course, 1.0), since);
    let last = ("haproxy_backend_last_session_seconds", Measure::SinceLast);
    job.add(store, last, &[proxy], (course, 1.0), since);
    for (class, part) in classes(course) {
        let code = format!("{class}xx");
        let metric = ("haproxy_backend_http_responses_total", Measure::CounterFromZero);
        job.add(store, metric, &[proxy, ("code", &code)], (course, part), since);
    }
}

/// The classes of status that answers have, with the share of each.
fn classes(course: &Course) -> BTreeMap<&'static str, f64> {
    let mut classes = BTreeMap::from(["1", "2", "3", "4", "5"].map(|class| (class, 0.0)));
    for &(_, status, part) in course.answers() {
        *classes.entry(&status[..1]).or_default() += part;
    }
    classes
}

/// Adds when the certificates end that ingress-nginx serves
/// (`internal/ingress/metric/collectors/controller.go`).
pub(super) fn certificates(
    store: &Store,
    job: &Job,
    manifest: &Manifest<'_>,
    served: &BTreeMap<String, What>,
) {
    for (host, secret) in &manifest.secrets {
        let Some(What::Certificate(certificate)) = served.get(*host) else { continue };
        let identifier = format!("{}-{secret}", manifest.namespace);
        let labels = [
            ("namespace", NAMESPACE),
            ("class", job.class.as_str()),
            ("host", *host),
            ("secret_name", *secret),
            ("identifier", identifier.as_str()),
        ];
        let metric = "nginx_ingress_controller_ssl_expire_time_seconds";
        let ends = certificate.not_after.as_second() as f64;
        job.add_constant(store, metric, &labels, ends, manifest.created);
    }
}
