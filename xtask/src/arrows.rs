//! The arrows between crates, as tables. Cargo already refuses circles; this refuses the shortcuts
//! that Cargo would allow, and keeps each outside library behind the one crate that answers for it.

use crate::json::Json;
use crate::run::{self, Result};

/// Who may use what.
struct Rule {
    /// One of our crates in `OURS`; an outside one, or the start of its name and `*`, in `OUTSIDE`.
    name: &'static str,
    normal: &'static [&'static str],
    /// In tests, benches and examples, besides the above.
    dev: &'static [&'static str],
}

/// What each of our crates may use of ours. `sandbox` is never a normal dependency: a release must
/// not contain it.
const OURS: [Rule; 7] = [
    Rule { name: "domain", normal: &[], dev: &[] },
    Rule { name: "store", normal: &["domain"], dev: &[] },
    Rule { name: "observe", normal: &["domain", "store"], dev: &["sandbox"] },
    Rule { name: "app", normal: &["domain", "store"], dev: &[] },
    Rule { name: "server", normal: &["domain", "store", "observe", "app"], dev: &["sandbox"] },
    Rule { name: "sandbox", normal: &["domain"], dev: &[] },
    Rule { name: "xtask", normal: &[], dev: &[] },
];

/// Which of our crates may name these outside crates. Crates that are not here, such as `serde`, may
/// be named anywhere.
const OUTSIDE: [Rule; 22] = [
    Rule { name: "sqlx*", normal: &["store"], dev: &[] },
    Rule { name: "libsqlite3-sys", normal: &["store"], dev: &[] },
    Rule { name: "kube*", normal: &["observe"], dev: &["sandbox", "server"] },
    Rule { name: "k8s-openapi", normal: &["observe", "sandbox"], dev: &["server"] },
    Rule { name: "tokio*", normal: &["store", "observe", "server", "sandbox"], dev: &[] },
    Rule { name: "axum", normal: &["app", "server", "sandbox"], dev: &[] },
    Rule { name: "leptos*", normal: &["app", "server"], dev: &[] },
    Rule { name: "wasm-bindgen*", normal: &["app"], dev: &[] },
    Rule { name: "web-sys", normal: &["app"], dev: &[] },
    Rule { name: "js-sys", normal: &["app"], dev: &[] },
    Rule { name: "openidconnect", normal: &["server"], dev: &[] },
    Rule { name: "tower-sessions*", normal: &["server"], dev: &[] },
    Rule { name: "governor", normal: &["server"], dev: &[] },
    Rule { name: "ipnet", normal: &["server"], dev: &[] },
    Rule { name: "rsa", normal: &["sandbox"], dev: &[] },
    Rule { name: "ring", normal: &["sandbox"], dev: &[] },
    Rule { name: "rand", normal: &["sandbox"], dev: &[] },
    Rule { name: "prometheus-client", normal: &["server"], dev: &[] },
    Rule { name: "reqwest", normal: &["observe", "server"], dev: &["sandbox"] },
    Rule { name: "x509-parser", normal: &["observe"], dev: &[] },
    Rule { name: "rcgen", normal: &["sandbox"], dev: &["observe", "server"] },
    Rule {
        name: "proptest",
        normal: &[],
        dev: &["domain", "store", "observe", "server", "sandbox"],
    },
];

/// Reads the manifests through Cargo and compares them with the tables.
pub fn check() -> Result {
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let metadata = Json::parse(&run::captured(&mut run::cargo(&arguments))?)?;
    let wrong = violations(&metadata);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Every dependency that the tables do not allow, as a sentence.
fn violations(metadata: &Json) -> Vec<String> {
    metadata.get("packages").list().iter().flat_map(of_package).collect()
}

fn of_package(package: &Json) -> Vec<String> {
    let user = package.get("name").text().unwrap_or_default();
    let Some(allowed) = OURS.iter().find(|rule| rule.name == user) else {
        return vec![format!("{user} is not in the table of crates in xtask/src/arrows.rs")];
    };
    let dependencies = package.get("dependencies").list().iter();
    dependencies.filter_map(|dependency| violation(allowed, dependency)).collect()
}

fn violation(user: &Rule, dependency: &Json) -> Option<String> {
    let used = dependency.get("name").text().unwrap_or_default();
    let dev = dependency.get("kind").text() == Some("dev");
    let allowed = match outside_rule(used) {
        _ if user.name == "xtask" => false,
        _ if OURS.iter().any(|rule| rule.name == used) => user.allows(used, dev),
        Some(rule) => rule.allows(user.name, dev),
        None => true,
    };
    let kind = if dev { "in tests" } else { "as a normal dependency" };
    (!allowed).then(|| format!("{} may not use {used} {kind}", user.name))
}

fn outside_rule(used: &str) -> Option<&'static Rule> {
    OUTSIDE.iter().find(|rule| match rule.name.strip_suffix('*') {
        Some(start) => used.starts_with(start),
        None => used == rule.name,
    })
}

