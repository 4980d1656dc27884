//! The annotations that an Ingress carries for its controller, for cert-manager and for
//! external-dns.

use serde_json::{Map, Value};

use super::class::{Class, Controller};
use super::dice::Dice;
use super::namespace::Place;

/// Adds what the controller understands; `secret` says that TLS names a Secret.
pub(super) fn add(
    dice: &mut Dice,
    place: &Place,
    class: Class,
    secret: bool,
    host: Option<&str>,
    annotations: &mut Map<String, Value>,
) {
    if secret && place.team.cert_manager {
        let issuer = if class.internal { "marrowby-internal-ca" } else { "letsencrypt-prod" };
        set(annotations, "cert-manager.io/cluster-issuer", issuer);
    }
    if let Some(host) = host.filter(|_| place.team.external_dns && dice.chance(80.0)) {
        set(annotations, "external-dns.alpha.kubernetes.io/hostname", host);
        if dice.chance(30.0) {
            set(annotations, "external-dns.alpha.kubernetes.io/ttl", "60");
        }
    }
    match class.kind {
        Controller::Nginx => nginx(dice, place, class, annotations),
        Controller::NginxPlus => some(dice, annotations, 40.0, NGINX_PLUS),
        Controller::Traefik => traefik(dice, place, annotations),
        Controller::Haproxy => some(dice, annotations, 40.0, HAPROXY),
        Controller::Contour => some(dice, annotations, 35.0, CONTOUR),
        Controller::Kong => some(dice, annotations, 45.0, KONG),
        Controller::Alb => alb(dice, place, annotations),
        Controller::Gce => gce(dice, place, annotations),
    }
}

type Table = &'static [(&'static str, &'static str)];

const NGINX: Table = &[
    ("nginx.ingress.kubernetes.io/force-ssl-redirect", "true"),
    ("nginx.ingress.kubernetes.io/proxy-body-size", "32m"),
    ("nginx.ingress.kubernetes.io/proxy-read-timeout", "120"),
    ("nginx.ingress.kubernetes.io/proxy-send-timeout", "120"),
    ("nginx.ingress.kubernetes.io/proxy-buffer-size", "16k"),
    ("nginx.ingress.kubernetes.io/enable-cors", "true"),
    ("nginx.ingress.kubernetes.io/limit-rps", "50"),
    ("nginx.ingress.kubernetes.io/affinity", "cookie"),
];
const NGINX_PLUS: Table = &[
    ("nginx.org/client-max-body-size", "16m"),
    ("nginx.org/proxy-connect-timeout", "30s"),
    ("nginx.org/redirect-to-https", "true"),
    ("nginx.com/health-checks", "true"),
];
const HAPROXY: Table = &[
    ("haproxy-ingress.github.io/ssl-redirect", "true"),
    ("haproxy-ingress.github.io/timeout-server", "120s"),
    ("haproxy-ingress.github.io/balance-algorithm", "leastconn"),
];
const CONTOUR: Table = &[
    ("ingress.kubernetes.io/force-ssl-redirect", "true"),
    ("projectcontour.io/response-timeout", "60s"),
    ("projectcontour.io/num-retries", "2"),
];
const KONG: Table = &[
    ("konghq.com/strip-path", "true"),
    ("konghq.com/protocols", "https"),
    ("konghq.com/plugins", "rate-limit,correlation-id"),
    ("konghq.com/https-redirect-status-code", "308"),
];
const ALB: Table = &[
    ("alb.ingress.kubernetes.io/healthcheck-path", "/healthz"),
    ("alb.ingress.kubernetes.io/listen-ports", "[{\"HTTP\": 80}, {\"HTTPS\": 443}]"),
    ("alb.ingress.kubernetes.io/ssl-redirect", "443"),
    ("alb.ingress.kubernetes.io/success-codes", "200-399"),
];

