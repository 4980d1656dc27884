//! A configured source: where it is, whose ingresses it measures, and how it is asked.

use std::path::PathBuf;
use std::time::Duration;

use domain::Ingress;
use domain::traffic::{Granularity, Measures, Preset, measures};
pub use url::Url;

/// The place that stands for the window in a query of one's own.
pub(super) const WINDOW: &str = "$window";

/// A place to learn traffic from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Which controller's metrics to look for.
    pub preset: Preset,
    /// Where they are.
    pub prometheus: Prometheus,
    /// Label matchers, as between the braces of a selector, that narrow the controller's metrics and
    /// its `up` down to this cluster; empty if nothing needs to be told apart.
    pub matchers: String,
    /// A query whose value is 1 while the controller is watched; `None` for the `up` of the jobs
    /// that expose its metrics.
    pub up: Option<String>,
    /// The query of [`Preset::Custom`].
    pub query: Option<Query>,
    /// `spec.controller` of the IngressClasses that [`Preset::Custom`] measures; empty for all that
    /// no other source measures.
    pub controllers: Vec<String>,
    /// Whether it is asked when the certificates expire that the controller has loaded, if its
    /// metrics say so.
    pub certificates: bool,
    /// How much may come, and how long it may take.
    pub limits: Limits,
}

/// A Prometheus-compatible API.
#[derive(Debug, Clone)]
pub struct Prometheus {
    /// Its address, up to what stands before `/api/v1`.
    pub url: Url,
    /// A file with a bearer token; it is read again for each round.
    pub bearer_token_file: Option<PathBuf>,
    /// The tenant, for the header `X-Scope-OrgID`.
    pub tenant: Option<String>,
    /// A file with the authorities to trust, instead of the system's.
    pub ca_file: Option<PathBuf>,
}

impl Prometheus {
    /// An address that everybody may ask.
    pub fn at(url: Url) -> Self {
        Self { url, bearer_token_file: None, tenant: None, ca_file: None }
    }
}

/// A query of the operator's own.
///
/// Each text is either the selector of a counter of requests, or a whole query with `$window` in it,
/// whose values are the requests within that window. The samples have the labels `namespace`, and
/// `ingress` or `service`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Requests of any kind.
    pub any: String,
    /// Requests answered with success, if that can be told.
    pub success: Option<String>,
    /// By which label: [`Granularity::Ingress`], or [`Granularity::Service`].
    pub granularity: Granularity,
}

/// How much may come, and how long it may take. Tests shorten them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// An answer must have arrived whole by then.
    pub deadline: Duration,
    /// The bytes of an answer.
    pub bytes: usize,
    /// The samples of an answer.
    pub samples: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(30), bytes: 64 << 20, samples: 500_000 }
    }
}

impl Source {
    /// A source that needs nothing but a preset and an address.
    pub fn new(preset: Preset, url: Url) -> Self {
        Self {
            preset,
            prometheus: Prometheus::at(url),
            matchers: String::new(),
            up: None,
            query: None,
            controllers: Vec::new(),
            certificates: true,
            limits: Limits::default(),
        }
    }

    /// What it is called on pages, in logs and in the store, where its history is kept under it:
    /// `ingress-nginx at prometheus.example`.
    pub fn name(&self) -> String {
        let url = &self.prometheus.url;
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        let matchers = match self.matchers.trim() {
            "" => String::new(),
            matchers => format!(" ({matchers})"),
        };
        format!("{} at {host}{port}{path}{matchers}", self.preset.as_str())
    }

    /// What is wrong with it, as far as can be told without asking.
    pub fn check(&self) -> Result<(), String> {
        let url = &self.prometheus.url;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("`url` must be an http or https address".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("`url` must not hold credentials; use `bearerTokenFile`".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("`url` must end before `?`; use `bearerTokenFile` for credentials".into());
        }
        if self.matchers.contains(['{', '}']) {
            return Err("`matchers` stand without braces, such as cluster=\"prod\"".into());
        }
        match (&self.query, self.preset) {
            (None, Preset::Custom) => Err("the preset `custom` needs `query`".into()),
            (Some(_), preset) if preset != Preset::Custom => {
                Err("`query` is for the preset `custom` only".into())
            }
            (Some(query), _) if query.any.contains(WINDOW) && self.up.is_none() => {
                Err("a query with $window needs `up`: nothing else tells whether somebody looks"
                    .into())
            }
            _ => Ok(()),
        }
    }

    /// Whether it measures an ingress. `preset` is the one in use, which may be another one of the
    /// same controller.
    pub(super) fn measures(
        &self,
        preset: Preset,
        ingress: &Ingress,
        controller: Option<&str>,
    ) -> Measures {
        let named = || controller.is_some_and(|one| self.controllers.iter().any(|own| own == one));
        if !self.controllers.is_empty() && !named() {
            return Measures::Elsewhere;
        }
        match measures(preset, ingress, controller) {
            Measures::Yes(keys, own) => Measures::Yes(keys, self.granularity(own)),
            other => other,
        }
    }

    /// Whether it measures only what no other source does.
    pub(super) fn is_last_resort(&self) -> bool {
        self.preset == Preset::Custom && self.controllers.is_empty()
    }

    pub(super) fn granularity(&self, of_preset: Granularity) -> Granularity {
        self.query.as_ref().map_or(of_preset, |query| query.granularity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(preset: Preset, url: &str) -> Source {
        Source::new(preset, Url::parse(url).unwrap())
    }

    #[test]
    fn a_source_is_called_by_what_it_is_and_where() {
        let name = |url| source(Preset::Kong, url).name();
        assert_eq!(name("https://prometheus.example/"), "kong at prometheus.example");
        assert_eq!(name("http://p:9090/prom/"), "kong at p:9090/prom");
        let mut narrow = source(Preset::Kong, "http://p:9090");
        narrow.matchers = "cluster=\"prod\"".into();
        assert_eq!(narrow.name(), "kong at p:9090 (cluster=\"prod\")");
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let refused = |source: &Source, word: &str| {
            let error = source.check().unwrap_err();
            assert!(error.contains(word), "{error}");
        };
        let good = source(Preset::Kong, "http://p:9090");
        assert_eq!(good.check(), Ok(()));
        refused(&source(Preset::Kong, "ftp://p"), "http");
        refused(&source(Preset::Kong, "http://u:p@p"), "bearerTokenFile");
        refused(&source(Preset::Kong, "http://p/?token=x"), "before `?`");
        refused(&source(Preset::Kong, "http://p/#x"), "before `?`");
        refused(&source(Preset::Custom, "http://p"), "needs `query`");
        refused(&Source { matchers: "{a=\"b\"}".into(), ..good.clone() }, "braces");
        let query =
            |any: &str| Query { any: any.into(), success: None, granularity: Granularity::Ingress };
        refused(&Source { query: Some(query("requests_total")), ..good }, "`custom` only");
        let mut own = source(Preset::Custom, "http://p");
        own.query = Some(query("requests_total"));
        assert_eq!(own.check(), Ok(()));
        own.query = Some(query("sum by (namespace, ingress) (increase(x[$window]))"));
        refused(&own, "needs `up`");
        own.up = Some("up{job=\"x\"}".into());
        assert_eq!(own.check(), Ok(()));
    }
}
