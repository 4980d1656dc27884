//! PromQL: what is asked of each preset, and how requests are counted.
//!
//! `increase()` alone would be wrong in two ways. It says 0 of a series that appears with 1, so a
//! route used once a month would look dead; and it leaves out what comes between the last sample of
//! one window and the first of the next. So each series is compared with itself: its last value
//! within the window with its last value before it.

use domain::traffic::Preset;

use super::source::{Query, Source, WINDOW};

/// A series that is compared with itself has to have a sample so shortly before the window.
const BEFORE: &str = "1h";
/// When a series was there at one of these distances before the window, in seconds, it comes back
/// after a gap, and is not new: nothing says when its requests came.
const OLDER: [i64; 9] =
    [10_800, 28_800, 86_400, 172_800, 259_200, 432_000, 691_200, 1_296_000, 2_592_000];
/// Metrics that come through an exporter for a cloud are minutes late, and have the time at which
/// the cloud counted: ten minutes is the default of `delay_seconds` in cloudwatch_exporter.
const EXPORTER_LAG: i64 = 1200;
/// What was scraped may still be on its way to where it is asked for.
const LAG: i64 = 60;

/// What is asked of one source.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The preset in use.
    pub(super) preset: Preset,
    by: &'static str,
    any: Count,
    success: Option<Count>,
    age: Option<String>,
    /// Whether success is another metric than the requests, and may be missing.
    pub(super) success_apart: bool,
}

/// How requests are counted.
#[derive(Debug, Clone)]
enum Count {
    /// A counter, by its selector.
    Counter(String),
    /// A gauge with the requests of one period in each sample.
    PerPeriod(String),
    /// The same, whose ingress is in a tag of the load balancer's target group.
    Tagged(String),
    /// A query of the operator's own.
    Own(String),
}

impl Plan {
    /// What is asked of a source by a preset.
    pub(super) fn new(source: &Source, preset: Preset) -> Self {
        if let Some(query) = &source.query {
            return Self::own(query, &source.matchers);
        }
        let with = |metric: &Metric| metric.selector(&source.matchers);
        let Asked { by, any, success, age } = asked(preset);
        let count: fn(String) -> Count = match preset {
            Preset::Alb => Count::Tagged,
            Preset::Gke => Count::PerPeriod,
            _ => Count::Counter,
        };
        Self {
            preset,
            by,
            success_apart: success.as_ref().is_some_and(|success| success.name != any.name),
            any: count(with(&any)),
            success: success.map(|success| count(with(&success))),
            age: age.map(|age| with(&age)),
        }
    }

    fn own(query: &Query, matchers: &str) -> Self {
        let count = |text: &String| match text.contains(WINDOW) {
            true => Count::Own(text.clone()),
            false => Count::Counter(narrowed(text, matchers)),
        };
        Self {
            preset: Preset::Custom,
            by: "namespace, exported_namespace, ingress, exported_ingress, service, exported_service",
            any: count(&query.any),
            success: query.success.as_ref().map(count),
            age: None,
            success_apart: false,
        }
    }

    /// How many seconds before now to ask for.
    pub(super) fn lag(&self) -> i64 {
        if matches!(self.preset, Preset::Alb | Preset::Gke) { EXPORTER_LAG } else { LAG }
    }

    /// The jobs that expose the metric now; `None` if only `up` can tell.
    pub(super) fn jobs(&self) -> Option<String> {
        match &self.any {
            Count::Counter(selector) | Count::PerPeriod(selector) | Count::Tagged(selector) => {
                Some(format!("group by (job) (last_over_time({selector}[{BEFORE}]))"))
            }
            Count::Own(_) => None,
        }
    }

    /// Something, at each moment before which the metric had a sample within an hour; `None` if only
    /// `up` can tell.
    pub(super) fn there(&self) -> Option<String> {
        match &self.any {
            Count::Counter(selector) | Count::PerPeriod(selector) | Count::Tagged(selector) => {
                Some(format!("group(last_over_time({selector}[{BEFORE}]))"))
            }
            Count::Own(_) => None,
        }
    }

    /// Requests of any kind within the window before each moment. `births` says whether somebody
    /// looked before the window: only then is a series new that was not there.
    pub(super) fn any(&self, window: i64, births: bool) -> String {
        self.any.within(self.by, window, births)
    }

