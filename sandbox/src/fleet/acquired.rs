//! Three firms that Marrowby bought, whose clusters were moved into the first one as they were. Each
//! firm had habits of its own, and nobody has put anything in order since: so that every sort of
//! owner, of manager and of certificate can be met here. Their namespaces are the first in the order
//! of names, and with it on the first page of a list.

mod cases;
mod firm;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::dice::{Dice, before};
use super::generate::{Fleet, Plan};
use super::issuing::Issuing;
use super::named::Named;
use super::namespace::{self, Place};
use super::service::{self, App};
use super::team::{Delivery, Ownership, Team};
use super::{annotations, build, class, endpoints, managed_fields, secret};
use cases::{Case, Tls};
pub use firm::SECRET_NAMESPACES;
use firm::{FIRMS, Firm};

/// Smaller fleets have no room for them.
const SMALLEST_FLEET: usize = 100;
const DAY: i64 = 24 * 3600;

/// Adds the firms with their namespaces, where the profile asks for oddities.
pub(super) fn add(plan: &Plan, issuing: &mut Issuing, fleet: &mut Fleet) {
    if !plan.cluster.oddities || plan.ingresses < SMALLEST_FLEET {
        return;
    }
    // Chances of its own: what is here changes nothing elsewhere.
    let mut dice = Dice::new(plan.seed ^ 0x6163_7171);
    for firm in FIRMS {
        let moved = before(plan.now, firm.days * DAY);
        let place = place(plan, firm, "all", Delivery::Kubectl, moved);
        fleet.namespaces.push(namespace::object(&mut dice, &place));
        let (uid, moved) = (dice.uid(), moved.to_string());
        fleet.secrets.push(secret::opaque(&place.namespace, "staff-htpasswd", &uid, &moved));
    }
    for case in cases::all() {
        add_case(&mut dice, plan, &case, issuing, fleet);
    }
}

fn add_case(dice: &mut Dice, plan: &Plan, case: &Case, issuing: &mut Issuing, fleet: &mut Fleet) {
    let created = dice.since(before(plan.now, case.firm.days * DAY), plan.now);
    let place = place(plan, case.firm, case.name, case.delivery, created);
    let app = App { name: case.name.into(), kind: service::Kind::Pods, ports: service::PLAIN };
    let mut service = service::object(dice, &place, &app, plan.now);
    for (key, value) in case.service {
        service["metadata"]["labels"][*key] = (*value).into();
    }
    fleet.endpoint_slices.extend(endpoints::object(dice, &place, &app, &service));
    fleet.services.push(service);
    let ingress = ingress(dice, plan, case, &place);
    if let Tls::Secret { fate, .. } = case.tls {
        for named in Named::all(std::slice::from_ref(&ingress)) {
            issuing.add(&named, fate, fleet);
        }
    }
    if let Some(what) = &case.endpoint {
        fleet.served.insert(case.host(), what.clone());
    }
    fleet.ingresses.push(ingress);
}

/// A firm's namespace, in which something was delivered in some way.
fn place(
    plan: &Plan,
    firm: &Firm,
    product: &'static str,
    delivery: Delivery,
    created: Timestamp,
) -> Place {
    let ownership = firm.namespace_label.map_or(Ownership::Nowhere, Ownership::NamespaceLabel);
    let team = Team {
        name: firm.area.team.into(),
        area: firm.area,
        delivery,
        ownership,
        class: class::named(&plan.cluster, "nginx"),
        cert_manager: false,
        external_dns: false,
    };
    let namespace = firm.namespace.to_owned();
    Place { team: Arc::new(team), namespace, product, environment: "", created }
}

fn ingress(dice: &mut Dice, plan: &Plan, case: &Case, place: &Place) -> Value {
    let (mut labels, mut notes) = marks(case);
    annotations::delivery(dice, place, "Ingress", case.name, &mut labels, &mut notes);
    let metadata = build::object([
        ("name", case.name.into()),
        ("namespace", place.namespace.as_str().into()),
        ("uid", dice.uid().into()),
        ("creationTimestamp", place.created.to_string().into()),
        ("generation", 2.into()),
    ]);
    let mut object = build::object([
        ("apiVersion", "networking.k8s.io/v1".into()),
        ("kind", "Ingress".into()),
        ("metadata", metadata),
        ("spec", spec(case)),
        ("status", status(case)),
    ]);
    build::set_unless_empty(&mut object, "labels", labels);
    build::set_unless_empty(&mut object, "annotations", notes);
    if case.delivery.leaves_last_applied() {
        managed_fields::add_last_applied(&mut object);
    }
    let changed = dice.since(place.created, plan.now);
    managed_fields::add(&mut object, case.delivery, changed);
    if case.reached {
        managed_fields::add_status(&mut object, controller(case), changed);
    }
    object
}

/// The field manager that writes the address.
fn controller(case: &Case) -> &'static str {
    match case.class {
        "alb" => "controller",
        "haproxy" => "haproxy-ingress-controller",
        "traefik" => "traefik",
        _ => "nginx-ingress-controller",
    }
}

/// What the firm wrote on the Ingress itself.
fn marks(case: &Case) -> (Map<String, Value>, Map<String, Value>) {
    let map = |pairs: &[(&str, String)]| -> Map<String, Value> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.as_str().into())).collect()
    };
    let mut notes = map(&case.notes);
    match case.tls {
        Tls::Secret { asked: true, .. } => {
            notes.insert("cert-manager.io/cluster-issuer".into(), "letsencrypt-prod".into());
        }
        Tls::Upstream => {
            let arn = "arn:aws:acm:eu-west-1:000000000000:certificate/\
                       00000000-0000-4000-8000-000000000002";
            notes.insert("alb.ingress.kubernetes.io/certificate-arn".into(), arn.into());
        }
        _ => {}
    }
    (map(&case.labels), notes)
}

fn spec(case: &Case) -> Value {
    let backend = json!({ "service": { "name": case.name, "port": { "number": 80 } } });
    let path = json!({ "path": case.path, "pathType": "Prefix", "backend": backend });
    let rule = json!({ "host": case.host(), "http": { "paths": [path] } });
    let mut spec = json!({ "ingressClassName": case.class, "rules": [rule] });
    match &case.tls {
        Tls::None | Tls::Upstream => {}
        Tls::NoSecret => spec["tls"] = json!([{ "hosts": [case.host()] }]),
        Tls::Secret { name, .. } => {
            let name = name.map_or_else(|| format!("{}-tls", case.name), str::to_owned);
            spec["tls"] = json!([{ "hosts": [case.host()], "secretName": name }]);
        }
    }
    spec
}

/// Where the name of an Ingress leads elsewhere still, no controller has given it an address.
fn status(case: &Case) -> Value {
    let address = match case.class {
        "alb" => json!({ "hostname": "k8s-acquired-5c2f1d9e70.elb.eu-west-1.example.com" }),
        "haproxy" => json!({ "ip": "203.0.113.51" }),
        "traefik" => json!({ "ip": "203.0.113.41" }),
        _ => json!({ "ip": "203.0.113.10" }),
    };
    if case.reached {
        json!({ "loadBalancer": { "ingress": [address] } })
    } else {
        json!({ "loadBalancer": {} })
    }
}
