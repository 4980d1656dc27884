//! What programs are told when they cannot be answered: RFC 9457, "Problem Details for HTTP APIs",
//! with the name of the parameter that is to blame.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::inventory::InvalidView;
use serde::Serialize;
use utoipa::ToSchema;

const CONTENT_TYPE: &str = "application/problem+json";

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says which kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong, and what to do about it.
    detail: String,
    /// The parameter that is to blame, if it is one.
    parameter: Option<String>,
}

impl Problem {
    /// A problem with a status, and a sentence.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
        }
    }

    /// A parameter has a value that it may not have, or is none.
    pub fn parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail).of(parameter)
    }

    /// The query is not a view of the inventory.
    pub fn view(error: &InvalidView) -> Self {
        let parameter = match error {
            InvalidView::Value { parameter, .. } => *parameter,
            InvalidView::Parameter(parameter) => parameter.as_str(),
            InvalidView::Cursor => "cursor",
        };
        Self::parameter(parameter, error.to_string())
    }

    /// The same, with the parameter to blame.
    pub fn of(self, parameter: &str) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..self }
    }

    /// Nothing is at this address.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Too much is asked for at once.
    pub fn busy(what: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("{what}; try again in a moment"))
    }
}

/// The store does not answer. What it said goes to the log.
impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        tracing::error!("cannot answer: {error}");
        let detail = "Routebook cannot read its database; its log says why";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let body = serde_json::to_string(&self).expect("texts and a number");
        let mut response = (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Tells programs in their way what browsers are told with a page: of unknown addresses, of refused
/// hosts, of deadlines.
pub async fn for_programs(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let for_program = path.starts_with("/api/") || path.starts_with("/export/");
    let response = next.run(request).await;
    let status = response.status();
    if !for_program || !(status.is_client_error() || status.is_server_error()) || told(&response) {
        return response;
    }
    let mut problem = Problem::new(status, sentence(status)).into_response();
    for (name, value) in response.headers() {
        if !OF_THE_PAGE.contains(name) {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

/// What is true of the page only.
const OF_THE_PAGE: [header::HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
];

fn told(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value == CONTENT_TYPE)
}

fn sentence(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "this request is not understood",
        StatusCode::UNAUTHORIZED => "sign in first, in a browser",
        StatusCode::NOT_FOUND => "nothing is at this address; /api/v1/openapi.json says what is",
        StatusCode::METHOD_NOT_ALLOWED => "this address only answers GET",
        StatusCode::MISDIRECTED_REQUEST => {
            "Routebook answers only under the host of its externalUrl, and under localhost if it \
             serves this machine only"
        }
        StatusCode::FORBIDDEN => "this was asked for by another site",
        StatusCode::PAYLOAD_TOO_LARGE => "a request may have 64 KiB",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "a request may have 64 headers and 16 KiB of them"
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "this takes too long; try again, or ask for less at once"
        }
        _ => "something is wrong inside Routebook; its log says what",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_to_blame_is_named() {
        let check = |query, parameter: &str, part: &str| {
            let problem = Problem::view(&domain::inventory::View::parse(query).unwrap_err());
            assert_eq!(problem.parameter.as_deref(), Some(parameter), "{query}");
            assert_eq!(problem.status, 400, "{query}");
            assert!(problem.detail.contains(part), "{}", problem.detail);
        };
        check("sort=colour", "sort", "cluster, namespace");
        check("tls=bad", "tls", "expired");
        check("unused=many", "unused", "a number of days");
        check("colour=red", "colour", "is not a filter");
        check("after=x", "cursor", "first page");
    }
}
