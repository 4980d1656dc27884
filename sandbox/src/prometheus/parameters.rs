//! The parameters of a request, from its address and from its form.

use std::collections::HashMap;

use jiff::Timestamp;
use promql_parser::util::parse_duration;
use url::form_urlencoded;

use super::failure::Failure;
use super::query::Steps;

/// Prometheus refuses to answer more steps than this.
const MOST_STEPS: i64 = 11_000;

/// Parameters by name, in the order in which they were given; a form comes before the address.
pub(super) struct Parameters(HashMap<String, Vec<String>>);

impl Parameters {
    pub fn parse(form: &[u8], query: &str) -> Self {
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        let pairs = form_urlencoded::parse(form).chain(form_urlencoded::parse(query.as_bytes()));
        for (name, value) in pairs {
            all.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(all)
    }

    /// The first value; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).first().map(String::as_str).unwrap_or_default()
    }

    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A time in milliseconds; `default` if it is missing.
    pub fn time_or(&self, name: &str, default: i64) -> Result<i64, Failure> {
        if self.get(name).is_empty() { Ok(default) } else { self.time(name) }
    }

    /// A time as seconds since 1970, or as RFC 3339 writes it.
    pub fn time(&self, name: &str) -> Result<i64, Failure> {
        let text = self.get(name);
        seconds(text).or_else(|| Some(text.parse::<Timestamp>().ok()?.as_millisecond())).ok_or_else(
            || {
                let why = format!("cannot parse \"{text}\" to a valid timestamp");
                Failure::parameter(name, why)
            },
        )
    }

    /// The moments of a range query.
    pub fn steps(&self) -> Result<Steps, Failure> {
        let (start, end) = (self.time("start")?, self.time("end")?);
        if end < start {
            let why = "end timestamp must not be before start time";
            return Err(Failure::parameter("end", why));
        }
        let every = self.step()?;
        if (end - start) / every > MOST_STEPS {
            let why = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing \
                       the query resolution (?step=XX)";
            return Err(Failure::BadData(why.to_owned()));
        }
        Ok(Steps { start, end, every })
    }

    /// A duration as seconds, or as `1h30m`.
    fn step(&self) -> Result<i64, Failure> {
        let text = self.get("step");
        let parsed = || i64::try_from(parse_duration(text).ok()?.as_millis()).ok();
        // Seconds are tried first: the parser of durations does not stand negative ones.
        let number = text.parse::<f64>().is_ok();
        let step = if number { seconds(text) } else { parsed() };
        match step {
            Some(step) if step > 0 => Ok(step),
            Some(_) => Err(Failure::parameter(
                "step",
                "zero or negative query resolution step widths are not accepted. Try a positive \
                 integer",
            )),
            None => {
                let why = format!("cannot parse \"{text}\" to a valid duration");
                Err(Failure::parameter("step", why))
            }
        }
    }
}

/// Seconds as milliseconds, if they can be a time.
fn seconds(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok()?;
    // Prometheus accepts more; nothing is gained by times that jiff cannot hold.
    (seconds.abs() < 253_402_300_800.0).then(|| (seconds * 1000.0).round() as i64)
}
