//! One request: who asks, what for, and the answer.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, list, metric, quoted, reply, timed};
use super::failure::Failure;
use super::faults::{Effect, Faults};
use super::parameters::Parameters;
use super::server::{Options, Requests};
use super::store::Store;
use super::{metadata, query, sabotage};

/// What all connections of a server share.
pub(super) struct Shared {
    pub store: Store,
    pub options: Options,
    pub faults: Faults,
    pub requests: Requests,
}

/// What is asked for, and when.
struct Question {
    path: String,
    parameters: Parameters,
    now: Timestamp,
    effects: Vec<Effect>,
}

/// Answers one request.
pub(super) async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    shared.requests.count(&path);
    let effects = shared.faults.hit(&path);
    if sabotage::never_answers(&effects) {
        return std::future::pending().await;
    }
    let now = (shared.options.clock)();
    let mut response = match sabotage::instead(&effects, &path) {
        Some(response) => response,
        None => {
            let answer = match refused(shared, &parts) {
                Some(refusal) => refusal,
                None => ask(shared, &parts, body, effects.clone(), now).await,
            };
            sabotage::send(&effects, answer)
        }
    };
    response.headers_mut().insert("date", date(now, &effects));
    response
}

/// What a proxy in front of Prometheus says to strangers.
fn refused(shared: &Shared, parts: &Parts) -> Option<Answer> {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(token) = &shared.options.token
        && header("authorization").and_then(|value| value.strip_prefix("Bearer "))
            != Some(token.as_str())
    {
        return Some(Answer::text(401, "Unauthorized\n"));
    }
    match (&shared.options.tenant, header("x-scope-orgid")) {
        // Mimir's words.
        (Some(_), None) => Some(Answer::text(401, "no org id\n")),
        (Some(tenant), Some(given)) if tenant != given => {
            Some(Answer::text(403, "unknown tenant\n"))
        }
        _ => None,
    }
}

async fn ask(
    shared: &Arc<Shared>,
    parts: &Parts,
    body: Incoming,
    effects: Vec<Effect>,
    now: Timestamp,
) -> Answer {
    let form = match parts.method {
        Method::POST => body.collect().await.map(|body| body.to_bytes()),
        _ => Ok(Bytes::new()),
    };
    let form = match form {
        Ok(form) => form,
        Err(error) => return Answer::error(400, "bad_data", &error.to_string()),
    };
    let parameters = Parameters::parse(&form, parts.uri.query().unwrap_or_default());
    let question = Question { path: parts.uri.path().to_owned(), parameters, now, effects };
    let shared = Arc::clone(shared);
    let work = tokio::task::spawn_blocking(move || shared.answer(&question));
    match work.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => Answer::failure(&failure),
        // The parser panics at a few inputs, durations that are no numbers for one.
        Err(error) => Answer::error(500, "internal", &error.to_string()),
    }
}

impl Shared {
    fn answer(&self, question: &Question) -> Result<Answer, Failure> {
        match question.path.as_str() {
            "/-/ready" => Ok(Answer::text(200, "Prometheus Server is Ready.\n")),
            "/-/healthy" => Ok(Answer::text(200, "Prometheus Server is Healthy.\n")),
            "/api/v1/status/buildinfo" => Ok(Answer::data(BUILD, &[])),
            "/api/v1/query" => self.query(question),
            "/api/v1/query_range" => self.query_range(question),
            "/api/v1/series" => self.series(question),
            "/api/v1/labels" => {
                let all = question.parameters.all("match[]");
                let names = metadata::names(&self.store, all, question.within()?)?;
                Ok(texts(names))
            }
            path => match label(path) {
                Some(name) => self.values(question, name),
                None => Ok(Answer::text(404, "404 page not found\n")),
            },
        }
    }

    fn query(&self, question: &Question) -> Result<Answer, Failure> {
        let at = question.parameters.time_or("time", question.now.as_millisecond())?;
        let mut found = query::instant(&self.store, question.parameters.get("query"), at)?;
        timed(&mut found.outcome, at);
        Ok(question.reply(found))
    }

    fn query_range(&self, question: &Question) -> Result<Answer, Failure> {
        let steps = question.parameters.steps()?;
        let found = query::range(&self.store, question.parameters.get("query"), steps)?;
        Ok(question.reply(found))
    }

    fn series(&self, question: &Question) -> Result<Answer, Failure> {
        let selectors = question.parameters.all("match[]");
        if selectors.is_empty() {
            return Err(Failure::BadData("no match[] parameter provided".to_owned()));
        }
        let found = metadata::series(&self.store, selectors, question.within()?)?;
        let data = list(found.iter().map(metric));
        Ok(Answer::data(&data, &[("warnings", sabotage::warnings(&question.effects))]))
    }

    fn values(&self, question: &Question, name: &str) -> Result<Answer, Failure> {
        let first = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let rest = name.chars().all(|each| each.is_ascii_alphanumeric() || each == '_');
        if !(first && rest) {
            return Err(Failure::BadData(format!("invalid label name: {name:?}")));
        }
        let selectors = question.parameters.all("match[]");
        let values = metadata::values(&self.store, name, selectors, question.within()?)?;
        Ok(texts(values))
    }
}

impl Question {
    /// The time that metadata is asked for; all of it by default.
    fn within(&self) -> Result<(i64, i64), Failure> {
        let now = self.now.as_millisecond();
        Ok((self.parameters.time_or("start", 0)?, self.parameters.time_or("end", now)?))
    }

    fn reply(&self, mut found: query::Reply) -> Answer {
        sabotage::distort(&self.effects, &mut found.outcome);
        reply(found, sabotage::warnings(&self.effects))
    }
}

const BUILD: &str = "{\"version\":\"3.5.0\",\"revision\":\"sandbox\",\"branch\":\"HEAD\",\
                     \"buildUser\":\"sandbox\",\"buildDate\":\"20250714-15:00:00\",\
                     \"goVersion\":\"go1.24.5\"}";

/// The label of `/api/v1/label/NAME/values`.
fn label(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v1/label/")?.strip_suffix("/values")
}

fn texts(all: impl IntoIterator<Item = String>) -> Answer {
    Answer::data(&list(all.into_iter().map(|text| quoted(&text))), &[])
}

/// The time of the answer as HTTP writes it.
fn date(now: Timestamp, effects: &[Effect]) -> HeaderValue {
    let off = effects.iter().find_map(|effect| match effect {
        Effect::DateOff(off) => Some(*off),
        _ => None,
    });
    let shown = now.checked_add(off.unwrap_or(SignedDuration::ZERO)).unwrap_or(now);
    let text = shown.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::from_str(&text).expect("a date is printable")
}
