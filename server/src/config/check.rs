//! Turns what was written into what is meant, or says why not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::ClusterName;
use observe::Access;
use tracing::level_filters::LevelFilter;
use url::Url;

use super::closest::closest;
use super::given::{self, Placed};
use super::{Config, Error, Given, Log, LogFormat, Place};

const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

const LEVELS: [(&str, LevelFilter); 5] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

/// Checks everything that can be checked without touching the network or the disk.
pub fn check(given: Given, file: Option<PathBuf>, home: Option<&Path>) -> Result<Config, Error> {
    let clusters = given.clusters.unwrap_or_default();
    refuse_duplicates(&clusters)?;
    let in_order = clusters.into_iter().map(|given| cluster(given, home));
    Ok(Config {
        file,
        external_url: or(given.external_url, "http://localhost:8080", external_url)?,
        listen: or(given.listen, "127.0.0.1:8080", |text, place| listen("listen", text, place))?,
        metrics_listen: or(given.metrics_listen, "127.0.0.1:9464", |text, place| {
            listen("metricsListen", text, place)
        })?,
        database: or(given.database, "data/routebook.db", |text, place| {
            path("database", text, place, home)
        })?,
        clusters: in_order.collect::<Result<_, _>>()?,
        log: Log {
            format: or(given.log_format, "text", |text, place| {
                word("log.format", &FORMATS, text, place)
            })?,
            level: or(given.log_level, "info", |text, place| {
                word("log.level", &LEVELS, text, place)
            })?,
        },
    })
}

/// The log levels and their names.
pub fn level_name(level: LevelFilter) -> &'static str {
    LEVELS.iter().find(|(_, each)| *each == level).map_or("info", |(name, _)| name)
}

/// The log formats and their names.
pub fn format_name(format: LogFormat) -> &'static str {
    FORMATS.iter().find(|(_, each)| *each == format).map_or("text", |(name, _)| name)
}

fn or<T>(
    given: Option<Placed<String>>,
    default: &str,
    read: impl Fn(&str, Option<&Place>) -> Result<T, Error>,
) -> Result<T, Error> {
    match given {
        Some(given) => read(&given.value, Some(&given.place)),
        None => read(default, None),
    }
}

fn external_url(text: &str, place: Option<&Place>) -> Result<Url, Error> {
    let refuse = |why: &str| {
        Error::new(place, format!("`externalUrl` {why}, not {text:?}"))
            .hint("example: https://routebook.example.com")
    };
    let url = Url::parse(text).map_err(|_| refuse("must be an http or https address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("must be an http or https address"));
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must be a scheme, a host and perhaps a port"));
    }
    Ok(url)
}

fn listen(key: &str, text: &str, place: Option<&Place>) -> Result<SocketAddr, Error> {
    let spelled = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let address: SocketAddr = spelled.parse().map_err(|_| {
        Error::new(place, format!("`{key}` must be an address and a port, not {text:?}"))
            .hint("examples: 127.0.0.1:8080, [::1]:8080")
    })?;
    if !address.ip().is_loopback() {
        return Err(Error::new(
            place,
            format!("`{key}` is {text}, which other machines can reach, but Routebook has no sign-in yet"),
        )
        .hint(beyond_loopback(key, address)));
    }
    Ok(address)
}

fn beyond_loopback(key: &str, address: SocketAddr) -> String {
    let port = address.port();
    let way = match key {
        "listen" => {
            "and put a reverse proxy that signs people in on the same host, or use `kubectl port-forward` or `ssh -L`"
        }
        _ => "and let a collector on the same host read it",
    };
    format!("listen on 127.0.0.1:{port} {way}")
}

fn path(
    key: &str,
    text: &str,
    place: Option<&Place>,
    home: Option<&Path>,
) -> Result<PathBuf, Error> {
    if text.is_empty() {
        return Err(Error::new(place, format!("`{key}` is empty; name a file or leave it out")));
    }
    let rest = match text.strip_prefix('~') {
        Some("") => "",
        Some(rest) if rest.starts_with('/') => &rest[1..],
        _ => return Ok(PathBuf::from(text)),
    };
    let home = home.ok_or_else(|| {
        Error::new(
            place,
            format!("`{key}` begins with ~, but HOME is not set; write the full path"),
        )
    })?;
    Ok(home.join(rest))
}

fn word<T: Copy>(
    key: &str,
    words: &[(&str, T)],
    text: &str,
    place: Option<&Place>,
) -> Result<T, Error> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let meant = closest(text, allowed.iter().copied());
    let meant = meant.map(|word| format!("; did you mean {word}?")).unwrap_or_default();
    let allowed = allowed.join(", ");
    Err(Error::new(place, format!("`{key}` must be one of {allowed}, not {text:?}{meant}")))
}

fn cluster(given: given::Cluster, home: Option<&Path>) -> Result<observe::Cluster, Error> {
    let place = Some(&given.name.place);
    let name: ClusterName =
        given.name.value.parse().map_err(|error| Error::new(place, format!("{error}")))?;
    let in_cluster = given.in_cluster.filter(|given| given.value);
    let both = |other: &str, placed: &Placed<String>| {
        Error::new(
            Some(&placed.place),
            format!("cluster {name} has both `inCluster` and `{other}`; keep one"),
        )
    };
    let access = match (in_cluster, given.kubeconfig, given.context) {
        (Some(_), Some(kubeconfig), _) => return Err(both("kubeconfig", &kubeconfig)),
        (Some(_), _, Some(context)) => return Err(both("context", &context)),
        (Some(_), None, None) => Access::InCluster,
        (None, kubeconfig, context) => Access::Kubeconfig {
            file: kubeconfig
                .map(|file| path("kubeconfig", &file.value, Some(&file.place), home))
                .transpose()?,
            context: context.map(not_empty).transpose()?,
        },
    };
    Ok(observe::Cluster { name, access })
}

fn not_empty(context: Placed<String>) -> Result<String, Error> {
    if context.value.is_empty() {
        let message = "`context` is empty; leave it out for the file's current context";
        return Err(Error::new(Some(&context.place), message));
    }
    Ok(context.value)
}

fn refuse_duplicates(clusters: &[given::Cluster]) -> Result<(), Error> {
    let mut seen = BTreeMap::new();
    for given::Cluster { name, .. } in clusters {
        if let Some(first) = seen.insert(&name.value, &name.place) {
            let message = format!("two clusters are named {:?}", name.value);
            return Err(Error::new(Some(&name.place), message)
                .hint(format!("the first is at {first}; give each cluster its own name")));
        }
    }
    Ok(())
}
