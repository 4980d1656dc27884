//! Who may ask. Routebook has no sign-in yet, so that it must be sure that a request comes from
//! this machine's user: a foreign page must not reach it by a name that it points here (DNS
//! rebinding), nor send a form to it, nor begin downloads behind its reader's back.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::errors;
use crate::state;

/// Refuses hosts that are neither this machine nor that of `externalUrl`.
pub async fn known_host(
    State(state): State<state::State>,
    request: Request,
    next: Next,
) -> Response {
    match host(&request) {
        Some(host) if is_ours(&host, &state.external_url) => next.run(request).await,
        _ => errors::page(
            StatusCode::MISDIRECTED_REQUEST,
            "Another host",
            "Routebook answers only under localhost and under the host of its externalUrl. \
             Set externalUrl to the address in your browser, or open that one.",
        ),
    }
}

/// Refuses changes that another site asks for, and downloads that its page begins by itself.
pub async fn same_origin(
    State(state): State<state::State>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let host = host(&request);
    if is_embedded(request.uri().path(), request.headers()) {
        return errors::page(
            StatusCode::FORBIDDEN,
            "Not from here",
            "This download was begun by another site. Start it on Routebook's own page.",
        );
    }
    if reads || is_same_origin(request.headers(), host.as_ref(), &state.external_url) {
        return next.run(request).await;
    }
    errors::page(
        StatusCode::FORBIDDEN,
        "Not from here",
        "This change was asked for by another site, or by something that does not say where it \
         comes from. Make it on Routebook's own page.",
    )
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

fn is_ours(host: &Authority, external: &Url) -> bool {
    let name = host.host().to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
        || external.host_str().is_some_and(|external| external == name)
}

/// Browsers say whether a request is from the same site; older ones only from which origin.
fn is_same_origin(headers: &HeaderMap, host: Option<&Authority>, external: &Url) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let Some(origin) = origin.and_then(|origin| Url::parse(origin).ok()) else { return false };
    if origin.origin() == external.origin() {
        return true;
    }
    let Some(here) = host.and_then(|host| Url::parse(&format!("http://{host}")).ok()) else {
        return false;
    };
    origin.scheme() == "http" && origin.origin() == here.origin()
}

/// Whether another site's page makes a download of its own accord, as an image or a script, rather
/// than its reader by a link: it would keep the few places for downloads taken.
fn is_embedded(path: &str, headers: &HeaderMap) -> bool {
    let is_foreign = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let is_link = headers.get("sec-fetch-dest").is_some_and(|what| what == "document");
    path.starts_with("/export/") && is_foreign && !is_link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn external() -> Url {
        Url::parse("https://routes.example.com").unwrap()
    }

    #[test]
    fn only_this_machine_and_the_external_host_are_ours() {
        let check = |host: &str, expected| {
            let authority = host.parse().unwrap();
            assert_eq!(is_ours(&authority, &external()), expected, "{host}");
        };
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"] {
            check(host, true);
        }
        check("routes.example.com", true);
        check("Routes.Example.com:8443", true);
        for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "0.0.0.0"] {
            check(host, false);
        }
        check("127.0.0.1.evil.example", false);
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
        check("/ingresses", Some("cross-site"), Some("image"), false);
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let check = |site: Option<&str>, origin: Option<&str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            let host = "localhost:8080".parse().unwrap();
            let got = is_same_origin(&headers, Some(&host), &external());
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
        check(None, Some("https://evil.example"), false);
        check(None, Some("null"), false);
        check(None, None, false);
    }
}
