//! HTTP answers in the forms that the API server uses.

use std::io;

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use http::{Response, StatusCode};

use super::status::Status;

/// A JSON answer.
pub(super) fn json(code: u16, body: impl Into<Body>) -> Response<Body> {
    with_type(code, "application/json", body.into())
}

/// A plain answer.
pub(super) fn text(code: u16, body: &'static str) -> Response<Body> {
    with_type(code, "text/plain; charset=utf-8", Body::from(body))
}

/// An answer with any content type.
pub(super) fn with_type(code: u16, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).expect("codes are written by hand");
    let headers = response.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static(content_type));
    headers.insert("cache-control", http::HeaderValue::from_static("no-cache, private"));
    response
}

/// A refusal.
pub(super) fn failure(status: &Status) -> Response<Body> {
    json(status.code, status.to_value().to_string())
}

/// A JSON answer in pieces; one piece gets a content length.
pub(super) fn pieces(mut pieces: Vec<Bytes>) -> Response<Body> {
    if pieces.len() == 1 {
        return json(200, pieces.remove(0));
    }
    json(200, Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, io::Error>))))
}
