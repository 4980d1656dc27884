//! Services: the backends of routes, most of them plain, some of the kinds that make a registry
//! think twice.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::annotations;
use super::build;
use super::dice::Dice;
use super::managed_fields;
use super::namespace::Place;
use super::team::{Delivery, Ownership};

/// One application and the Service in front of it.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) ports: &'static [Port],
}

/// What stands behind a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Pods with a cluster address in front.
    Pods,
    /// Pods without a cluster address.
    Headless,
    /// A name outside the cluster; there are no endpoints.
    External,
    /// Endpoints written by hand: there is no selector.
    Manual,
    /// Pods, none of which is ready.
    NoneReady,
    /// A selector that matches nothing.
    NoEndpoints,
}

/// A port of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) name: &'static str,
    pub(super) number: u16,
    pub(super) target: u16,
}

const HTTP: Port = Port { name: "http", number: 80, target: 8080 };
const HTTPS: Port = Port { name: "https", number: 443, target: 8443 };
const WEB: Port = Port { name: "web", number: 8080, target: 8080 };
const NODE: Port = Port { name: "http", number: 3000, target: 3000 };
const METRICS: Port = Port { name: "metrics", number: 9090, target: 9090 };
const GRPC: Port = Port { name: "grpc", number: 9000, target: 9000 };
const UNNAMED: Port = Port { name: "", number: 80, target: 8000 };

/// The ports of an application that has but one.
pub(super) const PLAIN: &[Port] = &[HTTP];

const PORTS: &[(u32, &[Port])] = &[
    (38, PLAIN),
    (14, &[UNNAMED]),
    (14, &[HTTP, METRICS]),
    (12, &[WEB]),
    (8, &[NODE]),
    (6, &[HTTP, HTTPS]),
    (5, &[HTTP, GRPC, METRICS]),
    (3, &[HTTPS]),
];

const KINDS: &[(u32, Kind)] = &[
    (920, Kind::Pods),
    (25, Kind::Headless),
    (15, Kind::External),
    (12, Kind::Manual),
    (12, Kind::NoneReady),
    (8, Kind::NoEndpoints),
];

/// An application of the given name.
pub(super) fn app(dice: &mut Dice, name: String) -> App {
    App { name, kind: dice.weighted(KINDS), ports: dice.weighted(PORTS) }
}

/// The Service object of an application.
pub(super) fn object(dice: &mut Dice, place: &Place, app: &App, now: Timestamp) -> Value {
    let created = dice.since(place.created, now);
    let (labels, notes) = marks(dice, place, app);
    let metadata = build::object([
        ("name", app.name.as_str().into()),
        ("namespace", place.namespace.as_str().into()),
        ("uid", dice.uid().into()),
        ("creationTimestamp", created.to_string().into()),
    ]);
    let mut object = build::object([
        ("apiVersion", "v1".into()),
        ("kind", "Service".into()),
        ("metadata", metadata),
        ("spec", spec(dice, place, app)),
        ("status", json!({ "loadBalancer": {} })),
    ]);
    build::set_unless_empty(&mut object, "labels", labels);
    build::set_unless_empty(&mut object, "annotations", notes);
    managed_fields::add(&mut object, place.team.delivery, created);
    object
}

fn marks(dice: &mut Dice, place: &Place, app: &App) -> (Map<String, Value>, Map<String, Value>) {
    let team = &place.team;
    let mut labels = Map::new();
    let mut notes = Map::new();
    labels.insert("app".into(), app.name.clone().into());
    annotations::delivery(dice, place, "Service", &app.name, &mut labels, &mut notes);
    match team.ownership {
        Ownership::ServiceLabel(key) => {
            labels.insert(key.into(), team.name.clone().into());
        }
        Ownership::ServiceAnnotation(key, style) => {
            notes.insert(key.into(), style.spell(&team.name).into());
        }
        _ => {}
    }
    if app.ports.iter().any(|port| port.name == "metrics") && team.delivery != Delivery::Helm {
        notes.insert("prometheus.io/scrape".into(), "true".into());
        notes.insert("prometheus.io/port".into(), "9090".into());
    }
    (labels, notes)
}

fn spec(dice: &mut Dice, place: &Place, app: &App) -> Value {
    if app.kind == Kind::External {
        let name = format!("{}.hosted.example.com", app.name);
        return json!({
            "type": "ExternalName", "externalName": name, "sessionAffinity": "None",
            "ports": ports(app),
        });
    }
    let address = match app.kind {
        Kind::Headless => "None".to_owned(),
        _ => format!("172.20.{}.{}", dice.between(0, 255), dice.between(1, 254)),
    };
    let mut spec = json!({
        "type": "ClusterIP",
        "clusterIP": address,
        "clusterIPs": [address],
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "sessionAffinity": "None",
        "ports": ports(app),
    });
    if app.kind != Kind::Manual {
        spec["selector"] = json!({ "app": app.name, "part-of": place.product });
    }
    spec
}

fn ports(app: &App) -> Value {
    let ports = app.ports.iter().map(|port| {
        let mut value = build::object([
            ("port", port.number.into()),
            ("targetPort", port.target.into()),
            ("protocol", "TCP".into()),
        ]);
        if !port.name.is_empty() {
            value["name"] = port.name.into();
        }
        value
    });
    Value::Array(ports.collect())
}
