//! Permissions: evaluates the Role, ClusterRole and binding objects that are in the cluster.
//! Aggregated cluster roles are not computed; their rules must be written out.

use serde_json::Value;

use super::cluster::Cluster;
use super::kinds::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, ROLE, ROLE_BINDING};
use super::object::Object;
use super::status::Status;
use super::users::User;

/// One question to the authorizer.
#[derive(Debug, Clone, Default)]
pub(super) struct Access {
    pub verb: String,
    pub group: String,
    /// Plural name, with the subresource after a slash.
    pub resource: String,
    /// Empty for the cluster scope.
    pub namespace: String,
    pub name: String,
}

/// Paths that every authenticated user may read, as `system:discovery` allows.
const DISCOVERY: [&str; 8] =
    ["/api", "/apis", "/healthz", "/livez", "/readyz", "/version", "/openapi", "/.well-known"];

/// Paths that everybody may read, as `system:public-info-viewer` allows.
const PUBLIC: [&str; 4] = ["/healthz", "/livez", "/readyz", "/version"];

impl Cluster {
    /// Whether a user may do something with a resource.
    pub(super) fn allows(&self, user: &User, access: &Access) -> bool {
        is_master(user)
            || self.rules(user, &access.namespace).iter().any(|rule| rule_allows(rule, access))
    }

    /// Whether a user may read a path that is no resource.
    pub(super) fn allows_path(&self, user: &User, verb: &str, path: &str) -> bool {
        let under = |root: &&str| {
            path.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        is_master(user)
            || PUBLIC.iter().any(under)
            || (user.is_in("system:authenticated") && DISCOVERY.iter().any(under))
            || self.rules(user, "").iter().any(|rule| {
                has(&rule["verbs"], verb)
                    && values(&rule["nonResourceURLs"]).any(|pattern| {
                        let prefix = pattern.strip_suffix('*');
                        prefix.map_or(pattern == path, |prefix| path.starts_with(prefix))
                    })
            })
    }

    /// All rules that apply to a user in a namespace.
    pub(super) fn rules(&self, user: &User, namespace: &str) -> Vec<Value> {
        if is_master(user) {
            return vec![serde_json::json!({"verbs": ["*"], "apiGroups": ["*"],
                "resources": ["*"]})];
        }
        let mut bindings = self.list(&CLUSTER_ROLE_BINDING, "");
        if !namespace.is_empty() {
            bindings.extend(self.list(&ROLE_BINDING, namespace));
        }
        bindings.iter().flat_map(|binding| self.bound_rules(user, binding)).collect()
    }

    fn bound_rules(&self, user: &User, binding: &Object) -> Vec<Value> {
        let value = binding.value();
        let mut subjects = value["subjects"].as_array().into_iter().flatten();
        if !subjects.any(|subject| is_subject(user, subject, &binding.namespace)) {
            return Vec::new();
        }
        let name = value["roleRef"]["name"].as_str().unwrap_or_default();
        let role = if value["roleRef"]["kind"] == "Role" {
            self.get(&ROLE, &binding.namespace, name)
        } else {
            self.get(&CLUSTER_ROLE, "", name)
        };
        // A binding to a role that does not exist grants nothing.
        let rules = role.ok().and_then(|role| role.value()["rules"].as_array().cloned());
        rules.unwrap_or_default()
    }
}

impl Access {
    /// The 403 in the words of the real server.
    pub fn refusal(&self, kind: &Kind, user: &User) -> Status {
        let scope = match self.namespace.as_str() {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let why = format!(
            "User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {scope}",
            user.name, self.verb, self.resource, self.group
        );
        Status::forbidden(kind, &self.name, &why)
    }
}

fn is_master(user: &User) -> bool {
    user.is_in("system:masters")
}

fn is_subject(user: &User, subject: &Value, binding_namespace: &str) -> bool {
    let name = subject["name"].as_str().unwrap_or_default();
    match subject["kind"].as_str() {
        Some("User") => user.name == name,
        Some("Group") => user.is_in(name),
        Some("ServiceAccount") => {
            let namespace = subject["namespace"].as_str().unwrap_or(binding_namespace);
            user.name == format!("system:serviceaccount:{namespace}:{name}")
        }
        _ => false,
    }
}

fn rule_allows(rule: &Value, access: &Access) -> bool {
    let names = &rule["resourceNames"];
    let any_name = names.as_array().is_none_or(Vec::is_empty);
    let subresource = access.resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
    has(&rule["verbs"], &access.verb)
        && has(&rule["apiGroups"], &access.group)
        && (has(&rule["resources"], &access.resource)
            || subresource.is_some_and(|any| has(&rule["resources"], &any)))
        && (any_name || values(names).any(|name| name == access.name))
}

/// Whether a list of a rule names something, or everything.
fn has(list: &Value, wanted: &str) -> bool {
    values(list).any(|value| value == "*" || value == wanted)
}

fn values(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
