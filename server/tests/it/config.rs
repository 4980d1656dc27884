//! What a configuration may say, and what is said of one that is wrong.

mod observing;
mod sign_in;

use std::path::Path;

use server::Config;
use server::config::Environment;
use tempfile::TempDir;

/// Loads the text as a file, with the environment, and shows what came of it with a fixed file name.
fn load(yaml: &str, environment: &[(&str, &str)]) -> Result<String, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("routebook.yaml");
    std::fs::write(&file, yaml).unwrap();
    let pairs = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let environment: Environment = pairs.collect();
    let loaded = Config::load(Some(&file), &environment);
    let named = |error: server::config::Error| {
        error.to_string().replace(&format!("{}/", folder.path().display()), "")
    };
    loaded.map(|config| config.to_yaml()).map_err(named)
}

fn gives(yaml: &str, line: &str) {
    let printed = load(yaml, &[("HOME", "/home/ada")]).unwrap_or_else(|e| panic!("{yaml}: {e}"));
    assert!(
        printed.lines().any(|each| [line, &format!("- {line}")].contains(&each.trim())),
        "{line:?} is not in\n{printed}"
    );
}

fn refused(yaml: &str, message: &str) {
    let error = load(yaml, &[]).expect_err(yaml);
    assert!(error.starts_with(message), "{yaml:?} gave\n{error}");
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let printed = load("# nothing yet\n", &[]).unwrap();
    let start = "externalUrl: http://localhost:8080\n\
                 listen: 127.0.0.1:8080\n\
                 metricsListen: 127.0.0.1:9464\n\
                 trustedProxies: []\n\
                 database: data/routebook.db\n\
                 clusters: []\n\
                 owners:\n";
    assert!(printed.starts_with(start), "{printed}");
    let end = "traffic:\n  lookBackDays: 90\n  leastCoveredPercent: 80\n  everySeconds: 300\n\
               tls:\n  expiringDays: 30\n\
               retirement:\n  holdDays: 14\n  weeklyPercent: 10\n  weeklyLeast: 5\n\
               log:\n  format: text\n  level: info\n";
    assert!(printed.ends_with(end), "{printed}");
    assert!(printed.contains("team-name"), "{printed}");
    assert!(printed.contains("\nteams: []\n"), "{printed}");
    assert_eq!(load(&printed, &[]).unwrap(), printed);
}

#[test]
fn every_key_is_read() {
    gives("externalUrl: https://r.example:8443/", "externalUrl: https://r.example:8443");
    gives("externalUrl: https://r.example/a/b/", "externalUrl: https://r.example/a/b");
    gives("database: ~/r.db", "database: /home/ada/r.db");
    gives("database: other.db", "database: other.db");
    gives("log: {format: json}", "format: json");
    gives("log: {level: debug}", "level: debug");
    gives("clusters: [{name: a, inCluster: true}]", "inCluster: true");
    gives("clusters: [{name: a, kubeconfig: ~/.kube/a}]", "kubeconfig: /home/ada/.kube/a");
    gives("clusters: [{name: a, inCluster: false, context: b}]", "context: b");
    gives("clusters: [{name: a}]", "- name: a");
    gives("clusters: [{name: a}]", "certManager: true");
    gives("clusters: [{name: a}]", "handshake: false");
    gives("clusters: [{name: a, tls: {certManager: no}}]", "certManager: false");
    gives("clusters: [{name: a, tls: {metrics: no}}]", "metrics: false");
    gives("clusters: [{name: a, tls: {handshake: true}}]", "perSecond: 5");
    gives("clusters: [{name: a, tls: {handshake: {perSecond: 9}}}]", "perSecond: 9");
    gives("clusters: [{name: a, tls: {secrets: {namespaces: [shop]}}}]", "- shop");
    gives("traffic: {lookBackDays: 30}", "lookBackDays: 30");
    gives("traffic: {leastCoveredPercent: 50}", "leastCoveredPercent: 50");
    gives("traffic: {everySeconds: 60}", "everySeconds: 60");
    gives("tls: {expiringDays: 14}", "expiringDays: 14");
    gives("retirement: {holdDays: 30}", "holdDays: 30");
    gives("retirement: {weeklyLeast: 20, weeklyPercent: 0}", "weeklyPercent: 0");
    gives("retirement: {weeklyLeast: 20, weeklyPercent: 0}", "weeklyLeast: 20");
    gives("teams: [{name: ' payments '}]", "- name: payments");
    gives("owners: {fallback: [{owner: ops, class: nginx}]}", "class: nginx");
    let networks = "clusters: [{name: a, tls: {handshake: {allow: [10.0.0.0/8, 192.0.2.7]}}}]";
    let printed = load(networks, &[]).unwrap();
    assert!(printed.contains("10.0.0.0/8") && printed.contains("192.0.2.7/32"), "{printed}");
    let printed = load("trustedProxies: [192.0.2.7, 10.1.2.3/8]", &[]).unwrap();
    assert!(printed.contains("10.0.0.0/8") && printed.contains("192.0.2.7/32"), "{printed}");
}

