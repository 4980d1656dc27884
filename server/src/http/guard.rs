//! From where may be asked. A foreign page must not reach Routebook by a name that it points here
//! (DNS rebinding), nor send a form to it, nor begin downloads behind its reader's back.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::errors;
use super::rights::BACK_CHANNEL;

/// Under which names Routebook answers.
#[derive(Debug, Clone)]
pub struct Hosts {
    external: Arc<Url>,
    /// Whether this machine's own names are among them. A proxy passes on what it was asked for, so
    /// where others get in, a request for `localhost` would only be somebody who tries.
    loopback: bool,
}

/// Probes ask under addresses of pods and nodes, and learn whether the process lives.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Among the extensions of a probe under a foreign name. Nobody is signed in there.
#[derive(Debug, Clone, Copy)]
struct Foreign;

impl Hosts {
    /// The host of `externalUrl`, and the names of this machine if it is the only one that gets in.
    pub fn new(external: Arc<Url>, listens_on: IpAddr) -> Self {
        Self { external, loopback: listens_on.is_loopback() }
    }

    /// The same, and the names of this machine.
    pub fn and_loopback(self) -> Self {
        Self { loopback: true, ..self }
    }

    fn have(&self, host: &Authority) -> bool {
        let name = host.host().to_ascii_lowercase();
        (self.loopback && is_loopback(&name))
            || self.external.host_str().is_some_and(|external| external == name)
    }
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Refuses hosts that are not ours.
pub async fn known_host(State(hosts): State<Hosts>, mut request: Request, next: Next) -> Response {
    if host(&request).is_some_and(|host| hosts.have(&host)) {
        return next.run(request).await;
    }
    if PROBES.contains(&request.uri().path()) {
        request.extensions_mut().insert(Foreign);
        return next.run(request).await;
    }
    errors::page(
        StatusCode::MISDIRECTED_REQUEST,
        "Another host",
        "Routebook answers only under the host of its externalUrl, and under localhost if it serves \
         this machine only. Set externalUrl to the address in your browser, or open that one.",
    )
}

/// Whether a probe came under a foreign name.
pub fn is_foreign(request: &Request) -> bool {
    request.extensions().get::<Foreign>().is_some()
}

/// Refuses changes that another site asks for, and downloads that its page begins by itself.
pub async fn same_origin(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if is_embedded(request.uri().path(), request.headers()) {
        return errors::page(
            StatusCode::FORBIDDEN,
            "Not from here",
            "This download was begun by another site. Start it on Routebook's own page.",
        );
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let host = host(&request);
    if reads
        || is_from_provider(&request)
        || is_same_origin(request.headers(), host.as_ref(), &hosts)
    {
        return next.run(request).await;
    }
    errors::page(
        StatusCode::FORBIDDEN,
        "Not from here",
        "This change was asked for by another site, or by something that does not say where it \
         comes from. Make it on Routebook's own page.",
    )
}

/// A provider is no browser: it says who it is by the signature of its token.
fn is_from_provider(request: &Request) -> bool {
    let matched = request.extensions().get::<MatchedPath>();
    matched.is_some_and(|matched| matched.as_str() == BACK_CHANNEL)
}

fn host(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    let mut values = request.headers().get_all(header::HOST).into_iter();
    match (values.next(), values.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).ok(),
        _ => None,
    }
}

/// Browsers say whether a request is from the same site; older ones only from which origin.
fn is_same_origin(headers: &HeaderMap, host: Option<&Authority>, hosts: &Hosts) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let Some(origin) = origin.and_then(|origin| Url::parse(origin).ok()) else { return false };
    origin.origin() == hosts.external.origin() || is_this_machine(&origin, host, hosts)
}

/// Whether a page of this machine sends a form to where it came from.
fn is_this_machine(origin: &Url, host: Option<&Authority>, hosts: &Hosts) -> bool {
    let host = host.filter(|host| hosts.loopback && is_loopback(host.host()));
    let here = host.and_then(|host| Url::parse(&format!("http://{host}")).ok());
    here.is_some_and(|here| origin.origin() == here.origin())
}

