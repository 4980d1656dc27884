//! What the API server says about itself: version, groups, resources, and just enough OpenAPI for
//! kubectl to leave validation to the server.

use serde_json::{Map, Value, json};

use super::kinds::Kind;

/// The Kubernetes version that the double claims.
const MINOR: &str = "33";

/// Answers a discovery path; none for a path that does not exist. `kinds` are those served now.
pub(super) fn discover(path: &str, address: &str, kinds: &[&'static Kind]) -> Option<Value> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["version"] => Some(version()),
        ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]})),
        ["apis"] => {
            let groups = groups(kinds);
            let groups: Vec<Value> = groups.iter().map(|group| describe_group(group)).collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        ["api", "v1"] => resources(kinds, "", "v1"),
        ["apis", group] if groups(kinds).contains(group) => {
            let mut body = describe_group(group);
            body["kind"] = json!("APIGroup");
            body["apiVersion"] = json!("v1");
            Some(body)
        }
        ["apis", group, version] => resources(kinds, group, version),
        ["openapi", "v3"] => Some(openapi_index(kinds)),
        ["openapi", "v3", "api", "v1"] => Some(openapi(kinds, "", "v1")),
        ["openapi", "v3", "apis", group, version] => Some(openapi(kinds, group, version)),
        _ => None,
    }
}

fn version() -> Value {
    json!({
        "major": "1", "minor": MINOR, "gitVersion": format!("v1.{MINOR}.0"),
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "2025-04-23T13:01:09Z",
        "goVersion": "go1.24.2", "compiler": "gc", "platform": "linux/amd64",
    })
}

/// The groups with kinds that are served, and the one for access reviews.
fn groups(kinds: &[&'static Kind]) -> Vec<&'static str> {
    let mut groups = vec!["authorization.k8s.io"];
    for kind in kinds {
        if !kind.group.is_empty() && !groups.contains(&kind.group) {
            groups.push(kind.group);
        }
    }
    groups
}

fn describe_group(group: &str) -> Value {
    let version = json!({"groupVersion": format!("{group}/v1"), "version": "v1"});
    json!({"name": group, "versions": [version], "preferredVersion": version})
}

fn resources(kinds: &[&'static Kind], group: &str, version: &str) -> Option<Value> {
    let mut list = Vec::new();
    for kind in of_group(kinds, group, version) {
        list.push(describe(kind));
        if kind.status {
            list.push(json!({"name": format!("{}/status", kind.plural), "singularName": "",
                "namespaced": kind.namespaced, "kind": kind.kind,
                "verbs": ["get", "patch", "update"]}));
        }
    }
    if (group, version) == ("authorization.k8s.io", "v1") {
        for kind in ["SelfSubjectAccessReview", "SelfSubjectRulesReview"] {
            list.push(json!({"name": format!("{}s", kind.to_lowercase()),
                "singularName": kind.to_lowercase(), "namespaced": false, "kind": kind,
                "verbs": ["create"]}));
        }
    }
    let group_version =
        if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    (!list.is_empty()).then(|| {
        json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": list})
    })
}

fn of_group<'a>(
    kinds: &'a [&'static Kind],
    group: &'a str,
    version: &'a str,
) -> impl Iterator<Item = &'static Kind> + 'a {
    let kinds = kinds.iter().copied();
    kinds.filter(move |kind| kind.group == group && kind.version == version)
}

fn describe(kind: &Kind) -> Value {
    json!({
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "shortNames": kind.short_names,
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update",
            "watch"],
    })
}

fn openapi_index(kinds: &[&'static Kind]) -> Value {
    let mut paths = Map::new();
    for kind in kinds {
        let path = group_path(kind.group, kind.version);
        let url = json!({"serverRelativeURL": format!("/openapi/v3/{path}?hash=1")});
        paths.insert(path, url);
    }
    json!({"paths": paths})
}

fn group_path(group: &str, version: &str) -> String {
    if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") }
}

/// Says of every kind that the server validates fields itself, and nothing else.
fn openapi(kinds: &[&'static Kind], group: &str, version: &str) -> Value {
    let mut paths = Map::new();
    for kind in of_group(kinds, group, version) {
        let scope = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
        let path = format!("/{}/{scope}{}/{{name}}", group_path(group, version), kind.plural);
        let operation = |action: &str| {
            json!({
                "x-kubernetes-action": action,
                "x-kubernetes-group-version-kind":
                    {"group": group, "version": version, "kind": kind.kind},
                "parameters": [{"name": "fieldValidation", "in": "query",
                    "schema": {"type": "string"}}],
                "responses": {"200": {"description": "OK"}},
            })
        };
        paths.insert(path, json!({"patch": operation("patch"), "put": operation("put")}));
    }
    let info = json!({"title": "Kubernetes", "version": format!("v1.{MINOR}.0")});
    json!({"openapi": "3.0.0", "info": info, "paths": paths})
}
