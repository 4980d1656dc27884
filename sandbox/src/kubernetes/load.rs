//! Bulk loading from within the process: everything a manifest says is kept, and what it leaves
//! out is filled in. No validation, so that odd objects can be served too.

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::kinds::{self, Kind, NAMESPACE};
use super::object::{metadata_text, object_mut};
use super::status::Status;
use super::write;

impl Cluster {
    /// Loads objects as they are, replacing what has the same name, and answers how many. Keeps
    /// uid, creation time, managed fields and status; makes the namespaces that are missing.
    /// Lists are taken apart.
    pub fn load(&self, objects: impl IntoIterator<Item = Value>) -> Result<usize, Status> {
        let mut count = 0;
        for object in objects {
            if let Some(items) = list_items(&object) {
                count += self.load(items)?;
            } else {
                self.load_one(object)?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Loads a YAML text of one or several documents.
    pub fn load_yaml(&self, text: &str) -> anyhow::Result<usize> {
        let documents: Vec<Value> = serde_saphyr::from_multiple(text)?;
        Ok(self.load(documents.into_iter().filter(|document| !document.is_null()))?)
    }

    fn load_one(&self, mut object: Value) -> Result<(), Status> {
        let kind = kind_of(&object)?;
        complete(self, kind, &mut object)?;
        let namespace = metadata_text(&object, "namespace");
        self.change(|state| {
            if kind.namespaced && state.get(&NAMESPACE, "", &namespace).is_none() {
                let mut missing = json!({"metadata": {"name": namespace}});
                self.stamp(&NAMESPACE, &mut missing);
                state.put(&NAMESPACE, missing);
            }
            state.put(kind, object);
        });
        Ok(())
    }
}

/// The kind that a manifest names.
pub(super) fn kind_of(object: &Value) -> Result<&'static Kind, Status> {
    let api_version = object["apiVersion"].as_str().unwrap_or_default();
    let kind = object["kind"].as_str().unwrap_or_default();
    kinds::by_manifest(api_version, kind).ok_or_else(|| {
        let message = format!("no matches for kind \"{kind}\" in version \"{api_version}\"");
        Status::new(404, "NotFound", message)
    })
}

fn complete(cluster: &Cluster, kind: &Kind, object: &mut Value) -> Result<(), Status> {
    if metadata_text(object, "name").is_empty() {
        return Err(write::name_required(kind));
    }
    let metadata = object_mut(&mut object["metadata"]);
    if !kind.namespaced {
        metadata.remove("namespace");
    } else if !metadata.contains_key("namespace") {
        metadata.insert("namespace".into(), "default".into());
    }
    cluster.stamp(kind, object);
    Ok(())
}

fn list_items(object: &Value) -> Option<Vec<Value>> {
    let list = object["kind"].as_str()?;
    let items = object.get("items")?.as_array()?;
    let kind = list.strip_suffix("List")?;
    let typed = |item: &Value| {
        let mut item = item.clone();
        let fields = object_mut(&mut item);
        fields.entry("kind").or_insert_with(|| kind.into());
        fields.entry("apiVersion").or_insert_with(|| object["apiVersion"].clone());
        item
    };
    Some(items.iter().map(typed).collect())
}
