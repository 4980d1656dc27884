//! What Prometheus answers: reads any bytes into series, or says what they are instead.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::failure::Failure;

/// One series of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    /// Its labels.
    pub(super) labels: BTreeMap<String, String>,
    /// Times in seconds since 1970, and values; only those that are numbers and not below zero.
    pub(super) points: Vec<(i64, f64)>,
}

impl Series {
    /// The value of a label; empty if it is not there.
    pub(super) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    status: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    error: Option<String>,
    warnings: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    result_type: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

/// A time and a value, as text because JSON has no NaN.
type Point = (f64, String);

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    value: Option<Point>,
    #[serde(borrow)]
    values: Option<&'a RawValue>,
}

/// Reads the body of an answer with status 200. More than `most` samples are refused.
pub(super) fn read(body: &[u8], most: usize) -> Result<Vec<Series>, Failure> {
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<') {
        let why = "it is a web page; does the address lead to Prometheus, and not to a sign-in?";
        return Err(Failure::Malformed(why.into()));
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    if envelope.status != "success" {
        return Err(Failure::Malformed(match envelope.error {
            Some(error) => cut(&error, 300),
            None => "it is not one of Prometheus; is the address right?".into(),
        }));
    }
    let data = envelope.data.ok_or_else(|| Failure::Malformed("it has no data".into()))?;
    let data: Data<'_> = serde_json::from_str(data.get()).map_err(|error| malformed(&error))?;
    let series = match data.result_type.as_str() {
        "vector" | "matrix" => rows(data.result, most)?,
        other => {
            let other = cut(other, 30);
            return Err(Failure::Malformed(format!("the query gives a {other}, and no series")));
        }
    };
    match partial(envelope.warnings.unwrap_or_default()) {
        Some(warning) => Err(Failure::Partial(cut(&warning, 300))),
        None => Ok(series),
    }
}

/// The message of an answer with another status: `error` of Prometheus' JSON, or how it begins.
pub(super) fn message(body: &[u8]) -> String {
    match serde_json::from_slice::<Envelope<'_>>(body) {
        Ok(Envelope { error: Some(error), .. }) => cut(&error, 300),
        _ if body.trim_ascii_start().starts_with(b"<") => "a web page".into(),
        _ => match cut(String::from_utf8_lossy(body).trim(), 200) {
            text if text.is_empty() => "no message".into(),
            text => text,
        },
    }
}

/// A remark on the query is no warning that something is missing. Prometheus from 2.48 to 2.52 sends
/// them together, and remarks that `nginx_ingress_controller_requests` is not named like a counter.
fn partial(warnings: Vec<String>) -> Option<String> {
    warnings.into_iter().find(|warning| !warning.starts_with("PromQL info"))
}

fn malformed(error: &serde_json::Error) -> Failure {
    match error.classify() {
        serde_json::error::Category::Eof => Failure::Broken("the JSON ends in the middle".into()),
        _ => Failure::Malformed(cut(&error.to_string(), 200)),
    }
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn rows(result: &RawValue, most: usize) -> Result<Vec<Series>, Failure> {
    let mut over = false;
    let mut json = serde_json::Deserializer::from_str(result.get());
    let read = json.deserialize_seq(Rows { most, over: &mut over });
    match read {
        _ if over => Err(Failure::TooMany(format!("more than {most} samples"))),
        read => read.map_err(|error| malformed(&error)),
    }
}

/// Reads series one by one, so that too many are noticed before they fill the memory.
struct Rows<'a> {
    most: usize,
    over: &'a mut bool,
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Vec<Series>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of series")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let (mut all, mut left) = (Vec::new(), self.most);
        while let Some(row) = rows.next_element::<Row<'de>>()? {
            // A series costs one, whatever it has.
            if left == 0 {
                *self.over = true;
                return Err(A::Error::custom("too many samples"));
            }
            let mut points: Vec<(i64, f64)> = row.value.and_then(number).into_iter().collect();
            let mut read = 1;
            if let Some(values) = row.values {
                let mut json = serde_json::Deserializer::from_str(values.get());
                let more = Points { most: left, over: &mut *self.over, points: &mut points };
                read = json.deserialize_seq(more).map_err(A::Error::custom)?;
            }
            left -= read.clamp(1, left);
            all.push(Series { labels: row.metric, points });
        }
        Ok(all)
    }
}

