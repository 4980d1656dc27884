//! Strategic merge patch: maps are merged, lists are replaced unless the kinds served here declare
//! a merge key for them, and `$`-directives say the rest.

use serde_json::{Map, Value};

use super::object::object_mut;

/// Lists that are merged element by element, by path, with their key. Taken from the
/// `patchMergeKey` marks of the Kubernetes API types; rules, paths, subjects and endpoints have
/// none and are replaced.
const MERGE_KEYS: [(&str, &str); 6] = [
    ("/metadata/ownerReferences", "uid"),
    ("/spec/ports", "port"),
    ("/status/conditions", "type"),
    ("/secrets", "name"),
    ("/imagePullSecrets", "name"),
    ("/status/loadBalancer/ingress/ports", "port"),
];

/// The list of plain values that is merged as a set.
const MERGED_SET: &str = "/metadata/finalizers";

/// Merges `patch`, which stands at `path`, into `target`.
pub(super) fn merge(target: &mut Value, patch: &Value, path: &str) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if patch.get("$patch").is_some_and(|directive| directive == "replace") {
        *target = Value::Object(without_directives(patch));
        return;
    }
    let target = object_mut(target);
    for (field, value) in patch {
        if let Some(list) = field.strip_prefix("$deleteFromPrimitiveList/") {
            remove_values(target.get_mut(list), value);
        } else if field.starts_with('$') {
            continue;
        } else if value.is_null() || is_deletion(value) {
            target.remove(field);
        } else {
            let slot = target.entry(field).or_insert(Value::Null);
            merge_field(slot, value, &format!("{path}/{field}"));
        }
    }
}

fn merge_field(slot: &mut Value, value: &Value, path: &str) {
    match value {
        Value::Object(_) => merge(slot, value, path),
        Value::Array(patch) => merge_list(slot, patch, path),
        scalar => *slot = scalar.clone(),
    }
}

fn merge_list(slot: &mut Value, patch: &[Value], path: &str) {
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    let list = slot.as_array_mut().expect("made a list above");
    let replaced = patch.iter().any(|element| element["$patch"] == "replace");
    let key = MERGE_KEYS.iter().find(|(merged, _)| *merged == path).map(|(_, key)| *key);
    match key {
        Some(key) if !replaced => {
            for element in patch {
                merge_element(list, key, element);
            }
        }
        None if path == MERGED_SET => {
            let new = patch.iter().filter(|value| !list.contains(value)).cloned();
            list.extend(new.collect::<Vec<_>>());
        }
        _ => {
            let kept = patch.iter().filter(|element| element["$patch"] != "replace");
            *list = kept.cloned().collect();
        }
    }
}

fn merge_element(list: &mut Vec<Value>, key: &str, element: &Value) {
    let position = list.iter().position(|present| present[key] == element[key]);
    match position {
        Some(index) if is_deletion(element) => drop(list.remove(index)),
        Some(index) => merge(&mut list[index], element, "element"),
        None if is_deletion(element) => {}
        None => list.push(element.clone()),
    }
}

fn is_deletion(value: &Value) -> bool {
    value.is_object() && value["$patch"] == "delete"
}

fn remove_values(list: Option<&mut Value>, values: &Value) {
    let list = list.and_then(Value::as_array_mut);
    if let (Some(list), Some(values)) = (list, values.as_array()) {
        list.retain(|value| !values.contains(value));
    }
}

fn without_directives(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter()
        .filter(|(field, _)| !field.starts_with('$'))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect()
}
