//! How much and how long one request may take. A stream of events is not cut: its answer begins at
//! once.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::Limited;

use super::errors;

/// No form of Routebook is near this.
const BYTES: usize = 64 * 1024;

/// A browser sends about twenty headers, and cookies of ours are small. What is more is for another
/// application on the same host, or an attempt to keep us busy.
const HEADERS: usize = 64;
const HEADER_BYTES: usize = 16 * 1024;

const TIME: Duration = Duration::from_secs(30);

/// Refuses headers that are too many or too long.
pub async fn headers(request: Request, next: Next) -> Response {
    if is_too_much(request.headers()) {
        let sentence = "A request may have 64 headers and 16 KiB of them. Delete the cookies of \
                        this site in your browser, and try again.";
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return errors::page(status, "Too many headers", sentence);
    }
    next.run(request).await
}

fn is_too_much(headers: &HeaderMap) -> bool {
    let bytes = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    headers.len() > HEADERS || bytes.sum::<usize>() > HEADER_BYTES
}

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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn headers_are_counted_and_measured() {
        let check = |count: usize, length: usize, expected| {
            let mut headers = HeaderMap::new();
            for _ in 0..count {
                let value = HeaderValue::try_from("a".repeat(length)).unwrap();
                headers.append("x-a", value);
            }
            assert_eq!(is_too_much(&headers), expected, "{count} of {length}");
        };
        check(64, 10, false);
        check(65, 10, true);
        check(1, 16 * 1024 - 3, false);
        check(1, 16 * 1024 - 2, true);
        check(16, 1_100, true);
    }
}
