//! The material hash: what a reviewer attests, as one number.
//!
//! Class, hosts, paths, path types, backends, TLS entries, and the annotations that change
//! routing, exposure or authentication are in it. Status, managed fields, resource version and
//! cosmetic annotations are not.

use sha2::{Digest, Sha256};

use crate::ingress::Ingress;

/// Annotations under these prefixes tell a controller how to route, whom to expose to, or whom to
/// let in. From the controllers' own annotation references.
const PREFIXES: [&str; 21] = [
    "nginx.ingress.kubernetes.io/",
    "nginx.org/",
    "nginx.com/",
    "appprotect.f5.com/",
    "traefik.ingress.kubernetes.io/",
    "haproxy.org/",
    "haproxy-ingress.github.io/",
    "ingress.kubernetes.io/",
    "alb.ingress.kubernetes.io/",
    "appgw.ingress.kubernetes.io/",
    "projectcontour.io/",
    "konghq.com/",
    "configuration.konghq.com/",
    "networking.gke.io/",
    "cloud.google.com/",
    "route.openshift.io/",
    "haproxy.router.openshift.io/",
    "external-dns.alpha.kubernetes.io/",
    "kubernetes.io/ingress.",
    "acme.cert-manager.io/",
    "cert-manager.io/",
];

/// These stand under one of the prefixes, but a controller writes them as its status.
const STATUS: [&str; 9] = [
    "ingress.kubernetes.io/backends",
    "ingress.kubernetes.io/forwarding-rule",
    "ingress.kubernetes.io/https-forwarding-rule",
    "ingress.kubernetes.io/https-target-proxy",
    "ingress.kubernetes.io/ssl-cert",
    "ingress.kubernetes.io/static-ip",
    "ingress.kubernetes.io/target-proxy",
    "ingress.kubernetes.io/url-map",
    "ingress.kubernetes.io/redirect-url-map",
];

/// Whether a change of this annotation changes what a reviewer attested.
pub fn annotation_is_material(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| key.starts_with(prefix)) && !STATUS.contains(&key)
}

/// SHA-256 over everything material, in lowercase hexadecimal. Parts are length-prefixed, so that
/// two different ingresses never write the same bytes.
pub fn hash(ingress: &Ingress) -> String {
    let mut digest = Sha256::new();
    let mut put = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    put("routebook material v1");
    put(ingress.class.as_ref().map_or("", |class| &class.name));
    for route in &ingress.routes {
        put("route");
        put(&route.host);
        put(&route.path);
        put(route.path_type.as_str());
        match &route.backend {
            crate::Backend::Service { name, port } => {
                put("service");
                put(name);
                put(&port.to_string());
            }
            crate::Backend::Resource { group, kind, name } => {
                put("resource");
                put(group);
                put(kind);
                put(name);
            }
            crate::Backend::Missing => put("none"),
        }
    }
    for entry in &ingress.tls {
        put("tls");
        put(entry.secret.as_deref().unwrap_or(""));
        put(&entry.hosts.len().to_string());
        entry.hosts.iter().for_each(|host| put(host));
    }
    for (key, value) in &ingress.object.annotations {
        if annotation_is_material(key) {
            put("annotation");
            put(key);
            put(value);
        }
    }
    hex(&digest.finalize())
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ingress;

    #[test]
    fn status_and_cosmetics_do_not_change_it() {
        let before = ingress("shop", "web").build();
        let mut after = before.clone();
        after.addresses = vec!["192.0.2.7".into()];
        after.object.resource_version = "99".into();
        after.object.labels.insert("team".into(), "x".into());
        after.object.annotations.insert("example.com/note".into(), "x".into());
        after.object.annotations.insert("ingress.kubernetes.io/backends".into(), "{}".into());
        assert_eq!(hash(&before), hash(&after));
    }

    #[test]
    fn everything_material_changes_it() {
        let before = ingress("shop", "web").build();
        let changes: [fn(&mut Ingress); 8] = [
            |i| i.class.as_mut().unwrap().name = "other".into(),
            |i| i.routes[0].host = "other.example.com".into(),
            |i| i.routes[0].path = "/other".into(),
            |i| i.routes[0].path_type = crate::PathType::Exact,
            |i| i.routes[0].backend = crate::Backend::Missing,
            |i| i.routes.push(i.routes[0].clone()),
            |i| i.tls.push(crate::TlsEntry { hosts: vec!["a".into()], secret: None }),
            |i| {
                let key = "nginx.ingress.kubernetes.io/auth-url".into();
                i.object.annotations.insert(key, "x".into());
            },
        ];
        let mut seen = vec![hash(&before)];
        for change in changes {
            let mut after = before.clone();
            change(&mut after);
            let hash = hash(&after);
            assert!(!seen.contains(&hash));
            seen.push(hash);
        }
    }
}