    /// Requests that were answered with success.
    pub(super) fn success(&self, window: i64, births: bool) -> Option<String> {
        self.success.as_ref().map(|success| success.within(self.by, window, births))
    }

    /// Whether the preset tells success from errors.
    pub(super) fn tells_success(&self) -> bool {
        self.success.is_some()
    }

    /// Why there is nothing to ask for.
    pub(super) fn silence(&self) -> String {
        let (Count::Counter(text)
        | Count::PerPeriod(text)
        | Count::Tagged(text)
        | Count::Own(text)) = &self.any;
        let metric = text.split('{').next().unwrap_or_default();
        let condition = condition(self.preset).map(|text| format!("; {text}")).unwrap_or_default();
        format!("there was no sample of {metric} within the last hour{condition}")
    }

    /// Something, if the metric of success is there at all.
    pub(super) fn success_exists(&self) -> Option<String> {
        match &self.success {
            Some(Count::Counter(selector)) => {
                Some(format!("group(last_over_time({selector}[{BEFORE}]))"))
            }
            _ => None,
        }
    }

    /// Seconds since the last session, where the controller tells them.
    pub(super) fn age(&self) -> Option<String> {
        self.age.as_ref().map(|selector| format!("min by ({}) ({selector} >= 0)", self.by))
    }

    /// The names of Traefik's entry points, which may stand before the names of its routers.
    pub(super) fn entry_points(&self, matchers: &str) -> Option<String> {
        let routers = matches!(self.preset, Preset::Traefik | Preset::TraefikNginx);
        let metric = Metric { name: "traefik_entrypoint_requests_total", matchers: "" };
        let selector = metric.selector(matchers);
        routers.then(|| format!("group by (entrypoint) (last_over_time({selector}[{BEFORE}]))"))
    }
}

impl Count {
    fn within(&self, by: &str, window: i64, births: bool) -> String {
        match self {
            Self::Counter(selector) => counted(selector, by, window, births),
            Self::PerPeriod(selector) => {
                format!("sum by ({by}) (sum_over_time({selector}[{window}s])) > 0")
            }
            Self::Tagged(selector) => tagged(selector, by, window),
            Self::Own(text) => format!("({}) > 0", text.replace(WINDOW, &format!("{window}s"))),
        }
    }
}

/// The requests that a counter counted within a window: by how much it has grown; or, after a
/// restart, what it counted since; or, if it is new, all that it counts. Of series that no longer
/// grow nothing is left.
fn counted(selector: &str, by: &str, window: i64, births: bool) -> String {
    let now = format!("last_over_time({selector}[{window}s])");
    let before = format!("last_over_time({selector}[{BEFORE}] offset {window}s)");
    let mut terms = vec![
        format!("{now} - {before} > 0"),
        format!("increase({selector}[{window}s]) > 0"),
        format!("{now} < {before}"),
    ];
    if births {
        let older = OLDER.map(|age| format!(" unless {selector} offset {}s", window + age));
        terms.push(format!("({now} unless {before}{})", older.concat()));
    }
    format!("sum by ({by}) ({}) > 0", terms.join(" or "))
}

/// Exporters put the tags of target groups on the samples (YACE), or into `aws_resource_info`
/// (cloudwatch_exporter), which names the group without `targetgroup/` before it.
fn tagged(selector: &str, by: &str, window: i64) -> String {
    let with = |matcher: &str| format!("sum_over_time({}[{window}s])", narrowed(selector, matcher));
    let (tagged, bare) = (with(&format!("{by}!=\"\"")), with(&format!("{by}=\"\"")));
    let info =
        format!("last_over_time(aws_resource_info{{{by}!=\"\",target_group!=\"\"}}[{BEFORE}])");
    let named = format!(
        "label_replace({info}, \"target_group\", \"targetgroup/$1\", \"target_group\", \
         \"(?:targetgroup/)?(.*)\")"
    );
    let tags = format!("group by (target_group, {by}) ({named})");
    format!("sum by ({by}) ({tagged} or {bare} * on (target_group) group_left ({by}) {tags}) > 0")
}

/// A metric and what its samples must have.
struct Metric {
    name: &'static str,
    matchers: &'static str,
}