/// Reads the values of one series, one by one for the same reason; says how many there were.
struct Points<'a> {
    most: usize,
    over: &'a mut bool,
    points: &'a mut Vec<(i64, f64)>,
}

impl<'de> Visitor<'de> for Points<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut read = 0;
        while let Some(point) = values.next_element::<Point>()? {
            read += 1;
            if read > self.most {
                *self.over = true;
                return Err(A::Error::custom("too many samples"));
            }
            self.points.extend(number(point));
        }
        Ok(read)
    }
}

fn number((time, value): Point) -> Option<(i64, f64)> {
    let value: f64 = value.parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some((time.round() as i64, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(result: &str) -> String {
        format!(r#"{{"status":"success","data":{{"resultType":"vector","result":{result}}}}}"#)
    }

    fn values(result: &str) -> Vec<f64> {
        let all = read(vector(result).as_bytes(), 100).unwrap();
        all.into_iter().flat_map(|series| series.points).map(|(_, value)| value).collect()
    }

    #[test]
    fn series_are_read() {
        let text = vector(r#"[{"metric":{"a":"b"},"value":[1700000000.123,"3.5"]}]"#);
        let labels = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        let expected = Series { labels, points: vec![(1_700_000_000, 3.5)] };
        assert_eq!(read(text.as_bytes(), 1).unwrap(), [expected]);
        let range = r#"{"status":"success","data":{"resultType":"matrix","result":
            [{"metric":{},"values":[[1,"1"],[2,"2"]]}]},"infos":["PromQL info: odd"]}"#;
        assert_eq!(read(range.as_bytes(), 2).unwrap()[0].points, [(1, 1.0), (2, 2.0)]);
    }

    #[test]
    fn what_is_no_number_of_requests_is_left_out() {
        let of = |value: &str| values(&format!(r#"[{{"metric":{{}},"value":[1,"{value}"]}}]"#));
        for value in ["NaN", "+Inf", "-Inf", "-1", "many"] {
            assert_eq!(of(value), [0.0; 0], "{value}");
        }
        assert_eq!(of("1e3"), [1000.0]);
    }

    #[test]
    fn anything_else_is_said_in_words() {
        let check = |text: &str, word: &str| {
            let error = read(text.as_bytes(), 2).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        };
        check("<!doctype html>", "web page");
        check("", "ends in the middle");
        check(r#"{"status":"success","data":{"resultType":"vec"#, "ends in the middle");
        check(r#"{"hello":"world"}"#, "not one of Prometheus");
        check("[1,2]", "could not be read");
        check(r#"{"status":"error","errorType":"x","error":"no luck"}"#, "no luck");
        check(r#"{"status":"success"}"#, "no data");
        let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#;
        check(scalar, "gives a scalar");
        check(&vector(r#"{"metric":7}"#), "could not be read");
        check(&vector(r#"[{"metric":{},"value":[1]}]"#), "could not be read");
        check(&vector(r"[{},{},{}]"), "too many series (more than 2 samples)");
        let many = r#"[{"metric":{},"values":[[1,"1"],[2,"2"],[3,"3"],"what is not reached"]}]"#;
        check(&vector(many), "too many series (more than 2 samples)");
        check(&vector(r#"[{"metric":{},"values":[[1,"1"],"x"]}]"#), "could not be read");
        let partial = r#"{"status":"success","data":{"resultType":"vector","result":[]},
            "warnings":["PromQL info: odd","a store did not answer"]}"#;
        check(partial, "only in part: a store did not answer");
    }

    #[test]
    fn the_message_of_a_refusal_is_prometheus_own_or_how_it_begins() {
        assert_eq!(message(br#"{"status":"error","error":"bad query"}"#), "bad query");
        assert_eq!(message(b"<html>"), "a web page");
        assert_eq!(message(b" no org id\n"), "no org id");
        assert_eq!(message(b""), "no message");
    }
}
