//! What the controllers of a generated cluster would have told Prometheus: months of requests to
//! each Ingress, in rhythms, with restarts, an outage, a gap, and names of labels that clash. The
//! same cluster and seed always give the same series, and they are computed when somebody asks.

mod course;
mod exporter;
mod job;
mod manifest;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::generate::Fleet;
use crate::prometheus::Store;
use crate::tls_endpoint::What;
pub use course::Usage;
use course::{Course, Turns};
use exporter::Exporter;
use job::Job;
use manifest::Manifest;

/// How many days of history there are.
const HISTORY_DAYS: i64 = 200;

/// Makes the series of one cluster, part by part.
pub struct Replay {
    store: Store,
    cluster: String,
    seed: u64,
    now: Timestamp,
    /// Controllers by the name of their class.
    controllers: HashMap<String, String>,
    default: Option<String>,
    jobs: HashMap<String, Job>,
    turns: Turns,
    /// The Services that have their series: several Ingresses may lead to one.
    services: HashSet<String>,
    usages: BTreeMap<(String, String), Usage>,
}

impl Replay {
    /// Series of this cluster go to a store, with its name in the label `cluster`.
    pub fn new(store: &Store, cluster: &str, seed: u64, now: Timestamp) -> Self {
        Self {
            store: store.clone(),
            cluster: cluster.to_owned(),
            seed,
            now,
            controllers: HashMap::new(),
            default: None,
            jobs: HashMap::new(),
            turns: Turns::default(),
            services: HashSet::new(),
            usages: BTreeMap::new(),
        }
    }

    /// Adds the series of a part of the cluster. The IngressClasses come with the first part.
    pub fn add(&mut self, part: &Fleet) {
        part.classes.iter().for_each(|class| self.add_class(class));
        for ingress in &part.ingresses {
            self.add_ingress(ingress, &part.served);
        }
    }

    /// What the metrics show of each Ingress, by namespace and name. It is not there for those that
    /// nothing counts, or that are counted by Service only.
    pub fn usages(&self) -> &BTreeMap<(String, String), Usage> {
        &self.usages
    }

    fn add_class(&mut self, class: &Value) {
        let text = |pointer| class.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (name, controller) = (text("/metadata/name"), text("/spec/controller"));
        self.controllers.insert(name.to_owned(), controller.to_owned());
        let default = text("/metadata/annotations/ingressclass.kubernetes.io~1is-default-class");
        if default == "true" {
            self.default = Some(name.to_owned());
        }
        if let Some(exporter) = Exporter::of(controller, &self.cluster) {
            let seed = seed_of(self.seed, &[&self.cluster, name]);
            let job = Job::new(exporter, name, &self.cluster, seed, self.now);
            job.add_up(&self.store);
            self.jobs.insert(name.to_owned(), job);
        }
    }

    fn add_ingress(&mut self, ingress: &Value, served: &BTreeMap<String, What>) {
        let manifest = Manifest::read(ingress, self.now);
        let Some(class) = manifest.class.or(self.default.as_deref()) else { return };
        let Some(job) = self.jobs.remove(class) else { return };
        let class = class.to_owned();
        match job.exporter.by_service() {
            true => self.add_services(&job, &manifest),
            false => self.add_routes(&job, &manifest),
        }
        if job.exporter == Exporter::IngressNginx {
            exporter::certificates(&self.store, &job, &manifest, served);
        }
        self.jobs.insert(class, job);
    }

    fn add_routes(&mut self, job: &Job, manifest: &Manifest<'_>) {
        if !job.exporter.counts(manifest) {
            return;
        }
        let course = self.draw(job, manifest, manifest.name);
        exporter::routes(&self.store, job, manifest, &course);
        let key = (manifest.namespace.to_owned(), manifest.name.to_owned());
        self.usages.insert(key, course.usage);
    }

    fn add_services(&mut self, job: &Job, manifest: &Manifest<'_>) {
        for route in &manifest.routes {
            let key = format!("{}/{}:{}", manifest.namespace, route.service, route.port);
            if self.services.insert(key) {
                let course = self.draw(job, manifest, route.service);
                exporter::service(&self.store, job, manifest, route, &course);
            }
        }
    }

    /// Courses are dealt in turns, so that each of them is among any fifty.
    fn draw(&mut self, job: &Job, manifest: &Manifest<'_>, name: &str) -> Course {
        let seed = seed_of(self.seed, &[&self.cluster, manifest.namespace, name]);
        let observed = manifest.created.max(job.since);
        Course::new(&mut self.turns, observed, seed, self.now)
    }
}

/// A seed for one thing of several.
fn seed_of(seed: u64, names: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, names).hash(&mut hasher);
    hasher.finish() | 1
}

/// So many days before a moment.
fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

/// Labels that a scraped pod may share with its target, and what Prometheus then calls them.
fn exported(name: &str, taken: &HashSet<&str>) -> String {
    if taken.contains(name) { format!("exported_{name}") } else { name.to_owned() }
}
