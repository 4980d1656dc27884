//! Generation: teams, their places, and as many Ingresses as the plan asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::dice::Dice;
use super::issuing::Issuing;
use super::namespace::{self, Place};
use super::profile::Profile;
use super::service::{self, App};
use super::team;
use super::words::{COMPONENTS, VARIANTS};
use super::{acquired, class, endpoints, ingress, oddities};
use crate::tls_endpoint::What;

/// What to generate.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many Ingresses in all, oddities included.
    pub ingresses: usize,
    /// The same seed gives the same fleet.
    pub seed: u64,
    /// The moment from which ages are counted back.
    pub now: Timestamp,
    /// Which cluster of the company.
    pub cluster: Profile,
}

/// Everything in one generated cluster, by kind.
#[derive(Debug, Clone, Default)]
pub struct Fleet {
    /// `v1` Namespaces, those of the system first.
    pub namespaces: Vec<Value>,
    /// `networking.k8s.io/v1` IngressClasses.
    pub classes: Vec<Value>,
    /// `v1` Services.
    pub services: Vec<Value>,
    /// `discovery.k8s.io/v1` EndpointSlices.
    pub endpoint_slices: Vec<Value>,
    /// `networking.k8s.io/v1` Ingresses.
    pub ingresses: Vec<Value>,
    /// `cert-manager.io/v1` Certificates.
    pub certificates: Vec<Value>,
    /// `v1` Secrets; none in a fleet of more than
    /// [`MOST_WITH_SECRETS`](super::MOST_WITH_SECRETS) Ingresses.
    pub secrets: Vec<Value>,
    /// What the hosts do when they are asked for a certificate. All others serve the one that
    /// their controller made up.
    pub served: BTreeMap<String, What>,
}

impl Fleet {
    /// All objects in an order in which they could have been created.
    pub fn into_objects(self) -> Vec<Value> {
        let Self { namespaces, classes, services, endpoint_slices, ingresses, .. } = self;
        let before = [namespaces, classes, services, endpoint_slices, ingresses];
        let after = [self.certificates, self.secrets];
        before.into_iter().chain(after).flatten().collect()
    }

    /// Sorts objects by kind; those of other kinds are left out.
    pub fn of(objects: impl IntoIterator<Item = Value>) -> Self {
        let mut fleet = Self::default();
        for object in objects {
            let herd = match object["kind"].as_str() {
                Some("Namespace") => &mut fleet.namespaces,
                Some("IngressClass") => &mut fleet.classes,
                Some("Service") => &mut fleet.services,
                Some("EndpointSlice") => &mut fleet.endpoint_slices,
                Some("Ingress") => &mut fleet.ingresses,
                Some("Certificate") => &mut fleet.certificates,
                Some("Secret") => &mut fleet.secrets,
                _ => continue,
            };
            herd.push(object);
        }
        fleet
    }

    /// Adds the objects of another part of the same cluster.
    pub fn absorb(&mut self, part: Self) {
        self.namespaces.extend(part.namespaces);
        self.classes.extend(part.classes);
        self.services.extend(part.services);
        self.endpoint_slices.extend(part.endpoint_slices);
        self.ingresses.extend(part.ingresses);
        self.certificates.extend(part.certificates);
        self.secrets.extend(part.secrets);
        for (host, what) in part.served {
            self.served.entry(host).or_insert(what);
        }
    }

    /// Says what a host does; of several that bring the same host the first counts.
    pub(super) fn serve(&mut self, host: &str, what: &What) {
        self.served.entry(host.to_owned()).or_insert_with(|| what.clone());
    }
}

/// Generates one cluster.
pub fn generate(plan: &Plan) -> Fleet {
    let mut fleet = Fleet::default();
    parts(plan).for_each(|part| fleet.absorb(part));
    fleet
}

