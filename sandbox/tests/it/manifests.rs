//! A folder of manifests is loaded as a server would take it, and nothing disappears silently.

use std::path::Path;

use sandbox::manifests::{Loaded, load_folder};
use serde_json::Value;

/// Loads a folder made of the given files.
fn load(files: &[(&str, &str)]) -> Loaded {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    load_folder(folder.path()).expect("the folder can be listed")
}

fn ingress(name: &str, more: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{ name: {name}{more} }}
spec:
  ingressClassName: nginx
  defaultBackend: {{ service: {{ name: shop, port: {{ number: 80 }} }} }}
"
    )
}

/// `Kind namespace/name` of what was loaded.
fn names(loaded: &Loaded) -> Vec<String> {
    let text = |object: &Value, pointer: &str| {
        object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let name = |object: &Value| {
        let namespace = text(object, "/metadata/namespace");
        format!("{} {namespace}/{}", text(object, "/kind"), text(object, "/metadata/name"))
    };
    loaded.objects.iter().map(name).collect()
}

#[test]
fn namespaces_and_known_classes_are_made_up() {
    let text = [ingress("one", ""), ingress("two", ", namespace: shop")].join("---\n");
    let loaded = load(&[("a.yaml", &text)]);
    assert_eq!(loaded.refused, []);
    assert_eq!(
        names(&loaded),
        [
            "Namespace /default",
            "Namespace /shop",
            "IngressClass /nginx",
            "Ingress default/one",
            "Ingress shop/two",
        ]
    );
}

#[test]
fn nothing_is_made_up_that_the_folder_brings() {
    let class = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: edge }\n\
                 spec: { controller: example.com/edge }\n";
    let namespace = "apiVersion: v1\nkind: Namespace\n\
                     metadata: { name: default, labels: { team: shop } }\n";
    let loaded =
        load(&[("a.yml", &ingress("one", "")), ("b/c.yaml", class), ("b/n.yaml", namespace)]);
    assert_eq!(
        names(&loaded),
        ["Namespace /default", "IngressClass /edge", "Ingress default/one",]
    );
    assert_eq!(loaded.objects[0]["metadata"]["labels"]["team"], "shop");
}

#[test]
fn lists_and_json_are_taken_apart() {
    let list = r#"{ "apiVersion": "networking.k8s.io/v1", "kind": "IngressList", "items": [
        { "metadata": { "name": "one" }, "spec": { "rules": [{ "host": "one.example" }] } }] }"#;
    let nested = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  \
                  metadata: { name: shop }\n  spec: { ports: [{ port: 80 }] }\n";
    let loaded = load(&[("a.json", list), ("b.yaml", nested)]);
    assert_eq!(loaded.refused, []);
    assert_eq!(
        names(&loaded),
        ["Namespace /default", "Ingress default/one", "Service default/shop"]
    );
}

#[test]
fn one_bad_document_does_not_hide_its_neighbours() {
    let text = format!("{}---\nkey: [unclosed\n---\n{}", ingress("one", ""), ingress("two", ""));
    let loaded = load(&[("a.yaml", &text), ("b.json", "{ \"kind\": ")]);
    assert_eq!(loaded.count("Ingress"), 2);
    let [yaml, json] = loaded.refused.as_slice() else { panic!("{:?}", loaded.refused) };
    assert_eq!(yaml.file, "a.yaml");
    assert!(yaml.reason.starts_with("invalid YAML in the document at line 7: "), "{yaml:?}");
    assert_eq!(json.file, "b.json");
    assert!(json.reason.starts_with("invalid JSON: "), "{json:?}");
}

#[test]
fn what_a_server_refuses_is_reported_by_file_and_name() {
    let cases = [
        (
            ingress("Upper", ""),
            "default/Upper",
            "Ingress.networking.k8s.io \"Upper\" is invalid: metadata.name: Invalid value: \"Upper\"",
        ),
        (ingress("lost", ", namespace: <mine>"), "<mine>/lost", "namespaces \"<mine>\" not found"),
        (
            "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: old }\n".into(),
            "old",
            "no matches for kind \"Ingress\" in version \"extensions/v1beta1\"",
        ),
        ("- just\n- text\n".into(), "", "not a Kubernetes object: it has no kind"),
    ];
    for (text, name, reason) in cases {
        let loaded = load(&[("sub/a.yaml", &text)]);
        assert_eq!(loaded.count("Ingress"), 0);
        let [refused] = loaded.refused.as_slice() else { panic!("{:?}", loaded.refused) };
        assert_eq!((refused.file.as_str(), refused.name.as_str()), ("sub/a.yaml", name));
        assert!(refused.reason.starts_with(reason), "{}", refused.reason);
    }
}

#[test]
fn the_second_of_a_name_already_exists() {
    let loaded = load(&[("a.yaml", &ingress("one", "")), ("b.yaml", &ingress("one", ""))]);
    assert_eq!(loaded.count("Ingress"), 1);
    assert_eq!(loaded.refused[0].file, "b.yaml");
    assert_eq!(loaded.refused[0].reason, "ingresses.networking.k8s.io \"one\" already exists");
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    assert!(load_folder(Path::new("no/such/folder")).is_err());
}

#[test]
fn other_files_and_hidden_ones_are_left_alone() {
    let loaded = load(&[("readme.md", "# text"), (".git/a.yaml", "key: [x"), ("e.yaml", "")]);
    assert_eq!((loaded.objects.len(), loaded.refused.len()), (0, 0));
}
