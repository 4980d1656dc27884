//! Acts out the faults of one request on its answer and its connection.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::{HeaderValue, Response};

use super::answer::{failure, text, with_type};
use super::counters::Verb;
use super::faults::Effect;
use super::kinds::Kind;
use super::list::expired_token;
use super::query::Query;
use super::rbac::Access;
use super::status::Status;
use super::users::User;
use super::wire::Wire;

/// Whether the client will never see a status line.
pub(super) fn never_answers(effects: &[Effect]) -> bool {
    let silent =
        |effect: &Effect| matches!(effect, Effect::Reset | Effect::Silence { headers: false });
    effects.iter().any(silent)
}

/// Breaks the connection of a request that gets no answer.
pub(super) fn break_wire(effects: &[Effect], wire: &Wire) {
    if effects.iter().any(|effect| matches!(effect, Effect::Reset)) {
        wire.reset();
    } else {
        wire.freeze();
    }
}

/// The error that a fault answers in place of the truth.
pub(super) fn refusal(
    effects: &[Effect],
    access: &Access,
    kind: &Kind,
    user: &User,
    query: &Query,
) -> Option<Response<Body>> {
    effects.iter().find_map(|effect| match effect {
        Effect::ContinueExpired => Some(failure(&expired_token(query.get("continue")))),
        Effect::Refuse { code, retry_after } => {
            let mut response = refuse(*code, access, kind, user, query);
            if let Some(seconds) = retry_after {
                response.headers_mut().insert("retry-after", HeaderValue::from(*seconds));
            }
            Some(response)
        }
        _ => None,
    })
}

fn refuse(code: u16, access: &Access, kind: &Kind, user: &User, query: &Query) -> Response<Body> {
    let (reason, message) = match code {
        401 => return failure(&Status::unauthorized()),
        403 => return failure(&access.refusal(kind, user)),
        410 => {
            let version = query.get("resourceVersion");
            return failure(&Status::expired(format!("too old resource version: {version}")));
        }
        // A real server refuses overload before it speaks of objects.
        429 => return text(429, "Too many requests, please try again later."),
        503 => (
            "ServiceUnavailable",
            "the server is currently unable to handle the request".to_owned(),
        ),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted, but may still be \
             processing the request"
                .to_owned(),
        ),
        _ => ("InternalError", "Internal error occurred: etcdserver: request timed out".to_owned()),
    };
    failure(&Status::new(code, reason, message))
}

/// Spoils an answer that is otherwise right.
pub(super) fn spoil(
    mut response: Response<Body>,
    effects: Vec<Effect>,
    wire: &Wire,
    verb: Verb,
) -> Response<Body> {
    for effect in effects {
        response = match effect {
            Effect::Html => html(),
            Effect::Malformed => {
                let cut = "{\"kind\":\"List\",\"items\":[{\"metadata\":{\"name\":\"a\n";
                with_type(200, "application/json", Body::from(cut))
            }
            Effect::Truncated if verb != Verb::Watch => response.map(|body| rebuilt(halve(body))),
            Effect::Drip { bytes, every } => {
                response.map(|body| rebuilt(drip(body, bytes.max(1), every)))
            }
            Effect::Silence { headers: true } => {
                let wire = wire.clone();
                response.map(|_| rebuilt(silence(wire)))
            }
            _ => response,
        };
    }
    response
}

fn html() -> Response<Body> {
    let page = "<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n";
    with_type(200, "text/html; charset=utf-8", Body::from(page))
}

fn rebuilt(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    Body::from_stream(stream)
}

/// The first half of a body, then a broken connection.
fn halve(body: Body) -> impl Stream<Item = io::Result<Bytes>> {
    async_stream::stream! {
        let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        yield Ok(whole.slice(..whole.len() / 2));
        // Lets the connection send what it has before it breaks.
        tokio::task::yield_now().await;
        yield Err(io::Error::other("cut on purpose"));
    }
}

/// A body in small pieces, with a pause before each.
fn drip(body: Body, bytes: usize, every: Duration) -> impl Stream<Item = io::Result<Bytes>> {
    async_stream::stream! {
        let mut frames = body.into_data_stream();
        while let Some(frame) = frames.next().await {
            let mut frame = frame.map_err(io::Error::other)?;
            while !frame.is_empty() {
                tokio::time::sleep(every).await;
                yield Ok(frame.split_to(bytes.min(frame.len())));
            }
        }
    }
}

/// Nothing, for ever; the headers go out first.
fn silence(wire: Wire) -> impl Stream<Item = io::Result<Bytes>> {
    async_stream::stream! {
        tokio::task::yield_now().await;
        wire.freeze();
        std::future::pending::<()>().await;
        yield Ok(Bytes::new());
    }
}