impl Metric {
    fn selector(&self, more: &str) -> String {
        narrowed(&format!("{}{{{}}}", self.name, self.matchers), more)
    }
}

/// Adds matchers to a selector.
fn narrowed(selector: &str, matchers: &str) -> String {
    let (selector, matchers) = (selector.trim(), matchers.trim().trim_matches(','));
    let Some(open) = selector.strip_suffix('}') else {
        return format!("{selector}{{{matchers}}}");
    };
    let open = open.trim_end().trim_end_matches(',');
    let comma = if matchers.is_empty() || open.ends_with('{') { "" } else { "," };
    format!("{open}{comma}{matchers}}}")
}

/// The targets of some jobs, on average: 1 while all can be reached.
pub(super) fn up(jobs: &[String], matchers: &str) -> String {
    let jobs: Vec<String> = jobs.iter().map(|job| literally(job)).collect();
    let selector = narrowed(&format!("up{{job=~\"{}\"}}", jobs.join("|")), matchers);
    format!("avg({selector})")
}

/// A text as a regular expression for itself, within a PromQL string.
fn literally(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\\\\\"),
            '\n' => escaped.push_str("\\n"),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                escaped.push_str("\\\\");
                escaped.push(c);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// What a preset asks for.
struct Asked {
    by: &'static str,
    any: Metric,
    success: Option<Metric>,
    age: Option<Metric>,
}

/// The names and labels of metrics, as they are in the controllers' sources; `docs/traffic.md` has
/// them as a table.
fn asked(preset: Preset) -> Asked {
    let metric = |name, matchers| Metric { name, matchers };
    let plain = |by, name, any, success: Option<&'static str>| Asked {
        by,
        any: metric(name, any),
        success: success.map(|success| metric(name, success)),
        age: None,
    };
    match preset {
        // With `--report-status-classes` the status is `2xx`.
        Preset::IngressNginx | Preset::Custom => plain(
            "namespace, exported_namespace, ingress, exported_ingress, host, path",
            "nginx_ingress_controller_requests",
            "",
            Some("status=~\"[23]..\""),
        ),
        Preset::NginxPlus => Asked {
            by: "resource_namespace, resource_name",
            any: metric("nginx_ingress_nginxplus_server_zone_requests", INGRESS),
            success: Some(metric(
                "nginx_ingress_nginxplus_server_zone_responses",
                "resource_type=\"ingress\",code=~\"2xx|3xx\"",
            )),
            age: None,
        },
        Preset::NginxOpenSource => plain(
            "resource_namespace, resource_name",
            "nginx_ingress_controller_upstream_server_response_latency_ms_count",
            INGRESS,
            None,
        ),
        Preset::Traefik => plain(
            "router",
            "traefik_router_requests_total",
            "router=~\".*@kubernetes\"",
            Some("router=~\".*@kubernetes\",code=~\"[23]..\""),
        ),
        Preset::TraefikNginx => plain(
            "router",
            "traefik_router_requests_total",
            "router=~\".*@kubernetesingressnginx\"",
            Some("router=~\".*@kubernetesingressnginx\",code=~\"[23]..\""),
        ),
        Preset::TraefikService => plain(
            "service, exported_service",
            "traefik_service_requests_total",
            "",
            Some("code=~\"[23]..\""),
        ),
        Preset::HaproxyIngress | Preset::HaproxyTech => Asked {
            by: "proxy",
            any: metric("haproxy_backend_http_requests_total", ""),
            success: Some(metric("haproxy_backend_http_responses_total", "code=~\"2xx|3xx\"")),
            age: Some(metric("haproxy_backend_last_session_seconds", "")),
        },
        Preset::Contour => Asked {
            by: "envoy_cluster_name",
            any: metric("envoy_cluster_upstream_rq_total", ""),
            success: Some(metric(
                "envoy_cluster_upstream_rq_xx",
                "envoy_response_code_class=~\"2|3\"",
            )),
            age: None,
        },
        Preset::Istio => plain(
            "destination_service_namespace, destination_service_name",
            "istio_requests_total",
            "reporter=\"source\",source_workload=~\".*ingressgateway.*\"",
            Some(
                "reporter=\"source\",source_workload=~\".*ingressgateway.*\",\
                 response_code=~\"[23]..\"",
            ),
        ),
        Preset::Kong => plain("route", "kong_http_requests_total", "", Some("code=~\"[23]..\"")),
        Preset::OpenShift => plain(
            "namespace, exported_namespace, route, service, exported_service",
            "haproxy_server_http_responses_total",
            "route!=\"\"",
            Some("route!=\"\",code=~\"2xx|3xx\""),
        ),
        Preset::Alb => {
            plain("tag_ingress_k8s_aws_resource", "aws_applicationelb_request_count_sum", "", None)
        }
        Preset::Gke => plain(
            "url_map_name",
            "stackdriver_https_lb_rule_loadbalancing_googleapis_com_https_request_count",
            "",
            Some("response_code=~\"[23]..\""),
        ),
    }
}

