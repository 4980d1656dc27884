//! The rules between an old version of an object and the next: what a change may touch, and what
//! counts as one. Pure; storing is for others.

use serde_json::{Value, json};

use super::kinds::Kind;
use super::object::object_mut;

/// Which part of an object a change may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything but the status, where the kind has a status subresource.
    Main,
    /// Metadata and status: the `/status` subresource.
    Status,
    /// Everything; only from within the process.
    Whole,
}

/// Restores what only the server sets.
pub(super) fn keep_identity(old: &Value, new: &mut Value) {
    const KEPT: [&str; 7] = [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "generation",
        "deletionTimestamp",
        "resourceVersion",
    ];
    let root = object_mut(new);
    for field in ["kind", "apiVersion"] {
        root.insert(field.into(), old[field].clone());
    }
    let metadata = object_mut(root.entry("metadata").or_insert(Value::Null));
    for field in KEPT {
        match old["metadata"].get(field) {
            Some(value) => metadata.insert(field.into(), value.clone()),
            None => metadata.remove(field),
        };
    }
}

/// Restores the part that the change may not touch.
pub(super) fn keep_other_part(kind: &Kind, part: Part, old: &Value, new: &mut Value) {
    if part == Part::Whole || !kind.status {
        return;
    }
    let kept = |field: &str| (field == "status") == (part == Part::Main);
    let root = object_mut(new);
    let touched = |field: &str| field == "metadata" || !kept(field);
    root.retain(|field, _| touched(field));
    for (field, value) in old.as_object().into_iter().flatten() {
        if !touched(field) {
            root.insert(field.clone(), value.clone());
        }
    }
}

/// Whether two values differ only in what no client asked for.
pub(super) fn unchanged(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return false };
    let relevant = |field: &&String| *field != "metadata";
    let fields_equal = old.keys().filter(relevant).all(|field| old.get(field) == new.get(field))
        && new.keys().filter(relevant).all(|field| old.contains_key(field));
    let metadata = |value: &Value| {
        let mut metadata = value.clone();
        let map = object_mut(&mut metadata);
        map.retain(|field, value| field != "managedFields" && !is_empty(value));
        metadata
    };
    fields_equal && metadata(&old["metadata"]) == metadata(&new["metadata"])
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// Counts a change of anything but metadata and status.
pub(super) fn count_generation(kind: &Kind, old: &Value, new: &mut Value) {
    let spec = |value: &Value| {
        let mut value = value.clone();
        object_mut(&mut value).retain(|field, _| field != "metadata" && field != "status");
        value
    };
    if kind.generation && spec(old) != spec(new) {
        let generation = old["metadata"]["generation"].as_i64().unwrap_or(0);
        new["metadata"]["generation"] = json!(generation + 1);
    }
}

/// Whether the last finalizer of a deleted object is gone.
pub(super) fn is_released(object: &Value) -> bool {
    let metadata = &object["metadata"];
    !metadata["deletionTimestamp"].is_null()
        && metadata["finalizers"].as_array().is_none_or(Vec::is_empty)
}
