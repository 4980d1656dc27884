//! The configuration of the demo's Routebook, from what the sandbox said of its clusters and of where
//! people sign in.

use super::{Announced, Cluster, Ports};
use crate::json::Json;
use std::path::Path;

/// What the demo's Routebook calls the sandbox's provider, in addresses.
const PROVIDER: &str = "marrowby";

/// `localhost` and not its number, because browsers accept secure cookies from it without TLS.
pub(super) fn configuration(folder: &Path, ports: &Ports, announced: &Announced) -> String {
    let Ports { pages, metrics, .. } = ports;
    let Announced { clusters, openid } = announced;
    let database = quoted(&folder.join("routebook.db").display().to_string());
    let mut yaml = format!(
        "externalUrl: http://localhost:{pages}\nlisten: 127.0.0.1:{pages}\n\
         metricsListen: 127.0.0.1:{metrics}\ndatabase: {database}\n"
    );
    yaml.push_str(&sign_in(openid));
    yaml.push_str("clusters:\n");
    clusters.iter().for_each(|cluster| yaml.push_str(&entry(cluster)));
    // The company is the same in every cluster.
    if let Some(Cluster { said, .. }) = clusters.first() {
        let (teams, fallbacks) = (flow(said.get("teams")), flow(said.get("fallbacks")));
        yaml.push_str(&format!("teams: {teams}\nowners: {{ fallback: {fallbacks} }}\n"));
    }
    yaml
}

/// Where the provider tells the demo's Routebook of sign-outs.
pub(super) fn back_channel(ports: &Ports) -> String {
    format!("http://localhost:{}/auth/back-channel/{PROVIDER}", ports.pages)
}

fn sign_in(openid: &Json) -> String {
    let [issuer, client, secret] =
        ["issuer", "clientId", "clientSecretFile"].map(|name| flow(openid.get(name)));
    let roles = roles(openid.get("roles"));
    format!(
        "auth:\n  oidc:\n    name: {PROVIDER}\n    label: Marrowby\n    issuerUrl: {issuer}\n    \
         clientId: {client}\n    clientSecretFile: {secret}\n  roles: {roles}\n  \
         contact: \"#team-platform on chat\"\n"
    )
}

/// The sandbox names the groups of each role, the configuration the role of each group.
fn roles(announced: &Json) -> String {
    let Json::Object(members) = announced else { return "[]".to_owned() };
    let entries = members.iter().flat_map(|(role, groups)| {
        let entry = move |group: &Json| format!("{{ group: {}, role: {role} }}", flow(group));
        groups.list().iter().map(entry)
    });
    format!("[{}]", entries.collect::<Vec<_>>().join(", "))
}

fn entry(cluster: &Cluster) -> String {
    let Cluster { said, .. } = cluster;
    let [name, kubeconfig, prometheus, proxy] =
        [&cluster.name, &cluster.kubeconfig, &cluster.prometheus, &cluster.tls_proxy]
            .map(|text| quoted(text));
    let source = |preset: &Json| {
        format!("{{ preset: {}, prometheus: {{ url: {prometheus} }} }}", flow(preset))
    };
    let traffic: Vec<String> = said.get("presets").list().iter().map(source).collect();
    let (traffic, secrets) = (traffic.join(", "), flow(said.get("secretNamespaces")));
    format!(
        "  - name: {name}\n    kubeconfig: {kubeconfig}\n    context: {name}\n    \
         traffic: [{traffic}]\n    tls: {{ certManager: true, handshake: {{ proxy: {proxy} }}, \
         secrets: {{ namespaces: {secrets} }} }}\n"
    )
}

/// A value as YAML's flow style has it; nothing where there is none.
fn flow(json: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match json {
        Json::Null => "[]".to_owned(),
        Json::Bool(yes) => yes.to_string(),
        Json::Number(number) => number.clone(),
        Json::Text(text) => quoted(text),
        Json::List(items) => format!("[{}]", joined(items.iter().map(flow).collect())),
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| format!("{name}: {}", flow(value));
            format!("{{ {} }}", joined(members.iter().map(member).collect()))
        }
    }
}

/// YAML's double quotes escape as Rust's do, for everything that a path may hold.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::{back_channel, configuration};
    use crate::demo::{Announced, Ports};
    use crate::json::Json;
    use std::path::Path;

    const LINE: &str = r##"{"cluster":"prod-eu","url":"https://127.0.0.1:1","kubeconfig":"/a b/c",
        "adminKubeconfig":"/d","ingresses":7,"refused":0,"prometheus":"http://127.0.0.1:3",
        "tlsProxy":"http://127.0.0.1:4","presets":["contour","kong"],"secretNamespaces":["shop"],
        "teams":[{"name":"web","match":["a","b"],"chat":"#web"}],
        "fallbacks":[{"class":"kong","owner":"web"}]}"##;

    const OPENID: &str = r#"{"openid":{"issuer":"http://127.0.0.1:5","clientId":"routebook",
        "clientSecretFile":"/e f/g","roles":{"admin":["a"],"viewer":["b","c"]},"accounts":[]}}"#;

    const PORTS: Ports = Ports { pages: 1, metrics: 2, openid: 5 };

    fn written(lines: &[&str]) -> String {
        let mut announced = Announced { clusters: Vec::new(), openid: Json::Null };
        lines.iter().chain([&OPENID]).for_each(|line| announced.hear(line).unwrap());
        configuration(Path::new("/demo"), &PORTS, &announced)
    }

    #[test]
    fn the_configuration_names_every_cluster_and_what_stands_beside_it() {
        assert_eq!(
            written(&[LINE]),
            r##"externalUrl: http://localhost:1
listen: 127.0.0.1:1
metricsListen: 127.0.0.1:2
database: "/demo/routebook.db"
auth:
  oidc:
    name: marrowby
    label: Marrowby
    issuerUrl: "http://127.0.0.1:5"
    clientId: "routebook"
    clientSecretFile: "/e f/g"
  roles: [{ group: "a", role: admin }, { group: "b", role: viewer }, { group: "c", role: viewer }]
  contact: "#team-platform on chat"
clusters:
  - name: "prod-eu"
    kubeconfig: "/a b/c"
    context: "prod-eu"
    traffic: [{ preset: "contour", prometheus: { url: "http://127.0.0.1:3" } }, { preset: "kong", prometheus: { url: "http://127.0.0.1:3" } }]
    tls: { certManager: true, handshake: { proxy: "http://127.0.0.1:4" }, secrets: { namespaces: ["shop"] } }
teams: [{ name: "web", match: ["a", "b"], chat: "#web" }]
owners: { fallback: [{ class: "kong", owner: "web" }] }
"##
        );
    }

    #[test]
    fn sign_outs_are_told_where_the_provider_is_known_by_its_name() {
        let address = back_channel(&PORTS);
        assert_eq!(address, "http://localhost:1/auth/back-channel/marrowby");
        assert!(written(&[LINE]).contains("\n    name: marrowby\n"));
    }

    #[test]
    fn a_cluster_of_a_folder_needs_nothing_more() {
        let line = r#"{"cluster":"demo","kubeconfig":"/a","adminKubeconfig":"/b","ingresses":1,
            "prometheus":"http://127.0.0.1:3","tlsProxy":"http://127.0.0.1:4","presets":[],
            "secretNamespaces":[],"teams":[],"fallbacks":[]}"#;
        let yaml = written(&[line, line]);
        assert!(yaml.contains("\n    traffic: []\n"), "{yaml}");
        assert!(yaml.ends_with("\nteams: []\nowners: { fallback: [] }\n"), "{yaml}");
    }
}
