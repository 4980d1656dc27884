//! Filters, counts and choices.

use domain::Problem;
use domain::inventory::{Count, ProblemFilter, Shown, View};
use domain::problem::CODES;
use domain::sync::Kind;
use serde_json::{Value, json};
use store::{Batch, Facts, Surrounding};

use crate::support::{Shelf, cluster, now, simple};

fn with(namespace: &str, name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut manifest = simple(namespace, name);
    change(&mut manifest);
    manifest
}

fn service(name: &str) -> Surrounding {
    let facts = Facts::Service {
        ports: vec![(80, "http".into())],
        external: false,
        marks: domain::owner::Marks::default(),
    };
    Surrounding { namespace: "shop".into(), name: name.into(), facts }
}

fn ready(service: &str, ready: i64) -> Surrounding {
    let facts = Facts::Endpoints { service: service.into(), ready };
    Surrounding { namespace: "shop".into(), name: format!("{service}-abc"), facts }
}

/// One ingress with each problem, named after its code, and one without any.
async fn one_of_each() -> Shelf {
    let shelf = Shelf::new().await;
    let (store, prod) = (&shelf.store, cluster("prod"));
    let around = [Kind::IngressClass, Kind::Service, Kind::EndpointSlice];
    shelf.listed("prod", &around);
    let class = Facts::Class { controller: "k8s.io/ingress-nginx".into(), default: true };
    let class = Surrounding { namespace: String::new(), name: "nginx".into(), facts: class };
    store.apply_surroundings(&prod, around[0], &[class], &[], now()).await.unwrap();
    let good = CODES.into_iter().filter(|code| *code != "service-missing").chain(["none"]);
    let services: Vec<_> = good.clone().map(service).collect();
    store.apply_surroundings(&prod, around[1], &services, &[], now()).await.unwrap();
    let count = |code: &str| i64::from(code != "no-ready-endpoints");
    let slices: Vec<_> = good.map(|code| ready(code, count(code))).collect();
    store.apply_surroundings(&prod, around[2], &slices, &[], now()).await.unwrap();
    let path = "/spec/rules/0/http/paths/0";
    let manifests = CODES.into_iter().chain(["none"]).map(|code| {
        with("shop", code, |m| match code {
            "port-missing" => {
                m.pointer_mut(path).unwrap()["backend"]["service"]["port"]["number"] = 81.into();
            }
            "class-unknown" => m["spec"]["ingressClassName"] = "lost".into(),
            "no-routes" => m["spec"]["rules"] = json!([]),
            "backend-missing" => m.pointer_mut(path).unwrap()["backend"] = json!({}),
            "path-type-missing" => m.pointer_mut(path).unwrap()["pathType"] = Value::Null,
            "path-type-unknown" => m.pointer_mut(path).unwrap()["pathType"] = "Regex".into(),
            "unreadable" => m["metadata"]["labels"] = json!({"a": 1}),
            _ => {}
        })
    });
    shelf.put("prod", &manifests.collect::<Vec<_>>()).await;
    shelf
}

#[tokio::test]
async fn each_problem_is_found_by_its_code_and_by_no_other() {
    let shelf = one_of_each().await;
    for code in CODES {
        let view = View { problem: Some(ProblemFilter::Code(code)), ..View::default() };
        let rows = shelf.walk(&view).await;
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), [code]);
        assert_eq!(rows[0].problems.iter().map(Problem::code).collect::<Vec<_>>(), [code]);
    }
    let of = async |problem| shelf.names(&View { problem, ..View::default() }).await;
    assert_eq!(of(Some(ProblemFilter::None)).await, ["none"]);
    assert_eq!(of(Some(ProblemFilter::Any)).await.len(), CODES.len());
    assert!(of(Some(ProblemFilter::Unchecked)).await.is_empty());
}

#[tokio::test]
async fn a_name_that_looks_like_a_code_is_not_taken_for_a_problem() {
    let shelf = Shelf::new().await;
    shelf.listed("prod", &[Kind::Service]);
    let named = with("shop", "web", |m| {
        let backend = &mut m["spec"]["rules"][0]["http"]["paths"][0]["backend"];
        backend["service"]["name"] = "port-missing".into();
    });
    shelf.put("prod", &[named]).await;
    let of = async |code| {
        let problem = Some(ProblemFilter::Code(code));
        shelf.names(&View { problem, ..View::default() }).await
    };
    assert_eq!(of("service-missing").await, ["web"]);
    assert!(of("port-missing").await.is_empty(), "it is the name of the missing Service");
}

#[tokio::test]
async fn what_was_not_checked_is_neither_good_nor_bad() {
    let shelf = Shelf::new().await;
    shelf.put("prod", &[simple("shop", "web")]).await;
    let of = async |problem| shelf.names(&View { problem: Some(problem), ..View::default() }).await;
    assert_eq!(of(ProblemFilter::Unchecked).await, ["web"]);
    assert!(of(ProblemFilter::None).await.is_empty());
    assert!(of(ProblemFilter::Any).await.is_empty());
}

#[tokio::test]
async fn filters_narrow_together_and_counts_say_by_how_much() {
    let shelf = Shelf::new().await;
    let bare = with("shop", "bare", |m| m["spec"]["ingressClassName"] = Value::Null);
    let other = with("pay", "till", |m| m["spec"]["ingressClassName"] = "traefik".into());
    shelf.put("prod", &[simple("shop", "web"), bare.clone(), other]).await;
    shelf.put("test", &[simple("shop", "web"), bare]).await;
    let check = async |query: &str, expected: &[&str]| {
        let view = View::parse(query).unwrap();
        assert_eq!(shelf.names(&view).await, expected, "{query}");
        let page = shelf.page(&view).await;
        assert_eq!(page.matching, Count::Exactly(expected.len() as i64), "{query}");
        assert_eq!(page.total, 5, "{query}");
    };
    check("", &["bare", "bare", "till", "web", "web"]).await;
    check("cluster=prod", &["bare", "till", "web"]).await;
    check("namespace=shop&cluster=prod", &["bare", "web"]).await;
    check("class=nginx", &["web", "web"]).await;
    check("class=-", &["bare", "bare"]).await;
    check("class=-&cluster=test&q=bare", &["bare"]).await;
    check("cluster=nowhere", &[]).await;
    check("namespace=sho", &[]).await;
    check("class='%20OR%201=1", &[]).await;
}

#[tokio::test]
async fn choices_are_the_clusters_and_the_classes_in_use() {
    let shelf = Shelf::new().await;
    assert!(shelf.store.choices().await.unwrap().classes.is_empty());
    let of =
        |name: &str, class: Value| with("shop", name, |m| m["spec"]["ingressClassName"] = class);
    let manifests = [
        of("a", "traefik".into()),
        of("b", "nginx".into()),
        of("c", Value::Null),
        of("d", "z".into()),
    ];
    shelf.put("prod", &manifests).await;
    shelf.put("test", &[of("a", "nginx".into())]).await;
    let batch = Batch { missing: vec!["shop/d".into()], ..Batch::default() };
    shelf.store.apply_ingresses(&cluster("prod"), &batch, now()).await.unwrap();
    let choices = shelf.store.choices().await.unwrap();
    assert_eq!(choices.clusters, ["prod", "test"]);
    assert_eq!(choices.classes, ["nginx", "traefik"], "z is gone");
    let removed = View { shown: Shown::Removed, ..View::default() };
    assert_eq!(shelf.names(&removed).await, ["d"]);
}
