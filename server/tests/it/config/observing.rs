//! What a configuration says of how to observe and to judge: sources of traffic, certificates, owners,
//! teams.

use super::{load, refused};

/// One source with everything, and one of one's own.
const SOURCES: &str = "clusters:
- name: prod
  traffic:
  - preset: ingress-nginx
    prometheus:
      url: https://mimir.example/prometheus
      bearerTokenFile: secrets/token
      tenant: shop
      caFile: ~/ca.pem
    matchers: cluster=\"prod\"
    up: min(up{job=\"nginx\"})
  - preset: custom
    prometheus: {url: http://p:9090}
    query: {any: requests_total, success: 'requests_total{code=\"200\"}', granularity: service}
    controllers: [example.com/own]
";

#[test]
fn sources_of_traffic_are_read() {
    let printed = load(SOURCES, &[("HOME", "/home/ada")]).unwrap();
    for line in [
        "preset: ingress-nginx",
        "url: https://mimir.example/prometheus",
        "bearerTokenFile: secrets/token",
        "tenant: shop",
        "caFile: /home/ada/ca.pem",
        "any: requests_total",
        "granularity: service",
        "example.com/own",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    assert_eq!(load(&printed, &[]).unwrap(), printed);
}

#[test]
fn lists_of_keys_replace_the_defaults() {
    let printed = load("owners: {annotations: [example.com/owner], labels: []}", &[]).unwrap();
    assert!(printed.contains("example.com/owner"), "{printed}");
    assert!(printed.contains("labels: []"), "{printed}");
    let steps = load("owners: {steps: [namespace, annotation]}", &[]).unwrap();
    let place = |word: &str| steps.find(word).unwrap();
    assert!(place("- namespace\n") < place("- annotation\n"), "{steps}");
    assert!(!steps.contains("- fallback\n"), "{steps}");
}

#[test]
fn the_user_of_a_proxy_is_not_printed() {
    let yaml = "clusters: [{name: a, tls: {handshake: {proxy: 'http://u:secret@p:3128'}}}]";
    let printed = load(yaml, &[]).unwrap();
    assert!(printed.contains("http://***@p:3128"), "{printed}");
    assert!(!printed.contains("secret@"), "{printed}");
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_without_its_password() {
    let yaml = |proxy| format!("clusters: [{{name: a, tls: {{handshake: {{proxy: '{proxy}'}}}}}}]");
    for proxy in ["https://u:secret@p:3128", "htp://u:secret@p:3128", "u:secret@p:3128"] {
        let error = load(&yaml(proxy), &[]).unwrap_err();
        assert!(error.contains("`handshake.proxy` must be an http"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn numbers_are_within_their_bounds() {
    refused(
        "traffic: {lookBackDays: 0}",
        "routebook.yaml:1:25: `traffic.lookBackDays` must be from 1 to 366, not 0",
    );
    refused("traffic: {lookBackDays: 367}", "routebook.yaml:1:25: `traffic.lookBackDays`");
    refused("traffic: {lookBackDays: -1}", "routebook.yaml:1:25: `traffic.lookBackDays`");
    refused("traffic: {lookBackDays: ten}", "routebook.yaml:1:25: `lookBackDays` must be a whole");
    refused("traffic: {leastCoveredPercent: 101}", "routebook.yaml:1:32: `traffic.least");
    refused("traffic: {everySeconds: 5}", "routebook.yaml:1:25: `traffic.everySeconds` must be");
    refused("tls: {expiringDays: 400}", "routebook.yaml:1:21: `tls.expiringDays` must be from 1");
    refused(
        "retirement: {holdDays: 0}",
        "routebook.yaml:1:24: `retirement.holdDays` must be from 1",
    );
}

#[test]
fn a_source_that_cannot_work_is_refused() {
    let source = |keys: &str| format!("clusters:\n- name: a\n  traffic:\n  - {keys}\n");
    let check = |keys: &str, message: &str| refused(&source(keys), message);
    let prometheus = "prometheus: {url: 'http://p:9090'}";
    check(
        &format!("{{preset: nginx-ingress, {prometheus}}}"),
        "routebook.yaml:4:14: there is no preset \"nginx-ingress\"",
    );
    let error = load(&source(&format!("{{preset: kng, {prometheus}}}")), &[]).unwrap_err();
    assert!(error.contains("did you mean kong?\n  presets: ingress-nginx, "), "{error}");
    check(
        "{preset: kong, prometheus: {url: 'ftp://p'}}",
        "routebook.yaml:4:38: `prometheus.url` must be an http or https address",
    );
    check(
        "{preset: kong, prometheus: {url: 'http://u:p@p'}}",
        "routebook.yaml:4:38: `url` must not hold credentials; use `bearerTokenFile`",
    );
    check(
        &format!("{{preset: custom, {prometheus}}}"),
        "routebook.yaml:4:14: the preset `custom` needs `query`",
    );
    check(
        &format!("{{preset: kong, {prometheus}, query: {{any: x}}}}"),
        "routebook.yaml:4:63: `query` is for the preset `custom` only",
    );
    check(
        &format!("{{preset: kong, {prometheus}, matchers: '{{a=\"b\"}}'}}"),
        "routebook.yaml:4:66: `matchers` stand without braces",
    );
    check(
        &format!("{{preset: custom, {prometheus}, query: {{any: ''}}}}"),
        "routebook.yaml:4:71: `query.any` is empty",
    );
    check(
        "{preset: kong, prometheus: {url: 'http://p', tenant: 'ä'}}",
        "routebook.yaml:4:58: `tenant` is sent as a header",
    );
    let twice = format!("{{preset: kong, {prometheus}}}\n  - {{preset: kong, {prometheus}}}");
    check(&twice, "routebook.yaml:5:14: two sources of the cluster are \"kong at p:9090\"");
}

#[test]
fn a_look_at_certificates_that_cannot_work_is_refused() {
    let tls = |keys: &str| format!("clusters:\n- name: a\n  tls:\n    {keys}\n");
    let check = |keys: &str, message: &str| refused(&tls(keys), message);
    check(
        "handshake: {allow: [10.0.0.0/33]}",
        "routebook.yaml:4:25: `handshake.allow`: \"10.0.0.0/33\" is not a network",
    );
    check("handshake: {proxy: p:3128}", "routebook.yaml:4:24: `handshake.proxy` must be an http");
    check("handshake: {perSecond: 0}", "routebook.yaml:4:28: `handshake.perSecond` must be from 1");
    check("handshake: {everySeconds: 1}", "routebook.yaml:4:31: `handshake.everySeconds` must be");
    check(
        "secrets: {namespaces: ['*']}",
        "routebook.yaml:4:28: `secrets.namespaces`: \"*\" is no name of a namespace",
    );
}

#[test]
fn owners_and_teams_that_contradict_themselves_are_refused() {
    refused(
        "owners: {steps: [anotation]}",
        "routebook.yaml:1:18: `owners.steps` must be one of annotation, label, service, namespace, \
         gitops, fallback, not \"anotation\"; did you mean annotation?",
    );
    refused(
        "owners: {steps: [label, label]}",
        "routebook.yaml:1:25: `owners.steps` has label twice",
    );
    refused("owners: {labels: ['a b']}", "routebook.yaml:1:19: `owners.labels`: \"a b\" is no key");
    refused("owners: {labels: ['']}", "routebook.yaml:1:19: `owners.labels` is empty");
    refused(
        "clusters: [{name: prod}]\nowners: {fallback: [{owner: a, cluster: prd}]}",
        "routebook.yaml:2:41: a fallback is for cluster \"prd\", which is not configured; did you \
         mean prod?",
    );
    refused("teams: [{name: ''}]", "routebook.yaml:1:16: `teams[].name` is empty");
    refused(
        "teams:\n- {name: a, match: [x]}\n- {name: b, match: [' X ']}",
        "routebook.yaml:3:21: \"X\" means two teams\n  it is at routebook.yaml:2:21 too",
    );
    refused("teams: [{name: a}, {name: A}]", "routebook.yaml:1:27: \"A\" means two teams");
    refused(
        "teams: [{name: a, email: nobody}]",
        "routebook.yaml:1:26: `teams[].email` must be one",
    );
    assert!(load("teams: [{name: a, match: [a, 'group:default/a']}]", &[]).is_ok());
}
