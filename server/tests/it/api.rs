//! `/api/v1/`: what it answers, and that this is what its own description says.

use serde_json::{Value, json};

use crate::schema::Document;
use crate::support::{Site, manifest};

/// An ingress with something of everything.
fn rich() -> Value {
    let mut rich = manifest("web", "nginx");
    rich["metadata"]["annotations"] = json!({
        "a8r.io/owner": "ann, bob",
        "meta.helm.sh/release-name": "shop",
    });
    rich["metadata"]["labels"]["app.kubernetes.io/managed-by"] = json!("Helm");
    rich["spec"]["tls"] = json!([{"hosts": ["web.example.com"], "secretName": "web-tls"}]);
    let path = &mut rich["spec"]["rules"][0]["http"]["paths"][0];
    path.as_object_mut().unwrap().remove("pathType");
    rich["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
    rich
}

#[tokio::test]
async fn answers_are_as_the_served_description_has_them() {
    let site = Site::start().await;
    site.fill(&[rich(), manifest("plain", "kong")]).await;
    // A second sight, so that there is something in the history.
    let mut changed = rich();
    changed["metadata"]["resourceVersion"] = json!("2");
    changed["spec"]["rules"][0]["host"] = json!("other.example.com");
    site.fill(&[changed]).await;
    let document = Document::of(&site).await;
    assert_eq!(document.0["openapi"], "3.1.0");

    let list = site.json("/api/v1/ingresses?sort=name").await;
    document.check("/api/v1/ingresses", &list);
    assert_eq!((&list["matching"], &list["total"]), (&json!(2), &json!(2)));
    assert_eq!(list["items"][1]["owner"], "ann");
    for item in list["items"].as_array().unwrap() {
        let detail = site.json(&format!("/api/v1/ingresses/{}", item["id"])).await;
        document.check("/api/v1/ingresses/{id}", &detail);
        for key in ["uid", "owner", "tls_state", "traffic_verdict", "managed_by", "data_as_of"] {
            assert_eq!(detail[key], item[key], "{key}");
        }
    }
    let id = &list["items"][1]["id"];
    let detail = site.json(&format!("/api/v1/ingresses/{id}")).await;
    assert_eq!(detail["routes"][0]["host"], "other.example.com");
    assert_eq!(detail["tls_entries"][0]["secret"], "web-tls");
    assert_eq!(detail["owner_value"], "ann, bob");
    assert_eq!(detail["problem_details"][0]["code"], "path-type-missing");
    assert!(detail["history"].as_array().unwrap().iter().any(|event| event["what"] == "changed"));

    let clusters = site.json("/api/v1/clusters").await;
    document.check("/api/v1/clusters", &clusters);
    assert_eq!(clusters["items"][0]["name"], "prod");

    let lines = site.text("/export/inventory.jsonl").await;
    let schema = &document.0["components"]["schemas"]["Ingress"];
    for line in lines.lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("schema_version").expect("a schema version");
        document.check_against(schema, &line, "a line");
    }
}

#[tokio::test]
async fn cursors_lead_through_the_whole_list() {
    let site = Site::start().await;
    let names = ["a", "b", "c", "d", "e"];
    site.fill(&names.map(|name| manifest(name, "nginx"))).await;
    let mut found = Vec::new();
    let mut path = "/api/v1/ingresses?sort=-name&limit=2".to_owned();
    for _ in 0..3 {
        let page = site.json(&path).await;
        let items = page["items"].as_array().unwrap().iter();
        found.extend(items.map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/ingresses?sort=-name&limit=2&cursor={next}");
    }
    assert_eq!(found, ["e", "d", "c", "b", "a"]);
    let all = site.json("/api/v1/ingresses?limit=500").await;
    assert_eq!((all["items"].as_array().unwrap().len(), &all["next"]), (5, &Value::Null));
}

#[tokio::test]
async fn what_is_wrong_is_said_as_a_problem_with_the_parameter_to_blame() {
    let site = Site::start().await;
    let document = Document::of(&site).await;
    let schema = document.0["components"]["schemas"]["Problem"].clone();
    let check = async |path: &str, status: u16, parameter: Value| {
        let answer = site.get(path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = answer.json().await.unwrap();
        document.check_against(&schema, &problem, path);
        assert_eq!(problem["status"], status, "{path}");
        assert_eq!(problem["parameter"], parameter, "{path}");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{path}");
    };
    check("/api/v1/ingresses?limit=0", 400, json!("limit")).await;
    check("/api/v1/ingresses?cursor=x", 400, json!("cursor")).await;
    check("/api/v1/ingresses?sort=colour", 400, json!("sort")).await;
    check("/api/v1/ingresses?colour=red", 400, json!("colour")).await;
    check("/api/v1/ingresses/7", 404, json!("id")).await;
    check("/api/v1/ingresses/seven", 404, json!("id")).await;
    check("/api/v1/nothing", 404, Value::Null).await;
    let elsewhere = site.get("/api/v1/clusters").header("host", "evil.example");
    let answer = elsewhere.send().await.unwrap();
    assert_eq!(answer.status(), 421);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("content-security-policy"));
}