impl Rule {
    fn allows(&self, name: &str, dev: bool) -> bool {
        self.normal.contains(&name) || (dev && self.dev.contains(&name))
    }
}

/// The wasm has no database, no runtime and no Kubernetes in it, whichever feature would bring them.
pub fn check_wasm_tree() -> Result {
    let browser = ["--target", "wasm32-unknown-unknown", "--features", "hydrate"];
    absent("app", &browser, &["sqlx", "libsqlite3-sys", "tokio", "kube", "store"])
}

/// The release has no sandbox in it.
pub fn check_release_tree() -> Result {
    absent("server", &[], &["sandbox"])
}

fn absent(package: &str, options: &[&str], forbidden: &[&str]) -> Result {
    let mut tree = run::cargo(&["tree", "--edges", "normal", "--prefix", "none", "-p", package]);
    let tree = run::captured(tree.args(options))?;
    let found = |name: &&&str| tree.lines().any(|line| line.split(' ').next() == Some(**name));
    let present: Vec<&str> = forbidden.iter().filter(found).copied().collect();
    if present.is_empty() {
        return Ok(());
    }
    Err(format!("{package} contains {}; see cargo tree -p {package} -i NAME", present.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::violations;
    use crate::json::Json;

    fn check(user: &str, used: &str, kind: &str, expected: &[&str]) {
        let dependency = format!(r#"{{"name": "{used}", "kind": {kind}}}"#);
        let text =
            format!(r#"{{"packages": [{{"name": "{user}", "dependencies": [{dependency}]}}]}}"#);
        assert_eq!(violations(&Json::parse(&text).unwrap()), expected, "{user} -> {used} ({kind})");
    }

    #[test]
    fn arrows_point_down_only() {
        check("observe", "store", "null", &[]);
        check("store", "observe", "null", &["store may not use observe as a normal dependency"]);
        check("domain", "store", "\"dev\"", &["domain may not use store in tests"]);
    }

    #[test]
    fn the_sandbox_is_for_tests_only() {
        check("server", "sandbox", "\"dev\"", &[]);
        check("server", "sandbox", "null", &["server may not use sandbox as a normal dependency"]);
        check(
            "server",
            "sandbox",
            "\"build\"",
            &["server may not use sandbox as a normal dependency"],
        );
    }

    #[test]
    fn outside_crates_have_one_home() {
        check("store", "sqlx", "null", &[]);
        check("app", "sqlx-core", "null", &["app may not use sqlx-core as a normal dependency"]);
        check("app", "leptos_router", "null", &[]);
        check("observe", "leptos", "null", &["observe may not use leptos as a normal dependency"]);
        check("domain", "serde", "null", &[]);
        check("server", "reqwest", "null", &[]);
        check("app", "reqwest", "null", &["app may not use reqwest as a normal dependency"]);
        check("server", "ring", "\"dev\"", &["server may not use ring in tests"]);
    }

    #[test]
    fn the_developer_commands_depend_on_nothing() {
        check(
            "xtask",
            "serde_json",
            "null",
            &["xtask may not use serde_json as a normal dependency"],
        );
        check("xtask", "domain", "\"dev\"", &["xtask may not use domain in tests"]);
    }

    #[test]
    fn a_new_crate_must_be_entered_in_the_table() {
        check(
            "novel",
            "serde",
            "null",
            &["novel is not in the table of crates in xtask/src/arrows.rs"],
        );
    }
}
