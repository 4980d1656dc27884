//! Reads the Protobuf bodies that kubectl sends from its typed commands (`create namespace`,
//! `auth can-i`), for the few kinds that those concern. Answers are always JSON, which such
//! clients accept too. Field numbers are those of the `generated.proto` files in k8s.io/api.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::status::Status;

/// What every such body starts with.
pub(super) const MAGIC: &[u8] = b"k8s\0";

/// A field: its number, its name in JSON, what it holds. An empty name puts the fields of the
/// message beside those of its parent, as JSON inlines them.
type Message = &'static [(u64, &'static str, Type)];

#[derive(Clone, Copy)]
enum Type {
    Text,
    Integer,
    TextList,
    TextMap,
    BytesMap,
    One(Message),
    List(Message),
}

use Type::{BytesMap, Integer, List, One, Text, TextList, TextMap};

const METADATA: Message = &[
    (1, "name", Text),
    (2, "generateName", Text),
    (3, "namespace", Text),
    (5, "uid", Text),
    (6, "resourceVersion", Text),
    (11, "labels", TextMap),
    (12, "annotations", TextMap),
    (14, "finalizers", TextList),
];
const BARE: Message = &[(1, "metadata", One(METADATA))];
const CONFIG_MAP: Message = &[(1, "metadata", One(METADATA)), (2, "data", TextMap)];
const SECRET: Message = &[(1, "metadata", One(METADATA)), (2, "data", BytesMap), (3, "type", Text)];

const PORT: Message = &[(1, "name", Text), (2, "number", Integer)];
const SERVICE: Message = &[(1, "name", Text), (2, "port", One(PORT))];
const RESOURCE: Message = &[(1, "apiGroup", Text), (2, "kind", Text), (3, "name", Text)];
const BACKEND: Message = &[(3, "resource", One(RESOURCE)), (4, "service", One(SERVICE))];
const PATH: Message = &[(1, "path", Text), (2, "backend", One(BACKEND)), (3, "pathType", Text)];
const HTTP: Message = &[(1, "paths", List(PATH))];
const RULE: Message = &[(1, "host", Text), (2, "", One(&[(1, "http", One(HTTP))]))];
const TLS: Message = &[(1, "hosts", TextList), (2, "secretName", Text)];
const INGRESS_SPEC: Message = &[
    (1, "defaultBackend", One(BACKEND)),
    (2, "tls", List(TLS)),
    (3, "rules", List(RULE)),
    (4, "ingressClassName", Text),
];
const INGRESS: Message = &[(1, "metadata", One(METADATA)), (2, "spec", One(INGRESS_SPEC))];

const RESOURCE_ATTRIBUTES: Message = &[
    (1, "namespace", Text),
    (2, "verb", Text),
    (3, "group", Text),
    (4, "version", Text),
    (5, "resource", Text),
    (6, "subresource", Text),
    (7, "name", Text),
];
const ACCESS_REVIEW: Message = &[(
    2,
    "spec",
    One(&[
        (1, "resourceAttributes", One(RESOURCE_ATTRIBUTES)),
        (2, "nonResourceAttributes", One(&[(1, "path", Text), (2, "verb", Text)])),
    ]),
)];
const RULES_REVIEW: Message = &[(2, "spec", One(&[(1, "namespace", Text)]))];
const DELETE_OPTIONS: Message = &[
    (2, "preconditions", One(&[(1, "uid", Text), (2, "resourceVersion", Text)])),
    (5, "dryRun", TextList),
];

fn message(kind: &str) -> Option<Message> {
    Some(match kind {
        "Namespace" | "ServiceAccount" | "SelfSubjectReview" => BARE,
        "ConfigMap" => CONFIG_MAP,
        "Secret" => SECRET,
        "Ingress" => INGRESS,
        "SelfSubjectAccessReview" => ACCESS_REVIEW,
        "SelfSubjectRulesReview" => RULES_REVIEW,
        "DeleteOptions" => DELETE_OPTIONS,
        _ => return None,
    })
}

