//! Carries out a permitted request on the cluster.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Response;
use serde_json::{Value, json};

use super::answer;
use super::counters::Verb;
use super::faults::Effect;
use super::http::Call;
use super::list::invalid_version;
use super::object::{Object, metadata_text, object_mut};
use super::patch::{Patch, read};
use super::revise::Part;
use super::status::Status;
use super::watch::Watch;
use super::write::Preconditions;

impl Call<'_> {
    /// Does what is asked.
    pub(super) async fn perform(&self, effects: &[Effect]) -> Result<Response<Body>, Status> {
        match self.verb {
            Verb::Get => {
                let place = &self.place;
                let object = self.shared.cluster.get(place.kind, &place.namespace, &place.name)?;
                Ok(self.object(200, &object))
            }
            Verb::List => self.list(effects).await,
            Verb::Watch => self.watch(effects),
            Verb::Create => self.create(),
            Verb::Update => self.update(),
            Verb::Patch => self.patch(),
            Verb::Delete => self.delete(),
            Verb::DeleteCollection => self.delete_collection(),
        }
    }

    fn object(&self, code: u16, object: &Arc<Object>) -> Response<Body> {
        let now = (self.shared.cluster.options().clock)();
        answer::json(code, self.format.object(object, now))
    }

    async fn list(&self, effects: &[Effect]) -> Result<Response<Body>, Status> {
        let cluster = &self.shared.cluster;
        let query = self.query.list(self.place.kind, &self.place.namespace)?;
        let old = effects.iter().find_map(|effect| match effect {
            Effect::OldList(snapshot) => Some(snapshot),
            _ => None,
        });
        let page = cluster.page(self.place.kind, &query, old)?;
        if let Some(pace) = self.shared.options.pace {
            let objects = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
            tokio::time::sleep(pace * objects).await;
        }
        let now = (cluster.options().clock)();
        Ok(answer::pieces(self.format.list(self.place.kind, &page, now)))
    }

    fn watch(&self, effects: &[Effect]) -> Result<Response<Body>, Status> {
        let cluster = &self.shared.cluster;
        let kind = self.place.kind;
        let query = self.query.list(self.place.kind, &self.place.namespace)?;
        let version = query.resource_version.as_str();
        let bookmarks = self.query.flag("allowWatchBookmarks");
        let send_initial = self.query.get("sendInitialEvents");
        check_initial_events(send_initial, &query.resource_version_match, bookmarks)?;
        let from: u64 = match version {
            "" => 0,
            text => text.parse().map_err(|_| invalid_version(text))?,
        };
        let marks_initial = send_initial == "true";
        let starts_now = (from == 0 && send_initial != "false") || marks_initial;
        let cut = effects.iter().find_map(|effect| match effect {
            Effect::CutWatch { after, how } => Some((*after, *how)),
            _ => None,
        });
        let (initial, cursor) = if starts_now { self.present()? } else { (Vec::new(), from) };
        let at_once = cut.is_some_and(|(after, _)| after == 0);
        let watch = Watch {
            cluster: cluster.clone(),
            kind,
            namespace: query.namespace,
            selector: query.selector,
            format: self.format,
            initial: if at_once { Vec::new() } else { initial },
            marks_initial: marks_initial && !at_once,
            cursor: if cursor == 0 { cluster.revision() } else { cursor },
            bookmarks,
            bookmark_interval: self.shared.options.bookmark_interval,
            // A real server takes half an hour to an hour when the client does not say.
            timeout: self.query.timeout().unwrap_or(Duration::from_secs(2700)),
            cut,
            wire: self.wire.clone(),
            _open: cluster.counters().open_watch(kind),
        };
        Ok(answer::json(200, Body::from_stream(watch.stream())))
    }

    /// What is there now, and the revision from which to follow it.
    fn present(&self) -> Result<(Vec<Arc<Object>>, u64), Status> {
        let selector = self.query.selector(self.place.kind)?;
        let snapshot = self.shared.cluster.snapshot();
        let objects = snapshot.objects(self.place.kind);
        let namespace = &self.place.namespace;
        let wanted = |object: &&Arc<Object>| {
            (namespace.is_empty() || object.namespace == *namespace) && selector.matches(object)
        };
        Ok((objects.values().filter(wanted).cloned().collect(), snapshot.revision))
    }

    fn create(&self) -> Result<Response<Body>, Status> {
        let object = self.read_object()?;
        let created =
            self.shared.cluster.create_in(self.place.kind, object, self.query.dry_run())?;
        Ok(self.object(201, &created))
    }

    fn update(&self) -> Result<Response<Body>, Status> {
        let object = self.read_object()?;
        let part = self.part();
        let cluster = &self.shared.cluster;
        let updated = cluster.replace(self.place.kind, object, part, self.query.dry_run())?;
        Ok(self.object(200, &updated))
    }

    fn patch(&self) -> Result<Response<Body>, Status> {
        let patch = Patch::parse(&self.content_type, &self.body)?;
        let place = &self.place;
        let cluster = &self.shared.cluster;
        let dry_run = self.query.dry_run();
        let outcome = cluster.change_one(
            place.kind,
            &place.namespace,
            &place.name,
            self.part(),
            dry_run,
            |value| patch.apply(place.kind, value),
        );
        match (&patch, outcome) {
            (Patch::Apply(_), Err(status)) if status.code == 404 => {
                let created = cluster.create_in(place.kind, self.read_object()?, dry_run)?;
                Ok(self.object(201, &created))
            }
            (_, outcome) => Ok(self.object(200, &outcome?)),
        }
    }

    fn delete(&self) -> Result<Response<Body>, Status> {
        let options = self.delete_options()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let wanted = &options["preconditions"];
        let preconditions = Preconditions {
            uid: text(&wanted["uid"]),
            resource_version: text(&wanted["resourceVersion"]),
        };
        let place = &self.place;
        let dry_run = self.query.dry_run() || options["dryRun"] == json!(["All"]);
        let cluster = &self.shared.cluster;
        let deleted = cluster.delete_if(
            place.kind,
            &place.namespace,
            &place.name,
            &preconditions,
            dry_run,
        )?;
        if cluster.get(place.kind, &place.namespace, &place.name).is_ok() && !dry_run {
            // A finalizer holds it back: the answer is the object that is going.
            return Ok(self.object(200, &deleted));
        }
        let details = json!({"name": deleted.name, "group": place.kind.group,
            "kind": place.kind.plural, "uid": deleted.uid});
        let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {},
            "status": "Success", "details": details});
        Ok(answer::json(200, body.to_string()))
    }

    fn delete_collection(&self) -> Result<Response<Body>, Status> {
        let cluster = &self.shared.cluster;
        let mut query = self.query.list(self.place.kind, &self.place.namespace)?;
        query.limit = 0;
        let page = cluster.page(self.place.kind, &query, None)?;
        if !self.query.dry_run() {
            for object in &page.items {
                cluster.delete(object.kind, &object.namespace, &object.name)?;
            }
        }
        let now = (cluster.options().clock)();
        Ok(answer::pieces(self.format.list(self.place.kind, &page, now)))
    }

    fn part(&self) -> Part {
        if self.place.subresource == "status" { Part::Status } else { Part::Main }
    }

    fn delete_options(&self) -> Result<Value, Status> {
        if self.body.is_empty() { Ok(Value::Null) } else { read(&self.body) }
    }

    /// The object in the body, which must agree with the path.
    fn read_object(&self) -> Result<Value, Status> {
        let place = &self.place;
        let mut object = read(&self.body)?;
        let (kind, version) = (place.kind.kind, place.kind.api_version());
        let root = object_mut(&mut object);
        root.entry("kind").or_insert(json!(kind));
        root.entry("apiVersion").or_insert(json!(version));
        if root["kind"] != kind || root["apiVersion"] != version {
            let message = format!(
                "{} in version {} cannot be handled as a {kind}: no kind {} is registered here",
                root["kind"], root["apiVersion"], root["kind"]
            );
            return Err(Status::bad_request(message));
        }
        let metadata = object_mut(root.entry("metadata").or_insert(Value::Null));
        fill(metadata, "namespace", &place.namespace).map_err(|_| {
            Status::bad_request(
                "the namespace of the provided object does not match the namespace sent on the \
                 request",
            )
        })?;
        fill(metadata, "name", &place.name).map_err(|given| {
            let name = &place.name;
            Status::bad_request(format!(
                "the name of the object ({given}) does not match the name on the URL ({name})"
            ))
        })?;
        if place.kind.namespaced && metadata_text(&object, "namespace").is_empty() {
            return Err(Status::bad_request("an empty namespace may not be set during creation"));
        }
        Ok(object)
    }
}

/// Sets a field that the path knows; answers what is there when it differs.
fn fill(
    metadata: &mut serde_json::Map<String, Value>,
    field: &str,
    from_path: &str,
) -> Result<(), String> {
    if from_path.is_empty() {
        return Ok(());
    }
    let given = metadata.get(field).and_then(Value::as_str).unwrap_or_default();
    if !given.is_empty() && given != from_path {
        return Err(given.to_owned());
    }
    metadata.insert(field.to_owned(), json!(from_path));
    Ok(())
}

fn check_initial_events(send: &str, version_match: &str, bookmarks: bool) -> Result<(), Status> {
    let problem = if send.is_empty() && !version_match.is_empty() {
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
    } else if !send.is_empty() && version_match != "NotOlderThan" {
        "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch \
         to NotOlderThan"
    } else if send == "true" && !bookmarks {
        "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless \
         allowWatchBookmarks is set"
    } else {
        return Ok(());
    };
    let message = format!("ListOptions.meta.k8s.io \"\" is invalid: {problem}");
    Err(Status::new(422, "Invalid", message))
}
