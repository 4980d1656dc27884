//! The description of the API, as OpenAPI 3.1. Answers are described by their own types and by the
//! table of columns, so that there is nothing to keep in step.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::clusters::ClusterList;
use super::detail::IngressDetail;
use super::ingresses::IngressList;
use super::parameters;
use crate::export::{self, COLUMNS, Format};
use crate::http::problem::Problem;
use crate::state;

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

/// `/api/v1/openapi.json`
pub async fn document(State(state): State<state::State>) -> Response {
    let base = if state.base.is_empty() { "/" } else { &*state.base };
    let mut document = DOCUMENT.clone();
    document["servers"] = json!([{"url": base}]);
    let text = serde_json::to_vec_pretty(&document).expect("keys are texts");
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// What the list says of one ingress. utoipa has to know its name only: what it is stands in the
/// table of columns.
pub struct Ingress;

impl ToSchema for Ingress {}

impl PartialSchema for Ingress {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().into()
    }
}

fn describe() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Routebook",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The registry of every route into your Kubernetes clusters.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths(),
        "components": {"schemas": schemas()},
    })
}

fn paths() -> Value {
    let id = json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "Routebook's number of the ingress.",
        "schema": {"type": "integer", "format": "int64"},
    });
    json!({
        "/api/v1/ingresses": operation(
            "listIngresses",
            "Ingresses, page by page",
            &parameters::of_list(),
            &body("application/json", &reference("IngressList")),
        ),
        "/api/v1/ingresses/{id}": operation(
            "getIngress",
            "Everything about one ingress",
            &[id],
            &body("application/json", &reference("IngressDetail")),
        ),
        "/api/v1/clusters": operation(
            "listClusters",
            "The clusters, and how far their data can be relied on",
            &[],
            &body("application/json", &reference("ClusterList")),
        ),
        "/export/inventory.csv": operation(
            "exportCsv",
            "The inventory as CSV, streamed",
            &parameters::filters(),
            &body(Format::Csv.content_type(), &json!({"type": "string"})),
        ),
        "/export/inventory.jsonl": operation(
            "exportJsonLines",
            "The inventory as JSON Lines, streamed",
            &parameters::filters(),
            &body(Format::Jsonl.content_type(), &json!({"type": "string"})),
        ),
        "/export/campaigns/{file}": operation(
            "exportCampaign",
            "The evidence of a campaign: its reviews as CSV or JSON Lines, or all of it as ZIP",
            &[evidence_file()],
            &evidence(),
        ),
    })
}

fn evidence_file() -> Value {
    json!({
        "name": "file",
        "in": "path",
        "required": true,
        "description": "The number of the campaign and the form, such as `7.zip`.",
        "schema": {"type": "string", "pattern": r"^[0-9]+\.(csv|jsonl|zip)$"},
    })
}

fn evidence() -> Value {
    let text = json!({"schema": {"type": "string"}});
    json!({
        (Format::Csv.content_type()): text,
        (Format::Jsonl.content_type()): text,
        "application/zip": {"schema": {"type": "string", "format": "binary"}},
    })
}

fn operation(id: &str, summary: &str, parameters: &[Value], content: &Value) -> Value {
    json!({"get": {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": content},
            "default": {
                "description": "Why there is no answer (RFC 9457)",
                "content": body("application/problem+json", &reference("Problem")),
            },
        },
    }})
}

