use serde_json::{Value, json};

use super::*;

fn manifest() -> String {
    let path = |path: &str| json!({"path": path, "pathType": "Prefix"});
    json!({"spec": {
        "defaultBackend": {"service": {"name": "web"}},
        "rules": [
            {"host": "A.example.com", "http": {"paths": [path("/"), path("/old"), path("/old/'x'")]}},
            {"host": "b.example.com", "http": {"paths": [path("/")]}},
            {"http": {"paths": [path("/any")]}},
        ]
    }})
    .to_string()
}

fn of(by: Manager, name: &str, routes: &[&str]) -> Steps {
    let managed = Managed { by, name: Some(name.to_owned()), how: String::new() };
    let routes: Vec<String> = routes.iter().map(|route| (*route).to_owned()).collect();
    let manifest = manifest();
    steps(&Target {
        cluster: "prod",
        namespace: "shop",
        name: "web",
        managed: &managed,
        routes: &routes,
        manifest: &manifest,
    })
}

fn rules() -> Value {
    let manifest: Value = serde_json::from_str(&manifest()).unwrap();
    manifest["spec"]["rules"].clone()
}

/// The patch in a command of kubectl, without the quotes of the shell.
fn patched(text: &str) -> Value {
    let start = "kubectl patch ingress web --namespace shop --type=json --patch '";
    let patch = text.strip_prefix(start).and_then(|rest| rest.strip_suffix("'\n")).unwrap();
    serde_json::from_str(&patch.replace("'\\''", "'")).unwrap()
}

fn check(by: Manager, way: &str, text: &str, note: &str) {
    let got = of(by, "shop-prod", &[]);
    assert_eq!(got.way, way);
    assert_eq!(got.text, text);
    assert!(got.note.contains(note), "{got:?}");
}

#[test]
fn each_manager_has_its_way() {
    let delete = "kubectl delete ingress web --namespace shop\n";
    check(Manager::Kubectl, "kubectl", delete, "cluster prod");
    check(Manager::Unknown, "kubectl", delete, "Nothing tells what manages it");
    check(Manager::Operator, "kubectl", delete, "shop-prod makes it");
    check(Manager::Other, "kubectl", delete, "shop-prod wrote it last");
    let patch = "patches:\n  - patch: |-\n      $patch: delete\n      apiVersion: \
                 networking.k8s.io/v1\n      kind: Ingress\n      metadata:\n        name: \"web\"\n        \
                 namespace: \"shop\"\n";
    check(Manager::ArgoCd, "Kustomize patch", patch, "the Argo CD application shop-prod");
    check(Manager::Flux, "Kustomize patch", patch, "the Flux object shop-prod");
    check(Manager::Kustomize, "Kustomize patch", patch, "the kustomization");
    check(Manager::Helm, "Helm values", "ingress:\n  enabled: false\n", "Helm release shop-prod");
    let text = "# remove the resource of Ingress shop/web\nterraform apply\n";
    check(Manager::Terraform, "Terraform", text, "terraform apply");
    let text = "# remove the resource of Ingress shop/web\npulumi up\n";
    check(Manager::Pulumi, "Pulumi", text, "pulumi up");
}

#[test]
fn some_routes_are_taken_out_from_the_last_to_the_first_and_tested() {
    let steps = of(Manager::Kubectl, "", &["a.example.com /old", "b.example.com /"]);
    let rules = rules();
    let patch = json!([
        {"op": "test", "path": "/spec/rules/1", "value": rules[1]},
        {"op": "remove", "path": "/spec/rules/1"},
        {"op": "test", "path": "/spec/rules/0", "value": rules[0]},
        {"op": "remove", "path": "/spec/rules/0/http/paths/1"},
    ]);
    assert_eq!(patched(&steps.text), patch, "{}", steps.text);
    assert!(steps.note.contains("if a rule that it touches has changed"), "{}", steps.note);
}

#[test]
fn the_default_backend_and_rules_for_any_host_are_taken_out_too() {
    let steps = of(Manager::Kubectl, "", &[" ", " /any"]);
    let patch = json!([
        {"op": "test", "path": "/spec/rules/2", "value": rules()[2]},
        {"op": "remove", "path": "/spec/rules/2"},
        {"op": "test", "path": "/spec/defaultBackend", "value": {"service": {"name": "web"}}},
        {"op": "remove", "path": "/spec/defaultBackend"},
    ]);
    assert_eq!(patched(&steps.text), patch, "{}", steps.text);
}

#[test]
fn a_quote_in_a_path_does_not_end_the_word_of_the_shell() {
    let steps = of(Manager::Kubectl, "", &["a.example.com /old/'x'"]);
    assert!(steps.text.contains("/old/'\\''x'\\''"), "{}", steps.text);
    assert_eq!(quoted("$(reboot)"), "'$(reboot)'");
    assert_eq!(quoted(""), "''");
}

#[test]
fn if_nothing_is_left_the_whole_goes() {
    let all = [
        "a.example.com /",
        "a.example.com /old",
        "a.example.com /old/'x'",
        "b.example.com /",
        " /any",
        " ",
    ];
    let steps = of(Manager::Kubectl, "", &all);
    assert_eq!(steps.text, "kubectl delete ingress web --namespace shop\n");
    assert!(of(Manager::Flux, "", &all).text.contains("$patch: delete"));
    let says = |routes: &[&str]| of(Manager::Kubectl, "", routes).note.contains("no other routes");
    assert!(says(&all), "{}", steps.note);
    assert!(!says(&[]) && !says(&["b.example.com /"]), "others are left, or none named");
}

#[test]
fn some_routes_in_a_repository_are_a_patch_of_it() {
    let steps = of(Manager::ArgoCd, "shop", &["b.example.com /"]);
    let text = "patches:\n  - target:\n      group: networking.k8s.io\n      kind: Ingress\n      \
         name: \"web\"\n      namespace: \"shop\"\n    patch: |-\n      \
         - {\"op\":\"test\",\"path\":\"/spec/rules/1\",\"value\":{\"host\":\"b.example.com\",\
         \"http\":{\"paths\":[{\"path\":\"/\",\"pathType\":\"Prefix\"}]}}}\n      \
         - {\"op\":\"remove\",\"path\":\"/spec/rules/1\"}\n";
    assert_eq!(steps.text, text);
    let helm = of(Manager::Helm, "shop", &["b.example.com /"]);
    assert!(helm.text.contains("# remove b.example.com/\n"), "{}", helm.text);
}

#[test]
fn routes_that_the_manifest_does_not_have_are_only_listed() {
    for by in [Manager::Kubectl, Manager::ArgoCd, Manager::Helm, Manager::Terraform] {
        let steps = of(by, "x", &["c.example.com /\nkubectl delete --all"]);
        let text = "# remove c.example.com/ kubectl delete --all\n";
        assert!(steps.text.contains(text), "{}", steps.text);
    }
    let managed = Managed::default();
    let routes = ["a /".to_owned()];
    let (cluster, namespace, name) = ("prod", "shop", "web");
    for manifest in ["", "null", "[]", "{\"spec\":{\"rules\":7}}"] {
        let target =
            Target { cluster, namespace, name, managed: &managed, routes: &routes, manifest };
        assert!(steps(&target).note.contains("look at the object"), "{manifest}");
    }
}
