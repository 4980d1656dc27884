//! The patch formats that clients send: JSON patch (RFC 6902), merge patch (RFC 7396), strategic
//! merge patch and server-side apply (taken as a strategic merge, without field ownership).

use serde_json::Value;

use super::kinds::Kind;
use super::object::{metadata_text, object_mut};
use super::protobuf;
use super::status::Status;
use super::strategic;

/// A change in one of the patch formats.
#[derive(Debug, Clone)]
pub enum Patch {
    /// RFC 6902: a list of operations.
    Json(Value),
    /// RFC 7396: a partial object, null removes.
    Merge(Value),
    /// A partial object whose lists of named things are merged by key.
    Strategic(Value),
    /// A whole intent; creates the object when it is missing.
    Apply(Value),
}

impl Patch {
    /// Reads a patch from a request body.
    pub(super) fn parse(content_type: &str, body: &[u8]) -> Result<Self, Status> {
        let value = || read(body);
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Ok(Self::Json(value()?)),
            "application/merge-patch+json" => Ok(Self::Merge(value()?)),
            "application/strategic-merge-patch+json" => Ok(Self::Strategic(value()?)),
            "application/apply-patch+yaml" => Ok(Self::Apply(value()?)),
            other => {
                let message = format!("the body of the request was in an unknown format - {other}");
                Err(Status::new(415, "UnsupportedMediaType", message))
            }
        }
    }

    /// Applies the patch to the current value.
    pub(super) fn apply(&self, kind: &Kind, mut value: Value) -> Result<Value, Status> {
        match self {
            Self::Json(operations) => {
                apply_operations(&mut value, operations).map_err(|message| {
                    let name = metadata_text(&value, "name");
                    let mut status = Status::invalid(kind, &name, &[]);
                    status.message = message;
                    status
                })?;
            }
            Self::Merge(patch) => merge(&mut value, patch),
            // A server knows no merge keys of kinds that it was not built with.
            Self::Strategic(_) if kind.custom => {
                let message = "the body of the request was in an unknown format - accepted media \
                               types include: application/json-patch+json, \
                               application/merge-patch+json, application/apply-patch+yaml";
                return Err(Status::new(415, "UnsupportedMediaType", message));
            }
            Self::Strategic(patch) | Self::Apply(patch) => strategic::merge(&mut value, patch, ""),
        }
        Ok(value)
    }
}

/// Reads JSON, or YAML and Protobuf for clients that send it.
pub(super) fn read(body: &[u8]) -> Result<Value, Status> {
    if body.starts_with(protobuf::MAGIC) {
        return protobuf::decode(body);
    }
    serde_json::from_slice(body).or_else(|error| {
        serde_saphyr::from_slice(body).map_err(|_| {
            Status::bad_request(format!("error decoding the body of the request: {error}"))
        })
    })
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    let target = object_mut(target);
    for (field, value) in patch {
        if value.is_null() {
            target.remove(field);
        } else {
            merge(target.entry(field).or_insert(Value::Null), value);
        }
    }
}

fn apply_operations(target: &mut Value, operations: &Value) -> Result<(), String> {
    let operations = operations.as_array().ok_or("a JSON patch is a list of operations")?;
    let mut draft = target.clone();
    for operation in operations {
        apply_operation(&mut draft, operation)?;
    }
    *target = draft;
    Ok(())
}

fn apply_operation(target: &mut Value, operation: &Value) -> Result<(), String> {
    let path = operation["path"].as_str().ok_or("an operation needs a path")?;
    let from = operation["from"].as_str().unwrap_or_default();
    let value = operation.get("value").cloned().unwrap_or_default();
    match operation["op"].as_str().unwrap_or_default() {
        "add" => add(target, path, value),
        "remove" => remove(target, path).map(drop),
        "replace" => {
            let slot = target.pointer_mut(path).ok_or_else(|| missing("replace", path))?;
            *slot = value;
            Ok(())
        }
        "move" => {
            let moved = remove(target, from)?;
            add(target, path, moved)
        }
        "copy" => {
            let copied = target.pointer(from).cloned().ok_or_else(|| missing("copy", from))?;
            add(target, path, copied)
        }
        "test" if target.pointer(path) == Some(&value) => Ok(()),
        "test" => Err(format!("testing value {path} failed: test failed")),
        other => Err(format!("Unexpected kind: {other}")),
    }
}

fn missing(operation: &str, path: &str) -> String {
    format!("{operation} operation does not apply: doc is missing path: \"{path}\": missing value")
}

/// The container that a pointer ends in, and the last, unescaped token.
fn parent<'a>(
    target: &'a mut Value,
    operation: &str,
    path: &str,
) -> Result<(&'a mut Value, String), String> {
    let (parent, last) = path.rsplit_once('/').ok_or_else(|| missing(operation, path))?;
    let parent = target.pointer_mut(parent).ok_or_else(|| missing(operation, path))?;
    Ok((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *target = value;
        return Ok(());
    }
    let (parent, last) = parent(target, "add", path)?;
    match parent {
        Value::Object(map) => {
            map.insert(last, value);
            Ok(())
        }
        Value::Array(list) => {
            let index = if last == "-" { Some(list.len()) } else { last.parse().ok() };
            let index = index.filter(|index| *index <= list.len());
            list.insert(index.ok_or_else(|| missing("add", path))?, value);
            Ok(())
        }
        _ => Err(missing("add", path)),
    }
}

fn remove(target: &mut Value, path: &str) -> Result<Value, String> {
    let (parent, last) = parent(target, "remove", path)?;
    let removed = match parent {
        Value::Object(map) => map.remove(&last),
        Value::Array(list) => {
            let index = last.parse().ok().filter(|index| *index < list.len());
            index.map(|index: usize| list.remove(index))
        }
        _ => None,
    };
    removed.ok_or_else(|| missing("remove", path))
}
