//! How much and how long one request may take. A stream of events is not cut: its answer begins at
//! once.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::Limited;

use super::errors;

/// No form of Routebook is near this.
const BYTES: usize = 64 * 1024;

const TIME: Duration = Duration::from_secs(30);

/// Refuses bodies that say they are too long, and cuts those that turn out to be.
pub async fn size(request: Request, next: Next) -> Response {
    let stated = request.headers().get(header::CONTENT_LENGTH);
    let stated = stated.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > BYTES) {
        let sentence = "A request may have 64 KiB.";
        return errors::page(StatusCode::PAYLOAD_TOO_LARGE, "Too long", sentence);
    }
    next.run(request.map(|body| Body::new(Limited::new(body, BYTES)))).await
}

/// Gives up on an answer that does not begin in time.
pub async fn time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request took more than {} s and was given up", TIME.as_secs());
            let sentence = "This takes too long. Try again in a moment, or ask for less at once.";
            errors::page(StatusCode::SERVICE_UNAVAILABLE, "Too slow", sentence)
        }
    }
}
