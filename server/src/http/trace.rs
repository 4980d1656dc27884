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

/// Callers may bring ids of their own, and longer ones are none.
const LONGEST_ID: usize = 100;

/// The id as the log has it. What has spaces in it could be read as something that Routebook says.
fn logged(id: &str) -> &str {
    let is_plain = id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain { id } else { "not an id" }
}

/// Surrounds a request with its span. A 503 says itself why, and /readyz may say it every second.
pub async fn trace(State(state): State<state::State>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).map(logged).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_no_words_in_it() {
        for id in ["0197c5f0-6a0e-7c6e-9d2f-3b1f0e6f1a2b", "Root=1-67891233-abcdef0123456789"] {
            assert_eq!(logged(id), id);
        }
        for id in ["audit checkpoint 9:00", &"a".repeat(LONGEST_ID + 1)] {
            assert_eq!(logged(id), "not an id");
        }
    }
}
