//! How objects go over the wire: whole, as metadata only, or as the table that kubectl prints.
//! Whole objects are copied from their ready JSON.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::kinds::Kind;
use super::list::Page;
use super::object::Object;
use super::table;

/// What the client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Whole,
    Metadata,
    Table,
}

/// Bytes of a list that are sent in one piece.
const PIECE: usize = 512 * 1024;

impl Format {
    /// Takes the first form that an `Accept` header asks for.
    pub fn accepted(accept: &str) -> Self {
        for choice in accept.split(',') {
            if choice.contains("as=Table") && choice.contains("v=v1;") | choice.ends_with("v=v1") {
                return Self::Table;
            }
            if choice.contains("as=PartialObjectMetadata") {
                return Self::Metadata;
            }
            if choice.trim() == "application/json" {
                return Self::Whole;
            }
        }
        Self::Whole
    }

    /// One object as the answer to a request.
    pub fn object(self, object: &Arc<Object>, now: Timestamp) -> Bytes {
        match self {
            Self::Whole => object.json(),
            Self::Metadata => metadata_only(object).to_string().into(),
            Self::Table => {
                let version = object.resource_version;
                table::table(object.kind, [object], true, version, now).to_string().into()
            }
        }
    }

    /// One object inside a watch event; only the first table names its columns.
    pub fn watched(self, object: &Arc<Object>, first: bool, now: Timestamp) -> Bytes {
        match self {
            Self::Table => {
                let version = object.resource_version;
                table::table(object.kind, [object], first, version, now).to_string().into()
            }
            other => other.object(object, now),
        }
    }

    /// A page of a list, in pieces.
    pub fn list(self, kind: &Kind, page: &Page, now: Timestamp) -> Vec<Bytes> {
        let metadata = list_metadata(page);
        match self {
            Self::Whole => whole_list(kind, page, &metadata),
            Self::Metadata => {
                let items: Vec<Value> = page.items.iter().map(|item| metadata_only(item)).collect();
                let list = json!({"kind": "PartialObjectMetadataList",
                    "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items});
                vec![list.to_string().into()]
            }
            Self::Table => {
                let mut list = table::table(kind, &page.items, true, page.revision, now);
                list["metadata"] = metadata;
                vec![list.to_string().into()]
            }
        }
    }
}

fn list_metadata(page: &Page) -> Value {
    let mut metadata = json!({"resourceVersion": page.revision.to_string()});
    if let Some(token) = &page.continue_token {
        metadata["continue"] = json!(token);
    }
    if let Some(remaining) = page.remaining {
        metadata["remainingItemCount"] = json!(remaining);
    }
    metadata
}

/// Items of a typed list carry no `kind` and `apiVersion`.
fn whole_list(kind: &Kind, page: &Page, metadata: &Value) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut piece = Vec::with_capacity(PIECE.min(4096 * (page.items.len() + 1)));
    let head = format!(
        r#"{{"kind":"{}List","apiVersion":"{}","metadata":{metadata},"items":["#,
        kind.kind,
        kind.api_version()
    );
    piece.extend_from_slice(head.as_bytes());
    for (index, item) in page.items.iter().enumerate() {
        piece.extend_from_slice(if index == 0 { b"{" } else { b",{" });
        piece.extend_from_slice(item.body());
        if piece.len() >= PIECE {
            pieces.push(Bytes::from(std::mem::take(&mut piece)));
        }
    }
    piece.extend_from_slice(b"]}\n");
    pieces.push(Bytes::from(piece));
    pieces
}

fn metadata_only(object: &Object) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object.value()["metadata"]})
}
