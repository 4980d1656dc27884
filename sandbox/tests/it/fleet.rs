//! The generated fleet is deterministic, plausible and complete.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sandbox::fleet::{
    Change, Churn, Fleet, MOST_WITH_SECRETS, Plan, Profile, SECRET_NAMESPACES, WIDEST_RULES, demo,
    generate,
};
use serde_json::Value;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a valid time")
}

fn fleet(ingresses: usize) -> Fleet {
    generate(&Plan { ingresses, seed: 7, now: now(), cluster: Profile::prod_eu() })
}

fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn key(object: &Value) -> (String, String) {
    (text(object, "/metadata/namespace").into(), text(object, "/metadata/name").into())
}

fn hosts(ingress: &Value) -> Vec<&str> {
    let rules = ingress.pointer("/spec/rules").and_then(Value::as_array);
    rules.into_iter().flatten().filter_map(|rule| rule["host"].as_str()).collect()
}

fn routes(ingress: &Value) -> Vec<&Value> {
    let rules = ingress.pointer("/spec/rules").and_then(Value::as_array);
    rules
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.pointer("/http/paths").and_then(Value::as_array))
        .flatten()
        .collect()
}

fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}

#[test]
fn the_same_seed_gives_the_same_fleet_and_another_seed_another() {
    let plan = Plan { ingresses: 60, seed: 3, now: now(), cluster: Profile::prod_us() };
    let once = generate(&plan);
    assert_eq!(once.served, generate(&plan).served);
    let once = once.into_objects();
    assert!(once.iter().any(|object| object["kind"] == "Secret"));
    assert_eq!(once, generate(&plan).into_objects());
    assert_ne!(once, generate(&Plan { seed: 4, ..plan }).into_objects());
}

#[test]
fn every_count_is_met_exactly() {
    for count in [0, 1, 3, 19, 20, 41, 400, 1_500] {
        assert_eq!(fleet(count).ingresses.len(), count);
    }
}

#[test]
fn no_two_objects_share_a_name_or_a_uid() {
    for cluster in [Profile::prod_eu(), Profile::prod_us(), Profile::staging()] {
        let fleet = generate(&Plan { ingresses: 3_000, seed: 1, now: now(), cluster });
        let mut uids = BTreeSet::new();
        let Fleet { namespaces, classes, services, endpoint_slices, ingresses, .. } = fleet;
        let more = [fleet.certificates, fleet.secrets];
        let herds = [namespaces, classes, services, endpoint_slices, ingresses];
        for objects in herds.into_iter().chain(more) {
            let names: BTreeSet<_> = objects.iter().map(key).collect();
            assert_eq!(names.len(), objects.len());
            uids.extend(objects.iter().map(|object| text(object, "/metadata/uid").to_owned()));
            assert!(objects.iter().all(|object| !text(object, "/metadata/uid").is_empty()));
        }
        assert!(uids.len() > 6_000);
    }
}

#[test]
fn every_namespace_in_use_exists() {
    let fleet = fleet(1_000);
    let known: BTreeSet<_> =
        fleet.namespaces.iter().map(|object| text(object, "/metadata/name")).collect();
    assert!(known.contains("kube-system"));
    let more = fleet.endpoint_slices.iter().chain(&fleet.certificates).chain(&fleet.secrets);
    for object in fleet.ingresses.iter().chain(&fleet.services).chain(more) {
        assert!(known.contains(text(object, "/metadata/namespace")));
    }
}

#[test]
fn a_server_would_accept_every_object() {
    for cluster in demo(now()) {
        for object in cluster.fleet.into_objects() {
            let refused = sandbox::kubernetes::validate::validate(text(&object, "/kind"), &object);
            assert_eq!(refused, Ok(()), "{:?}", key(&object));
        }
    }
}

#[test]
fn sizes_and_routes_are_those_of_real_clusters() {
    let ingresses =
        generate(&Plan { ingresses: 4_000, seed: 1, now: now(), cluster: Profile::prod_us() })
            .ingresses;
    let bytes: usize = ingresses.iter().map(|each| each.to_string().len()).sum();
    let average = bytes / ingresses.len();
    assert!((1_700..2_600).contains(&average), "{average} bytes on average");
    let mut counts: Vec<usize> = ingresses.iter().map(|each| routes(each).len()).collect();
    counts.sort_unstable();
    assert_eq!(counts[counts.len() / 2], 2);
    assert!(*counts.last().unwrap() > 15 && *counts.last().unwrap() <= 31);
}