#[test]
fn what_is_printed_can_be_read_again() {
    let yaml = "listen: '[::1]:1'\nmetricsListen: localhost:2\nclusters:\n\
                - {name: a, inCluster: yes}\n- {name: 0123, context: 'a: b', kubeconfig: x}\n";
    let printed = load(yaml, &[]).unwrap();
    assert!(printed.contains("0123"), "{printed}");
    assert!(printed.contains("127.0.0.1:2"), "{printed}");
    assert_eq!(load(&printed, &[]).unwrap(), printed);
}

#[test]
fn a_key_that_is_none_is_refused_with_its_place_and_the_right_one() {
    refused(
        "log: {}\nlistn: x",
        "routebook.yaml:2:1: unknown key `listn`; did you mean `listen`?\n  \
         allowed here: externalUrl, listen, metricsListen, trustedProxies, auth, database, \
         clusters, owners, teams, traffic, tls, retirement, log",
    );
    refused("series: {}", "routebook.yaml:1:1: unknown key `series`\n  allowed here: externalUrl");
    refused(
        "clusters:\n  - name: a\n    kubeConfig: x",
        "routebook.yaml:3:5: unknown key `kubeConfig`; did you mean `kubeconfig`?\n  \
         allowed here: name, kubeconfig, context, inCluster, traffic, tls",
    );
    refused(
        "log:\n  lvl: x",
        "routebook.yaml:2:3: unknown key `lvl`\n  allowed here: format, level",
    );
    refused("listen: a\nlisten: b", "routebook.yaml:2:1: the key `listen` is given twice");
    refused("clusters:\n  - context: a", "routebook.yaml:2:5: the key `name` is missing");
}

#[test]
fn a_key_that_is_none_is_refused_at_any_depth() {
    let check = |yaml: &str, part: &str| {
        let error = load(yaml, &[]).expect_err(yaml);
        assert!(error.contains(part), "{yaml:?} gave\n{error}");
    };
    check("owners: {step: []}", "unknown key `step`; did you mean `steps`?");
    check("teams: [{name: a, matches: []}]", "unknown key `matches`; did you mean `match`?");
    check("teams: [{match: [a]}]", "the key `name` is missing");
    check("owners: {fallback: [{class: a}]}", "the key `owner` is missing");
    check("traffic: {lookback: 1}", "unknown key `lookback`");
    check("tls: {expiring: 1}", "allowed here: expiringDays");
    let source = |keys: &str| format!("clusters: [{{name: a, traffic: [{{{keys}}}]}}]");
    check(&source("preset: kong"), "the key `prometheus` is missing");
    check(&source("prometheus: {url: 'http://p'}"), "the key `preset` is missing");
    check(&source("preset: kong, prometheus: {ur: x}"), "unknown key `ur`; did you mean `url`?");
    let tls = |keys: &str| format!("clusters: [{{name: a, tls: {{{keys}}}}}]");
    check(&tls("certmanager: true"), "did you mean `certManager`?");
    check(&tls("handshake: {allw: []}"), "unknown key `allw`; did you mean `allow`?");
    check(&tls("handshake: 5"), "false, true, or a mapping");
    check(&tls("secrets: [a]"), "`secrets` must be a mapping");
}

