//! The questions that clients ask about themselves: may I do this, what may I do, who am I.

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::rbac::Access;
use super::status::Status;
use super::users::User;

/// Answers a review that was posted to `group`'s collection `plural`.
pub(super) fn review(
    cluster: &Cluster,
    user: &User,
    plural: &str,
    mut body: Value,
) -> Result<Value, Status> {
    if !body.is_object() {
        return Err(Status::bad_request("the body of the request is not an object"));
    }
    let spec = body["spec"].clone();
    let (group, kind, status) = match plural {
        "selfsubjectaccessreviews" => {
            ("authorization", "SelfSubjectAccessReview", access_review(cluster, user, &spec)?)
        }
        "selfsubjectrulesreviews" => {
            ("authorization", "SelfSubjectRulesReview", rules_review(cluster, user, &spec))
        }
        _ => {
            let info = json!({"userInfo": {"username": user.name, "groups": user.groups}});
            ("authentication", "SelfSubjectReview", info)
        }
    };
    body["kind"] = json!(kind);
    body["apiVersion"] = json!(format!("{group}.k8s.io/v1"));
    body["status"] = status;
    Ok(body)
}

fn access_review(cluster: &Cluster, user: &User, spec: &Value) -> Result<Value, Status> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let resource = &spec["resourceAttributes"];
    let path = &spec["nonResourceAttributes"];
    if resource.is_null() == path.is_null() {
        return Err(Status::bad_request(
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ));
    }
    let allowed = if resource.is_null() {
        cluster.allows_path(user, &text(&path["verb"]), &text(&path["path"]))
    } else {
        let subresource = text(&resource["subresource"]);
        let plural = text(&resource["resource"]);
        let access = Access {
            verb: text(&resource["verb"]),
            group: text(&resource["group"]),
            resource: if subresource.is_empty() {
                plural
            } else {
                format!("{plural}/{subresource}")
            },
            namespace: text(&resource["namespace"]),
            name: text(&resource["name"]),
        };
        cluster.allows(user, &access)
    };
    Ok(json!({"allowed": allowed}))
}

fn rules_review(cluster: &Cluster, user: &User, spec: &Value) -> Value {
    let namespace = spec["namespace"].as_str().unwrap_or("default");
    let rules = cluster.rules(user, namespace);
    let (paths, resources): (Vec<Value>, Vec<Value>) =
        rules.into_iter().partition(|rule| rule.get("nonResourceURLs").is_some());
    json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false})
}