#[test]
fn a_few_backends_lead_nowhere() {
    let fleet = fleet(5_000);
    let services: BTreeMap<_, _> = fleet.services.iter().map(|each| (key(each), each)).collect();
    let (mut missing, mut no_port) = (0, 0);
    for ingress in &fleet.ingresses {
        let backends = routes(ingress).into_iter().map(|route| &route["backend"]);
        for service in backends.filter_map(|backend| backend.get("service")) {
            let name = text(service, "/name");
            if name == "ssl-redirect" {
                continue;
            }
            match services.get(&(text(ingress, "/metadata/namespace").into(), name.into())) {
                None => missing += 1,
                Some(object) => no_port += usize::from(!has_port(object, &service["port"])),
            }
        }
    }
    let total = fleet.ingresses.len();
    assert!((1.0..3.0).contains(&percent(missing, total)), "{missing} services missing");
    assert!((0.4..1.8).contains(&percent(no_port, total)), "{no_port} ports missing");
}

fn has_port(service: &Value, port: &Value) -> bool {
    let ports = service.pointer("/spec/ports").and_then(Value::as_array).expect("it has ports");
    ports.iter().any(|each| match port.get("name") {
        Some(name) => each["name"] == *name,
        None => each["port"] == port["number"],
    })
}

#[test]
fn the_sort_of_backends_that_make_a_registry_think_are_there() {
    let fleet = fleet(3_000);
    let services = |wanted: fn(&Value) -> bool| {
        percent(fleet.services.iter().filter(|each| wanted(each)).count(), fleet.services.len())
    };
    let external = services(|each| text(each, "/spec/type") == "ExternalName");
    let headless = services(|each| text(each, "/spec/clusterIP") == "None");
    let manual = services(|each| {
        text(each, "/spec/type") == "ClusterIP" && each.pointer("/spec/selector").is_none()
    });
    for share in [external, headless, manual] {
        assert!((0.4..5.0).contains(&share), "{share}");
    }
    let slices = &fleet.endpoint_slices;
    let ready = |slice: &Value| {
        let endpoints = slice["endpoints"].as_array().unwrap();
        endpoints.iter().any(|each| each["conditions"]["ready"] == true)
    };
    let dead = percent(slices.iter().filter(|slice| !ready(slice)).count(), slices.len());
    assert!((1.0..4.0).contains(&dead), "{dead}");
}

#[test]
fn classes_are_asked_for_in_every_way() {
    let fleet = fleet(3_000);
    let classes: BTreeSet<_> =
        fleet.classes.iter().map(|class| text(class, "/metadata/name")).collect();
    let share = |wanted: &dyn Fn(&Value) -> bool| {
        percent(fleet.ingresses.iter().filter(|each| wanted(each)).count(), 3_000)
    };
    let field = |each: &Value| text(each, "/spec/ingressClassName").to_owned();
    let note =
        |each: &Value| text(each, "/metadata/annotations/kubernetes.io~1ingress.class").to_owned();
    let unknown = share(&|each| !field(each).is_empty() && !classes.contains(&*field(each)));
    assert!((0.4..2.0).contains(&unknown), "{unknown}");
    assert!(share(&|each| !note(each).is_empty()) > 4.0);
    assert!(share(&|each| field(each).is_empty() && note(each).is_empty()) > 2.0);
}

#[test]
fn the_oddities_are_few_and_in_one_place() {
    let fleet = fleet(240);
    let odd = |each: &&Value| text(each, "/metadata/namespace") == "edge-public";
    let odd: Vec<_> = fleet.ingresses.iter().filter(odd).collect();
    assert_eq!(odd.len(), 5);
    assert!(odd.iter().any(|each| routes(each).len() == WIDEST_RULES));
    assert!(odd.iter().any(|each| each.to_string().len() > 200 * 1024));
    assert!(odd.iter().any(|each| hosts(each).iter().any(|host| host.len() == 253)));
    assert!(odd.iter().any(|each| hosts(each).iter().any(|host| host.starts_with("xn--"))));
}

#[test]
fn every_certificate_belongs_to_an_ingress_and_most_are_in_order() {
    let fleet = fleet(1_500);
    let asked: BTreeSet<(&str, &str)> = fleet.ingresses.iter().flat_map(secrets_of).collect();
    for certificate in &fleet.certificates {
        assert!(asked.contains(&place(certificate, "/spec/secretName")), "{certificate}");
    }
    let tls = |secret: &&Value| secret["type"] == "kubernetes.io/tls";
    let held: Vec<_> =
        fleet.secrets.iter().filter(tls).map(|secret| place(secret, "/metadata/name")).collect();
    assert!(held.iter().all(|secret| asked.contains(secret)));
    let share = percent(held.len(), asked.len());
    assert!((92.0..99.5).contains(&share), "{share} % of the Secrets are there");
    let ready = |each: &&Value| each["status"]["conditions"][0]["status"] == "True";
    let ready = fleet.certificates.iter().filter(ready).count();
    let share = percent(ready, fleet.certificates.len());
    assert!((90.0..99.5).contains(&share), "{share} % of the Certificates are ready");
}

