//! The last manifest of an ingress as a file that can be applied again.

use serde_json::{Map, Value};

/// What the API server sets. It refuses some of it in an object that is to be created.
const OF_THE_SERVER: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The manifest as YAML, without what belongs to the object that was there. `None` if it cannot be
/// read.
pub fn to_apply(manifest: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_str(manifest).ok()?;
    object.remove("status");
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.retain(|key, _| !OF_THE_SERVER.contains(&key.as_str()));
    }
    // The API server's lists leave these out.
    object.insert("apiVersion".into(), "networking.k8s.io/v1".into());
    object.insert("kind".into(), "Ingress".into());
    serde_saphyr::to_string(&object).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_belonged_to_the_object_that_was_there_is_left_out() {
        let manifest = json!({
            "metadata": {
                "name": "web",
                "namespace": "shop",
                "uid": "u-1",
                "resourceVersion": "7",
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "managedFields": [{"manager": "kubectl"}],
                "annotations": {"a": "on", "b": "0123", "c": "x: y\nz"},
            },
            "spec": {"ingressClassName": "nginx"},
            "status": {"loadBalancer": {}},
        });
        let yaml = to_apply(&manifest.to_string()).unwrap();
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        let expected = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {
                "name": "web",
                "namespace": "shop",
                "annotations": {"a": "on", "b": "0123", "c": "x: y\nz"},
            },
            "spec": {"ingressClassName": "nginx"},
        });
        assert_eq!(read, expected, "{yaml}");
        assert!(!yaml.contains("a: on\n") && !yaml.contains("b: 0123\n"), "{yaml}");
    }

    #[test]
    fn what_is_no_object_is_no_manifest() {
        assert_eq!((to_apply(""), to_apply("[]")), (None, None));
    }
}
