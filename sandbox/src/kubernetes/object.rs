//! One version of one object: its JSON, written once, and the few fields that lists and selectors
//! need. The JSON is the only full copy; a `Value` is parsed from it when somebody asks.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::kinds::Kind;

/// One version of one object. Never changes: a change makes another version.
#[derive(Debug)]
pub struct Object {
    /// What it is.
    pub kind: &'static Kind,
    /// Its namespace; empty for a cluster-scoped object.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// The revision at which this version was written; 0 for a dry run.
    pub resource_version: u64,
    /// Its labels.
    pub labels: Vec<(String, String)>,
    /// The type of a Secret; empty for other kinds.
    pub type_name: String,
    json: Bytes,
    /// Where the JSON goes on after `kind` and `apiVersion`.
    body_at: usize,
}

impl Object {
    /// Writes `value` as the version of `resource_version`.
    pub(super) fn new(kind: &'static Kind, mut value: Value, resource_version: u64) -> Arc<Self> {
        let root = object_mut(&mut value);
        root.remove("kind");
        root.remove("apiVersion");
        let type_name = text(root, "type");
        let metadata = object_mut(root.entry("metadata").or_insert_with(empty));
        if resource_version > 0 {
            metadata.insert("resourceVersion".into(), resource_version.to_string().into());
        }
        let labels = metadata.get("labels").map(labels).unwrap_or_default();
        let (namespace, name) = (text(metadata, "namespace"), text(metadata, "name"));
        let uid = text(metadata, "uid");
        let (json, body_at) = write(kind, &value);
        Arc::new(Self {
            kind,
            namespace,
            name,
            uid,
            resource_version,
            labels,
            type_name,
            json,
            body_at,
        })
    }

    /// The whole object, parsed.
    pub fn value(&self) -> Value {
        let text = std::str::from_utf8(&self.json).expect("written as text");
        // `FromStr` of `Value` is compiled inside serde_json, which debug builds optimise.
        text.parse().expect("written as JSON")
    }

    /// The whole object as JSON, with `kind` and `apiVersion`.
    pub fn json(&self) -> Bytes {
        self.json.clone()
    }

    /// The JSON after `kind` and `apiVersion`, without its opening brace.
    pub(super) fn body(&self) -> &[u8] {
        &self.json[self.body_at..]
    }

    /// Where etcd would sort it.
    pub(super) fn key(&self) -> Arc<str> {
        key(&self.namespace, &self.name)
    }
}

/// The key under which etcd keeps an object: the separator takes part in the order.
pub(super) fn key(namespace: &str, name: &str) -> Arc<str> {
    if namespace.is_empty() { name.into() } else { format!("{namespace}/{name}").into() }
}

/// The object inside a value; anything else becomes an empty object.
pub(super) fn object_mut(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = empty();
    }
    value.as_object_mut().expect("made an object above")
}

/// A text field of an object; empty when it is missing.
pub(super) fn text(map: &Map<String, Value>, field: &str) -> String {
    map.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text field of `metadata`; empty when it is missing.
pub(super) fn metadata_text(value: &Value, field: &str) -> String {
    value["metadata"][field].as_str().unwrap_or_default().to_owned()
}

fn empty() -> Value {
    Value::Object(Map::new())
}

fn labels(value: &Value) -> Vec<(String, String)> {
    let pairs = value.as_object().into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

fn write(kind: &Kind, value: &Value) -> (Bytes, usize) {
    let mut json = format!(r#"{{"kind":"{}","apiVersion":"{}","#, kind.kind, kind.api_version());
    let body_at = json.len();
    // `Display` of `Value` is compiled inside serde_json, which debug builds optimise.
    let body = value.to_string();
    json.push_str(&body[1..]);
    (Bytes::from(json), body_at)
}
