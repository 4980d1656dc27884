//! The same questions asked of a real Prometheus, with three days of made history: found on `PATH`,
//! or in the folder that `ROUTEBOOK_TEST_PROMETHEUS_DIR` names.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use domain::inventory::{Row, View};
use domain::traffic::{Granularity, Policy, Preset, Verdict};
use domain::{Clock, ClusterName};
use observe::traffic::{Source, Told};
use serde_json::{Value, json};
use store::{Batch, Sighting, Store};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::world::{clock, name};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const DEADLINE: Duration = Duration::from_secs(60);

/// A program of Prometheus, if it can be run.
async fn program(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ROUTEBOOK_TEST_PROMETHEUS_DIR");
    let path = folder.map_or_else(|| PathBuf::from(name), |folder| Path::new(&folder).join(name));
    let mut probe = Command::new(&path);
    probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().await.is_ok_and(|status| status.success()).then_some(path)
}

/// A running Prometheus; it ends with the test.
struct Prometheus {
    url: String,
    _child: Child,
}

impl Prometheus {
    /// Starts one over a history in the OpenMetrics format; `None` if it is not installed.
    async fn start(folder: &Path, history: &str) -> Option<Self> {
        let (Some(server), Some(tool)) = (program("prometheus").await, program("promtool").await)
        else {
            eprintln!(
                "SKIPPED: prometheus and promtool are neither on PATH nor where \
                 ROUTEBOOK_TEST_PROMETHEUS_DIR says; nothing was asked of a real Prometheus"
            );
            return None;
        };
        let (file, data) = (folder.join("history"), folder.join("data"));
        std::fs::write(&file, history).unwrap();
        let mut import = Command::new(tool);
        import.args(["tsdb", "create-blocks-from", "openmetrics"]).arg(&file).arg(&data);
        let output = tokio::time::timeout(DEADLINE, import.kill_on_drop(true).output());
        let output = output.await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let settings = folder.join("prometheus.yml");
        std::fs::write(&settings, "global: {}\n").unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new(server)
            .arg(format!("--config.file={}", settings.display()))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg("--storage.tsdb.retention.time=10y")
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .current_dir(folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let prometheus = Self { url: format!("http://{address}"), _child: child };
        tokio::time::timeout(DEADLINE, prometheus.ready()).await.unwrap();
        Some(prometheus)
    }

    async fn ready(&self) {
        let url = format!("{}/-/ready", self.url);
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Samples of every minute of three days, metric by metric.
struct History {
    now: i64,
    metrics: BTreeMap<&'static str, String>,
}

impl History {
    /// Adds a series. Its value is asked for by the seconds before now; none where it is not there.
    fn add(&mut self, metric: &'static str, labels: &str, value: impl Fn(i64) -> Option<i64>) {
        let text = self.metrics.entry(metric).or_default();
        for ago in (0..=3 * DAY).rev().step_by(MINUTE as usize) {
            if let Some(value) = value(ago) {
                writeln!(text, "{metric}{{{labels}}} {value} {}", self.now - ago).unwrap();
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (metric, samples) in &self.metrics {
            write!(text, "# TYPE {metric} gauge\n{samples}").unwrap();
        }
        text + "# EOF\n"
    }

    fn ingress_nginx(&mut self) {
        let target = "job=\"nginx\",instance=\"10.0.0.1:10254\"";
        self.add("up", target, |_| Some(1));
        let mut add = |labels: &str, value: fn(i64) -> Option<i64>| {
            let labels = format!("{target},{labels}");
            self.add("nginx_ingress_controller_requests", &labels, value);
        };
        let plain = |ingress, status| {
            format!("namespace=\"shop\",ingress=\"{ingress}\",status=\"{status}\"")
        };
        add(&plain("busy", 200), |ago| Some((4 * DAY - ago) / MINUTE * 10));
        add(&plain("rare", 200), |ago| (ago <= 30 * HOUR).then_some(1));
        // Restarted 26 hours ago, and not asked since.
        add(&plain("idle", 200), |ago| match ago {
            ago if ago > 26 * HOUR => Some(100),
            ago if ago > 26 * HOUR - 5 * MINUTE => None,
            _ => Some(0),
        });
        add(&plain("broken", 404), |ago| Some((4 * DAY - ago) / HOUR));
        add(
            "namespace=\"ingress-nginx\",exported_namespace=\"shop\",ingress=\"clash\",status=\"302\"",
            |ago| Some((4 * DAY - ago) / HOUR),
        );
    }

    fn traefik(&mut self) {
        let target = "job=\"traefik\",instance=\"10.0.0.2:9100\"";
        self.add("up", target, |_| Some(1));
        let point = format!("{target},entrypoint=\"websecure\"");
        self.add("traefik_entrypoint_requests_total", &point, |_| Some(1));
        let router = "router=\"websecure-shop-web-web-example-com@kubernetes\"";
        let router = format!("{target},{router},code=\"200\"");
        self.add("traefik_router_requests_total", &router, |ago| Some((4 * DAY - ago) / HOUR));
    }

    fn haproxy(&mut self) {
        let target = "job=\"haproxy\",instance=\"10.0.0.3:8404\"";
        self.add("up", target, |_| Some(1));
        let proxy = format!("{target},proxy=\"shop_svc_proxied_http\"");
        // One session, two hours ago.
        let requests = |ago| Some(if ago > 2 * HOUR { 4 } else { 5 });
        self.add("haproxy_backend_http_requests_total", &proxy, requests);
        let success = format!("{proxy},code=\"2xx\"");
        self.add("haproxy_backend_http_responses_total", &success, requests);
        let since = |ago| (ago <= 2 * HOUR).then_some(2 * HOUR - ago);
        self.add("haproxy_backend_last_session_seconds", &proxy, since);
    }
}

fn manifest(name: &str, class: &str) -> Value {
    json!({
        "metadata": {"namespace": "shop", "name": name, "uid": format!("uid-{name}"),
            "resourceVersion": "1", "creationTimestamp": "2024-01-01T00:00:00Z"},
        "spec": {"ingressClassName": class, "rules": [{"host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]},
    })
}

async fn store(folder: &Path, clock: &Clock) -> Store {
    let store = Store::open(&folder.join("test.db")).await.unwrap();
    let cluster: ClusterName = name();
    store.configure(std::slice::from_ref(&cluster)).await.unwrap();
    let nginx = ["busy", "rare", "idle", "broken", "clash"].map(|name| manifest(name, "nginx"));
    let others = [manifest("web", "traefik"), manifest("proxied", "haproxy")];
    let seen = nginx.iter().chain(&others).map(|value| Sighting::read(&value.to_string()));
    let batch = Batch { seen: seen.collect(), ..Batch::default() };
    store.apply_ingresses(&cluster, &batch, clock.now()).await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_tells_the_same() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, clock) = (TempDir::new().unwrap(), clock());
    let now = clock.now().as_second() / MINUTE * MINUTE;
    let mut history = History { now, metrics: BTreeMap::new() };
    history.ingress_nginx();
    history.traefik();
    history.haproxy();
    let Some(prometheus) = Prometheus::start(folder.path(), &history.text()).await else { return };
    let store = store(folder.path(), &clock).await;
    let url: observe::traffic::Url = prometheus.url.parse().unwrap();
    let presets = [Preset::IngressNginx, Preset::Traefik, Preset::HaproxyTech];
    let sources = presets.map(|preset| Source::new(preset, url.clone()));
    let policy = Policy { look_back_days: 2, ..Policy::default() };
    let name = name();
    let round = || observe::traffic::collect_once(&name, &sources, &store, &clock, &policy);
    let collected = round().await.unwrap();
    for (source, told) in collected.sources {
        assert_eq!(told, Told::Requests, "{source}");
    }
    let failures = observe::traffic::fill_past(&name, &sources, &store, &clock, &policy).await;
    assert_eq!(failures, []);
    round().await.unwrap();
    let page = store.inventory(&View::default(), clock.now()).await.unwrap();
    check(&page.rows.into_iter().map(|row| (row.name.clone(), row)).collect(), now);
}

fn check(rows: &HashMap<String, Row>, now: i64) {
    let verdict = |ingress: &str, expected| {
        let traffic = &rows[ingress].traffic;
        assert_eq!(traffic.verdict, expected, "{ingress}: {traffic:?}");
    };
    verdict("busy", Verdict::Active);
    let yesterday = rows["busy"].days.len() - 2;
    assert_eq!(rows["busy"].days[yesterday], 14_400);
    verdict("rare", Verdict::Active);
    let rare = rows["rare"].traffic.last_success.unwrap().as_second();
    assert!((0..=HOUR).contains(&(rare - (now - 30 * HOUR))), "{:?}", rows["rare"].traffic);
    verdict("idle", Verdict::NeverSeen);
    assert!(rows["idle"].traffic.covered >= Some(99), "{:?}", rows["idle"].traffic);
    verdict("broken", Verdict::OnlyErrors);
    verdict("clash", Verdict::Active);
    verdict("web", Verdict::Active);
    assert_eq!(rows["web"].traffic.granularity, Some(Granularity::Route));
    verdict("proxied", Verdict::Active);
    assert_eq!(rows["proxied"].traffic.granularity, Some(Granularity::Service));
    assert!(rows["proxied"].traffic.tells_success);
    let session = rows["proxied"].traffic.last_any.unwrap().as_second();
    assert!((0..=HOUR).contains(&(session - (now - 2 * HOUR))), "{:?}", rows["proxied"].traffic);
}
