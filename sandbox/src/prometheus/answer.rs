//! Answers in Prometheus' JSON, to the digit: numbers are texts, times are seconds.

use bytes::Bytes;
use serde_json::Value;

use super::evaluate::{Outcome, Point};
use super::failure::Failure;
use super::labels::Labels;
use super::query::Reply;
use super::sample::Sample;

/// An answer before anything spoils it.
pub(super) struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Bytes,
}

impl Answer {
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, content_type: "application/json", body: body.into() }
    }

    pub fn text(status: u16, body: &'static str) -> Self {
        let content_type = "text/plain; charset=utf-8";
        Self { status, content_type, body: Bytes::from_static(body.as_bytes()) }
    }

    /// A success with data that is JSON already.
    pub fn data(data: &str, remarks: &[(&str, Vec<String>)]) -> Self {
        let mut body = format!("{{\"status\":\"success\",\"data\":{data}");
        for (name, texts) in remarks.iter().filter(|(_, texts)| !texts.is_empty()) {
            body.push_str(&format!(",\"{name}\":{}", Value::from(texts.clone())));
        }
        body.push('}');
        Self::json(200, body)
    }

    /// A refusal.
    pub fn failure(failure: &Failure) -> Self {
        Self::error(failure.status(), failure.kind(), &failure.to_string())
    }

    /// An error of any kind.
    pub fn error(status: u16, kind: &str, why: &str) -> Self {
        let why = quoted(why);
        let body = format!("{{\"status\":\"error\",\"errorType\":\"{kind}\",\"error\":{why}}}");
        Self::json(status, body)
    }
}

/// The answer to a query.
pub(super) fn reply(reply: Reply, warnings: Vec<String>) -> Answer {
    let (kind, result) = match &reply.outcome {
        Outcome::Scalar(sample) => ("scalar", pair(*sample)),
        Outcome::Text(at, text) => ("string", format!("[{},{}]", time(*at), quoted(text))),
        Outcome::Vector(points) => ("vector", list(points.iter().map(element))),
        Outcome::Matrix(series) => ("matrix", list(series.iter().map(row))),
    };
    let data = format!("{{\"resultType\":\"{kind}\",\"result\":{result}}}");
    let infos = reply.infos.into_iter().collect();
    Answer::data(&data, &[("warnings", warnings), ("infos", infos)])
}

/// Puts a time of their own on the elements of a vector: that of the question.
pub(super) fn timed(outcome: &mut Outcome, at: i64) {
    if let Outcome::Vector(points) = outcome {
        points.iter_mut().for_each(|point| point.at = at);
    }
}

fn element(point: &Point) -> String {
    let sample = Sample { at: point.at, value: point.value };
    format!("{{\"metric\":{},\"value\":{}}}", metric(&point.labels), pair(sample))
}

fn row((labels, samples): &(Labels, Vec<Sample>)) -> String {
    let values = list(samples.iter().copied().map(pair));
    format!("{{\"metric\":{},\"values\":{values}}}", metric(labels))
}

/// A label set as an object.
pub(super) fn metric(labels: &Labels) -> String {
    let pairs: Vec<_> =
        labels.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// A list of what is JSON already.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    let mut text = String::from("[");
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&item);
    }
    text.push(']');
    text
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn pair(sample: Sample) -> String {
    format!("[{},\"{}\"]", time(sample.at), number(sample.value))
}

/// Seconds, with three decimals where there are milliseconds.
fn time(at: i64) -> String {
    let (seconds, rest) = (at.div_euclid(1000), at.rem_euclid(1000));
    match rest {
        0 => seconds.to_string(),
        rest => format!("{seconds}.{rest:03}"),
    }
}

/// A number as Go writes it: the fewest digits, and an exponent for the very large and small.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 || (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').expect("the format has an exponent");
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_go_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (-2.5e-7, "-2.5e-07"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(time(1_435_781_451_781), "1435781451.781");
        assert_eq!(time(1_435_781_451_007), "1435781451.007");
        assert_eq!(time(1_435_781_451_000), "1435781451");
    }
}
