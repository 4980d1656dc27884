//! What a configuration says of who may come in and from where.

use super::{load, refused};

/// A provider with everything, and one with what is needed.
const PROVIDERS: &str = "externalUrl: https://routes.example.com/routebook
listen: 0.0.0.0:8080
auth:
  oidc:
  - name: corp
    label: Example Corp
    issuerUrl: https://id.example.com/realms/corp
    clientId: routebook
    clientSecretFile: ~/secret
    scopes: [groups, openid]
    groupsClaim: realm_access/roles
    groupsFrom: userinfo
    algorithms: [RS512, EdDSA]
    caFile: ca.pem
  - {name: other-1, issuerUrl: 'http://localhost:9/', clientId: a}
  roles:
  - {group: platform-admins, role: admin}
  - {group: all, role: viewer}
  - {group: auditors, role: auditor}
  - {group: staff, role: viewer}
  - {group: auditors, role: viewer}
  defaultRole: viewer
  contact: '#platform on chat'
  session: {idleMinutes: 60, absoluteHours: 12}
";

/// A group may have several roles: the highest counts, but each is printed.
const AUDITORS: [&str; 2] = ["- group: auditors", "role: auditor"];

/// With one provider, and these keys beside it.
fn with(more: &str) -> String {
    let provider = "issuerUrl: 'https://id.example', clientId: a";
    format!("auth:\n  oidc: {{{provider}}}\n  {more}\n")
}

/// With a list of one provider that has these keys.
fn provider(keys: &str) -> String {
    format!("auth:\n  oidc:\n  - {{{keys}}}\n")
}

