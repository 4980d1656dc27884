//! Headers that every answer has. Scripts run only from our own files or with the nonce of this one
//! answer, which the pages put into their inline scripts.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::Nonce;

use crate::state;

const SAME: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// A year: browsers that came once by https come by nothing else.
const STRICT: &str = "max-age=31536000";

/// Makes the nonce, which pages find among the request's extensions, and adds the headers.
pub async fn add(State(state): State<state::State>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    add_to(response.headers_mut(), &nonce);
    if state.external_url.scheme() == "https" {
        let strict = HeaderValue::from_static(STRICT);
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, strict);
    }
    response
}

fn add_to(headers: &mut HeaderMap, nonce: &Nonce) {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::try_from(policy).expect("a nonce is URL-safe base64");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in SAME {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Whoever may be cached says so.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
}