fn place<'v>(object: &'v Value, name: &str) -> (&'v str, &'v str) {
    (text(object, "/metadata/namespace"), text(object, name))
}

fn secrets_of(ingress: &Value) -> impl Iterator<Item = (&str, &str)> {
    let entries = ingress.pointer("/spec/tls").and_then(Value::as_array);
    let named = entries.into_iter().flatten().filter_map(|entry| entry["secretName"].as_str());
    named.map(|secret| (text(ingress, "/metadata/namespace"), secret))
}

#[test]
fn a_large_fleet_has_certificates_but_no_secrets() {
    let fleet = fleet(MOST_WITH_SECRETS + 1);
    let tls = |secret: &&Value| secret["type"] == "kubernetes.io/tls";
    assert_eq!(fleet.secrets.iter().filter(tls).count(), 0);
    assert!(fleet.certificates.len() > 500);
    assert!(fleet.served.len() > 1_000);
}

#[test]
fn secrets_may_be_read_where_there_are_some() {
    let fleet = fleet(240);
    for namespace in SECRET_NAMESPACES {
        let there = |secret: &&Value| text(secret, "/metadata/namespace") == namespace;
        let types: BTreeSet<_> =
            fleet.secrets.iter().filter(there).map(|secret| text(secret, "/type")).collect();
        assert_eq!(types, BTreeSet::from(["Opaque", "kubernetes.io/tls"]));
    }
}

#[test]
fn hosts_lie_under_example_domains_only() {
    for cluster in demo(now()) {
        for ingress in &cluster.fleet.ingresses {
            for host in hosts(ingress) {
                assert!(host.ends_with(".example") || host.ends_with(".example.com"), "{host}");
            }
        }
    }
}

#[test]
fn the_demo_shares_its_total_among_three_clusters() {
    let shares: Vec<_> =
        demo(now()).into_iter().map(|each| (each.name, each.fleet.ingresses.len())).collect();
    let expected = [("prod-eu", 240), ("prod-us", 120), ("staging", 40)];
    assert_eq!(shares, expected.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn ages_run_from_minutes_to_six_years_and_never_into_the_future() {
    let fleet = fleet(3_000);
    let ages: Vec<i64> = fleet
        .ingresses
        .iter()
        .map(|each| {
            let created: Timestamp = text(each, "/metadata/creationTimestamp").parse().unwrap();
            (now().as_second() - created.as_second()) / 60
        })
        .collect();
    assert!(*ages.iter().min().unwrap() < 60 * 24);
    assert!(*ages.iter().min().unwrap() >= 0);
    assert!(*ages.iter().max().unwrap() > 4 * 365 * 24 * 60);
    assert!(*ages.iter().max().unwrap() <= 6 * 365 * 24 * 60);
}

#[test]
fn changes_build_on_each_other() {
    let fleet = fleet(100);
    let mut known: BTreeSet<(String, String, String)> = [
        ("Ingress", &fleet.ingresses),
        ("Service", &fleet.services),
        ("EndpointSlice", &fleet.endpoint_slices),
    ]
    .into_iter()
    .flat_map(|(kind, objects)| objects.iter().map(move |each| (kind, key(each))))
    .map(|(kind, (namespace, name))| (kind.to_owned(), namespace, name))
    .collect();
    let id = |object: &Value| {
        let (namespace, name) = key(object);
        (text(object, "/kind").to_owned(), namespace, name)
    };
    let mut kinds = [0; 3];
    for change in Churn::new(&fleet, 1).take(3_000) {
        match change {
            Change::Create(object) => {
                kinds[0] += 1;
                assert_eq!(
                    sandbox::kubernetes::validate::validate(text(&object, "/kind"), &object),
                    Ok(())
                );
                assert!(known.insert(id(&object)), "{:?} was there", id(&object));
            }
            Change::Update(object) => {
                kinds[1] += 1;
                assert!(known.contains(&id(&object)), "{:?} was not there", id(&object));
            }
            Change::Delete { kind, namespace, name } => {
                kinds[2] += 1;
                assert!(known.remove(&(kind.to_owned(), namespace, name)));
            }
        }
    }
    assert!(kinds.iter().all(|count| *count > 200), "{kinds:?}");
}
