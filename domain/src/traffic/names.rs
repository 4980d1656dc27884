//! The names that Traefik gives its routers and services, from its source: `pkg/provider/provider.go`
//! (`Normalize`), `pkg/provider/kubernetes/ingress/kubernetes.go`,
//! `pkg/provider/kubernetes/ingress-nginx/translator.go` and `pkg/server/aggregator.go`
//! (`applyModel`).
//!
//! Different objects can have the same name: what stands between the parts may also stand in them.
//! So names are computed from the object and looked for, never taken apart.

/// Every run of anything but letters and digits becomes one hyphen; none at the ends.
pub(super) fn normalize(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// The router of a host and path, without its provider.
pub(super) fn router(namespace: &str, ingress: &str, host: &str, path: &str) -> String {
    normalize(&format!("{namespace}-{ingress}-{host}{path}"))
}

/// The router of an ingress that has nothing but a default backend. There is one in all.
pub(super) const DEFAULT_ROUTER: &str = "default-router";

/// The service of a backend, without its provider.
pub(super) fn service(namespace: &str, service: &str, port: &str) -> String {
    normalize(&format!("{namespace}-{service}-{port}"))
}

/// The names by which a router of the Kubernetes provider may have been computed: as it is, without
/// the hash that duplicates get, and without the entry point that stands before it where a router
/// has several of them and one has TLS by default.
pub(super) fn router_names(router: &str, entry_points: &[String]) -> Vec<String> {
    let Some(router) = router.strip_suffix("@kubernetes") else { return Vec::new() };
    let after = |point: &String| router.strip_prefix(point.as_str())?.strip_prefix('-');
    let bare = entry_points.iter().filter_map(after);
    let mut names = Vec::new();
    for name in std::iter::once(router).chain(bare) {
        names.push(name.to_owned());
        names.extend(without_hash(name).map(str::to_owned));
    }
    names
}

/// `makeRouterKeyWithHash` appends ten hexadecimal digits.
fn without_hash(name: &str) -> Option<&str> {
    let (stem, hash) = name.rsplit_once('-')?;
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (hash.len() == 10 && hash.bytes().all(digit)).then_some(stem)
}

/// The beginning that all routers of an ingress have, of a router of the ingress-nginx provider:
/// `NAMESPACE-INGRESS-rule-0-path-1-tls` and the like.
pub(super) fn nginx_stem<'a>(router: &'a str, entry_points: &[String]) -> Option<&'a str> {
    let router = router.strip_suffix("@kubernetesingressnginx")?;
    let after = |point: &String| router.strip_prefix(point.as_str())?.strip_prefix('-');
    let mut name = entry_points.iter().find_map(after).unwrap_or(router);
    for suffix in ["-tls", "-canary", "-non"] {
        name = name.strip_suffix(suffix).unwrap_or(name);
    }
    if let Some(stem) = name.strip_suffix("-default-backend") {
        return Some(stem);
    }
    let numbered = |name: &'a str, word: &str| {
        let (before, number) = name.rsplit_once('-')?;
        number.parse::<u32>().ok()?;
        before.strip_suffix(word)
    };
    numbered(numbered(name, "-path")?, "-rule")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_traefik_computes() {
        assert_eq!(router("shop", "web", "a.example.com", "/"), "shop-web-a-example-com");
        assert_eq!(router("shop", "web", "*.example.com", "/a_b//c"), "shop-web-example-com-a-b-c");
        assert_eq!(router("shop", "web", "", ""), "shop-web");
        assert_eq!(service("shop", "web", "80"), "shop-web-80");
    }

    #[test]
    fn a_router_is_found_with_hash_and_with_entry_point() {
        let points = ["web".to_owned(), "websecure".to_owned()];
        let names = |router| router_names(router, &points);
        assert_eq!(names("shop-web-a@kubernetes"), ["shop-web-a"]);
        assert_eq!(
            names("shop-web-a-0123456789@kubernetes"),
            ["shop-web-a-0123456789", "shop-web-a"]
        );
        assert_eq!(names("websecure-shop-a@kubernetes"), ["websecure-shop-a", "shop-a"]);
        assert_eq!(names("shop-web-a@kubernetescrd"), [""; 0]);
        assert_eq!(names("shop-web-a-01234567Z9@kubernetes"), ["shop-web-a-01234567Z9"]);
    }

    #[test]
    fn a_router_of_the_nginx_provider_has_a_stem() {
        let check = |router: &str, expected| {
            let router = format!("{router}@kubernetesingressnginx");
            assert_eq!(nginx_stem(&router, &["web".to_owned()]), expected, "{router}");
        };
        check("shop-web-rule-0-path-12", Some("shop-web"));
        check("shop-web-rule-0-path-1-tls", Some("shop-web"));
        check("shop-web-rule-0-path-1-canary-tls", Some("shop-web"));
        check("shop-web-rule-0-path-1-non-canary-tls", Some("shop-web"));
        check("shop-web-default-backend-tls", Some("shop-web"));
        check("web-shop-web-rule-0-path-1", Some("shop-web"));
        check("shop-rule-1-path-2-rule-0-path-1", Some("shop-rule-1-path-2"));
        check("shop-web", None);
        assert_eq!(nginx_stem("shop-web-rule-0-path-1@kubernetes", &[]), None);
    }
}
