//! One span and one log line for each request, and its measure. The path is not logged: with its
//! query it may say what somebody looked for; the matched route is.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use crate::state;

/// Surrounds a request with its span. A 503 says itself why, and /readyz may say it every second.
pub async fn trace(State(state): State<state::State>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!("request", %method, route, id);
    let begin = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (begin.elapsed(), response.status());
    state.requests.count(route, &method, status, took);
    let milliseconds = took.as_millis();
    span.in_scope(|| match status == StatusCode::INTERNAL_SERVER_ERROR {
        true => tracing::warn!(status = status.as_u16(), milliseconds, "answered"),
        false => tracing::debug!(status = status.as_u16(), milliseconds, "answered"),
    });
    response
}