/// Reads a whole body: an envelope with the type, and the object inside.
pub(super) fn decode(body: &[u8]) -> Result<Value, Status> {
    const TYPE: Message = &[(1, "apiVersion", Text), (2, "kind", Text)];
    let broken = || Status::bad_request("the Protobuf body of the request is broken");
    let envelope = fields(&body[MAGIC.len()..]).ok_or_else(broken)?;
    let (mut object, mut raw) = (json!({}), &[][..]);
    for (number, payload) in envelope {
        match (number, payload) {
            (1, Payload::Bytes(bytes)) => object = read(TYPE, bytes).ok_or_else(broken)?,
            (2, Payload::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let kind = object["kind"].as_str().unwrap_or_default();
    let message = message(kind).ok_or_else(|| {
        let message = format!("Protobuf is not understood for {kind}, only JSON and YAML");
        Status::new(415, "UnsupportedMediaType", message)
    })?;
    let content = read(message, raw).ok_or_else(broken)?;
    if let (Value::Object(object), Value::Object(content)) = (&mut object, content) {
        object.extend(content);
    }
    Ok(object)
}

enum Payload<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Reads one message; empty text counts as missing, as in JSON.
fn read(message: Message, bytes: &[u8]) -> Option<Value> {
    let mut object = Map::new();
    for (number, payload) in fields(bytes)? {
        let Some((_, name, kind)) = message.iter().find(|field| field.0 == number) else {
            continue;
        };
        match (kind, payload) {
            (Integer, Payload::Number(value)) => {
                object.insert((*name).to_owned(), json!(value));
            }
            (Text, Payload::Bytes([])) => {}
            (kind, Payload::Bytes(bytes)) => read_field(&mut object, name, *kind, bytes)?,
            _ => return None,
        }
    }
    Some(Value::Object(object))
}

fn read_field(object: &mut Map<String, Value>, name: &str, kind: Type, bytes: &[u8]) -> Option<()> {
    let value = match kind {
        Text | TextList => json!(std::str::from_utf8(bytes).ok()?),
        TextMap => read(&[(1, "key", Text), (2, "value", Text)], bytes)?,
        BytesMap => bytes_entry(bytes)?,
        One(message) | List(message) => read(message, bytes)?,
        Integer => return None,
    };
    match (kind, value) {
        (TextMap | BytesMap, entry) => {
            let map = object.entry(name).or_insert_with(|| json!({}));
            map[entry["key"].as_str()?] = json!(entry["value"].as_str().unwrap_or_default());
        }
        (TextList | List(_), element) => {
            let list = object.entry(name).or_insert_with(|| json!([]));
            list.as_array_mut()?.push(element);
        }
        (_, Value::Object(inlined)) if name.is_empty() => object.extend(inlined),
        (_, value) => {
            object.insert(name.to_owned(), value);
        }
    }
    Some(())
}

/// One entry of a map to bytes, which JSON writes as Base64.
fn bytes_entry(bytes: &[u8]) -> Option<Value> {
    let mut entry = json!({});
    for (number, payload) in fields(bytes)? {
        let Payload::Bytes(bytes) = payload else { return None };
        match number {
            1 => entry["key"] = json!(std::str::from_utf8(bytes).ok()?),
            _ => entry["value"] = json!(BASE64_STANDARD.encode(bytes)),
        }
    }
    Some(entry)
}

/// Takes a message apart by field number.
fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Payload<'_>)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let payload = match tag & 7 {
            0 => Payload::Number(varint(&mut bytes)?),
            1 => Payload::Bytes(bytes.split_off(..8)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                Payload::Bytes(bytes.split_off(..length)?)
            }
            5 => Payload::Bytes(bytes.split_off(..4)?),
            _ => return None,
        };
        found.push((tag >> 3, payload));
    }
    Some(found)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
