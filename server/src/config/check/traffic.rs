//! Where a cluster's traffic is learnt from.

use std::path::Path;

use domain::traffic::{Granularity, Preset};
use observe::traffic::{Prometheus, Query, Source as Traffic};
use url::Url;

use super::super::closest::closest;
use super::super::given::Source;
use super::super::keys::{PrometheusKeys, QueryKeys, SourceKeys, Text};
use super::Error;
use super::value::{maybe_path, maybe_text, text, texts, url, word};

/// What the samples of one's own query may be about; a route has no label of its own.
const GRANULARITIES: [(&str, Granularity); 2] =
    [("ingress", Granularity::Ingress), ("service", Granularity::Service)];

/// The sources of one cluster. What was learnt is kept under their names.
pub fn sources(
    given: Vec<SourceKeys>,
    source: &Source,
    home: Option<&Path>,
) -> Result<Vec<Traffic>, Error> {
    let mut sources: Vec<Traffic> = Vec::new();
    for keys in given {
        let preset = keys.preset.clone();
        let one = one(keys, source, home)?;
        if sources.iter().any(|other| other.name() == one.name()) {
            let message = format!("two sources of the cluster are \"{}\"", one.name());
            let way = "leave one out, or narrow both with `matchers`";
            return Err(source.refuse(&preset, message).hint(way));
        }
        sources.push(one);
    }
    Ok(sources)
}

fn one(keys: SourceKeys, source: &Source, home: Option<&Path>) -> Result<Traffic, Error> {
    let preset = preset(&keys.preset, source)?;
    let url = url("prometheus.url", &keys.prometheus.url, source)?;
    let query = keys.query.as_ref().map(|query| own(&query.value, source)).transpose()?;
    let controllers = keys.controllers.as_deref().unwrap_or_default();
    let made = Traffic {
        matchers: maybe_text("matchers", keys.matchers.as_ref(), source)?.unwrap_or_default(),
        up: maybe_text("up", keys.up.as_ref(), source)?,
        query,
        controllers: texts("controllers", controllers, source)?,
        ..Traffic::new(preset, url.clone())
    };
    made.check().map_err(|message| refused(&message, &keys, source))?;
    let prometheus = prometheus(url, keys.prometheus, source, home)?;
    Ok(Traffic { prometheus, ..made })
}

/// The source's own complaint, at the key that it is about.
fn refused(message: &str, keys: &SourceKeys, source: &Source) -> Error {
    let query = keys.query.as_ref();
    if message.starts_with("`url`") {
        return source.refuse(&keys.prometheus.url, message);
    }
    if let Some(matchers) = keys.matchers.as_ref().filter(|_| message.starts_with("`matchers`")) {
        return source.refuse(matchers, message);
    }
    match query {
        Some(query) => source.refuse(query, message),
        None => source.refuse(&keys.preset, message),
    }
}

fn preset(given: &Text, source: &Source) -> Result<Preset, Error> {
    Preset::parse(&given.value).ok_or_else(|| {
        let known = Preset::ALL.map(Preset::as_str);
        let meant = closest(&given.value, known);
        let meant = meant.map(|word| format!("; did you mean {word}?")).unwrap_or_default();
        let message = format!("there is no preset {:?}{meant}", given.value);
        source.refuse(given, message).hint(format!("presets: {}", known.join(", ")))
    })
}

fn prometheus(
    url: Url,
    keys: PrometheusKeys,
    source: &Source,
    home: Option<&Path>,
) -> Result<Prometheus, Error> {
    let tenant = maybe_text("tenant", keys.tenant.as_ref(), source)?;
    // It is sent as a header, which can hold no more than this (RFC 9110, section 5.5).
    let sendable = |tenant: &String| tenant.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if let (Some(given), Some(false)) = (&keys.tenant, tenant.as_ref().map(sendable)) {
        let message = "`tenant` is sent as a header; it may hold printable ASCII characters only";
        return Err(source.refuse(given, message));
    }
    Ok(Prometheus {
        url,
        tenant,
        bearer_token_file: maybe_path("bearerTokenFile", keys.bearer_token_file, source, home)?,
        ca_file: maybe_path("caFile", keys.ca_file, source, home)?,
    })
}

fn own(keys: &QueryKeys, source: &Source) -> Result<Query, Error> {
    let granularity = match &keys.granularity {
        None => Granularity::Ingress,
        Some(given) => {
            let place = source.place(given);
            word("query.granularity", &GRANULARITIES, &given.value, Some(&place))?
        }
    };
    Ok(Query {
        any: text("query.any", &keys.any, source)?,
        success: maybe_text("query.success", keys.success.as_ref(), source)?,
        granularity,
    })
}
