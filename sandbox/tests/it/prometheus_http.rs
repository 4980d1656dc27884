//! The Prometheus API over HTTP: its addresses, its JSON to the digit, what goes wrong on demand.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandbox::prometheus::{Effect, Fault, Labels, Options, Server, Store};
use serde_json::{Value, json};
use url::Url;

use crate::support::{http_client as client, within};

fn now() -> Timestamp {
    Timestamp::from_second(1_435_781_460).unwrap()
}

fn before(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn store() -> Store {
    let store = Store::new();
    for (instance, value) in [("a", 1.0), ("b", 0.0)] {
        let labels = Labels::of("up", &[("job", "nginx"), ("instance", instance)]);
        store.series(&labels, (0..5).map(|nth| (before(60 * nth), value)));
    }
    let labels = Labels::of("nginx_ingress_controller_requests", &[("host", "ü\"x")]);
    store.series(&labels, (0..5).map(|nth| (before(60 * nth), 0.5 * (5 - nth) as f64)));
    store
}

async fn serve() -> Server {
    within(Server::start(store(), Options::at(now()))).await.unwrap()
}

fn address(server: &Server, path: &str, parameters: &[(&str, &str)]) -> Url {
    Url::parse_with_params(&format!("{}{path}", server.url), parameters).unwrap()
}

async fn get(server: &Server, path: &str, parameters: &[(&str, &str)]) -> reqwest::Response {
    within(client().get(address(server, path, parameters)).send()).await.unwrap()
}

async fn text(server: &Server, path: &str, parameters: &[(&str, &str)]) -> String {
    within(get(server, path, parameters).await.text()).await.unwrap()
}

async fn query(server: &Server, query: &str) -> String {
    text(server, "/api/v1/query", &[("query", query)]).await
}

fn ok(data: &str) -> String {
    format!("{{\"status\":\"success\",\"data\":{data}}}")
}

#[tokio::test]
async fn results_are_written_as_prometheus_writes_them() {
    let server = serve().await;
    let one = ok("{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"up\",\
         \"instance\":\"a\",\"job\":\"nginx\"},\"value\":[1435781460,\"1\"]}]}");
    assert_eq!(query(&server, "up{instance=\"a\"}").await, one);
    let odd = query(&server, "nginx_ingress_controller_requests").await;
    assert!(odd.contains("\"host\":\"ü\\\"x\"},\"value\":[1435781460,\"2.5\"]"), "{odd}");
    let scalar = ok("{\"resultType\":\"scalar\",\"result\":[1435781460,\"-Inf\"]}");
    assert_eq!(query(&server, "-1 / 0").await, scalar);
    let string = ok("{\"resultType\":\"string\",\"result\":[1435781460,\"a\"]}");
    assert_eq!(query(&server, "\"a\"").await, string);
    let none = ok("{\"resultType\":\"vector\",\"result\":[]}");
    assert_eq!(query(&server, "nothing").await, none);
    let matrix = query(&server, "up{instance=\"b\"}[2m]").await;
    assert!(matrix.contains("\"values\":[[1435781400,\"0\"],[1435781460,\"0\"]]"), "{matrix}");
    let given = [("query", "time()"), ("time", "1435781451.781")];
    let timed = text(&server, "/api/v1/query", &given).await;
    assert!(timed.contains("[1435781451.781,\"1435781451.781\"]"), "{timed}");
}

#[tokio::test]
async fn counters_by_other_names_are_remarked_on() {
    let server = serve().await;
    let answer = query(&server, "increase(nginx_ingress_controller_requests[5m])").await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let info = answer["infos"][0].as_str().unwrap();
    assert!(info.starts_with("PromQL info: metric might not be a counter"), "{info}");
    assert_eq!(answer["warnings"], Value::Null);
}

#[tokio::test]
async fn a_range_query_answers_each_step() {
    let server = serve().await;
    let mut given = vec![
        ("query", "sum(up)"),
        ("start", "2015-07-01T20:09:00Z"),
        ("end", "1435781460"),
        ("step", "1m"),
    ];
    let answer = text(&server, "/api/v1/query_range", &given).await;
    let matrix = ok("{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":\
         [[1435781340,\"1\"],[1435781400,\"1\"],[1435781460,\"1\"]]}]}");
    assert_eq!(answer, matrix);
    given[0].1 = "1";
    let scalars = text(&server, "/api/v1/query_range", &given).await;
    assert_eq!(scalars, matrix);
}

#[tokio::test]
async fn a_form_is_as_good_as_an_address() {
    let server = serve().await;
    let request = client()
        .post(format!("{}/api/v1/query", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("query=count%28up%29&time=1435781460");
    let answer = within(within(request.send()).await.unwrap().text()).await.unwrap();
    assert!(answer.contains("[1435781460,\"2\"]"), "{answer}");
}

#[tokio::test]
async fn series_labels_and_values_are_listed() {
    let server = serve().await;
    let up = [("match[]", "up{instance=\"a\"}")];
    let series = text(&server, "/api/v1/series", &up).await;
    let one = ok("[{\"__name__\":\"up\",\"instance\":\"a\",\"job\":\"nginx\"}]");
    assert_eq!(series, one);
    let names = text(&server, "/api/v1/labels", &[]).await;
    assert_eq!(names, ok("[\"__name__\",\"host\",\"instance\",\"job\"]"));
    let values = text(&server, "/api/v1/label/instance/values", &[]).await;
    assert_eq!(values, ok("[\"a\",\"b\"]"));
    let metrics = text(&server, "/api/v1/label/__name__/values", &[]).await;
    assert_eq!(metrics, ok("[\"nginx_ingress_controller_requests\",\"up\"]"));
    let late = [("start", "1435781461"), ("end", "1435781500")];
    assert_eq!(text(&server, "/api/v1/labels", &late).await, ok("[]"));
    let build = text(&server, "/api/v1/status/buildinfo", &[]).await;
    assert!(build.contains("\"version\":\"3."), "{build}");
    assert_eq!(text(&server, "/-/ready", &[]).await, "Prometheus Server is Ready.\n");
    assert_eq!(text(&server, "/-/healthy", &[]).await, "Prometheus Server is Healthy.\n");
    assert_eq!(get(&server, "/nowhere", &[]).await.status(), 404);
}

type Parameters<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn bad_questions_are_refused_in_prometheus_words() {
    let server = serve().await;
    let range = "/api/v1/query_range";
    let cases: [(&str, Parameters<'_>, &str); 7] = [
        (
            "/api/v1/query",
            &[],
            "invalid parameter \"query\": unknown position: parse error: no expression found in input",
        ),
        (
            "/api/v1/query",
            &[("query", "up"), ("time", "soon")],
            "invalid parameter \"time\": cannot parse \"soon\" to a valid timestamp",
        ),
        ("/api/v1/series", &[], "no match[] parameter provided"),
        ("/api/v1/label/a-b/values", &[], "invalid label name: \"a-b\""),
        (
            range,
            &[("query", "up"), ("start", "2"), ("end", "1"), ("step", "1")],
            "invalid parameter \"end\": end timestamp must not be before start time",
        ),
        (
            range,
            &[("query", "up"), ("start", "1"), ("end", "2"), ("step", "-1")],
            "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer",
        ),
        (
            range,
            &[("query", "up[1m]"), ("start", "1"), ("end", "2"), ("step", "1")],
            "invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector",
        ),
    ];
    for (path, parameters, why) in cases {
        let answer = get(&server, path, parameters).await;
        assert_eq!(answer.status(), 400, "{path} {parameters:?}");
        let found: Value = within(answer.json()).await.unwrap();
        assert_eq!(found, json!({"status": "error", "errorType": "bad_data", "error": why}));
    }
    let many = [("query", "up"), ("start", "0"), ("end", "11001"), ("step", "1")];
    let answer = text(&server, range, &many).await;
    assert!(answer.contains("exceeded maximum resolution of 11,000 points"), "{answer}");
    let answer = get(&server, "/api/v1/query", &[("query", "up * on (job) up")]).await;
    assert_eq!(answer.status(), 422);
    let found: Value = within(answer.json()).await.unwrap();
    assert_eq!(found["errorType"], "execution");
}

#[tokio::test]
async fn strangers_are_turned_away() {
    let options =
        Options { token: Some("s3".into()), tenant: Some("shop".into()), ..Options::at(now()) };
    let server = within(Server::start(store(), options)).await.unwrap();
    let ask = async |token: Option<&str>, tenant: Option<&str>| {
        let mut request = client().get(address(&server, "/api/v1/query", &[("query", "1")]));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(tenant) = tenant {
            request = request.header("x-scope-orgid", tenant);
        }
        within(request.send()).await.unwrap().status().as_u16()
    };
    assert_eq!(ask(None, Some("shop")).await, 401);
    assert_eq!(ask(Some("other"), Some("shop")).await, 401);
    assert_eq!(ask(Some("s3"), None).await, 401);
    assert_eq!(ask(Some("s3"), Some("other")).await, 403);
    assert_eq!(ask(Some("s3"), Some("shop")).await, 200);
}

#[tokio::test]
async fn refusals_hit_the_next_requests_of_their_path_and_all_are_counted() {
    let server = serve().await;
    for (code, kind) in
        [(400, "bad_data"), (422, "execution"), (429, "too_many_requests"), (503, "timeout")]
    {
        let effect = Effect::Refuse { code, retry_after: Some(7) };
        server.faults().set(Fault::new(effect).path("/api/v1/query").next(1));
        assert_eq!(get(&server, "/api/v1/labels", &[]).await.status(), 200);
        let answer = get(&server, "/api/v1/query", &[("query", "1")]).await;
        assert_eq!(answer.status().as_u16(), code);
        assert_eq!(answer.headers()["retry-after"], "7");
        let found: Value = within(answer.json()).await.unwrap();
        assert_eq!((&found["status"], &found["errorType"]), (&json!("error"), &json!(kind)));
        assert_eq!(get(&server, "/api/v1/query", &[("query", "1")]).await.status(), 200);
    }
    assert_eq!((server.requests("/api/v1/query"), server.total_requests()), (8, 12));
    server.forget_requests();
    assert_eq!(server.total_requests(), 0);
}

#[tokio::test]
async fn answers_can_be_no_answers() {
    let server = serve().await;
    let next = |effect| server.faults().set(Fault::new(effect).next(1));
    next(Effect::Redirect("http://127.0.0.1:9/login".into()));
    let answer = get(&server, "/api/v1/query", &[("query", "up")]).await;
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:9/login");
    next(Effect::Html);
    assert!(query(&server, "up").await.starts_with("<html>"));
    next(Effect::OtherJson);
    assert_eq!(query(&server, "up").await, "{\"message\":\"ok\",\"total\":0}");
    next(Effect::Truncated);
    let answer = get(&server, "/api/v1/query", &[("query", "up")]).await;
    assert!(within(answer.text()).await.is_err());
    next(Effect::Drip { bytes: 20, every: Duration::from_millis(1) });
    assert!(query(&server, "up").await.ends_with("]}}"));
}

#[tokio::test]
async fn a_silent_server_answers_nothing() {
    let server = serve().await;
    for headers in [false, true] {
        server.faults().set(Fault::new(Effect::Silence { headers }).next(1));
        let asked = query(&server, "up");
        assert!(tokio::time::timeout(Duration::from_millis(200), asked).await.is_err());
    }
    within(server.stop()).await;
}

#[tokio::test]
async fn values_can_be_no_numbers_and_results_partial() {
    let server = serve().await;
    server.faults().set(Fault::new(Effect::NotFinite).next(1));
    server.faults().set(Fault::new(Effect::Warnings(vec!["one store is down".into()])).next(1));
    let answer: Value = serde_json::from_str(&query(&server, "up").await).unwrap();
    let value = |place: usize| answer["data"]["result"][place]["value"][1].as_str().unwrap();
    assert_eq!((value(0), value(1)), ("NaN", "+Inf"));
    assert_eq!(answer["warnings"], json!(["one store is down"]));
}

#[tokio::test]
async fn results_can_be_far_too_large() {
    let server = serve().await;
    server.faults().set(Fault::new(Effect::Flood(2_500)));
    let answer: Value = serde_json::from_str(&query(&server, "up").await).unwrap();
    let series = answer["data"]["result"].as_array().unwrap();
    assert_eq!(series.len(), 2_500);
    assert_eq!(series[2_499]["metric"]["ingress"], "web-2499");
    server.faults().clear();
    assert!(query(&server, "up").await.len() < 1_000);
}

#[tokio::test]
async fn the_date_can_be_off() {
    let server = serve().await;
    let date = async || {
        let answer = get(&server, "/-/ready", &[]).await;
        answer.headers()["date"].to_str().unwrap().to_owned()
    };
    assert_eq!(date().await, "Wed, 01 Jul 2015 20:11:00 GMT");
    server.faults().set(Fault::new(Effect::DateOff(SignedDuration::from_mins(-5))));
    assert_eq!(date().await, "Wed, 01 Jul 2015 20:06:00 GMT");
}