#[test]
fn every_key_of_auth_is_read() {
    let printed = load(PROVIDERS, &[("HOME", "/home/ada")]).unwrap();
    for line in [
        "externalUrl: https://routes.example.com/routebook",
        "label: Example Corp",
        "name: other-1",
        "label: localhost",
        "issuerUrl: https://id.example.com/realms/corp",
        "issuerUrl: http://localhost:9/",
        "clientSecretFile: /home/ada/secret",
        "groupsClaim: realm_access/roles",
        "groupsClaim: groups",
        "groupsFrom: userinfo",
        "groupsFrom: both",
        "caFile: ca.pem",
        "group: platform-admins",
        "group: staff",
        "defaultRole: viewer",
        "idleMinutes: 60",
        "absoluteHours: 12",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    for pair in [["- openid", "- groups"], ["- RS512", "- EdDSA"], AUDITORS] {
        assert!(lines.windows(2).any(|lines| lines == pair), "{pair:?} is not in\n{printed}");
    }
    assert_eq!(load(&printed, &[]).unwrap(), printed);
}

#[test]
fn sign_in_has_defaults() {
    let printed = load(&with("roles: []"), &[]).unwrap();
    for line in [
        "name: sso",
        "label: id.example",
        "- profile",
        "- PS256",
        "defaultRole: none",
        "idleMinutes: 480",
        "roles: []",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    assert!(!printed.contains("clientSecretFile") && !printed.contains("contact"), "{printed}");
    assert!(!load("", &[]).unwrap().contains("auth:"));
    assert_eq!(load(&printed, &[]).unwrap(), printed);
    let list = provider("issuerUrl: 'https://id.example', clientId: a");
    assert_eq!(load(&list, &[]).unwrap(), printed, "one provider is one, in a list or not");
}

#[test]
fn others_get_in_only_with_sign_in_and_tls() {
    let listen = |address: &str, url: &str| {
        format!("listen: '{address}'\nexternalUrl: {url}\n{}", with("roles: []"))
    };
    for address in ["0.0.0.0:8080", "[::]:8080", "10.0.0.1:8080", "127.0.0.1:8080"] {
        assert!(load(&listen(address, "https://r.example"), &[]).is_ok(), "{address}");
    }
    assert!(load(&listen("127.0.0.1:8080", "http://localhost:8080"), &[]).is_ok());
    assert!(load(&listen("[::1]:8080", "http://[::1]:8080"), &[]).is_ok());
    refused(
        &listen("0.0.0.0:8080", "http://localhost:8080"),
        "routebook.yaml:1:9: `listen` is 0.0.0.0:8080, which other machines can reach, but \
         `externalUrl` is not https",
    );
    refused(
        &listen("127.0.0.1:8080", "http://r.example"),
        "routebook.yaml:2:14: `externalUrl` is http://r.example/, but with `auth` it must be https",
    );
    refused("metricsListen: 0.0.0.0:1", "routebook.yaml:1:16: `metricsListen` is 0.0.0.0:1, which");
}

#[test]
fn a_provider_that_cannot_work_is_refused() {
    refused("auth: {oidc: []}", "routebook.yaml:1:14: `auth.oidc` is empty");
    assert!(load("auth: {}", &[]).unwrap_err().contains("the key `oidc` is missing"));
    let error = load("auth: {oidc: corp}", &[]).unwrap_err();
    assert!(error.contains("a mapping (lines of key: value), or a list"), "{error}");
    let error = load("auth: {oidc: {issuer: 'https://a'}}", &[]).unwrap_err();
    assert!(error.contains("unknown key `issuer`"), "{error}");
    assert!(error.contains("allowed here: name, label, issuerUrl, clientId"), "{error}");
    let rest = "issuerUrl: 'https://a', clientId: b";
    for name in ["''", "Corp", "a b", "a_b", "a/b", &"a".repeat(41)] {
        let yaml = provider(&format!("name: {name}, {rest}"));
        refused(&yaml, "routebook.yaml:3:12: the name of a provider must be 1 to 40");
    }
    let error = load(&provider("name: a, clientId: b"), &[]).unwrap_err();
    assert!(error.contains("the key `issuerUrl` is missing"), "{error}");
    let yaml = provider(&format!("name: a, {rest}, clientSecret: x"));
    let error = load(&yaml, &[]).unwrap_err();
    assert!(
        error.contains("unknown key `clientSecret`; did you mean `clientSecretFile`?"),
        "{error}"
    );
    let algorithms = |list: &str| provider(&format!("name: a, {rest}, algorithms: [{list}]"));
    for list in ["HS256", "none", "RS256, HS512", "ES512", "''"] {
        let error = load(&algorithms(list), &[]).unwrap_err();
        assert!(error.contains("is not allowed"), "{error}");
        assert!(error.contains("allowed: RS256, PS256, ES256, EdDSA"), "{error}");
    }
    assert!(load(&algorithms(""), &[]).unwrap_err().contains("`auth.oidc.algorithms` is empty"));
    let yaml = provider(&format!("name: a, {rest}, groupsFrom: idtoken"));
    assert!(load(&yaml, &[]).unwrap_err().contains("did you mean idToken?"));
    let yaml = provider(&format!("name: a, {rest}, scopes: ['a b']"));
    assert!(load(&yaml, &[]).unwrap_err().contains("\"a b\" is no scope"));
}

#[test]
fn an_issuer_is_https_or_on_this_machine() {
    let issuer = |url: &str| provider(&format!("name: a, clientId: b, issuerUrl: '{url}'"));
    for good in [
        "https://a",
        "https://a/b/",
        "http://localhost:9",
        "http://127.0.0.1",
        "http://127.0.0.1:9/realms/a",
        "http://[::1]",
    ] {
        assert!(load(&issuer(good), &[]).is_ok(), "{good}");
    }
    for (bad, why) in [
        ("http://a", "must be an https address"),
        ("http://localhost.evil.example", "must be an https address"),
        ("http://127.0.0.1.evil.example", "must be an https address"),
        ("http://192.0.2.1", "must be an https address"),
        ("ftp://a", "must be an http or https address"),
        ("", "must be an http or https address"),
        ("id.example.com", "must be an http or https address"),
        ("https://a?b", "must have neither a query nor a fragment"),
        ("https://a#b", "must have neither a query nor a fragment"),
        ("https://u:secret@a", "must not hold credentials"),
    ] {
        let error = load(&issuer(bad), &[]).expect_err(bad);
        assert!(error.contains(&format!("`auth.oidc.issuerUrl` {why}")), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn two_providers_that_are_one_are_refused() {
    let two = |name: &str, issuer: &str| {
        format!(
            "auth:\n  oidc:\n  - {{name: a, issuerUrl: 'https://a', clientId: b}}\n  \
             - {{name: {name}, issuerUrl: '{issuer}', clientId: b}}\n"
        )
    };
    assert!(load(&two("b", "https://b"), &[]).is_ok());
    refused(
        &two("a", "https://b"),
        "routebook.yaml:4:12: two providers are named \"a\"\n  the first is at routebook.yaml:3:12",
    );
    refused(&two("b", "https://A/"), "routebook.yaml:4:26: two providers are at \"https://a\"");
    let nameless = two("b", "https://b").replace("name: a, ", "");
    refused(
        &nameless,
        "routebook.yaml:3:17: where `auth.oidc` has several providers, each needs a `name`",
    );
}

#[test]
fn roles_and_sessions_are_within_their_bounds() {
    for role in ["auditor", "admin", "owner", "''"] {
        let error = load(&with(&format!("defaultRole: {role}")), &[]).unwrap_err();
        assert!(error.contains("`auth.defaultRole` must be one of none, viewer"), "{error}");
    }
    let roles = |list: &str| with(&format!("roles: [{list}]"));
    refused(
        &roles("{group: a, role: viewers}"),
        "routebook.yaml:3:28: `auth.roles[].role` must be one of admin, auditor, viewer, not \
         \"viewers\"; did you mean viewer?",
    );
    refused(
        &roles("{group: '', role: admin}"),
        "routebook.yaml:3:19: `auth.roles[].group` is empty",
    );
    refused(
        &roles("{group: a, role: admin}, {group: a, role: admin}"),
        "routebook.yaml:3:44: `auth.roles` gives the group \"a\" the role admin twice\n  \
         the first is at routebook.yaml:3:19",
    );
    assert!(load(&roles("{group: a, role: admin}, {group: a, role: viewer}"), &[]).is_ok());
    let error = load(&roles("{groups: a, role: admin}"), &[]).unwrap_err();
    assert!(error.contains("unknown key `groups`; did you mean `group`?"), "{error}");
    for (keys, part) in [
        ("idleMinutes: 4", "`auth.session.idleMinutes` must be from 5 to 44640, not 4"),
        ("idleMinutes: 44641", "`auth.session.idleMinutes` must be from 5"),
        ("absoluteHours: 2161", "`auth.session.absoluteHours` must be from 1 to 2160"),
    ] {
        let error = load(&with(&format!("session: {{{keys}}}")), &[]).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
    let error = load(&with(&format!("contact: {}", "a".repeat(201))), &[]).unwrap_err();
    assert!(error.contains("`auth.contact` may have 200 characters"), "{error}");
}

#[test]
fn a_proxy_that_is_everybody_is_refused() {
    for (bad, why) in [
        ("0.0.0.0/0", "is everybody"),
        ("::/0", "is everybody"),
        ("10.0.0.0/33", "is neither an address nor a range"),
        ("proxy.example", "is neither an address nor a range"),
        ("", "is neither an address nor a range"),
    ] {
        let error = load(&format!("trustedProxies: ['{bad}']"), &[]).expect_err(bad);
        assert!(error.starts_with("routebook.yaml:1:18: `trustedProxies`: "), "{error}");
        assert!(error.contains(why), "{error}");
    }
}
