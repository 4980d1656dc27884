//! Namespaces: those that every cluster has, and those of the teams.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::build::set_unless_empty;
use super::dice::{Dice, before};
use super::profile::Profile;
use super::team::{Delivery, Ownership, Team};
use super::words::COST_CENTRES;

/// Where a team runs one product in one environment.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) team: Arc<Team>,
    pub(super) namespace: String,
    pub(super) product: &'static str,
    pub(super) environment: &'static str,
    pub(super) created: Timestamp,
}

const SYSTEM: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];
const PARTS: &[&str] = &["", "-batch", "-internal", "-partners", "-mobile", "-legacy", "-v2"];

/// The places of one team: three to forty.
pub(super) fn places(
    dice: &mut Dice,
    profile: &Profile,
    team: &Arc<Team>,
    typical: usize,
    now: Timestamp,
) -> Vec<Place> {
    let products = team.area.products;
    let ways = products.len() * PARTS.len() * profile.environments.len();
    let count = dice.tail(3, typical, 40).min(ways);
    (0..count)
        .map(|number| {
            let environment = profile.environments[number % profile.environments.len()];
            let number = number / profile.environments.len();
            let product = products[number % products.len()];
            let part = PARTS[number / products.len()];
            let dash = if environment.is_empty() { "" } else { "-" };
            let namespace = format!("{}-{product}{part}{dash}{environment}", team.name);
            let team = Arc::clone(team);
            Place { team, namespace, product, environment, created: dice.past(now) }
        })
        .collect()
}

/// The namespaces that a cluster has from its first minute.
pub(super) fn system(dice: &mut Dice, now: Timestamp) -> Vec<Value> {
    let created = before(now, 6 * 365 * 24 * 3600 + 86_400);
    SYSTEM.iter().map(|name| build(dice, name, created, Map::new(), Map::new())).collect()
}

/// The Namespace object of a place.
pub(super) fn object(dice: &mut Dice, place: &Place) -> Value {
    let mut labels = Map::new();
    let mut annotations = Map::new();
    let team = &place.team;
    labels.insert("pod-security.kubernetes.io/enforce".into(), "baseline".into());
    if !place.environment.is_empty() {
        labels.insert("environment".into(), place.environment.into());
    }
    if dice.chance(50.0) {
        labels.insert("department".into(), team.area.department.into());
        labels.insert("cost-centre".into(), (dice.pick(COST_CENTRES)).into());
    }
    match team.ownership {
        Ownership::NamespaceLabel(key) => {
            labels.insert(key.into(), team.name.clone().into());
        }
        Ownership::NamespaceAnnotation(key, style) => {
            annotations.insert(key.into(), style.spell(&team.name).into());
        }
        _ => {}
    }
    delivery_marks(team.delivery, &place.namespace, &mut labels, &mut annotations);
    build(dice, &place.namespace, place.created, labels, annotations)
}

fn delivery_marks(
    delivery: Delivery,
    namespace: &str,
    labels: &mut Map<String, Value>,
    annotations: &mut Map<String, Value>,
) {
    match delivery {
        Delivery::ArgoCd => {
            let id = format!("namespaces:/Namespace:{namespace}/{namespace}");
            annotations.insert("argocd.argoproj.io/tracking-id".into(), id.into());
        }
        Delivery::Flux => {
            labels.insert("kustomize.toolkit.fluxcd.io/name".into(), "namespaces".into());
            labels.insert("kustomize.toolkit.fluxcd.io/namespace".into(), "flux-system".into());
        }
        _ => {}
    }
}

/// A Namespace object with what a server adds to it.
pub(super) fn build(
    dice: &mut Dice,
    name: &str,
    created: Timestamp,
    mut labels: Map<String, Value>,
    annotations: Map<String, Value>,
) -> Value {
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "uid": dice.uid(),
            "creationTimestamp": created.to_string(),
        },
        "spec": { "finalizers": ["kubernetes"] },
        "status": { "phase": "Active" },
    });
    set_unless_empty(&mut object, "labels", labels);
    set_unless_empty(&mut object, "annotations", annotations);
    object
}