/// Whether another site's page makes a download of its own accord, as an image or a script, rather
/// than its reader by a link: it would keep the few places for downloads taken.
fn is_embedded(path: &str, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    let is_foreign = site.is_some_and(|site| site == "cross-site" || site == "same-site");
    let is_link = headers.get("sec-fetch-dest").is_some_and(|what| what == "document");
    path.starts_with("/export/") && is_foreign && !is_link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listen: &str) -> Hosts {
        let external = Url::parse("https://routes.example.com").unwrap();
        Hosts::new(Arc::new(external), listen.parse().unwrap())
    }

    #[test]
    fn only_this_machine_and_the_external_host_are_ours() {
        let check = |host: &str, alone, with_others| {
            let authority = host.parse().unwrap();
            assert_eq!(hosts("127.0.0.1").have(&authority), alone, "{host}");
            assert_eq!(hosts("0.0.0.0").have(&authority), with_others, "{host}");
            assert_eq!(hosts("0.0.0.0").and_loopback().have(&authority), alone, "{host}");
        };
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"] {
            check(host, true, false);
        }
        check("routes.example.com", true, true);
        check("Routes.Example.com:8443", true, true);
        for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "0.0.0.0"] {
            check(host, false, false);
        }
        check("127.0.0.1.evil.example", false, false);
    }

    #[test]
    fn another_site_may_link_to_a_download_and_not_embed_it() {
        let check = |path: &str, site: Option<&str>, what: Option<&str>, expected| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", site), ("sec-fetch-dest", what)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(is_embedded(path, &headers), expected, "{path} {site:?} {what:?}");
        };
        let file = "/export/inventory.csv";
        check(file, None, None, false);
        check(file, Some("none"), Some("document"), false);
        check(file, Some("same-origin"), Some("empty"), false);
        check(file, Some("cross-site"), Some("document"), false);
        check(file, Some("cross-site"), Some("image"), true);
        check(file, Some("cross-site"), Some("iframe"), true);
        check(file, Some("cross-site"), None, true);
        check(file, Some("same-site"), Some("document"), false);
        check(file, Some("same-site"), Some("image"), true);
        check("/ingresses", Some("cross-site"), Some("image"), false);
    }

    fn is_ours(listen: &str, host: &str, site: Option<&str>, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(site) = site {
            headers.insert("sec-fetch-site", site.parse().unwrap());
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_same_origin(&headers, Some(&host.parse().unwrap()), &hosts(listen))
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let check = |site: Option<&str>, origin: Option<&str>, expected| {
            let got = is_ours("127.0.0.1", "localhost:8080", site, origin);
            assert_eq!(got, expected, "{site:?} {origin:?}");
        };
        check(Some("same-origin"), None, true);
        check(Some("none"), None, true);
        check(Some("same-site"), None, false);
        check(Some("cross-site"), Some("http://localhost:8080"), false);
        check(None, Some("http://localhost:8080"), true);
        check(None, Some("https://routes.example.com"), true);
        check(None, Some("http://routes.example.com"), false);
        check(None, Some("http://localhost:9090"), false);
        check(None, Some("https://localhost:8080"), false);
        check(None, Some("https://evil.example"), false);
        check(None, Some("null"), false);
        check(None, None, false);
    }

    #[test]
    fn a_page_without_tls_is_ours_on_this_machine_only() {
        let check = |listen: &str, host: &str, origin: &str, expected| {
            let got = is_ours(listen, host, None, Some(origin));
            assert_eq!(got, expected, "{listen} {host} {origin}");
        };
        check("127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080", true);
        check("127.0.0.1", "routes.example.com", "http://routes.example.com", false);
        check("0.0.0.0", "127.0.0.1:8080", "http://127.0.0.1:8080", false);
        check("0.0.0.0", "routes.example.com", "https://routes.example.com", true);
    }
}
