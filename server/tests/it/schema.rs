//! Compares answers with the OpenAPI document that the server hands out: with as much of JSON Schema
//! as that document uses. A key that is not described is an error, too.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::support::Site;

/// The served document.
pub struct Document(pub Value);

impl Document {
    /// Fetches it.
    pub async fn of(site: &Site) -> Self {
        Self(site.json("/api/v1/openapi.json").await)
    }

    /// Asserts that an answer is as the document has it for a path.
    pub fn check(&self, path: &str, answer: &Value) {
        let content = &self.0["paths"][path]["get"]["responses"]["200"]["content"];
        self.check_against(&content["application/json"]["schema"], answer, path);
    }

    /// Asserts that an answer is as one of the document's schemas has it.
    pub fn check_against(&self, schema: &Value, answer: &Value, place: &str) {
        assert!(schema.is_object(), "{place} is not described");
        let mut errors = Vec::new();
        self.compare(schema, answer, place, &mut errors);
        assert!(errors.is_empty(), "{}\nin {answer:#}", errors.join("\n"));
    }

    fn compare(&self, schema: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        let schema = &self.resolved(schema);
        let mut expect = |fits: bool, what: &str| {
            if !fits {
                errors.push(format!("{place} is {value}, not {what}"));
            }
        };
        if let Some(choices) = schema["oneOf"].as_array() {
            let fits = choices.iter().filter(|choice| self.fits(choice, value)).count();
            return expect(fits == 1, "one of its choices");
        }
        expect(is_of_type(&schema["type"], value), &schema["type"].to_string());
        if let Some(words) = schema["enum"].as_array() {
            expect(words.contains(value), &schema["enum"].to_string());
        }
        if let (Some(least), Some(number)) = (schema["minimum"].as_f64(), value.as_f64()) {
            expect(number >= least, "as much");
        }
        if let (Some("date-time"), Some(text)) = (schema["format"].as_str(), value.as_str()) {
            expect(text.parse::<Timestamp>().is_ok(), "a moment");
        }
        match value {
            Value::Object(members) => self.compare_members(schema, members, place, errors),
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let place = format!("{place}[{number}]");
                    self.compare(&schema["items"], item, &place, errors);
                }
            }
            _ => {}
        }
    }

    fn compare_members(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        place: &str,
        errors: &mut Vec<String>,
    ) {
        for key in schema["required"].as_array().into_iter().flatten() {
            if !key.as_str().is_some_and(|key| members.contains_key(key)) {
                errors.push(format!("{place} has no {key}"));
            }
        }
        for (key, value) in members {
            let place = format!("{place}.{key}");
            match (&schema["properties"][key], &schema["additionalProperties"]) {
                (Value::Null, Value::Null) => errors.push(format!("{place} is not described")),
                (Value::Null, others) => self.compare(others, value, &place, errors),
                (described, _) => self.compare(described, value, &place, errors),
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut errors = Vec::new();
        self.compare(schema, value, "", &mut errors);
        errors.is_empty()
    }

    /// The schema behind a reference; of several that must all hold, one with all their keys.
    fn resolved(&self, schema: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').expect("a reference within the document");
            let found = self.0.pointer(pointer);
            return self.resolved(found.unwrap_or_else(|| panic!("{reference} leads nowhere")));
        }
        let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
        let mut whole = serde_json::json!({"type": "object", "properties": {}, "required": []});
        for part in parts {
            let part = self.resolved(part);
            for (key, value) in part["properties"].as_object().into_iter().flatten() {
                whole["properties"][key] = value.clone();
            }
            let required = part["required"].as_array().cloned().unwrap_or_default();
            whole["required"].as_array_mut().unwrap().extend(required);
        }
        whole
    }
}

/// A type, or several of which one has to fit; none fits everything.
fn is_of_type(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::Null => true,
        Value::Array(kinds) => kinds.iter().any(|kind| is_of_type(kind, value)),
        kind => match kind.as_str().unwrap() {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other} is no type of JSON Schema"),
        },
    }
}

#[test]
fn a_difference_is_found() {
    let item = serde_json::json!({"type": "object", "required": ["id"],
        "properties": {"id": {"type": "integer", "minimum": 1}, "at": {"$ref": "#/schemas/Moment"}}});
    let moment = serde_json::json!({"type": ["string", "null"], "format": "date-time"});
    let document = Document(serde_json::json!({"schemas": {"Moment": moment}}));
    let check = |value: Value, expected: bool| {
        assert_eq!(document.fits(&item, &value), expected, "{value}");
    };
    check(serde_json::json!({"id": 1, "at": "2026-01-01T00:00:00Z"}), true);
    check(serde_json::json!({"id": 1, "at": null}), true);
    check(serde_json::json!({"id": 1, "at": "soon"}), false);
    check(serde_json::json!({"id": 0}), false);
    check(serde_json::json!({"id": "1"}), false);
    check(serde_json::json!({"at": null}), false);
    check(serde_json::json!({"id": 1, "more": 2}), false);
}