fn nginx(dice: &mut Dice, place: &Place, class: Class, annotations: &mut Map<String, Value>) {
    some(dice, annotations, 22.0, NGINX);
    let key = |name: &str| format!("nginx.ingress.kubernetes.io/{name}");
    if dice.chance(8.0) {
        set(annotations, &key("auth-url"), "https://sso.marrowby.example/oauth2/auth");
        let sign_in = "https://sso.marrowby.example/oauth2/start?rd=$scheme://$host$request_uri";
        set(annotations, &key("auth-signin"), sign_in);
    }
    if dice.chance(3.0) {
        set(annotations, &key("auth-type"), "basic");
        set(annotations, &key("auth-secret"), &format!("{}-htpasswd", place.product));
        set(annotations, &key("auth-realm"), "Staff only");
    }
    if class.internal && dice.chance(25.0) {
        set(annotations, &key("whitelist-source-range"), "10.0.0.0/8,192.0.2.0/24");
    }
    if dice.chance(10.0) {
        set(annotations, &key("use-regex"), "true");
        set(annotations, &key("rewrite-target"), "/$2");
    }
    if dice.chance(4.0) {
        let snippet = "more_set_headers \"X-Frame-Options: DENY\";\nmore_set_headers \"Referrer-Policy: same-origin\";\n";
        set(annotations, &key("configuration-snippet"), snippet);
    }
    if dice.chance(2.0) {
        set(annotations, &key("canary"), "true");
        set(annotations, &key("canary-weight"), dice.pick(&["5", "10", "50"]));
    }
}

fn traefik(dice: &mut Dice, place: &Place, annotations: &mut Map<String, Value>) {
    set(annotations, "traefik.ingress.kubernetes.io/router.entrypoints", "websecure");
    if dice.chance(40.0) {
        let chain = format!("{}-security-headers@kubernetescrd", place.namespace);
        set(annotations, "traefik.ingress.kubernetes.io/router.middlewares", &chain);
    }
    if dice.chance(50.0) {
        set(annotations, "traefik.ingress.kubernetes.io/router.tls", "true");
    }
}

fn alb(dice: &mut Dice, place: &Place, annotations: &mut Map<String, Value>) {
    let public = place.team.area.public;
    let scheme = if public { "internet-facing" } else { "internal" };
    set(annotations, "alb.ingress.kubernetes.io/scheme", scheme);
    set(annotations, "alb.ingress.kubernetes.io/target-type", "ip");
    let group = format!("{}-{scheme}", place.team.area.department);
    set(annotations, "alb.ingress.kubernetes.io/group.name", &group);
    let certificate =
        "arn:aws:acm:eu-west-1:000000000000:certificate/00000000-0000-4000-8000-000000000001";
    set(annotations, "alb.ingress.kubernetes.io/certificate-arn", certificate);
    some(dice, annotations, 50.0, ALB);
}

fn gce(dice: &mut Dice, place: &Place, annotations: &mut Map<String, Value>) {
    let address = format!("{}-address", place.product);
    set(annotations, "kubernetes.io/ingress.global-static-ip-name", &address);
    let map = format!("k8s2-um-{}-{}-{}", dice.hex(8), place.namespace, place.product);
    set(annotations, "ingress.kubernetes.io/url-map", &map);
    set(annotations, "ingress.kubernetes.io/backends", "{\"k8s1-api-80\":\"HEALTHY\"}");
    if dice.chance(60.0) {
        let certificate = format!("{}-certificate", place.product);
        set(annotations, "networking.gke.io/managed-certificates", &certificate);
    }
}

fn some(dice: &mut Dice, annotations: &mut Map<String, Value>, percent: f64, table: Table) {
    for (key, value) in table {
        if dice.chance(percent) {
            set(annotations, key, value);
        }
    }
}

fn set(annotations: &mut Map<String, Value>, key: &str, value: &str) {
    annotations.insert(key.into(), value.into());
}
