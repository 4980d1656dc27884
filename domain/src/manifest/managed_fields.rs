//! Reads `metadata.managedFields`: who wrote an object, but not which fields, which are the larger
//! part of what an API server sends. Never an error: it is not worth losing the labels for.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::or_default;
use crate::ingress::FieldManager;

/// Of more field managers the rest is left out. API servers keep ten that update, and every one
/// that applies.
pub const MOST_MANAGERS: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(deserialize_with = "or_default")]
    manager: String,
    #[serde(deserialize_with = "or_default")]
    operation: String,
    #[serde(deserialize_with = "or_default")]
    subresource: String,
    time: Value,
}

impl From<Entry> for FieldManager {
    fn from(entry: Entry) -> Self {
        Self {
            name: entry.manager,
            operation: entry.operation,
            subresource: entry.subresource,
            at: entry.time.as_str().and_then(|text| text.parse().ok()),
        }
    }
}

/// What is legible of it.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<FieldManager>, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    Ok(parse(json.get()))
}

/// The same of what was read already.
pub(super) fn of(value: &Value) -> Vec<FieldManager> {
    parse(&value.to_string())
}

fn parse(json: &str) -> Vec<FieldManager> {
    let entries: Vec<Entry> = serde_json::from_str(json).unwrap_or_else(|_| one_by_one(json));
    let named = entries.into_iter().filter(|entry| !entry.manager.is_empty());
    named.take(MOST_MANAGERS).map(FieldManager::from).collect()
}

fn one_by_one(json: &str) -> Vec<Entry> {
    let values: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    values.iter().filter_map(|value| Entry::deserialize(value).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingress::Ingress;
    use crate::manifest::ingress;

    fn read(value: &Value) -> Ingress {
        ingress(&value.to_string())
    }

    fn check(fields: &Value, expected: &[&str]) {
        for labels in [json!({"a": "b"}), json!({"a": 1})] {
            let got = read(&json!({
                "metadata": {"name": "web", "uid": "u", "labels": labels, "managedFields": fields},
                "spec": {"defaultBackend": {"service": {"name": "web"}}}
            }));
            let managers = got.object.managers.iter();
            let names: Vec<&str> = managers.map(|manager| manager.name.as_str()).collect();
            assert_eq!(names, expected, "{fields}");
            assert_eq!((got.object.name.as_str(), got.object.uid.as_str()), ("web", "u"));
            let legible = labels["a"].is_string();
            assert_eq!(got.object.labels.len(), usize::from(legible));
            assert_eq!(got.oddities.is_empty(), legible);
        }
    }

    #[test]
    fn an_unreadable_field_manager_hides_neither_the_others_nor_the_rest() {
        let helm = json!({"manager": "helm", "operation": "Update", "fieldsV1": {"f:spec": {}}});
        check(&json!([helm, {"manager": "kubectl"}]), &["helm", "kubectl"]);
        check(&json!([null, 7, [], {}, {"manager": 7}, helm, "x"]), &["helm"]);
        let odd = json!([{"manager": "helm", "time": 7}, {"manager": "kubectl", "subresource": 7}]);
        check(&odd, &["helm"]);
        check(&json!([{"manager": null}, {"manager": ""}]), &[]);
        for other in [json!(null), json!({}), json!("x"), json!(7), json!([])] {
            check(&other, &[]);
        }
        let flood: Vec<Value> = (0..1000).map(|n| json!({"manager": format!("m{n}")})).collect();
        let got = read(&json!({"metadata": {"name": "web", "managedFields": flood}}));
        assert_eq!(got.object.managers.len(), MOST_MANAGERS);
    }

    #[test]
    fn a_field_manager_is_read_with_what_it_wrote_and_when() {
        let fields = json!([
            {"manager": "helm", "operation": "Apply", "time": "2024-05-06T07:08:09Z"},
            {"manager": "nginx", "operation": "Update", "subresource": "status", "time": "long ago"}
        ]);
        let got = read(&json!({"metadata": {"name": "web", "managedFields": fields}}));
        let [helm, nginx] = got.object.managers.as_slice() else { panic!("two managers") };
        assert_eq!((helm.operation.as_str(), helm.subresource.as_str()), ("Apply", ""));
        assert_eq!(helm.at.unwrap().to_string(), "2024-05-06T07:08:09Z");
        assert_eq!((nginx.subresource.as_str(), nginx.at), ("status", None));
    }
}