/// Generates one cluster part by part, a namespace in each but the first, so that a large one
/// never has to be in memory as JSON values at once. The parts together are what [`generate`]
/// gives.
pub fn parts(plan: &Plan) -> impl Iterator<Item = Fleet> + use<> {
    let plan = plan.clone();
    let mut dice = Dice::new(plan.seed);
    let mut first = Fleet {
        namespaces: namespace::system(&mut dice, plan.now),
        classes: class::objects(&mut dice, &plan.cluster, plan.now),
        ..Fleet::default()
    };
    let mut issuing = Issuing::new(&plan);
    oddities::add(&mut dice, &plan, &mut first);
    acquired::add(&plan, &mut issuing, &mut first);
    let places = places(&mut dice, &plan);
    let left = plan.ingresses.saturating_sub(first.ingresses.len());
    let shares = shares(&mut dice, places.len(), left);
    let rest = places.into_iter().zip(shares).map(move |(place, count)| {
        let mut part = Fleet::default();
        part.namespaces.push(namespace::object(&mut dice, &place));
        fill(&mut dice, &plan, &place, count, &mut part);
        issuing.add_all(&mut part);
        part
    });
    std::iter::once(first).chain(rest)
}

/// The places of all teams, taken in turns, so that a small fleet sees many teams.
fn places(dice: &mut Dice, plan: &Plan) -> Vec<Place> {
    let teams = team::teams(dice, &plan.cluster, plan.ingresses);
    let typical = (plan.ingresses / teams.len() / 5).clamp(4, 30);
    let mut each: Vec<_> = teams
        .into_iter()
        .map(Arc::new)
        .map(|team| namespace::places(dice, &plan.cluster, &team, typical, plan.now).into_iter())
        .collect();
    let mut places = Vec::new();
    loop {
        let before = places.len();
        places.extend(each.iter_mut().filter_map(Iterator::next));
        if places.len() == before {
            return places;
        }
    }
}

/// Shares `total` Ingresses among `places`: a few have many, some have none.
fn shares(dice: &mut Dice, places: usize, total: usize) -> Vec<usize> {
    let typical = (total / places.max(1)).max(1);
    let mut shares = vec![0; places];
    let mut left = total;
    while left > 0 {
        for share in &mut shares {
            let more = dice.tail(0, typical, 12 * typical).min(left);
            *share += more;
            left -= more;
        }
    }
    shares
}

/// Fills a namespace with applications and the Ingresses in front of them.
fn fill(dice: &mut Dice, plan: &Plan, place: &Place, count: usize, fleet: &mut Fleet) {
    let names: Vec<String> = (0..count).map(|number| app_name(place, number)).collect();
    // About every sixth Ingress is a second one of an application that has one already.
    let doubled = count / 6;
    let apps: Vec<App> =
        names[..count - doubled].iter().map(|name| service::app(dice, name.clone())).collect();
    for app in &apps {
        let service = service::object(dice, place, app, plan.now);
        fleet.endpoint_slices.extend(endpoints::object(dice, place, app, &service));
        fleet.services.push(service);
    }
    for number in 0..count {
        let own = &apps[number % apps.len()];
        let name = match number / apps.len() {
            0 => own.name.clone(),
            round => variant(&own.name, number, round),
        };
        let mut other = || &apps[dice.between(0, apps.len() - 1)];
        let reach = [own, other(), other()];
        let object = ingress::object(dice, &plan.cluster, place, &name, &reach, plan.now);
        fleet.ingresses.push(object);
    }
}

fn app_name(place: &Place, number: usize) -> String {
    let component = COMPONENTS[number % COMPONENTS.len()];
    match number / COMPONENTS.len() {
        0 => format!("{}-{component}", place.product),
        round => format!("{}-{component}-{round}", place.product),
    }
}

fn variant(app: &str, number: usize, round: usize) -> String {
    let variant = VARIANTS[number % VARIANTS.len()];
    match round {
        1 => format!("{app}-{variant}"),
        _ => format!("{app}-{variant}-{round}"),
    }
}
