//! From the text of a file to objects: several documents in a file, and Lists taken apart.

use std::path::Path;

use serde_json::{Deserializer, Value};

/// The documents of a file; one that cannot be parsed does not hide the others.
pub(super) fn parse(path: &Path, text: &str) -> Vec<Result<Value, String>> {
    let text = text.trim_start_matches('\u{feff}');
    let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if json { parse_json(text) } else { parse_yaml(text) }
}

fn parse_json(text: &str) -> Vec<Result<Value, String>> {
    let documents = Deserializer::from_str(text).into_iter::<Value>();
    documents.map(|document| document.map_err(|error| format!("invalid JSON: {error}"))).collect()
}

/// Each document is parsed by itself; templates and other text that is not YAML is common beside
/// good documents.
fn parse_yaml(text: &str) -> Vec<Result<Value, String>> {
    let mut documents = Vec::new();
    for (first_line, part) in split(text) {
        match parse_part(part) {
            Ok(values) => documents.extend(values.into_iter().filter(|v| !v.is_null()).map(Ok)),
            Err(error) => {
                let reason = format!("invalid YAML in the document at line {first_line}: {error}");
                documents.push(Err(reason));
            }
        }
    }
    documents
}

fn parse_part(text: &str) -> Result<Vec<Value>, serde_saphyr::Error> {
    // No budget: an exported cluster is one large List.
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    serde_saphyr::from_multiple_with_options(text, options)
}

/// Splits a stream before each `---` line; answers the number of the first line with each part.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut first_line, mut offset) = (0, 1, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if offset > start && (bare == "---" || bare.starts_with("--- ")) {
            parts.push((first_line, &text[start..offset]));
            (start, first_line) = (offset, number + 1);
        }
        offset += line.len();
    }
    parts.push((first_line, &text[start..]));
    parts
}

/// The objects in a document: itself, or the items of a `List` or `IngressList`, which need not
/// say what they are.
pub(super) fn expand(document: Value) -> Vec<Value> {
    let list = document["kind"].as_str().and_then(|kind| kind.strip_suffix("List"));
    let Some(kind) = list.map(str::to_owned).filter(|_| document["items"].is_array()) else {
        return vec![document];
    };
    let version = document["apiVersion"].clone();
    let Value::Object(mut document) = document else { return Vec::new() };
    let Some(Value::Array(mut items)) = document.remove("items") else { return Vec::new() };
    for item in items.iter_mut().filter(|item| item.is_object()) {
        if item["kind"].is_null() && !kind.is_empty() {
            item["kind"] = kind.as_str().into();
        }
        if item["apiVersion"].is_null() {
            item["apiVersion"] = version.clone();
        }
    }
    items.into_iter().flat_map(expand).collect()
}
