//! Loads a folder of manifests as a real API server would take them: what it would refuse is
//! reported by file and name, and the rest is loaded.

mod classes;
mod documents;
mod folder;
mod identity;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::kubernetes::kinds::{self, Kind};
use crate::kubernetes::validate;

/// What a folder gave.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Accepted objects in an order in which they can be created: namespaces first, then
    /// IngressClasses.
    pub objects: Vec<Value>,
    /// Everything that was not loaded.
    pub refused: Vec<Refused>,
}

impl Loaded {
    /// How many of the objects are of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.objects.iter().filter(|object| object["kind"] == kind).count()
    }
}

/// A file or a document in it that was not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Path below the folder.
    pub file: String,
    /// `namespace/name`, or empty where the file could not be read.
    pub name: String,
    /// The server's sentence, or what is wrong with the file.
    pub reason: String,
}

/// Loads all `*.yaml`, `*.yml` and `*.json` files below a folder, in the order of their names.
/// Objects without a namespace get `default`, and Namespaces that are missing are made up.
/// IngressClasses are made up for names in common use, but only where the folder brings none
/// itself. Objects without a UID get one that depends on kind and name only, so that loading the
/// same folder again gives the same objects. Fails only when a folder cannot be listed.
pub fn load_folder(dir: &Path) -> anyhow::Result<Loaded> {
    let mut loader = Loader::default();
    for file in folder::files(dir)? {
        let name = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        loader.load_file(&name, &file);
    }
    Ok(loader.finish())
}

#[derive(Default)]
struct Loader {
    loaded: Loaded,
    /// Kind, namespace and name of what is loaded.
    seen: BTreeSet<(&'static str, String, String)>,
}

impl Loader {
    fn load_file(&mut self, file: &str, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.refuse(file, "", error.to_string()),
        };
        for document in documents::parse(path, &text) {
            match document {
                Ok(document) => documents::expand(document)
                    .into_iter()
                    .for_each(|object| self.load_object(file, object)),
                Err(reason) => self.refuse(file, "", reason),
            }
        }
    }

    fn load_object(&mut self, file: &str, mut object: Value) {
        let accepted = self.admit(&mut object);
        match accepted {
            Ok(()) => self.loaded.objects.push(object),
            Err(reason) => {
                let name = qualified_name(&object);
                self.refuse(file, &name, reason);
            }
        }
    }

    /// Fills in the namespace and decides as a server would.
    fn admit(&mut self, object: &mut Value) -> Result<(), String> {
        if !object.is_object() || object["kind"].is_null() {
            return Err("not a Kubernetes object: it has no kind".to_owned());
        }
        let kind = known_kind(object)?;
        if !object["metadata"].is_object() {
            object["metadata"] = json!({});
        }
        let name = text(object, "name");
        let namespace = settle_namespace(kind, object)?;
        validate::validate(kind.kind, object)
            .map_err(|errors| validate::message(&kind.qualified_kind(), &name, &errors))?;
        if !name.is_empty() && !self.seen.insert((kind.kind, namespace, name.clone())) {
            return Err(format!("{} \"{name}\" already exists", kind.resource()));
        }
        Ok(())
    }

    fn refuse(&mut self, file: &str, name: &str, reason: String) {
        self.loaded.refused.push(Refused { file: file.into(), name: name.into(), reason });
    }

    fn finish(self) -> Loaded {
        let Self { mut loaded, seen } = self;
        let used: BTreeSet<String> =
            seen.iter().map(|(_, namespace, _)| namespace.clone()).collect();
        let missing = used.into_iter().filter(|namespace| {
            let key = ("Namespace", String::new(), namespace.clone());
            !namespace.is_empty() && !seen.contains(&key)
        });
        let namespaces = missing.map(
            |name| json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } }),
        );
        let classes = classes::missing(&loaded.objects);
        loaded.objects.extend(namespaces.chain(classes));
        loaded.objects.iter_mut().for_each(identity::give);
        loaded.objects.sort_by_key(|object| match object["kind"].as_str() {
            Some("Namespace") => 0,
            Some("IngressClass") => 1,
            _ => 2,
        });
        loaded
    }
}

fn known_kind(object: &Value) -> Result<&'static Kind, String> {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    let kind = object["kind"].as_str().unwrap_or_default();
    kinds::by_manifest(version, kind)
        .ok_or_else(|| format!("no matches for kind \"{kind}\" in version \"{version}\""))
}

/// Puts the object into `default` if it names no namespace, and answers where it is. A namespace
/// that cannot exist is not found, as on a real server.
fn settle_namespace(kind: &Kind, object: &mut Value) -> Result<String, String> {
    if !kind.namespaced {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("namespace");
        }
        return Ok(String::new());
    }
    let namespace = text(object, "namespace");
    if namespace.is_empty() {
        object["metadata"]["namespace"] = "default".into();
        return Ok("default".to_owned());
    }
    let candidate = json!({ "metadata": { "name": namespace } });
    match validate::validate("Namespace", &candidate) {
        Ok(()) => Ok(namespace),
        Err(_) => Err(format!("namespaces \"{namespace}\" not found")),
    }
}

fn qualified_name(object: &Value) -> String {
    match (text(object, "namespace"), text(object, "name")) {
        (namespace, name) if namespace.is_empty() => name,
        (namespace, name) => format!("{namespace}/{name}"),
    }
}

fn text(object: &Value, field: &str) -> String {
    object["metadata"][field].as_str().unwrap_or_default().to_owned()
}
