//! The series of a Prometheus server, found by the name of their metric.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use jiff::Timestamp;
use promql_parser::label::{Matcher, Matchers};

use super::evaluate::Outcome;
use super::failure::Failure;
use super::labels::{Labels, NAME};
use super::query;
use super::sample::Sample;
use super::series::{Content, Series};
use super::shape::Shape;

/// Series in memory; clones share them.
#[derive(Clone, Default)]
pub struct Store(Arc<RwLock<Index>>);

#[derive(Default)]
struct Index {
    metrics: BTreeMap<String, Vec<Arc<Series>>>,
    /// The place of each series among those of its metric.
    places: HashMap<Labels, usize>,
}

impl Store {
    /// A store without series.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one sample. Another one of the same time is replaced; a computed series takes none.
    pub fn push(&self, labels: &Labels, at: Timestamp, value: f64) {
        self.record(labels, Sample { at: at.as_millisecond(), value });
    }

    /// Records samples.
    pub fn series(&self, labels: &Labels, samples: impl IntoIterator<Item = (Timestamp, f64)>) {
        for (at, value) in samples {
            self.push(labels, at, value);
        }
    }

    /// Records that a series ended: its target or the series itself was missing from a scrape.
    pub fn end(&self, labels: &Labels, at: Timestamp) {
        self.record(labels, Sample::stale(at.as_millisecond()));
    }

    /// Adds a computed series; the first one of a label set counts.
    pub fn shape(&self, labels: &Labels, shape: Shape) {
        self.write(|index| {
            index.add(labels, Content::Computed(shape));
        });
    }

    /// Whether there is a series of these labels.
    pub fn contains(&self, labels: &Labels) -> bool {
        self.read().places.contains_key(labels)
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.read().places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The answer to an instant query, without HTTP: a vector's labels and values, or a scalar
    /// with no labels.
    pub fn ask(&self, query: &str, at: Timestamp) -> Result<Vec<(Labels, f64)>, Failure> {
        let reply = query::instant(self, query, at.as_millisecond())?;
        match reply.outcome {
            Outcome::Scalar(sample) => Ok(vec![(Labels::default(), sample.value)]),
            Outcome::Vector(points) => {
                Ok(points.into_iter().map(|point| (point.labels, point.value)).collect())
            }
            Outcome::Text(..) | Outcome::Matrix(_) => {
                Err(Failure::BadData("only a vector or a scalar has one value each".to_owned()))
            }
        }
    }

    /// The series that match, those of a metric together.
    pub(super) fn matching(&self, name: Option<&str>, matchers: &Matchers) -> Vec<Arc<Series>> {
        let index = self.read();
        let of_metric = |series: &[Arc<Series>]| -> Vec<Arc<Series>> {
            series.iter().filter(|series| matches(&series.labels, matchers)).cloned().collect()
        };
        match name.or_else(|| name_in(matchers)) {
            Some(name) => index.metrics.get(name).map(|all| of_metric(all)).unwrap_or_default(),
            None => index.metrics.values().flat_map(|all| of_metric(all)).collect(),
        }
    }

    fn record(&self, labels: &Labels, sample: Sample) {
        self.write(|index| {
            let series = index.add(labels, Content::Recorded(Vec::new()));
            if let Content::Recorded(samples) = &mut Arc::make_mut(series).content {
                let place = samples.partition_point(|known| known.at < sample.at);
                match samples.get_mut(place) {
                    Some(known) if known.at == sample.at => *known = sample,
                    _ => samples.insert(place, sample),
                }
            }
        });
    }

    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, change: impl FnOnce(&mut Index)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Index {
    /// The series of these labels, made with `content` if there is none.
    fn add(&mut self, labels: &Labels, content: Content) -> &mut Arc<Series> {
        let all = self.metrics.entry(labels.name().to_owned()).or_default();
        let place = *self.places.entry(labels.clone()).or_insert(all.len());
        if place == all.len() {
            all.push(Arc::new(Series { labels: labels.clone(), content }));
        }
        &mut all[place]
    }
}

/// The name that a selector without one asks for by a matcher.
fn name_in(matchers: &Matchers) -> Option<&str> {
    let equal = |matcher: &&Matcher| {
        matcher.name == NAME && matches!(matcher.op, promql_parser::label::MatchOp::Equal)
    };
    matchers.matchers.iter().find(equal).map(|matcher| matcher.value.as_str())
}

/// A label that is not there has an empty value.
fn matches(labels: &Labels, matchers: &Matchers) -> bool {
    matchers.matchers.iter().all(|matcher| matcher.is_match(labels.get(&matcher.name)))
}
