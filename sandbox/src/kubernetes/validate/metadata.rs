//! Rules for `metadata`, which all kinds share.

use serde_json::{Map, Value};

use super::error::{FieldError, Reason};
use super::syntax;

/// All annotations together, keys and values.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// Kinds that live outside namespaces.
const CLUSTER_WIDE: &[&str] = &[
    "Namespace",
    "IngressClass",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Node",
];

pub(super) fn check(kind: &str, object: &Value, errors: &mut Vec<FieldError>) {
    let empty = Map::new();
    let metadata = object["metadata"].as_object().unwrap_or(&empty);
    let text = |field: &str| metadata.get(field).and_then(Value::as_str).unwrap_or_default();
    check_name(kind, text("name"), text("generateName"), errors);
    let namespace = text("namespace");
    if !namespace.is_empty() {
        check_namespace(kind, namespace, errors);
    }
    if let Some(labels) = metadata.get("labels") {
        check_labels(labels, errors);
    }
    if let Some(annotations) = metadata.get("annotations") {
        check_annotations(annotations, errors);
    }
}

fn check_name(kind: &str, name: &str, generate_name: &str, errors: &mut Vec<FieldError>) {
    if name.is_empty() {
        if generate_name.is_empty() {
            let detail = "name or generateName is required";
            errors.push(FieldError::required("metadata.name", detail));
        }
        return;
    }
    let broken = match kind {
        "Namespace" | "Service" => syntax::label(name),
        "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => syntax::path_segment(name),
        _ => syntax::subdomain(name),
    };
    errors.extend(broken.iter().map(|rule| FieldError::invalid("metadata.name", name, rule)));
}

fn check_namespace(kind: &str, namespace: &str, errors: &mut Vec<FieldError>) {
    let field = "metadata.namespace";
    if CLUSTER_WIDE.contains(&kind) {
        let detail = "not allowed on this type";
        errors.push(FieldError::new(field, Reason::Forbidden, Value::Null, detail));
        return;
    }
    let broken = syntax::label(namespace);
    errors.extend(broken.iter().map(|rule| FieldError::invalid(field, namespace, rule)));
}

fn check_labels(labels: &Value, errors: &mut Vec<FieldError>) {
    let field = "metadata.labels";
    let Some(labels) = map(labels, field, errors) else { return };
    for (key, value) in labels {
        let broken = syntax::qualified_name(key);
        errors.extend(broken.iter().map(|rule| FieldError::invalid(field, key.as_str(), rule)));
        if let Some(value) = string(value, field, errors) {
            let broken = syntax::label_value(value);
            errors.extend(broken.iter().map(|rule| FieldError::invalid(field, value, rule)));
        }
    }
}

fn check_annotations(annotations: &Value, errors: &mut Vec<FieldError>) {
    let field = "metadata.annotations";
    let Some(annotations) = map(annotations, field, errors) else { return };
    let mut size = 0;
    for (key, value) in annotations {
        let broken = syntax::qualified_name(&key.to_lowercase());
        errors.extend(broken.iter().map(|rule| FieldError::invalid(field, key.as_str(), rule)));
        size += key.len() + string(value, field, errors).unwrap_or_default().len();
    }
    if size > ANNOTATIONS_LIMIT {
        let detail = format!("may not be more than {ANNOTATIONS_LIMIT} bytes");
        errors.push(FieldError::new(field, Reason::TooLong, Value::Null, &detail));
    }
}

/// A real server cannot even decode a map of the wrong shape; here that is an invalid value too.
fn map<'v>(
    value: &'v Value,
    field: &str,
    errors: &mut Vec<FieldError>,
) -> Option<&'v Map<String, Value>> {
    if !value.is_null() && !value.is_object() {
        errors.push(FieldError::invalid(field, value.clone(), "must be a map of strings"));
    }
    value.as_object()
}

fn string<'v>(value: &'v Value, field: &str, errors: &mut Vec<FieldError>) -> Option<&'v str> {
    if !value.is_null() && !value.is_string() {
        errors.push(FieldError::invalid(field, value.clone(), "must be a string"));
    }
    value.as_str()
}
