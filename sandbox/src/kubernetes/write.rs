//! Creating, changing and deleting, with the rules of a real API server: who sets which metadata,
//! what conflicts, what counts as a change.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::kinds::{Kind, NAMESPACE, SECRET};
use super::load::kind_of;
use super::object::{Object, metadata_text, object_mut};
use super::patch::Patch;
use super::revise::{self, Part};
use super::state::State;
use super::status::Status;
use super::validate;

/// What a client demands of the object that it deletes.
#[derive(Debug, Default)]
pub(super) struct Preconditions {
    pub uid: Option<String>,
    pub resource_version: Option<String>,
}

impl Cluster {
    /// Creates an object as a request over HTTP would.
    pub fn create(&self, object: Value) -> Result<Arc<Object>, Status> {
        self.create_in(kind_of(&object)?, object, false)
    }

    /// Replaces an object; a resource version in it must be the current one.
    pub fn update(&self, object: Value) -> Result<Arc<Object>, Status> {
        self.replace(kind_of(&object)?, object, Part::Main, false)
    }

    /// Replaces the status of an object.
    pub fn update_status(&self, object: Value) -> Result<Arc<Object>, Status> {
        self.replace(kind_of(&object)?, object, Part::Status, false)
    }

    /// Patches an object.
    pub fn patch(
        &self,
        kind: &'static Kind,
        namespace: &str,
        name: &str,
        patch: &Patch,
    ) -> Result<Arc<Object>, Status> {
        self.change_one(kind, namespace, name, Part::Main, false, |value| patch.apply(kind, value))
    }

    /// Changes an object in place, spec and status alike.
    pub fn modify(
        &self,
        kind: &'static Kind,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> Result<Arc<Object>, Status> {
        self.change_one(kind, namespace, name, Part::Whole, false, |mut value| {
            change(&mut value);
            Ok(value)
        })
    }

    /// Deletes an object; a namespace takes everything in it along.
    pub fn delete(
        &self,
        kind: &'static Kind,
        namespace: &str,
        name: &str,
    ) -> Result<Arc<Object>, Status> {
        self.delete_if(kind, namespace, name, &Preconditions::default(), false)
    }

    pub(super) fn create_in(
        &self,
        kind: &'static Kind,
        mut object: Value,
        dry_run: bool,
    ) -> Result<Arc<Object>, Status> {
        if !metadata_text(&object, "resourceVersion").is_empty() {
            let message = "resourceVersion should not be set on objects to be created";
            return Err(Status::new(500, "InternalError", message));
        }
        let metadata = object_mut(&mut object["metadata"]);
        for server_side in ["uid", "creationTimestamp", "generation", "selfLink"] {
            metadata.remove(server_side);
        }
        if kind.status {
            object_mut(&mut object).remove("status");
        }
        name_it(kind, &mut object)?;
        self.stamp(kind, &mut object);
        check(kind, &object)?;
        let (namespace, name) =
            (metadata_text(&object, "namespace"), metadata_text(&object, "name"));
        self.change(|state| {
            if kind.namespaced && state.get(&NAMESPACE, "", &namespace).is_none() {
                return Err(Status::not_found(&NAMESPACE, &namespace));
            }
            if state.get(kind, &namespace, &name).is_some() {
                return Err(Status::already_exists(kind, &name));
            }
            Ok(store(state, kind, object, dry_run))
        })
    }

    pub(super) fn replace(
        &self,
        kind: &'static Kind,
        object: Value,
        part: Part,
        dry_run: bool,
    ) -> Result<Arc<Object>, Status> {
        let (namespace, name) =
            (metadata_text(&object, "namespace"), metadata_text(&object, "name"));
        self.change_one(kind, &namespace, &name, part, dry_run, |_| Ok(object))
    }

    /// Changes an object under the lock: `change` gets the current value and answers the next.
    pub(super) fn change_one(
        &self,
        kind: &'static Kind,
        namespace: &str,
        name: &str,
        part: Part,
        dry_run: bool,
        change: impl FnOnce(Value) -> Result<Value, Status>,
    ) -> Result<Arc<Object>, Status> {
        self.change(|state| {
            let current = state.get(kind, namespace, name).cloned();
            let current = current.ok_or_else(|| Status::not_found(kind, name))?;
            let old = current.value();
            let mut new = change(old.clone())?;
            check_precondition(&current, &new)?;
            revise::keep_identity(&old, &mut new);
            revise::keep_other_part(kind, part, &old, &mut new);
            if revise::unchanged(&old, &new) {
                return Ok(current);
            }
            revise::count_generation(kind, &old, &mut new);
            check(kind, &new)?;
            if revise::is_released(&new) && !dry_run {
                return Ok(state.remove(&current));
            }
            Ok(store(state, kind, new, dry_run))
        })
    }

