//! Whose the samples are: goes once through the present ingresses of a cluster, and gives each what
//! belongs to it.

use domain::class::controller_label;
use domain::traffic::{Keys, Measures, route_key};
use domain::{ClusterName, Ingress, IngressId};
use jiff::Timestamp;
use store::{PresentIngress, SeenSample, Store};

use super::round::Report;
use super::samples::Found;
use super::source::Source;
use super::{day_of, moment};

/// So many ingresses are in memory at once.
const BATCH: usize = 500;

/// An ingress that is to be judged.
pub(super) struct Case {
    pub(super) id: IngressId,
    /// When it was created or last changed: before that, something else may have measured it.
    pub(super) since: Option<Timestamp>,
    pub(super) watch: Watch,
}

/// How an ingress is observed.
pub(super) enum Watch {
    /// By these sources, by their place. `blind` says why silence proves nothing all the same.
    By {
        /// Their places.
        sources: Vec<usize>,
        /// Why silence proves nothing.
        blind: Option<String>,
    },
    /// By none, for this reason.
    Nothing(String),
}

/// What each source saw of whom, and how every ingress is observed. A source without a report failed
/// in this round.
pub(super) async fn attribute(
    store: &Store,
    cluster: &ClusterName,
    asked: &[(&Source, Option<&Report>)],
) -> Result<(Vec<Vec<SeenSample>>, Vec<Case>), store::Error> {
    let mut seen: Vec<Vec<SeenSample>> = asked.iter().map(|_| Vec::new()).collect();
    let mut cases = Vec::new();
    let mut after = IngressId(0);
    loop {
        let batch = store.present_ingresses(cluster, after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        for PresentIngress { id, ingress, controller, changed_at } in &batch {
            let controller = controller.as_deref();
            let mut claims = Claims::default();
            for (place, (source, report)) in asked.iter().enumerate() {
                let found = claims.hear(place, source, *report, ingress, controller);
                seen[place].extend(found.into_iter().map(|sample| sample.of(*id)));
            }
            let watch = claims.settle(cluster, controller);
            let since = ingress.object.created_at.max(*changed_at);
            cases.push(Case { id: *id, since, watch });
        }
    }
    Ok((seen, cases))
}

/// Which sources say that they measure an ingress.
#[derive(Default)]
struct Claims {
    surely: Vec<usize>,
    last_resort: Vec<usize>,
    perhaps: Vec<usize>,
    uncounted: Option<String>,
    cannot: Option<String>,
}

impl Claims {
    /// Asks a source whether it measures an ingress, and for what it has of it.
    fn hear(
        &mut self,
        place: usize,
        source: &Source,
        report: Option<&Report>,
        ingress: &Ingress,
        controller: Option<&str>,
    ) -> Vec<Sample> {
        let preset = report.map_or(source.preset, |report| report.preset);
        let mut keys = match source.measures(preset, ingress, controller) {
            Measures::Yes(keys, _) => keys,
            Measures::No { reason } => {
                self.cannot.get_or_insert(reason);
                return Vec::new();
            }
            Measures::Elsewhere => return Vec::new(),
        };
        if report.is_some_and(|report| report.samples.hostless) {
            keys.uncounted = None;
        }
        let found = report.map(|report| samples(report, &keys, ingress));
        if source.is_last_resort() {
            self.last_resort.push(place);
        } else if keys.unsure {
            self.perhaps.push(place);
        } else {
            self.surely.push(place);
            self.uncounted = self.uncounted.take().or(keys.uncounted);
        }
        found.unwrap_or_default()
    }

    /// Those that surely measure it; else those that measure the rest; else those that may.
    fn settle(self, cluster: &ClusterName, controller: Option<&str>) -> Watch {
        if !self.surely.is_empty() {
            return Watch::By { sources: self.surely, blind: self.uncounted };
        }
        if !self.last_resort.is_empty() {
            return Watch::By { sources: self.last_resort, blind: None };
        }
        if let Some(reason) = self.cannot {
            return Watch::Nothing(reason);
        }
        if !self.perhaps.is_empty() {
            let blind =
                "no IngressClass says which controller serves it, so silence proves nothing";
            return Watch::By { sources: self.perhaps, blind: Some(blind.into()) };
        }
        let whose = match controller {
            Some(controller) => format!(" for {}", controller_label(controller)),
            None => String::new(),
        };
        Watch::Nothing(format!("no traffic source is configured{whose} in cluster {cluster}"))
    }
}

/// What was seen of an ingress, before it has its number.
struct Sample {
    route: Option<String>,
    last_any: Option<i64>,
    last_success: Option<i64>,
    day: i64,
    requests: u64,
    successes: u64,
}

impl Sample {
    fn of(self, id: IngressId) -> SeenSample {
        SeenSample {
            id,
            route: self.route,
            last_any: self.last_any.map(moment),
            last_success: self.last_success.map(moment),
            day: self.day,
            requests: self.requests,
            successes: self.successes,
        }
    }
}

/// What a report has of an ingress and of its routes.
fn samples(report: &Report, keys: &Keys, ingress: &Ingress) -> Vec<Sample> {
    let created = ingress.object.created_at.map(|at| at.as_second());
    let Some(whole) = report.samples.of_ingress(keys, created) else { return Vec::new() };
    let mut samples = of_days(&whole);
    if keys.routes.is_empty() {
        return samples;
    }
    for (index, route) in ingress.routes.iter().enumerate() {
        if let Some(found) = report.samples.of_route(keys, index, created) {
            samples.push(last(&found, Some(route_key(route))));
        }
    }
    samples
}

/// One for each day; where the last session is all that is known, one without requests.
fn of_days(found: &Found) -> Vec<Sample> {
    if found.days.is_empty() {
        return vec![last(found, None)];
    }
    let of_day = |(day, (requests, successes)): (&i64, &(u64, u64))| Sample {
        day: *day,
        requests: *requests,
        successes: *successes,
        ..last(found, None)
    };
    found.days.iter().map(of_day).collect()
}

/// Only when, not how many: days are kept for whole ingresses.
fn last(found: &Found, route: Option<String>) -> Sample {
    let Found { last_any, last_success, .. } = *found;
    let day = day_of(last_any.unwrap_or_default());
    Sample { route, last_any, last_success, day, requests: 0, successes: 0 }
}
