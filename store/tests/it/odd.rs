//! Odd and huge ingresses are kept whole and found.

use domain::inventory::View;
use domain::{PathType, Problem};
use serde_json::{Value, json};

use crate::support::{Shelf, manifest, simple};

const BIDI: &str = "\u{202e}gnp.exe\u{2066}\u{2069}";
const CONTROL: &str = "a\u{1}b\u{7f}c\u{0}d\ne\tf";
const MARKUP: &str = "<script>alert('x')</script>&amp;\"'`{{7*7}}";

/// Puts one manifest, reads it back and finds it again.
async fn check(manifest: Value, search: &str) -> domain::Ingress {
    let shelf = Shelf::new().await;
    shelf.put("prod", &[simple("other", "other"), manifest.clone()]).await;
    let name = manifest["metadata"]["name"].as_str().unwrap();
    let id = shelf.id(name).await;
    let detail = shelf.store.ingress(id, crate::support::now()).await.unwrap().unwrap();
    let kept: Value = serde_json::from_str(&detail.manifest).unwrap();
    assert!(kept == manifest, "{name} is not kept whole");
    let view = View { search: search.to_owned(), ..View::default() };
    assert_eq!(shelf.names(&view).await, [name], "{search:?}");
    detail.ingress
}

#[tokio::test]
async fn ten_thousand_rules_are_kept_and_found() {
    let rule = |n: usize| {
        let mut one = simple("shop", &format!("h{n:05}"));
        one["spec"]["rules"][0].take()
    };
    let mut big = simple("shop", "big");
    big["spec"]["rules"] = (0..10_000).map(rule).collect();
    let ingress = check(big, "h09999.example").await;
    assert_eq!((ingress.routes.len(), ingress.hosts().len()), (10_000, 10_000));
}

#[tokio::test]
async fn annotations_of_256_kib_are_kept() {
    let mut big = simple("shop", "big");
    big["metadata"]["annotations"] = json!({"note": "ä<&".repeat(64 << 10)});
    let ingress = check(big, "big.example").await;
    assert_eq!(ingress.object.annotations["note"].len(), 256 << 10);
}

#[tokio::test]
async fn control_characters_bidi_text_and_markup_in_every_field_are_kept() {
    for (name, odd) in [("control", CONTROL), ("bidi", BIDI), ("markup", MARKUP)] {
        let mut strange = manifest(odd, name, odd, odd, odd);
        strange["metadata"]["labels"] = json!({odd: odd});
        strange["metadata"]["annotations"] = json!({odd: odd});
        strange["metadata"]["uid"] = odd.into();
        strange["metadata"]["resourceVersion"] = odd.into();
        strange["metadata"]["creationTimestamp"] = odd.into();
        strange["spec"]["ingressClassName"] = odd.into();
        strange["spec"]["tls"] = json!([{"hosts": [odd], "secretName": odd}]);
        strange["status"] = json!({"loadBalancer": {"ingress": [{"hostname": odd}]}});
        let search: String = odd.split_whitespace().next().unwrap().to_owned();
        let ingress = check(strange, &search).await;
        assert_eq!(ingress.object.namespace, odd);
        assert_eq!(ingress.routes[0].path, odd);
        assert_eq!(ingress.object.created_at, None);
    }
}

#[tokio::test]
async fn an_unknown_path_type_no_rules_and_no_host_are_kept_as_they_are() {
    let mut unknown = simple("shop", "unknown");
    unknown["spec"]["rules"][0]["http"]["paths"][0]["pathType"] = "Regex".into();
    let ingress = check(unknown, "unknown").await;
    assert_eq!(ingress.routes[0].path_type, PathType::Other("Regex".into()));
    let mut empty = simple("shop", "empty");
    empty["spec"] = json!({});
    let oddities = check(empty, "empty").await.oddities;
    assert_eq!(oddities.iter().map(Problem::code).collect::<Vec<_>>(), ["no-routes"]);
    let mut anywhere = simple("shop", "anywhere");
    anywhere["spec"]["rules"][0]["host"] = Value::Null;
    assert_eq!(check(anywhere, "anywhere").await.hosts(), [""]);
}