    pub(super) fn delete_if(
        &self,
        kind: &'static Kind,
        namespace: &str,
        name: &str,
        preconditions: &Preconditions,
        dry_run: bool,
    ) -> Result<Arc<Object>, Status> {
        let now = self.now();
        self.change(|state| {
            let current = state.get(kind, namespace, name).cloned();
            let current = current.ok_or_else(|| Status::not_found(kind, name))?;
            preconditions.check(&current)?;
            if dry_run {
                return Ok(current);
            }
            if kind == &NAMESPACE {
                empty_namespace(state, name);
            }
            let mut value = current.value();
            if value["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty) {
                return Ok(state.remove(&current));
            }
            if !value["metadata"]["deletionTimestamp"].is_null() {
                return Ok(current);
            }
            value["metadata"]["deletionTimestamp"] = json!(now);
            value["metadata"]["deletionGracePeriodSeconds"] = json!(0);
            Ok(state.put(kind, value))
        })
    }

    /// Fills in what the server sets on a new object, where it is missing.
    pub(super) fn stamp(&self, kind: &Kind, object: &mut Value) {
        let name = metadata_text(object, "name");
        let root = object_mut(object);
        let metadata = object_mut(root.entry("metadata").or_insert(Value::Null));
        metadata.entry("uid").or_insert_with(|| new_uid().into());
        let created = metadata.entry("creationTimestamp").or_insert(Value::Null);
        if created.is_null() {
            *created = self.now().into();
        }
        if kind.generation {
            metadata.entry("generation").or_insert(json!(1));
        }
        if kind == &NAMESPACE {
            let labels = object_mut(metadata.entry("labels").or_insert(Value::Null));
            labels.entry("kubernetes.io/metadata.name").or_insert(name.into());
            root.entry("spec").or_insert(json!({"finalizers": ["kubernetes"]}));
            root.entry("status").or_insert(json!({"phase": "Active"}));
        } else if kind == &SECRET {
            root.entry("type").or_insert(json!("Opaque"));
        } else if kind.status && !kind.custom {
            root.entry("status").or_insert(json!({"loadBalancer": {}}));
        }
    }

    /// The time as Kubernetes writes it.
    fn now(&self) -> String {
        (self.options().clock)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

impl Preconditions {
    fn check(&self, current: &Object) -> Result<(), Status> {
        let version = current.resource_version.to_string();
        let pairs = [("UID", &self.uid, &current.uid), ("RV", &self.resource_version, &version)];
        for (what, wanted, actual) in pairs {
            if let Some(wanted) = wanted.as_ref().filter(|wanted| *wanted != actual) {
                let why = format!(
                    "Precondition failed: {what} in precondition: {wanted}, {what} in object meta: \
                     {actual}"
                );
                return Err(Status::conflict(current.kind, &current.name, &why));
            }
        }
        Ok(())
    }
}

/// A random uid.
pub(super) fn new_uid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// 422 for an object without a name.
pub(super) fn name_required(kind: &Kind) -> Status {
    let cause = ("FieldValueRequired", "Required value: name or generateName is required");
    let cause = (cause.0.to_owned(), cause.1.to_owned(), "metadata.name".to_owned());
    Status::invalid(kind, "", &[cause])
}

fn name_it(kind: &Kind, object: &mut Value) -> Result<(), Status> {
    let prefix = metadata_text(object, "generateName");
    if !metadata_text(object, "name").is_empty() {
        return Ok(());
    }
    if prefix.is_empty() {
        return Err(name_required(kind));
    }
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let letter = |_| char::from(ALPHABET[fastrand::usize(..ALPHABET.len())]);
    let suffix: String = (0..5).map(letter).collect();
    object["metadata"]["name"] = format!("{prefix}{suffix}").into();
    Ok(())
}

fn check(kind: &Kind, object: &Value) -> Result<(), Status> {
    let name = metadata_text(object, "name");
    validate::check(kind, object).map_err(|causes| Status::invalid(kind, &name, &causes))
}

fn store(state: &mut State, kind: &'static Kind, object: Value, dry_run: bool) -> Arc<Object> {
    if dry_run { Object::new(kind, object, 0) } else { state.put(kind, object) }
}

fn check_precondition(current: &Object, new: &Value) -> Result<(), Status> {
    let wanted = metadata_text(new, "resourceVersion");
    if !wanted.is_empty() && wanted != current.resource_version.to_string() {
        return Err(Status::modified(current.kind, &current.name));
    }
    let uid = metadata_text(new, "uid");
    let preconditions =
        Preconditions { uid: Some(uid).filter(|uid| !uid.is_empty()), resource_version: None };
    preconditions.check(current)
}

fn empty_namespace(state: &mut State, namespace: &str) {
    let inside: Vec<Arc<Object>> = super::kinds::KINDS
        .into_iter()
        .filter(|kind| kind.namespaced)
        .flat_map(|kind| state.table(kind).objects.values())
        .filter(|object| object.namespace == namespace)
        .cloned()
        .collect();
    for object in inside {
        state.remove(&object);
    }
}
