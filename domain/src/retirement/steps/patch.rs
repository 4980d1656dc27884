//! A JSON patch (RFC 6902) that takes some routes out of a manifest. Each rule is tested to be what it
//! was, all of it, before something of it is removed: one that got another path meanwhile stays. The last
//! go first, so that places stay true.

use serde::Serialize;
use serde_json::{Value, json};

/// What to say if the manifest does not have the routes.
pub(super) const NOT_FOUND: &str =
    "The last manifest that was seen does not have these routes: look at the object first.";

/// What to say if some routes are all that the manifest has.
pub(super) const NOTHING_ELSE: &str = " All of it goes, because the last manifest has no other routes: \
     look first whether the object has one by now.";

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Operation {
    op: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

/// What has to be taken out of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Patch {
    /// All of it: nothing would be left.
    Whole,
    /// Some routes.
    Some {
        /// How.
        operations: Vec<Operation>,
    },
    /// It does not have the routes.
    None,
}

impl Patch {
    /// For routes by their keys; none means all.
    pub(super) fn of(manifest: &str, routes: &[String]) -> Self {
        if routes.is_empty() {
            return Self::Whole;
        }
        let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
        let spec = &manifest["spec"];
        let rules: &[Value] = spec["rules"].as_array().map_or(&[], Vec::as_slice);
        let backend = spec.get("defaultBackend").filter(|backend| !backend.is_null());
        let default_goes = backend.is_some() && routes.iter().any(|key| key == " ");
        let mut operations = Vec::new();
        let mut is_left = backend.is_some() && !default_goes;
        for (index, rule) in rules.iter().enumerate().rev() {
            is_left |= take_rule(index, rule, routes, &mut operations);
        }
        if default_goes {
            let place = "/spec/defaultBackend";
            operations.extend(backend.map(|backend| test(place, backend)));
            operations.push(remove(place.to_owned()));
        }
        match (operations.is_empty(), is_left) {
            (true, _) => Self::None,
            (false, false) => Self::Whole,
            (false, true) => Self::Some { operations },
        }
    }
}

/// Takes routes out of a rule, or the rule if none is left; says whether some are.
fn take_rule(
    index: usize,
    rule: &Value,
    routes: &[String],
    operations: &mut Vec<Operation>,
) -> bool {
    let host = rule["host"].as_str().unwrap_or("");
    let paths: &[Value] = rule["http"]["paths"].as_array().map_or(&[], Vec::as_slice);
    let key =
        |path: &Value| format!("{} {}", host.to_lowercase(), path["path"].as_str().unwrap_or(""));
    let going: Vec<usize> =
        (0..paths.len()).filter(|place| routes.contains(&key(&paths[*place]))).collect();
    let place = format!("/spec/rules/{index}");
    match going.len() {
        0 => !paths.is_empty(),
        all if all == paths.len() => {
            operations.extend([test(&place, rule), remove(place)]);
            false
        }
        _ => {
            operations.push(test(&place, rule));
            let paths = going.into_iter().rev().map(|path| format!("{place}/http/paths/{path}"));
            operations.extend(paths.map(remove));
            true
        }
    }
}

/// Whether this stands in a place.
fn test(path: &str, is: &Value) -> Operation {
    Operation { op: "test", path: path.to_owned(), value: Some(is.clone()) }
}

fn remove(path: String) -> Operation {
    Operation { op: "remove", path, value: None }
}

/// The whole patch on one line.
pub(super) fn json(operations: &[Operation]) -> String {
    json!(operations).to_string()
}

/// One operation on one line.
pub(super) fn json_of(operation: &Operation) -> String {
    json!(operation).to_string()
}
