//! The rules of an Ingress: which path of which host goes to which port of which Service, and the
//! small share of them that leads nowhere.

use serde_json::{Value, json};

use super::build::object;
use super::class::Controller;
use super::dice::Dice;
use super::service::{App, Port};
use super::words::PATHS;

/// How many routes an Ingress has: the median is two, the tail ends at thirty.
pub(super) fn count(dice: &mut Dice) -> usize {
    let (low, high) = dice.weighted(&[
        (36, (1, 1)),
        (28, (2, 2)),
        (14, (3, 3)),
        (11, (4, 5)),
        (8, (6, 10)),
        (3, (11, 30)),
    ]);
    dice.between(low, high)
}

/// What goes wrong with the backends of an Ingress, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    ServiceMissing,
    PortMissing,
}

/// Two in a hundred name a Service that is gone, one a port that the Service does not have.
pub(super) fn trouble(dice: &mut Dice) -> Trouble {
    dice.weighted(&[(97, Trouble::None), (2, Trouble::ServiceMissing), (1, Trouble::PortMissing)])
}

/// The rules for some hosts: `count` routes shared out among them, the first one in trouble if
/// any. `apps` are the applications of the namespace, the Ingress's own first.
pub(super) fn rules(
    dice: &mut Dice,
    kind: Controller,
    hosts: &[String],
    count: usize,
    apps: &[&App],
    trouble: Trouble,
) -> Value {
    let count = count.max(hosts.len());
    let mut left = trouble;
    let rules = hosts.iter().enumerate().map(|(number, host)| {
        let share = count / hosts.len() + usize::from(number < count % hosts.len());
        let start = dice.between(0, PATHS.len() - 1);
        let paths: Vec<Value> = (0..share)
            .map(|nth| {
                let app = if nth == 0 { apps[0] } else { dice.pick(apps) };
                let text = if nth == 0 { "/".to_owned() } else { path(start, nth) };
                let backend = backend(dice, app, std::mem::replace(&mut left, Trouble::None));
                route(dice, kind, &text, backend)
            })
            .collect();
        let mut rule = object([("http", object([("paths", Value::Array(paths))]))]);
        if !host.is_empty() {
            rule["host"] = host.as_str().into();
        }
        rule
    });
    Value::Array(rules.collect())
}

fn path(start: usize, nth: usize) -> String {
    let base = PATHS[(start + nth) % PATHS.len()];
    match nth / PATHS.len() {
        0 => base.to_owned(),
        round => format!("{base}/r{round}"),
    }
}

fn route(dice: &mut Dice, kind: Controller, path: &str, backend: Value) -> Value {
    let regex = kind == Controller::Nginx && path != "/" && dice.chance(12.0);
    let path_type = match kind {
        _ if regex => "ImplementationSpecific",
        Controller::Gce => "ImplementationSpecific",
        _ => dice.weighted(&[(82, "Prefix"), (8, "Exact"), (10, "ImplementationSpecific")]),
    };
    let path = match kind {
        _ if regex => format!("{path}(/|$)(.*)"),
        Controller::Alb | Controller::Gce if path_type == "ImplementationSpecific" => {
            format!("{}/*", path.trim_end_matches('/'))
        }
        _ => path.to_owned(),
    };
    object([("path", path.into()), ("pathType", path_type.into()), ("backend", backend)])
}

/// A backend of an application, by port name or number.
pub(super) fn backend(dice: &mut Dice, app: &App, trouble: Trouble) -> Value {
    let served: Vec<&Port> = app.ports.iter().filter(|port| port.name != "metrics").collect();
    let port = dice.pick(&served);
    let name = match trouble {
        Trouble::ServiceMissing => format!("{}-{}", app.name, dice.pick(&["v1", "old", "blue"])),
        Trouble::None | Trouble::PortMissing => app.name.clone(),
    };
    let by_name = !port.name.is_empty() && dice.chance(35.0);
    let port = match trouble {
        Trouble::PortMissing if by_name => object([("name", "http-legacy".into())]),
        Trouble::PortMissing => object([("number", 8088.into())]),
        _ if by_name => object([("name", port.name.into())]),
        _ => object([("number", port.number.into())]),
    };
    object([("service", object([("name", name.into()), ("port", port)]))])
}

/// A backend that is not a Service but a bucket of files.
pub(super) fn resource(app: &App) -> Value {
    json!({ "resource": {
        "apiGroup": "storage.marrowby.example",
        "kind": "StorageBucket",
        "name": format!("{}-static", app.name),
    } })
}
