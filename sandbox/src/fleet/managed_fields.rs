//! `metadata.managedFields`, which the server keeps about who wrote which field, and the
//! `last-applied-configuration` annotation that kubectl leaves. Together they are the larger part
//! of what an API server sends.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::build;
use super::team::Delivery;

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Fields that the server writes and no manager owns.
const SERVER_OWNED: &[&str] = &[
    "apiVersion",
    "kind",
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "generation",
    "status",
    "clusterIP",
    "clusterIPs",
    "ipFamilies",
    "ipFamilyPolicy",
];

/// Adds the entry of the manager that delivered the object, if one did.
pub(super) fn add(object: &mut Value, delivery: Delivery, time: Timestamp) {
    let (manager, operation) = match delivery {
        Delivery::ArgoCd => ("argocd-controller", "Update"),
        Delivery::Flux => ("kustomize-controller", "Apply"),
        Delivery::Helm => ("helm", "Update"),
        Delivery::Kubectl | Delivery::Kustomize => ("kubectl-client-side-apply", "Update"),
        Delivery::Terraform => ("Terraform", "Update"),
        Delivery::Pulumi => ("pulumi-kubernetes-3f1e6b62", "Apply"),
        Delivery::Operator(manager) => (manager, "Update"),
        Delivery::Dashboard => ("dashboard", "Update"),
        Delivery::Nobody => return,
    };
    let entry = build::object([
        ("manager", manager.into()),
        ("operation", operation.into()),
        ("apiVersion", object["apiVersion"].clone()),
        ("time", time.to_string().into()),
        ("fieldsType", "FieldsV1".into()),
        ("fieldsV1", Value::Object(owned(object))),
    ]);
    object["metadata"]["managedFields"] = Value::Array(vec![entry]);
}

/// Adds the entry of the controller that wrote the status.
pub(super) fn add_status(object: &mut Value, controller: &str, time: Timestamp) {
    let entry = json!({
        "manager": controller,
        "operation": "Update",
        "apiVersion": object["apiVersion"],
        "time": time.to_string(),
        "fieldsType": "FieldsV1",
        "fieldsV1": { "f:status": { "f:loadBalancer": { "f:ingress": {} } } },
        "subresource": "status",
    });
    if let Some(entries) = object["metadata"]["managedFields"].as_array_mut() {
        entries.push(entry);
    }
}

/// Adds kubectl's copy of the manifest as it was applied.
pub(super) fn add_last_applied(object: &mut Value) {
    let metadata = &object["metadata"];
    let mut annotations = metadata["annotations"].clone();
    if annotations.is_null() {
        annotations = json!({});
    }
    let applied = json!({
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "metadata": {
            "annotations": annotations,
            "labels": metadata["labels"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
        },
        "spec": object["spec"],
    });
    object["metadata"]["annotations"][LAST_APPLIED] = format!("{applied}\n").into();
}

/// The set of fields in an object, in the notation of server-side apply. Lists of an Ingress are
/// atomic, so the set ends there.
fn owned(object: &Value) -> Map<String, Value> {
    let Value::Object(fields) = object else { return Map::new() };
    let owned = fields.iter().filter(|(name, _)| !SERVER_OWNED.contains(&name.as_str()));
    let named = owned.map(|(name, value)| {
        let mut inner = self::owned(value);
        if matches!(name.as_str(), "labels" | "annotations" | "selector") {
            inner.insert(".".into(), Value::Object(Map::new()));
        }
        (format!("f:{name}"), Value::Object(inner))
    });
    named.collect()
}
