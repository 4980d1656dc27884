//! Acts out the faults of one request.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::Stream;
use http::{HeaderValue, Response, StatusCode};

use super::answer::Answer;
use super::evaluate::Outcome;
use super::faults::Effect;

/// Whether the client will never see a status line.
pub(super) fn never_answers(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Silence { headers: false }))
}

/// The answer that a fault gives in place of the true one.
pub(super) fn instead(effects: &[Effect], path: &str) -> Option<Response<Body>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Refuse { code, retry_after } => {
            let mut response = plain(refusal(*code));
            if let Some(seconds) = retry_after {
                response.headers_mut().insert("retry-after", HeaderValue::from(*seconds));
            }
            Some(response)
        }
        Effect::Redirect(place) => {
            let mut response = plain(Answer::text(302, "Found\n"));
            let place = HeaderValue::from_str(place).expect("a test knows an address");
            response.headers_mut().insert("location", place);
            Some(response)
        }
        Effect::Html => Some(plain(Answer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            body: Bytes::from_static(
                b"<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n",
            ),
        })),
        Effect::OtherJson => Some(plain(Answer::json(200, "{\"message\":\"ok\",\"total\":0}"))),
        Effect::Flood(series) => Some(flood(*series, path.ends_with("/query_range"))),
        _ => None,
    })
}

/// The warnings that go with an answer.
pub(super) fn warnings(effects: &[Effect]) -> Vec<String> {
    let warnings = effects.iter().filter_map(|effect| match effect {
        Effect::Warnings(warnings) => Some(warnings.clone()),
        _ => None,
    });
    warnings.flatten().collect()
}

/// Spoils the values of a result.
pub(super) fn distort(effects: &[Effect], outcome: &mut Outcome) {
    if !effects.iter().any(|effect| matches!(effect, Effect::NotFinite)) {
        return;
    }
    let mut strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().cycle();
    let mut next = || strange.next().expect("a circle has no end");
    match outcome {
        Outcome::Scalar(sample) => sample.value = next(),
        Outcome::Text(..) => {}
        Outcome::Vector(points) => points.iter_mut().for_each(|point| point.value = next()),
        Outcome::Matrix(series) => {
            let samples = series.iter_mut().flat_map(|(_, samples)| samples);
            samples.for_each(|sample| sample.value = next());
        }
    }
}

/// An answer on its way, with what befalls it there.
pub(super) fn send(effects: &[Effect], answer: Answer) -> Response<Body> {
    let body = answer.body.clone();
    let mut response = plain(answer);
    for effect in effects {
        match effect {
            Effect::Truncated => *response.body_mut() = Body::from_stream(half(body.clone())),
            Effect::Drip { bytes, every } => {
                *response.body_mut() = Body::from_stream(drip(body.clone(), *bytes, *every));
            }
            Effect::Silence { headers: true } => {
                *response.body_mut() = Body::from_stream(silence());
            }
            _ => {}
        }
    }
    response
}

fn plain(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("codes are written by hand");
    let content_type = HeaderValue::from_static(answer.content_type);
    response.headers_mut().insert("content-type", content_type);
    response
}

/// The words of a refusal: those of Prometheus, or of the proxy that is likely to have said it.
fn refusal(code: u16) -> Answer {
    match code {
        400 => Answer::error(
            400,
            "bad_data",
            "invalid parameter \"query\": 1:5: parse error: unexpected end of input",
        ),
        401 => Answer::text(401, "Unauthorized\n"),
        403 => Answer::text(403, "Forbidden\n"),
        422 => Answer::error(
            422,
            "execution",
            "query processing would load too many samples into memory in query execution",
        ),
        429 => Answer::error(
            429,
            "too_many_requests",
            "the request has been rejected because the tenant exceeded the request rate limit",
        ),
        502 => Answer::text(502, "Bad Gateway\n"),
        503 => Answer::error(503, "timeout", "query timed out in expression evaluation"),
        _ => Answer::error(code, "internal", "the storage is broken"),
    }
}

/// A result of many series, made while it is sent.
fn flood(series: u32, range: bool) -> Response<Body> {
    const PER_PIECE: u32 = 1000;
    let (kind, value) = match range {
        true => ("matrix", "\"values\":[[1,\"1\"]]"),
        false => ("vector", "\"value\":[1,\"1\"]"),
    };
    let head =
        format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":[");
    let piece = move |from: u32| {
        let elements = (from..series.min(from.saturating_add(PER_PIECE))).map(|number| {
            let comma = if number == 0 { "" } else { "," };
            let namespace = number / 100;
            format!(
                "{comma}{{\"metric\":{{\"namespace\":\"flood-{namespace}\",\
                 \"ingress\":\"web-{number}\"}},{value}}}"
            )
        });
        elements.collect::<String>()
    };
    let pieces = (0..series).step_by(PER_PIECE as usize).map(piece);
    let all = std::iter::once(head).chain(pieces).chain(["]}}".to_owned()]);
    let stream = futures::stream::iter(all.map(Ok::<_, Infallible>));
    let mut response = plain(Answer::json(200, ""));
    *response.body_mut() = Body::from_stream(stream);
    response
}

/// The first half of a body, then a broken connection.
fn half(body: Bytes) -> impl Stream<Item = io::Result<Bytes>> {
    async_stream::stream! {
        yield Ok(body.slice(..body.len() / 2));
        // Lets the connection send what it has before it breaks.
        tokio::task::yield_now().await;
        yield Err(io::Error::other("cut on purpose"));
    }
}

/// A body in small pieces, with a pause before each.
fn drip(body: Bytes, bytes: usize, every: Duration) -> impl Stream<Item = io::Result<Bytes>> {
    async_stream::stream! {
        for from in (0..body.len()).step_by(bytes.max(1)) {
            tokio::time::sleep(every).await;
            yield Ok(body.slice(from..body.len().min(from + bytes.max(1))));
        }
    }
}

/// Nothing, for ever.
fn silence() -> impl Stream<Item = io::Result<Bytes>> {
    futures::stream::pending()
}
