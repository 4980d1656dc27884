//! The `sandbox` program, as a script meets it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running program and what it said until it was ready.
struct Program {
    child: Child,
    clusters: Vec<Value>,
    openid: Value,
}

impl Program {
    fn start(dir: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .args(["kubernetes", "--exit-with-parent", "--kubeconfig-dir"])
            .arg(dir)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let stdout = child.stdout.take().expect("standard output is a pipe");
        let lines = BufReader::new(stdout).lines().map(|line| line.expect("lines are UTF-8"));
        let mut clusters: Vec<Value> = lines
            .take_while(|line| line != "ready")
            .map(|line| serde_json::from_str(&line).expect("one JSON object a line"))
            .collect();
        let openid = clusters.pop().expect("the provider comes last")["openid"].clone();
        Self { child, clusters, openid }
    }

    /// Closes its standard input, waits for its end, and answers what it said on standard error.
    fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().expect("standard error is a pipe");
        stderr.read_to_string(&mut said).expect("messages are UTF-8");
        assert!(self.child.wait().expect("it can be waited for").success(), "{said}");
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_where_its_clusters_are_and_ends_with_its_parent() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--ingresses", "40", "--churn", "6000"]);
    let names: Vec<_> = program.clusters.iter().map(|each| each["cluster"].clone()).collect();
    assert_eq!(names, ["prod-eu", "prod-us", "staging"]);
    let counts: Vec<_> = program.clusters.iter().map(|each| each["ingresses"].clone()).collect();
    assert_eq!(counts, [24, 12, 4]);
    for cluster in &program.clusters {
        for key in ["kubeconfig", "adminKubeconfig"] {
            let path = Path::new(cluster[key].as_str().unwrap());
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.contains(cluster["url"].as_str().unwrap()));
        }
        for key in ["prometheus", "tlsProxy"] {
            assert!(cluster[key].as_str().unwrap().starts_with("http://127.0.0.1:"), "{key}");
        }
        assert_eq!(cluster["teams"], sandbox::fleet::teams());
    }
    let presets = |cluster: usize| program.clusters[cluster]["presets"].clone();
    let expected = ["aws-alb", "contour", "haproxy-ingress", "ingress-nginx", "traefik"];
    assert_eq!(presets(0), serde_json::json!(expected));
    assert_eq!(presets(1), serde_json::json!(["gke", "ingress-nginx", "kong", "nginx-plus"]));
    let said = program.end();
    assert!(said.contains("test double"), "{said}");
    assert!(!said.contains("refused"), "{said}");
}

#[test]
fn it_says_where_people_sign_in() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--ingresses", "4"]);
    let openid = &program.openid;
    assert!(openid["issuer"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{openid}");
    assert_eq!(openid["clientId"], "routebook");
    let file = Path::new(openid["clientSecretFile"].as_str().unwrap());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(file).unwrap(), "demo-secret");
    assert_eq!(openid["roles"]["admin"], serde_json::json!(["platform-admins"]));
    let accounts = openid["accounts"].as_array().unwrap().iter();
    let keys: Vec<&str> = accounts.map(|account| account["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["owner", "other-owner", "admin", "auditor", "viewer", "nobody"]);
}

#[test]
fn its_routebook_may_list_secrets_in_two_namespaces_only() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path(), &["--ingresses", "200"]);
    let namespaces = &program.clusters[0]["secretNamespaces"];
    assert_eq!(*namespaces, serde_json::json!(sandbox::fleet::SECRET_NAMESPACES));
    assert_eq!(program.clusters[1]["secretNamespaces"], serde_json::json!([]));
    let role = dir.path().join("role.yaml");
    std::fs::write(&role, include_str!("../../../deploy/rbac.yaml")).unwrap();
    let arguments = ["--ingresses", "200", "--rbac", role.to_str().unwrap()];
    let program = Program::start(&dir.path().join("own"), &arguments);
    assert_eq!(program.clusters[0]["secretNamespaces"], serde_json::json!([]));
}

#[test]
fn it_serves_a_folder_and_names_what_it_refused() {
    let dir = tempfile::tempdir().unwrap();
    let good = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: good }\n\
                spec: { rules: [{ host: good.example }] }\n";
    std::fs::write(dir.path().join("a.yaml"), good).unwrap();
    std::fs::write(dir.path().join("b.yaml"), good.replace("name: good", "name: Bad")).unwrap();
    let folder = dir.path().to_str().unwrap();
    let program = Program::start(&dir.path().join("out"), &["--manifests", folder]);
    let [cluster] = program.clusters.as_slice() else { panic!("{:?}", program.clusters) };
    assert_eq!((&cluster["ingresses"], &cluster["refused"]), (&1.into(), &1.into()));
    assert_eq!(
        (&cluster["presets"], &cluster["teams"]),
        (&Value::Array(vec![]), &Value::Array(vec![]))
    );
    let said = program.end();
    assert!(said.contains("refused: b.yaml default/Bad: Ingress.networking.k8s.io"), "{said}");
}
