//! What a real API server refuses, rule by rule, and over real documents where they are at hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sandbox::kubernetes::validate::validate;
use sandbox::manifests::load_folder;
use serde_json::{Value, json};

/// An Ingress that is fine.
fn ingress() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": { "name": "shop", "namespace": "default" },
        "spec": { "rules": [{ "host": "shop.example", "http": { "paths": [{
            "path": "/", "pathType": "Prefix",
            "backend": { "service": { "name": "shop", "port": { "number": 80 } } },
        }] } }] },
    })
}

/// Sets one value in the good Ingress and compares the first sentence of each refused field; the
/// expected list is empty where a server accepts.
fn check(pointer: &str, value: Value, expected: &[&str]) {
    let what = format!("{pointer} = {value}");
    let mut object = ingress();
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let last = last.replace("~1", "/");
    match object.pointer_mut(parent).expect("the parent is there") {
        Value::Object(map) => {
            map.insert(last, value);
        }
        Value::Array(list) => list[last.parse::<usize>().expect("an index")] = value,
        other => panic!("{other} has no {last}"),
    }
    let errors = validate("Ingress", &object).err().unwrap_or_default();
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), expected.len(), "{what}: {texts:#?}");
    for (text, start) in texts.iter().zip(expected) {
        assert!(text.starts_with(start), "{what}: {text}");
    }
}

const PATH: &str = "/spec/rules/0/http/paths/0";

#[test]
fn names_follow_dns() {
    check("/metadata/name", json!("shop.v2"), &[]);
    check(
        "/metadata/name",
        json!("Shop"),
        &["metadata.name: Invalid value: \"Shop\": a lowercase RFC 1123 subdomain must consist of"],
    );
    check(
        "/metadata/name",
        json!(""),
        &["metadata.name: Required value: name or generateName is required"],
    );
    check(
        "/metadata/name",
        json!("a".repeat(254)),
        &[&format!(
            "metadata.name: Invalid value: \"{}\": must be no more than 253",
            "a".repeat(254)
        )],
    );
    check(
        "/metadata/namespace",
        json!("<mine>"),
        &["metadata.namespace: Invalid value: \"<mine>\""],
    );
}

#[test]
fn hosts_are_names_with_at_most_one_star_in_front() {
    let host = "/spec/rules/0/host";
    check(host, json!("*.shop.example"), &[]);
    check(host, json!(""), &[]);
    check(host, json!("xn--mbelhaus-n4a.example"), &[]);
    check(host, json!("*"), &["spec.rules[0].host: Invalid value: \"*\": a wildcard DNS-1123"]);
    check(host, json!("a.*.example"), &["spec.rules[0].host: Invalid value"]);
    check(
        host,
        json!("<FQDN>"),
        &["spec.rules[0].host: Invalid value: \"<FQDN>\": a lowercase RFC 1123 subdomain"],
    );
    check(
        host,
        json!("192.0.2.1"),
        &[
            "spec.rules[0].host: Invalid value: \"192.0.2.1\": must be a DNS name, not an IP address",
        ],
    );
}

