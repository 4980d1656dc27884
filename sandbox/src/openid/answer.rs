//! Answers before they leave. None of them may be kept.

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    with(status, "application/json", value.to_string())
}

/// An error in OAuth's form.
pub(super) fn error(status: StatusCode, code: &str, why: &str) -> Response<Body> {
    json(status, &json!({ "error": code, "error_description": why }))
}

pub(super) fn html(status: StatusCode, page: String) -> Response<Body> {
    with(status, "text/html; charset=utf-8", page)
}

pub(super) fn text(status: StatusCode, text: String) -> Response<Body> {
    with(status, "text/plain; charset=utf-8", text)
}

/// To another place, which is an address and so has no letters that a header cannot have.
pub(super) fn redirect(status: StatusCode, place: &str) -> Response<Body> {
    let mut response = with(status, "text/plain; charset=utf-8", String::new());
    let place = HeaderValue::from_str(place).expect("an address is printable");
    response.headers_mut().insert(LOCATION, place);
    response
}

fn with(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
