//! The path below which people reach Routebook, where `externalUrl` has one. Inside nobody knows of
//! it but who writes addresses. Requests without it are answered as well: some proxies take it away.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::map_request_with_state;

/// The same router below a path.
pub fn below(router: Router, base: &Arc<str>) -> Router {
    if base.is_empty() {
        return router;
    }
    let without = map_request_with_state(base.clone(), without_base);
    Router::new().fallback_service(router).layer(without)
}

async fn without_base(State(base): State<Arc<str>>, mut request: Request) -> Request {
    if let Some(uri) = stripped(request.uri(), &base) {
        *request.uri_mut() = uri;
    }
    request
}

/// The address without the base path, if it begins with that.
fn stripped(uri: &Uri, base: &str) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let rest = match rest.as_bytes().first() {
        None => "/".to_owned(),
        Some(b'/') => rest.to_owned(),
        Some(b'?') => format!("/{rest}"),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_taken_away_once_and_only_as_a_whole() {
        let check = |from: &str, to: Option<&str>| {
            let got = stripped(&from.parse().unwrap(), "/routebook");
            assert_eq!(got.map(|uri| uri.to_string()).as_deref(), to, "{from}");
        };
        check("/routebook", Some("/"));
        check("/routebook/", Some("/"));
        check("/routebook?a=b", Some("/?a=b"));
        check("/routebook/ingresses/7?a=b", Some("/ingresses/7?a=b"));
        check("/routebook/routebook/x", Some("/routebook/x"));
        check("/routebook//evil.example", Some("//evil.example"));
        check("https://example.com/routebook/x", Some("https://example.com/x"));
        check("/routebooks", None);
        check("/ingresses", None);
        check("/", None);
    }
}