const INGRESS: &str = "resource_type=\"ingress\"";

/// What the operator may have to switch on for the metric to be there.
fn condition(preset: Preset) -> Option<&'static str> {
    match preset {
        Preset::NginxOpenSource => Some("it needs -enable-latency-metrics"),
        Preset::Traefik | Preset::TraefikService | Preset::TraefikNginx => {
            Some("it needs --metrics.prometheus.addRoutersLabels=true, or addServicesLabels")
        }
        Preset::Kong => Some("it needs status_code_metrics in Kong's prometheus plugin"),
        Preset::Alb => Some("it needs the tag ingress.k8s.aws/resource of the target groups"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::traffic::Granularity;

    use super::*;

    fn plan(preset: Preset, matchers: &str) -> Plan {
        let url = super::super::Url::parse("http://p").unwrap();
        let source = Source { matchers: matchers.into(), ..Source::new(preset, url) };
        Plan::new(&source, preset)
    }

    #[test]
    fn matchers_are_added_to_any_selector() {
        let check =
            |selector, matchers, expected| assert_eq!(narrowed(selector, matchers), expected);
        check("a{}", "", "a{}");
        check("a", "b=\"c\"", "a{b=\"c\"}");
        check("a{}", " b=\"c\", ", "a{b=\"c\"}");
        check("a{x=\"y\"}", "b=\"c\"", "a{x=\"y\",b=\"c\"}");
        check("a{x=\"y\", }", "b=\"c\"", "a{x=\"y\",b=\"c\"}");
        check("a{x=\"y\"}", "", "a{x=\"y\"}");
    }

    #[test]
    fn names_of_jobs_are_taken_literally() {
        let jobs = ["ingress-nginx/a.b".to_owned(), "x\"\\".to_owned()];
        let expected = r#"avg(up{job=~"ingress-nginx/a\\.b|x\"\\\\",cluster="c"})"#;
        assert_eq!(up(&jobs, "cluster=\"c\""), expected);
    }

    #[test]
    fn a_series_counts_as_new_only_if_somebody_looked_before() {
        let plan = plan(Preset::IngressNginx, "cluster=\"c\"");
        let with = plan.any(300, true);
        assert!(with.contains("unless nginx_ingress_controller_requests{cluster=\"c\"} offset"));
        assert!(!plan.any(300, false).contains("unless"));
        let success = plan.success(300, false).unwrap();
        assert!(success.contains("{status=~\"[23]..\",cluster=\"c\"}[300s]"), "{success}");
    }

    #[test]
    fn every_preset_has_a_question() {
        for preset in Preset::ALL {
            let plan = plan(preset, "");
            assert!(plan.any(300, true).ends_with("> 0"), "{preset:?}");
            assert!(plan.jobs().is_some() && plan.there().is_some(), "{preset:?}");
        }
        assert!(plan(Preset::Traefik, "").entry_points("").is_some());
        assert!(plan(Preset::HaproxyTech, "").success_apart);
        assert!(!plan(Preset::Kong, "").success_apart);
    }

    #[test]
    fn a_query_of_ones_own_is_a_selector_or_has_a_window() {
        let of = |any: &str| {
            let query = Query { any: any.into(), success: None, granularity: Granularity::Ingress };
            Plan::own(&query, "a=\"b\"").any(60, false)
        };
        assert!(of("requests_total").contains("increase(requests_total{a=\"b\"}[60s])"));
        let whole = of("sum by (namespace, ingress) (increase(x[$window]))");
        assert_eq!(whole, "(sum by (namespace, ingress) (increase(x[60s]))) > 0");
    }
}
