//! Building of JSON objects by moving what goes into them. The `json!` macro copies every value
//! that it is given, which shows with fifty thousand Ingresses.

use serde_json::{Map, Value};

/// An object of the given fields.
pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Sets a field of `metadata`, unless the map is empty: a server leaves empty maps out.
pub(super) fn set_unless_empty(object: &mut Value, field: &str, map: Map<String, Value>) {
    if !map.is_empty() {
        object["metadata"][field] = Value::Object(map);
    }
}