#[test]
fn a_value_of_another_kind_is_refused_with_what_is_expected() {
    refused("listen: [a]", "routebook.yaml:1:9: `listen` must be a text");
    refused("clusters: prod", "routebook.yaml:1:11: `clusters` must be a list");
    refused("log: json", "routebook.yaml:1:6: `log` must be a mapping");
    refused(
        "clusters:\n  - prod",
        "routebook.yaml:2:5: a mapping (lines of key: value) is expected",
    );
    refused(
        "clusters: [{name: a, inCluster: maybe}]",
        "routebook.yaml:1:33: `inCluster` must be true or false",
    );
    refused("- a", "routebook.yaml:1:1: a mapping");
    refused("listen: \"a", "routebook.yaml:1:9: not valid YAML: ");
    refused("log: {}\n---\nlog: {}", "routebook.yaml:3:1: a second YAML document");
}

#[test]
fn a_value_that_cannot_be_is_refused() {
    refused("externalUrl: ''", "routebook.yaml:1:14: `externalUrl` must be an http or https");
    refused("externalUrl: ftp://a", "routebook.yaml:1:14: `externalUrl` must be an http or https");
    refused("externalUrl: http://a?b", "routebook.yaml:1:14: `externalUrl` must be a scheme, a");
    refused("externalUrl: http://u:p@a", "routebook.yaml:1:14: `externalUrl` must be a scheme");
    for path in ["a//b", "a%20b", "a;b", "é"] {
        let yaml = format!("externalUrl: 'http://a/{path}'");
        refused(&yaml, "routebook.yaml:1:14: `externalUrl` may have a path of letters");
    }
    for path in ["ingresses", "auth", "auth/x", "api", "assets"] {
        let yaml = format!("externalUrl: http://a/{path}");
        refused(&yaml, "routebook.yaml:1:14: `externalUrl` must have a path that does not begin");
    }
    refused("listen: '8080'", "routebook.yaml:1:9: `listen` must be an address and a port");
    refused("listen: :8080", "routebook.yaml:1:9: `listen` must be an address and a port");
    refused("database: ''", "routebook.yaml:1:11: `database` is empty");
    refused("database: ~/a", "routebook.yaml:1:11: `database` begins with ~, but HOME is not set");
    refused(
        "log: {level: inof}",
        "routebook.yaml:1:14: `log.level` must be one of error, warn, info, debug, trace, \
         not \"inof\"",
    );
    refused("log: {format: jsn}", "routebook.yaml:1:15: `log.format` must be one of text, json");
}

#[test]
fn an_address_that_others_can_reach_is_refused_with_the_reason() {
    for address in ["0.0.0.0:8080", "'[::]:8080'", "10.0.0.1:8080"] {
        let error = load(&format!("listen: {address}"), &[]).expect_err(address);
        assert!(error.contains("nobody signs in, because `auth` is not set up"), "{error}");
        assert!(error.contains("reverse proxy"), "{error}");
    }
    let error = load("metricsListen: 0.0.0.0:9464", &[]).unwrap_err();
    assert!(error.starts_with("routebook.yaml:1:16: `metricsListen` is 0.0.0.0:9464"), "{error}");
}