fn body(content_type: &str, schema: &Value) -> Value {
    json!({content_type: {"schema": schema}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn schemas() -> Map<String, Value> {
    let mut named = Vec::new();
    collect::<IngressList<'static>>(&mut named);
    collect::<IngressDetail>(&mut named);
    collect::<ClusterList>(&mut named);
    collect::<Problem>(&mut named);
    let as_json = |schema| serde_json::to_value(schema).expect("keys are texts");
    let mut all: Map<String, Value> =
        named.into_iter().map(|(name, schema)| (name, as_json(schema))).collect();
    all.insert("Ingress".to_owned(), ingress());
    say_the_words(&mut all);
    all.values_mut().for_each(require_all);
    all
}

fn collect<T: ToSchema>(named: &mut Vec<(String, RefOr<Schema>)>) {
    named.push((T::name().into_owned(), T::schema()));
    T::schemas(named);
}

/// Every key is always there; what is not known is null.
fn require_all(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                let names: Vec<Value> = properties.keys().cloned().map(Value::String).collect();
                members.insert("required".to_owned(), names.into());
            }
            members.values_mut().for_each(require_all);
        }
        Value::Array(items) => items.iter_mut().for_each(require_all),
        _ => {}
    }
}

fn ingress() -> Value {
    let properties = COLUMNS.iter().map(|column| (column.name.to_owned(), property(column)));
    let properties: Map<String, Value> = properties.collect();
    let about = "What lists and exports say of one ingress.";
    json!({"type": "object", "description": about, "properties": properties})
}

fn property(column: &export::Column) -> Value {
    let words = export::allowed(column.name);
    let mut schema = match column.value {
        export::Value::Text(_) => json!({"type": "string"}),
        export::Value::MaybeText(_) => json!({"type": ["string", "null"]}),
        export::Value::Words(_) => json!({"type": "array", "items": {"type": "string"}}),
        export::Value::Number(_) => json!({"type": "integer", "format": "int64"}),
        export::Value::MaybeNumber(_) => json!({"type": ["integer", "null"], "format": "int64"}),
        export::Value::MaybeFlag(_) => json!({"type": ["boolean", "null"]}),
        export::Value::MaybeTime(_) => json!({"type": ["string", "null"], "format": "date-time"}),
    };
    if let Some(words) = words {
        allow(&mut schema, &words);
    }
    schema["description"] = column.about.into();
    schema
}

/// Names the words that a text may be; beside them null, where that is allowed.
fn allow(schema: &mut Value, words: &[&str]) {
    let is_list = schema.get("items").is_some();
    let schema = if is_list { &mut schema["items"] } else { schema };
    let mut all: Vec<Value> = words.iter().copied().map(Value::from).collect();
    if schema["type"].is_array() {
        all.push(Value::Null);
    }
    schema["enum"] = all.into();
}

/// The types hold texts where few words are possible: which ones is known to the columns.
fn say_the_words(schemas: &mut Map<String, Value>) {
    for (schema, property, column) in [
        ("TlsEntry", "state", "tls_state"),
        ("TlsEntry", "method", "tls_method"),
        ("OwnerHint", "source", "owner_source"),
        ("ProblemDetail", "code", "problems"),
    ] {
        let words = export::allowed(column).unwrap_or_default();
        allow(&mut schemas[schema]["properties"][property], &words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = describe();
        let text = document.to_string();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let mut references = text.split("\"#/components/schemas/").skip(1);
        let missing = references.find_map(|rest| {
            let (name, _) = rest.split_once('"')?;
            (!schemas.contains_key(name)).then_some(name)
        });
        assert_eq!(missing, None);
        for name in ["Ingress", "IngressDetail", "Route", "Certificate", "Cluster", "Problem"] {
            assert!(schemas.contains_key(name), "{name}");
        }
    }

    #[test]
    fn what_may_not_be_known_may_be_null() {
        let document = describe();
        let schemas = &document["components"]["schemas"];
        let property = |schema: &str, name: &str| schemas[schema]["properties"][name].clone();
        assert_eq!(property("Ingress", "owner")["type"], json!(["string", "null"]));
        assert_eq!(property("Ingress", "tls_state")["type"], "string");
        assert_eq!(property("Problem", "parameter")["type"], json!(["string", "null"]));
        let words = property("TlsEntry", "method")["enum"].clone();
        assert!(words.as_array().unwrap().contains(&Value::Null), "{words}");
    }
}
