//! EndpointSlices: one for each Service that has pods or hand-written endpoints.

use serde_json::{Value, json};

use super::build;
use super::dice::Dice;
use super::namespace::Place;
use super::service::{App, Kind};

/// The EndpointSlice of an application, or none for a name outside the cluster.
pub(super) fn object(dice: &mut Dice, place: &Place, app: &App, service: &Value) -> Option<Value> {
    if app.kind == Kind::External {
        return None;
    }
    let by = match app.kind {
        Kind::Manual => "legacy-endpoints.marrowby.example",
        _ => "endpointslice-controller.k8s.io",
    };
    let metadata = json!({
        "name": format!("{}-{}", app.name, dice.hex(5)),
        "generateName": format!("{}-", app.name),
        "namespace": place.namespace,
        "uid": dice.uid(),
        "creationTimestamp": service["metadata"]["creationTimestamp"],
        "generation": 1,
        "labels": {
            "app": app.name,
            "endpointslice.kubernetes.io/managed-by": by,
            "kubernetes.io/service-name": app.name,
        },
    });
    let mut object = build::object([
        ("apiVersion", "discovery.k8s.io/v1".into()),
        ("kind", "EndpointSlice".into()),
        ("metadata", metadata),
        ("addressType", "IPv4".into()),
        ("ports", ports(app)),
        ("endpoints", endpoints(dice, app)),
    ]);
    if app.kind != Kind::Manual {
        object["metadata"]["ownerReferences"] = json!([{
            "apiVersion": "v1", "kind": "Service", "name": app.name,
            "uid": service["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
        }]);
    }
    Some(object)
}

fn ports(app: &App) -> Value {
    let port = |name: &str, target: u16| json!({ "name": name, "port": target, "protocol": "TCP" });
    Value::Array(app.ports.iter().map(|each| port(each.name, each.target)).collect())
}

fn endpoints(dice: &mut Dice, app: &App) -> Value {
    if app.kind == Kind::NoEndpoints {
        return Value::Array(Vec::new());
    }
    let count = dice.between(1, 3);
    let ready = app.kind != Kind::NoneReady;
    let some = (0..count).map(|number| {
        // Now and then one of several is not ready, as during a rollout.
        let ready = ready && (number == 0 || !dice.chance(3.0));
        let mut endpoint = json!({
            "addresses": [format!("10.{}.{}.{}", dice.between(64, 95), dice.between(0, 255), dice.between(2, 254))],
            "conditions": { "ready": ready, "serving": ready, "terminating": false },
        });
        if app.kind != Kind::Manual {
            endpoint["nodeName"] = format!("worker-{:02}", dice.between(1, 24)).into();
            endpoint["zone"] = ["zone-a", "zone-b", "zone-c"][number].into();
            endpoint["targetRef"] = json!({
                "kind": "Pod", "name": format!("{}-{}-{}", app.name, dice.hex(9), dice.hex(5)),
            });
        }
        endpoint
    });
    Value::Array(some.collect())
}
