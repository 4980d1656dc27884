//! Ingresses: everything of one object put together.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::class::{self, Asked, Class, Controller};
use super::dice::Dice;
use super::namespace::Place;
use super::profile::Profile;
use super::routes::{self, Trouble};
use super::service::App;
use super::team::{Delivery, Ownership, Team};
use super::tls;
use super::words::PEOPLE;
use super::{addresses, annotations, build, hosts, ingress_annotations, managed_fields};

const REDIRECT: &str = "{\"Type\":\"redirect\",\"RedirectConfig\":{\"Protocol\":\"HTTPS\",\"Port\":\"443\",\"StatusCode\":\"HTTP_301\"}}";

/// The Ingress object `name` of a place; `apps` are the applications that it may lead to, its own
/// first.
pub(super) fn object(
    dice: &mut Dice,
    profile: &Profile,
    place: &Place,
    name: &str,
    apps: &[&App],
    now: Timestamp,
) -> Value {
    let (class, asked) = class::choose(dice, profile, place.team.class);
    let routes = routes::count(dice);
    let hosts = hosts(dice, profile, place, class, name, routes);
    let tls = tls::choose(dice, name, &hosts);
    let mut labels = Map::new();
    let mut notes = Map::new();
    annotations::delivery(dice, place, "Ingress", name, &mut labels, &mut notes);
    owner(dice, &place.team, &mut labels, &mut notes);
    let host = hosts.first().map(String::as_str).filter(|host| !host.is_empty());
    ingress_annotations::add(dice, place, class, tls.secret, host, &mut notes);
    let mut spec = spec(dice, class, &hosts, routes, apps);
    if !tls.entries.is_empty() {
        spec["tls"] = Value::Array(tls.entries);
    }
    match asked {
        Asked::Field(name) => spec["ingressClassName"] = name.into(),
        Asked::Annotation(name) => {
            notes.insert("kubernetes.io/ingress.class".into(), name.into());
        }
        Asked::Default => {}
    }
    if redirects(&spec) {
        notes.insert("alb.ingress.kubernetes.io/actions.ssl-redirect".into(), REDIRECT.into());
    }
    let status = addresses::status(dice, &profile.name, class, name);
    let created = dice.since(place.created, now);
    let metadata = build::object([
        ("name", name.into()),
        ("namespace", place.namespace.as_str().into()),
        ("uid", dice.uid().into()),
        ("creationTimestamp", created.to_string().into()),
        ("generation", dice.tail(1, 3, 40).into()),
    ]);
    let mut object = build::object([
        ("apiVersion", "networking.k8s.io/v1".into()),
        ("kind", "Ingress".into()),
        ("metadata", metadata),
        ("spec", spec),
        ("status", status),
    ]);
    build::set_unless_empty(&mut object, "labels", labels);
    build::set_unless_empty(&mut object, "annotations", notes);
    finish(dice, &mut object, place.team.delivery, class, now);
    object
}

/// Adds what kubectl and the server leave behind.
fn finish(dice: &mut Dice, object: &mut Value, delivery: Delivery, class: Class, now: Timestamp) {
    let created = object["metadata"]["creationTimestamp"].as_str().and_then(|at| at.parse().ok());
    let changed = dice.since(created.unwrap_or(now), now);
    if delivery.leaves_last_applied() {
        managed_fields::add_last_applied(object);
    }
    managed_fields::add(object, delivery, changed);
    if object["status"]["loadBalancer"].get("ingress").is_some() {
        let controller = match class.kind {
            Controller::Nginx => "nginx-ingress-controller",
            Controller::NginxPlus => "nginx-ingress",
            Controller::Traefik => "traefik",
            Controller::Haproxy => "haproxy-ingress-controller",
            Controller::Contour => "contour",
            Controller::Kong => "kong-ingress-controller",
            Controller::Alb => "controller",
            Controller::Gce => "glbc",
        };
        managed_fields::add_status(object, controller, changed);
    }
}

fn hosts(
    dice: &mut Dice,
    profile: &Profile,
    place: &Place,
    class: Class,
    name: &str,
    routes: usize,
) -> Vec<String> {
    let count = match routes {
        1 => 1,
        2..=3 => dice.weighted(&[(6, 1), (4, 2)]),
        _ => dice.between(1, routes.min(8)),
    };
    hosts::choose(dice, profile, place, class, name, count)
}

fn spec(dice: &mut Dice, class: Class, hosts: &[String], routes: usize, apps: &[&App]) -> Value {
    let trouble = routes::trouble(dice);
    if dice.chance(1.5) {
        return build::object([("defaultBackend", routes::backend(dice, apps[0], trouble))]);
    }
    let rules = routes::rules(dice, class.kind, hosts, routes, apps, trouble);
    let mut spec = build::object([("rules", rules)]);
    if dice.chance(2.0) {
        spec["defaultBackend"] = routes::backend(dice, apps[0], Trouble::None);
    }
    let first = &mut spec["rules"][0]["http"]["paths"];
    if class.kind == Controller::Alb && dice.chance(20.0) {
        redirect(first);
    } else if dice.chance(1.0) && trouble == Trouble::None {
        first[0]["backend"] = routes::resource(apps[0]);
    }
    spec
}

/// The AWS controller's way to redirect: a backend that no Service stands behind, whose port is a
/// name that tells the controller to look into an annotation.
fn redirect(paths: &mut Value) {
    let Value::Array(paths) = paths else { return };
    let backend =
        json!({ "service": { "name": "ssl-redirect", "port": { "name": "use-annotation" } } });
    let path = json!({ "path": "/*", "pathType": "ImplementationSpecific", "backend": backend });
    paths.insert(0, path);
}

fn redirects(spec: &Value) -> bool {
    let first = &spec["rules"][0]["http"]["paths"][0]["backend"]["service"];
    first["port"]["name"] == "use-annotation"
}

/// Writes the owner down as the team does, or a person's name where the team has no habit.
fn owner(
    dice: &mut Dice,
    team: &Team,
    labels: &mut Map<String, Value>,
    notes: &mut Map<String, Value>,
) {
    match team.ownership {
        Ownership::IngressAnnotation(key, style) if dice.chance(90.0) => {
            notes.insert(key.into(), style.spell(&team.name).into());
        }
        Ownership::IngressLabel(key) if dice.chance(90.0) => {
            labels.insert(key.into(), team.name.clone().into());
        }
        Ownership::Nowhere if dice.chance(8.0) => {
            notes.insert("owner".into(), format!("{}@marrowby.example", dice.pick(PEOPLE)).into());
        }
        _ => {}
    }
}
