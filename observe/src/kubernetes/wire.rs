//! What Kubernetes' lists and watches look like on the wire, as far as the sync reads them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;

/// A page of a list. Items stay raw.
#[derive(Deserialize)]
pub(crate) struct List<'a> {
    #[serde(default)]
    pub(crate) metadata: ListMetadata,
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
}

/// Where a page stands in its list.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListMetadata {
    pub(crate) resource_version: String,
    pub(crate) r#continue: String,
    pub(crate) remaining_item_count: Option<i64>,
}

impl<'a> List<'a> {
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, Failure> {
        let list: Self = serde_json::from_slice(json).map_err(|error| malformed(&error))?;
        if list.metadata.resource_version.is_empty() {
            return Err(Failure::Malformed("a list without a resource version".into()));
        }
        Ok(list)
    }

    pub(crate) fn items(&self) -> &[&'a RawValue] {
        self.items.as_deref().unwrap_or_default()
    }
}

/// One line of a watch.
pub(crate) enum Event<'a> {
    /// Added or modified: it is there, in this state.
    Present(&'a RawValue),
    /// Deleted, with its last state.
    Deleted(&'a RawValue),
    /// Everything up to this version has been told.
    Bookmark,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    code: u16,
    #[serde(default)]
    message: String,
}

/// Reads a line, and the resource version it brings the watch to.
pub(crate) fn event(json: &[u8]) -> Result<(Event<'_>, String), Failure> {
    let line: Line<'_> = serde_json::from_slice(json).map_err(|error| malformed(&error))?;
    let event = match &*line.r#type {
        "ADDED" | "MODIFIED" => Event::Present(line.object),
        "DELETED" => Event::Deleted(line.object),
        "BOOKMARK" => Event::Bookmark,
        "ERROR" => {
            let status: Status =
                serde_json::from_str(line.object.get()).map_err(|error| malformed(&error))?;
            return Err(Failure::of_status(status.code, None, status.message, None));
        }
        other => return Err(Failure::Malformed(format!("an event of type {other:?}"))),
    };
    let version = head(line.object)?.metadata.resource_version;
    Ok((event, version))
}

/// Which object, in which version.
#[derive(Deserialize)]
pub(crate) struct Head {
    #[serde(default)]
    pub(crate) metadata: HeadMetadata,
}

/// The part of `metadata` that tells objects apart.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct HeadMetadata {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) resource_version: String,
}

/// Reads which object this is.
pub(crate) fn head(object: &RawValue) -> Result<Head, Failure> {
    serde_json::from_str(object.get()).map_err(|error| malformed(&error))
}

#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    spec: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
}

/// The object without `kind` and `apiVersion`, which watches write and lists leave out, so that
/// the same object is the same text. What is not an object stays as it is.
pub(crate) fn bare(object: &RawValue) -> Cow<'_, str> {
    let Ok(parts) = serde_json::from_str::<Parts<'_>>(object.get()) else {
        return Cow::Borrowed(object.get());
    };
    let mut text = String::with_capacity(object.get().len());
    let named = [("metadata", parts.metadata), ("spec", parts.spec), ("status", parts.status)];
    for (name, part) in named {
        if let Some(part) = part {
            text.push_str(if text.is_empty() { "{\"" } else { ",\"" });
            text.push_str(name);
            text.push_str("\":");
            text.push_str(part.get());
        }
    }
    text.push_str(if text.is_empty() { "{}" } else { "}" });
    Cow::Owned(text)
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::Malformed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_watches_give_the_same_text_for_the_same_object() {
        let of_list = r#"{"metadata":{"name":"a"},"spec":{}}"#;
        let of_watch = r#"{"kind":"Ingress","apiVersion":"networking.k8s.io/v1","metadata":{"name":"a"},"spec":{}}"#;
        let bare = |json: &str| {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            bare(&raw).into_owned()
        };
        assert_eq!(bare(of_list), of_list);
        assert_eq!(bare(of_watch), of_list);
        assert_eq!(bare("7"), "7");
    }

    #[test]
    fn an_error_event_is_the_failure_it_names() {
        let gone = br#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"old"}}"#;
        assert!(matches!(event(gone), Err(Failure::Gone)));
        assert!(matches!(event(b"{\"type\":\"ADD"), Err(Failure::Malformed(_))));
    }
}