#[test]
fn path_types_decide_what_a_path_may_be() {
    check(
        &format!("{PATH}/pathType"),
        Value::Null,
        &["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
    );
    check(
        &format!("{PATH}/pathType"),
        json!("exact"),
        &["spec.rules[0].http.paths[0].pathType: Unsupported value: \"exact\": supported values: \
         \"Exact\", \"ImplementationSpecific\", \"Prefix\""],
    );
    let path = format!("{PATH}/path");
    for (bad, why) in [
        ("", "must be an absolute path"),
        ("shop", "must be an absolute path"),
        ("/a//b", "must not contain '//'"),
        ("/a/./b", "must not contain '/./'"),
        ("/a/../b", "must not contain '/../'"),
        ("/a%2fb", "must not contain '%2f'"),
        ("/a/..", "cannot end with '/..'"),
        ("/a/.", "cannot end with '/.'"),
    ] {
        let expected = format!("spec.rules[0].http.paths[0].path: Invalid value: \"{bad}\": {why}");
        check(&path, json!(bad), &[&expected]);
    }
    check(&path, json!("/a b(.*)"), &[]);
}

#[test]
fn a_path_of_its_own_implementation_may_be_empty_but_not_relative() {
    let with = |path: &str| {
        json!({ "path": path, "pathType": "ImplementationSpecific",
                "backend": { "service": { "name": "shop", "port": { "name": "http" } } } })
    };
    check(PATH, with(""), &[]);
    check(PATH, with("/a//..%2f"), &[]);
    check(PATH, with("a"), &["spec.rules[0].http.paths[0].path: Invalid value: \"a\""]);
}

#[test]
fn a_backend_is_a_service_or_a_resource() {
    let backend = format!("{PATH}/backend");
    let field = "spec.rules[0].http.paths[0].backend";
    let resource = json!({ "apiGroup": "storage.example", "kind": "Bucket", "name": "files" });
    check(&backend, json!({ "resource": resource }), &[]);
    check(
        &backend,
        json!({ "serviceName": "shop", "servicePort": 80 }),
        &[&format!("{field}: Invalid value: \"\": resource or service backend is required")],
    );
    check(
        &backend,
        json!({ "resource": resource, "service": { "name": "shop", "port": { "number": 80 } } }),
        &[&format!("{field}: Invalid value: \"\": cannot set both resource and service backends")],
    );
    check(
        &backend,
        json!({ "service": { "name": "shop" } }),
        &[&format!("{field}: Required value: port name or number is required")],
    );
    check(
        &backend,
        json!({ "service": { "name": "", "port": { "number": 80 } } }),
        &[&format!("{field}.service.name: Required value")],
    );
    check(&backend, json!({ "service": { "name": "1-shop", "port": { "number": 80 } } }), &[]);
    check(
        &backend,
        json!({ "service": { "name": "shop", "port": { "number": 80, "name": "http" } } }),
        &[&format!("{field}: Invalid value: \"\": cannot set both port name & port number")],
    );
    check(
        &backend,
        json!({ "service": { "name": "shop", "port": { "number": 70_000 } } }),
        &[&format!(
            "{field}.service.port.number: Invalid value: 70000: must be between 1 and 65535"
        )],
    );
    check(
        &backend,
        json!({ "service": { "name": "shop", "port": { "name": "8080" } } }),
        &[&format!(
            "{field}.service.port.name: Invalid value: \"8080\": must contain at least one"
        )],
    );
}

#[test]
fn a_spec_without_rules_needs_a_default_backend() {
    check(
        "/spec/rules",
        Value::Null,
        &["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
    );
    let backend = json!({ "service": { "name": "shop", "port": { "number": 80 } } });
    check("/spec", json!({ "defaultBackend": backend }), &[]);
    check(
        "/spec/rules/0/http",
        json!({ "paths": [] }),
        &["spec.rules[0].http.paths: Required value"],
    );
    check("/spec/rules/0/http", Value::Null, &[]);
}

#[test]
fn tls_entries_name_hosts_and_a_secret() {
    check("/spec/tls", json!([{}]), &[]);
    check("/spec/tls", json!([{ "hosts": ["*.shop.example"], "secretName": "shop-tls" }]), &[]);
    check(
        "/spec/tls",
        json!([{ "hosts": ["$HOST"], "secretName": "Shop_TLS" }]),
        &[
            "spec.tls[0].hosts[0]: Invalid value: \"$HOST\"",
            "spec.tls[0].secretName: Invalid value: \"Shop_TLS\"",
        ],
    );
}

#[test]
fn a_class_is_named_once_or_twice_alike() {
    check("/spec/ingressClassName", json!("nginx"), &[]);
    check("/spec/ingressClassName", json!("ingressClass-1"), &["spec.ingressClassName: Invalid"]);
    let mut object = ingress();
    object["metadata"]["annotations"]["kubernetes.io/ingress.class"] = "nginx".into();
    object["spec"]["ingressClassName"] = "nginx".into();
    assert_eq!(validate("Ingress", &object), Ok(()));
    object["spec"]["ingressClassName"] = "traefik".into();
    let errors = validate("Ingress", &object).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "annotations.kubernetes.io/ingress.class: Invalid value: \"nginx\": must match \
         `ingressClassName` when both are specified"
    );
}

#[test]
fn labels_and_annotations_have_a_syntax_and_a_size() {
    check("/metadata/labels", json!({ "app.kubernetes.io/name": "shop", "empty": "" }), &[]);
    check(
        "/metadata/labels",
        json!({ "team": "a team" }),
        &["metadata.labels: Invalid value: \"a team\": a valid label must be an empty string or"],
    );
    check(
        "/metadata/labels",
        json!({ "a/b/c": "x" }),
        &["metadata.labels: Invalid value: \"a/b/c\": a qualified name must consist of"],
    );
    check("/metadata/annotations", json!({ "example.com/Note": "any <text> at all" }), &[]);
    check(
        "/metadata/annotations",
        json!({ "": "x" }),
        &[
            "metadata.annotations: Invalid value: \"\": name part must be non-empty",
            "metadata.annotations: Invalid value: \"\": name part must consist of",
        ],
    );
    check("/metadata/annotations", json!({ "a": true }), &["metadata.annotations: Invalid value"]);
    check("/metadata/annotations", json!({ "a": "x".repeat(256 * 1024 - 1) }), &[]);
    check(
        "/metadata/annotations",
        json!({ "a": "x".repeat(256 * 1024) }),
        &["metadata.annotations: Too long: may not be more than 262144 bytes"],
    );
}

#[test]
fn other_kinds_are_checked_in_outline() {
    let refused = |kind: &str, object: Value| {
        let errors = validate(kind, &object).err().unwrap_or_default();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let named = |rest: Value| {
        let mut object = json!({ "metadata": { "name": "one" } });
        object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        object
    };
    assert_eq!(refused("Namespace", named(json!({}))), "");
    assert!(refused("Namespace", json!({ "metadata": { "name": "a.b" } })).contains("label"));
    assert!(refused("IngressClass", named(json!({}))).starts_with("spec.controller: Required"));
    assert_eq!(refused("IngressClass", named(json!({ "spec": { "controller": "a.io/b" } }))), "");
    assert_eq!(refused("Service", named(json!({ "spec": {} }))), "spec.ports: Required value");
    let unnamed = json!({ "spec": { "ports": [{ "port": 80 }, { "port": 81 }] } });
    assert!(refused("Service", named(unnamed)).starts_with("spec.ports[0].name: Required value"));
    assert_eq!(refused("EndpointSlice", named(json!({}))), "addressType: Required value");
    assert_eq!(refused("SelfSubjectAccessReview", json!({})), "");
}

/// The folder of real documents beside the workspace, or where the environment says.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let named = std::env::var_os("ROUTEBOOK_CORPUS").map(PathBuf::from);
    named.or(Some(beside)).filter(|folder| folder.join("manifest.tsv").is_file())
}

/// What a real server answered, by file.
fn answers(folder: &Path) -> BTreeMap<String, String> {
    let table = std::fs::read_to_string(folder.join("manifest.tsv")).expect("the table");
    let mut lines = table.lines();
    let column =
        |line: &str, name: &str| line.split('\t').position(|each| each == name).expect(name);
    let head = lines.next().expect("a head");
    let (file, answer) = (column(head, "file"), column(head, "kube_apiserver_1_36"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[file].to_owned(), cells[answer].to_owned())
        })
        .collect()
}

#[test]
fn real_documents_fare_as_on_a_real_server() {
    let Some(folder) = corpus() else {
        eprintln!("SKIPPED: no folder of real documents; ROUTEBOOK_CORPUS names one");
        return;
    };
    let answers = answers(&folder);
    let loaded = load_folder(&folder.join("ingresses")).unwrap();
    let refused: BTreeMap<&str, &str> =
        loaded.refused.iter().map(|each| (each.file.as_str(), each.reason.as_str())).collect();
    let mut wrong = Vec::new();
    for (file, answer) in &answers {
        // The table cuts long sentences off.
        let expected = answer.strip_prefix("refused: ").map(|text| text.get(4..).unwrap_or(text));
        match (expected, refused.get(file.as_str())) {
            (None, None) => {}
            (Some(expected), Some(reason)) if reason.starts_with(expected) => {}
            (expected, reason) => {
                wrong.push(format!("{file}\n  server:  {expected:?}\n  sandbox: {reason:?}"));
            }
        }
    }
    let accepted = answers.values().filter(|answer| *answer == "accepted").count();
    eprintln!("{} documents, {accepted} accepted, {} differ", answers.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(loaded.count("Ingress"), accepted);
}
