//! The real kubectl, which checks more of the protocol than any client of ours.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use sandbox::kubernetes::kinds::{CERTIFICATE, INGRESS, NAMESPACE};
use sandbox::kubernetes::{ApiServer, Cluster};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{certificate, ingress, secret, serve, shop, within};

struct Kubectl {
    folder: TempDir,
    kubeconfig: PathBuf,
}

impl Kubectl {
    /// A kubectl with its own home, or none when it is not installed.
    async fn new(server: &ApiServer, user: &str) -> Option<Self> {
        let probe = Command::new("kubectl")
            .args(["version", "--client"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !probe.await.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: kubectl is not on PATH");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = folder.path().join("config");
        std::fs::write(&kubeconfig, server.kubeconfig(user)).unwrap();
        Some(Self { folder, kubeconfig })
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command; standard output, or standard error when it fails.
    async fn run(&self, arguments: &str) -> Result<String, String> {
        let output = Command::new("kubectl")
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments.split_whitespace())
            .env("HOME", self.folder.path())
            .kill_on_drop(true)
            .output();
        let output = within(output).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }
}

#[tokio::test]
async fn kubectl_prints_what_it_gets() {
    let cluster = shop(600);
    let server = serve(&cluster).await;
    let Some(kubectl) = Kubectl::new(&server, "admin").await else { return };

    let table = kubectl.run("get ing -n shop web-00000").await.unwrap();
    let header: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"]);
    assert!(table.contains("web-00000.example.com"), "{table}");
    let all = kubectl.run("get ingresses -A --no-headers").await.unwrap();
    assert_eq!(all.lines().count(), 600);
    let wide = kubectl.run("get ns,svc,ingressclass,endpointslices,sa,cm -A").await.unwrap();
    assert!(wide.contains("namespace/kube-system"), "{wide}");
    let json = kubectl.run("get ingress -n shop web-00001 -o json").await.unwrap();
    assert!(json.contains("\"kind\": \"Ingress\""), "{json}");
    let wait =
        "wait ingress -n shop web-00002 --timeout=5s --for=jsonpath={.spec.ingressClassName}";
    kubectl.run(&format!("{wait}=nginx")).await.unwrap();
    let watched = kubectl.run("get ingress -n shop web-00003 -w --request-timeout=1s").await;
    let watched = watched.unwrap_or_else(|error| error);
    assert!(watched.contains("web-00003.example.com"), "{watched}");
    let described = kubectl.run("get --raw /readyz").await.unwrap();
    assert_eq!(described, "ok");
    let missing = kubectl.run("get ingress -n shop absent").await.unwrap_err();
    assert!(missing.contains("(NotFound): ingresses.networking.k8s.io \"absent\" not found"));
}

#[tokio::test]
async fn kubectl_changes_what_it_is_told() {
    let cluster = Cluster::new("test");
    let server = serve(&cluster).await;
    let Some(kubectl) = Kubectl::new(&server, "admin").await else { return };
    let stored = || cluster.get(&INGRESS, "shop", "web").unwrap().value();

    kubectl.run("create namespace shop").await.unwrap();
    let file = kubectl.file("web.json", &ingress("shop", "web").to_string());
    let created = kubectl.run(&format!("create -f {file}")).await.unwrap();
    assert_eq!(created.trim(), "ingress.networking.k8s.io/web created");
    let again = kubectl.run(&format!("create -f {file}")).await.unwrap_err();
    assert!(again.contains("(AlreadyExists)"), "{again}");

    kubectl.run("annotate ingress -n shop web owner=payments").await.unwrap();
    assert_eq!(stored()["metadata"]["annotations"]["owner"], "payments");
    let rule = "--rule=typed.example.com/*=web:80,tls=web-tls";
    kubectl.run(&format!("create ingress typed -n shop --class=nginx {rule}")).await.unwrap();
    let typed = cluster.get(&INGRESS, "shop", "typed").unwrap().value();
    assert_eq!(typed["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"], "web");
    assert_eq!(typed["spec"]["tls"][0]["secretName"], "web-tls");
    kubectl.run("delete ingress -n shop typed").await.unwrap();
    kubectl.run("label ingress -n shop web team=red").await.unwrap();
    let patch = r#"patch ingress -n shop web -p {"spec":{"ingressClassName":"other"}}"#;
    kubectl.run(patch).await.unwrap();
    assert_eq!(stored()["spec"]["ingressClassName"], "other");

    let mut changed = ingress("shop", "web");
    changed["spec"]["rules"][0]["host"] = "changed.example.com".into();
    let file = kubectl.file("changed.json", &changed.to_string());
    kubectl.run(&format!("apply --validate=false -f {file}")).await.unwrap();
    assert_eq!(stored()["spec"]["rules"][0]["host"], "changed.example.com");
    assert_eq!(stored()["metadata"]["annotations"]["owner"], "payments");
    kubectl.run(&format!("apply -f {file}")).await.unwrap();
    kubectl.run(&format!("apply --server-side --force-conflicts -f {file}")).await.unwrap();

    kubectl.run("delete ingress -n shop web").await.unwrap();
    assert_eq!(cluster.count(&INGRESS), 0);
    kubectl.run(&format!("apply --validate=false -f {file}")).await.unwrap();
    kubectl.run("delete namespace shop").await.unwrap();
    assert_eq!(cluster.count(&INGRESS), 0);
    assert!(cluster.get(&NAMESPACE, "", "shop").is_err());
}

#[tokio::test]
async fn kubectl_tells_what_a_user_may_do() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let Some(kubectl) = Kubectl::new(&server, "routebook").await else { return };

    let refused = kubectl.run("get ingress -A").await.unwrap_err();
    assert!(refused.contains("cannot list resource \"ingresses\" in API group"), "{refused}");
    assert!(kubectl.run("auth can-i list ingresses -A").await.is_err());
    let who = kubectl.run("auth whoami").await.unwrap();
    assert!(who.contains("system:serviceaccount:routebook:routebook"), "{who}");
}

#[tokio::test]
async fn kubectl_gets_certificates_and_secrets() {
    let cluster = shop(0);
    let tls = secret("shop", "web-tls", "kubernetes.io/tls");
    cluster.load([certificate("shop", "web-tls"), tls, secret("shop", "other", "Opaque")]).unwrap();
    let server = serve(&cluster).await;
    let Some(kubectl) = Kubectl::new(&server, "admin").await else { return };

    let unknown = kubectl.run("get certificates -n shop").await.unwrap_err();
    assert!(unknown.contains("the server doesn't have a resource type"), "{unknown}");
    cluster.install(&CERTIFICATE);
    // kubectl keeps what a server said of its kinds for some minutes.
    let _ = std::fs::remove_dir_all(kubectl.folder.path().join(".kube"));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let table = kubectl.run("get certificates -n shop").await.unwrap();
    let lines: Vec<_> = table.lines().map(words).collect();
    assert_eq!(lines[0], ["NAME", "READY", "SECRET", "AGE"]);
    assert_eq!(lines[1][..3], ["web-tls", "False", "web-tls"]);
    let wide = kubectl.run("get certs -n shop -o wide").await.unwrap();
    assert_eq!(words(&wide)[..6], ["NAME", "READY", "SECRET", "ISSUER", "STATUS", "AGE"]);
    assert!(wide.contains("Issuing certificate as Secret does not exist"), "{wide}");
    kubectl.run("annotate certificate -n shop web-tls note=seen").await.unwrap();

    let tls = "get secrets -n shop --no-headers --field-selector type=kubernetes.io/tls";
    assert_eq!(words(&kubectl.run(tls).await.unwrap())[..3], ["web-tls", "kubernetes.io/tls", "2"]);
}