#[test]
fn clusters_that_contradict_each_other_or_themselves_are_refused() {
    refused(
        "clusters:\n- name: a\n- name: b\n- name: a",
        "routebook.yaml:4:9: two clusters are named \"a\"\n  the first is at routebook.yaml:2:9",
    );
    refused(
        "clusters: [{name: a, inCluster: true, kubeconfig: x}]",
        "routebook.yaml:1:51: cluster a has both `inCluster` and `kubeconfig`",
    );
    refused(
        "clusters: [{name: a, inCluster: true, context: x}]",
        "routebook.yaml:1:48: cluster a has both `inCluster` and `context`",
    );
    refused("clusters: [{name: ''}]", "routebook.yaml:1:19: cluster name \"\" must be 1 to 63");
    refused("clusters: [{name: Prod}]", "routebook.yaml:1:19: cluster name \"Prod\" must be");
    refused("clusters: [{name: a, kubeconfig: ''}]", "routebook.yaml:1:34: `kubeconfig` is empty");
    refused("clusters: [{name: a, context: ''}]", "routebook.yaml:1:31: `context` is empty");
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "listen: 127.0.0.1:1\nclusters: [{name: a}]\nlog: {level: warn}\n";
    let environment = [
        ("ROUTEBOOK_LISTEN", "127.0.0.1:2"),
        ("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:3"),
        ("ROUTEBOOK_EXTERNAL_URL", "https://r.example"),
        ("ROUTEBOOK_TRUSTED_PROXIES", "[192.0.2.7]"),
        (
            "ROUTEBOOK_AUTH",
            r#"{"oidc": {"name": "corp", "issuerUrl": "https://id.example", "clientId": "a"}}"#,
        ),
        ("ROUTEBOOK_DATABASE", "x.db"),
        ("ROUTEBOOK_LOG_FORMAT", "json"),
        ("ROUTEBOOK_CLUSTERS", r#"[{"name": "b", "inCluster": true}]"#),
        ("ROUTEBOOK_OWNERS", "labels: [squad]"),
        ("ROUTEBOOK_TEAMS", "[{name: payments}]"),
        ("ROUTEBOOK_TRAFFIC", "{lookBackDays: 31}"),
        ("ROUTEBOOK_TLS", "expiringDays: 15"),
        ("ROUTEBOOK_RETIREMENT", "holdDays: 16"),
        ("ROUTEBOOK_CHROMIUM", "/usr/bin/chromium"),
        ("ROUTEBOOK_TEST_ANYTHING", "1"),
    ];
    let printed = load(file, &environment).unwrap();
    for part in ["127.0.0.1:2", "127.0.0.1:3", "192.0.2.7/32", "r.example", "x.db", "json", "warn"]
    {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
    for part in ["- squad", "name: payments", "lookBackDays: 31", "expiringDays: 15", "name: corp"]
    {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
    assert!(printed.contains("holdDays: 16"), "{printed}");
    assert!(printed.contains("name: b") && !printed.contains("name: a"), "{printed}");
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let check = |name, value, message: &str| {
        let error = load("", &[(name, value)]).expect_err(name);
        assert!(error.starts_with(message), "{error}");
    };
    check(
        "ROUTEBOOK_LISTN",
        "x",
        "unknown environment variable `ROUTEBOOK_LISTN`; did you mean `ROUTEBOOK_LISTEN`?",
    );
    check(
        "ROUTEBOOK_SECRET",
        "x",
        "unknown environment variable `ROUTEBOOK_SECRET`\n  allowed: ROUTEBOOK_EXTERNAL_URL",
    );
    check("ROUTEBOOK_LISTEN", "0.0.0.0:1", "ROUTEBOOK_LISTEN: `listen` is 0.0.0.0:1");
    check(
        "ROUTEBOOK_CLUSTERS",
        "[{name: a}, {nam: b}]",
        "ROUTEBOOK_CLUSTERS:1:14: unknown key `nam`; did you mean `name`?",
    );
    check("ROUTEBOOK_CLUSTERS", "a", "ROUTEBOOK_CLUSTERS:1:1: a list");
    check("ROUTEBOOK_TEAMS", "[{name: ''}]", "ROUTEBOOK_TEAMS:1:9: `teams[].name` is empty");
    check("ROUTEBOOK_TRAFFIC", "{everySeconds: 1}", "ROUTEBOOK_TRAFFIC:1:16: `traffic.every");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let error = Config::load(Some(Path::new("/nowhere/r.yaml")), &Environment::new()).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with("cannot read the configuration file /nowhere/r.yaml: "), "{error}");
    assert!(error.contains("--config"), "{error}");
    let variable = ("ROUTEBOOK_CONFIG".to_owned(), "/nowhere/s.yaml".to_owned());
    let error = Config::load(None, &Environment::from([variable])).unwrap_err().to_string();
    assert!(error.contains("/nowhere/s.yaml"), "{error}");
}
