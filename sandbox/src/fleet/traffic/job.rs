//! The pods of one controller as Prometheus scrapes them, with all that happened to them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::course::Course;
use super::exporter::Exporter;
use super::{HISTORY_DAYS, days_before, exported};
use crate::prometheus::{Labels, Measure, Shape, Store, Target};

/// One scraped pod.
pub(super) struct Pod {
    pub(super) name: String,
    instance: String,
    target: Arc<Target>,
    /// Its share of the requests.
    share: f64,
}

/// A controller's pods.
pub(super) struct Job {
    pub(super) exporter: Exporter,
    pub(super) class: String,
    /// Since when it is scraped.
    pub(super) since: Timestamp,
    name: String,
    cluster: String,
    pods: Vec<Pod>,
}

impl Job {
    pub(super) fn new(
        exporter: Exporter,
        class: &str,
        cluster: &str,
        seed: u64,
        now: Timestamp,
    ) -> Self {
        // Kong's plugin for metrics was switched on late: too late for ninety days.
        let days = if exporter == Exporter::Kong { 60 } else { HISTORY_DAYS };
        let since = days_before(now, days);
        let name = exporter.job(class);
        let pods = pods(exporter, &name, since, seed, now);
        Self { exporter, class: class.to_owned(), since, name, cluster: cluster.to_owned(), pods }
    }

    /// Whether the labels of the target take those of the metrics (`honor_labels: false`).
    fn clashes(&self) -> bool {
        self.cluster == "prod-us"
    }

    /// Adds whether each pod could be reached.
    pub(super) fn add_up(&self, store: &Store) {
        for pod in &self.pods {
            store.shape(&self.labels(pod, "up", &[]), Shape::up(&pod.target));
        }
    }

    /// Adds a series of each pod that tells of a share of some traffic, since a moment.
    pub(super) fn add(
        &self,
        store: &Store,
        (metric, measure): (&str, Measure),
        labels: &[(&str, &str)],
        (course, share): (&Course, f64),
        since: Timestamp,
    ) {
        for pod in &self.pods {
            let labels = self.labels(pod, metric, labels);
            let profile = course.profile.share(share * pod.share).seeded(course.seed);
            let shape = Shape::new(&pod.target, measure, profile).since(since);
            let shape = match course.stopped {
                Some(at) => shape.stopped(at),
                None => shape,
            };
            store.shape(&labels, shape);
        }
    }

    /// Adds a gauge of each pod that never changes.
    pub(super) fn add_constant(
        &self,
        store: &Store,
        metric: &str,
        labels: &[(&str, &str)],
        value: f64,
        since: Timestamp,
    ) {
        for pod in &self.pods {
            let shape = Shape::constant(&pod.target, value).since(since);
            store.shape(&self.labels(pod, metric, labels), shape);
        }
    }

    /// The labels of a series: its own, those of its pod, and those of its target.
    fn labels(&self, pod: &Pod, metric: &str, own: &[(&str, &str)]) -> Labels {
        let service = format!("{}-metrics", self.name);
        let mut target =
            vec![("job", &*self.name), ("instance", &*pod.instance), ("cluster", &*self.cluster)];
        if self.clashes() {
            target.extend([("namespace", NAMESPACE), ("service", &*service), ("pod", &*pod.name)]);
        }
        let taken: HashSet<&str> = target.iter().map(|(name, _)| *name).collect();
        let controller = format!("k8s.io/ingress-{}", self.class);
        let pod_labels = match metric {
            "nginx_ingress_controller_requests" => vec![
                ("controller_class", &*controller),
                ("controller_namespace", NAMESPACE),
                ("controller_pod", &*pod.name),
            ],
            _ => Vec::new(),
        };
        let own: Vec<(String, &str)> = own
            .iter()
            .chain(&pod_labels)
            .map(|(name, value)| (exported(name, &taken), *value))
            .collect();
        let own = own.iter().map(|(name, value)| (&**name, *value));
        Labels::of(metric, &own.chain(target.iter().copied()).collect::<Vec<_>>())
    }
}

/// The namespace of all controllers.
pub(super) const NAMESPACE: &str = "platform-ingress";

/// The pods of a controller since a moment: two at a time, of which one was replaced a month ago.
/// What asks CloudWatch is one pod.
fn pods(exporter: Exporter, job: &str, since: Timestamp, seed: u64, now: Timestamp) -> Vec<Pod> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut pod = |target: Target, share: f64| {
        let (node, tail) = (random.u8(1..250), random.u32(0x10000..0xfffff));
        let instance = format!("10.64.{node}.{}:{}", random.u8(2..250), exporter.port());
        Pod { name: format!("{job}-7d9f8c6b5-{tail:05x}"), instance, target: target.into(), share }
    };
    let whole = |slot: u64| target(exporter, since, seed.wrapping_add(slot), now);
    if exporter == Exporter::Alb {
        return vec![pod(whole(0), 1.0)];
    }
    let replaced = days_before(now, 33);
    let started = replaced.checked_add(SignedDuration::from_secs(40)).unwrap_or(replaced);
    let outage = days_before(now, 12);
    let back = outage.checked_add(SignedDuration::from_mins(40)).unwrap_or(outage);
    vec![
        pod(whole(0).until(replaced), 0.55),
        pod(target(exporter, started, seed.wrapping_add(1), now), 0.55),
        pod(whole(2).down(outage, back), 0.45),
    ]
}

/// A target that restarts every few days, and was not looked at for some hours when Prometheus was
/// moved.
fn target(exporter: Exporter, since: Timestamp, seed: u64, now: Timestamp) -> Target {
    let mut random = fastrand::Rng::with_seed(seed);
    let moved = days_before(now, 52);
    let done = moved.checked_add(SignedDuration::from_hours(6)).unwrap_or(moved);
    let every = if exporter == Exporter::Alb { 300 } else { 60 };
    let mut target = Target::new(since, Duration::from_secs(every)).unseen(moved, done);
    let mut at = since;
    loop {
        let pause = SignedDuration::from_secs(random.i64(4 * 86_400..21 * 86_400));
        at = at.checked_add(pause).unwrap_or(now);
        if at >= now {
            return target;
        }
        target = target.restarted(at);
    }
}
