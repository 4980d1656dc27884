//! Whether the TLS of an ingress ends somewhere else than where its Secrets are used, as its
//! annotations and its class say.

use crate::ingress::Ingress;

/// Which value of an annotation counts.
enum Value {
    /// Any but an empty one.
    Any,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// One with this in it.
    With(&'static str),
}

/// Annotations by which TLS ends elsewhere, whatever `spec.tls` says, and where. From the
/// controllers' own annotation references.
static ANNOTATIONS: [(&str, Value, &str); 11] = [
    ("alb.ingress.kubernetes.io/certificate-arn", Value::Any, AWS),
    ("alb.ingress.kubernetes.io/listen-ports", Value::With("HTTPS"), AWS),
    ("networking.gke.io/managed-certificates", Value::Any, GOOGLE),
    ("ingress.gcp.kubernetes.io/pre-shared-cert", Value::Any, GOOGLE),
    ("appgw.ingress.kubernetes.io/appgw-ssl-certificate", Value::Any, AZURE),
    ("route.openshift.io/termination", Value::OneOf(&["edge", "reencrypt"]), OPENSHIFT),
    ("route.openshift.io/termination", Value::OneOf(&["passthrough"]), BACKEND),
    ("nginx.ingress.kubernetes.io/ssl-passthrough", Value::OneOf(&["true"]), BACKEND),
    ("haproxy.org/ssl-passthrough", Value::OneOf(&["true", "enabled"]), BACKEND),
    ("haproxy-ingress.github.io/ssl-passthrough", Value::OneOf(&["true"]), BACKEND),
    ("ingress.kubernetes.io/ssl-passthrough", Value::OneOf(&["true"]), BACKEND),
];

const AWS: &str = "TLS ends at the AWS load balancer, with a certificate of AWS";
const GOOGLE: &str = "TLS ends at the Google load balancer, with a certificate kept at Google";
const AZURE: &str = "TLS ends at the Azure Application Gateway, with a certificate kept there";
const OPENSHIFT: &str =
    "TLS ends at the OpenShift router, with the route's or the router's certificate";
const BACKEND: &str = "TLS is passed through: the backend holds the certificate";

/// Classes whose controllers end TLS in somebody's cloud and use no Secret.
const CLASSES: [(&str, &str); 3] = [
    ("cloudflare-tunnel", "TLS ends at Cloudflare, in front of the tunnel"),
    ("tailscale", "TLS ends at Tailscale's proxy, with a certificate that Tailscale obtains"),
    ("ngrok", "TLS ends at ngrok, in front of the tunnel"),
];

/// Annotations that count only where the ingress declares no TLS itself.
static IN_FRONT: [(&str, Value, &str); 1] = [(
    "external-dns.alpha.kubernetes.io/cloudflare-proxied",
    Value::OneOf(&["true"]),
    "TLS ends at Cloudflare, which stands in front of the hosts",
)];

/// Where TLS ends and how that is known, if not where the Secrets are used.
pub(super) fn reason(ingress: &Ingress) -> Option<String> {
    let class = ingress.class.as_ref().map_or("", |class| class.name.as_str());
    let by_class = CLASSES.iter().find(|(name, _)| *name == class);
    let in_front = if ingress.tls.is_empty() { &IN_FRONT[..] } else { &[] };
    annotated(ingress, &ANNOTATIONS)
        .or_else(|| by_class.map(|(name, place)| format!("{place} (class {name})")))
        .or_else(|| annotated(ingress, in_front))
}

fn annotated(ingress: &Ingress, table: &[(&str, Value, &str)]) -> Option<String> {
    table.iter().find_map(|(key, wanted, place)| {
        let value = ingress.object.annotations.get(*key)?;
        wanted.fits(value.trim()).then(|| format!("{place} (annotation {key})"))
    })
}

impl Value {
    fn fits(&self, value: &str) -> bool {
        match self {
            Self::Any => !value.is_empty(),
            Self::OneOf(words) => words.iter().any(|word| word.eq_ignore_ascii_case(value)),
            Self::With(part) => value.contains(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::TlsEntry;
    use crate::testing::ingress;

    fn check(key: &str, value: &str, declares: bool, expected: Option<&str>) {
        let ingress = ingress("shop", "web").with(|ingress| {
            ingress.object.annotations.insert(key.into(), value.into());
            ingress.tls = if declares { vec![TlsEntry::default()] } else { Vec::new() };
        });
        let got = reason(&ingress.build());
        let fits = match (&got, expected) {
            (Some(got), Some(part)) => got.contains(part) && got.contains(key),
            (got, expected) => got.is_none() && expected.is_none(),
        };
        assert!(fits, "{key}={value}: {got:?}");
    }

    #[test]
    fn annotations_say_where_tls_ends() {
        let arn = "arn:aws:acm:eu-west-1:1:certificate/x";
        check("alb.ingress.kubernetes.io/certificate-arn", arn, false, Some("AWS"));
        check("alb.ingress.kubernetes.io/certificate-arn", " ", false, None);
        let ports = "alb.ingress.kubernetes.io/listen-ports";
        check(ports, r#"[{"HTTP": 80}, {"HTTPS": 443}]"#, true, Some("AWS"));
        check(ports, r#"[{"HTTP": 80}]"#, true, None);
        check("networking.gke.io/managed-certificates", "web", false, Some("Google"));
        check("ingress.gcp.kubernetes.io/pre-shared-cert", "web", true, Some("Google"));
        check("route.openshift.io/termination", "edge", false, Some("OpenShift"));
        check("route.openshift.io/termination", "passthrough", false, Some("backend"));
        check("nginx.ingress.kubernetes.io/ssl-passthrough", "true", true, Some("backend"));
        check("nginx.ingress.kubernetes.io/ssl-passthrough", "false", true, None);
    }

    #[test]
    fn a_proxy_in_front_counts_only_where_no_tls_is_declared() {
        let key = "external-dns.alpha.kubernetes.io/cloudflare-proxied";
        check(key, "true", false, Some("Cloudflare"));
        check(key, "true", true, None);
    }

    #[test]
    fn a_tunnel_is_known_by_its_class() {
        let tunnel = ingress("shop", "web")
            .with(|ingress| ingress.class.as_mut().unwrap().name = "cloudflare-tunnel".into());
        assert!(reason(&tunnel.build()).unwrap().contains("class cloudflare-tunnel"));
        assert_eq!(reason(&ingress("shop", "web").build()), None);
    }
}
