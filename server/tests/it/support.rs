//! A running server, and the binary, each with a folder of its own.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use domain::sync::Kind;
use domain::{Clock, ClusterName};
use jiff::Timestamp;
use serde_json::{Value, json};
use server::Config;
use store::{Batch, Sighting, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on free ports, with a new database and no clusters.
pub struct Site {
    pub pages: String,
    pub metrics: String,
    pub client: reqwest::Client,
    pub store: Store,
    pub running: JoinHandle<Result<(), server::Error>>,
    stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
}

impl Site {
    /// Starts it.
    pub async fn start() -> Self {
        server::install_tls_provider();
        let folder = TempDir::new().unwrap();
        let database = folder.path().join("routebook.db").display().to_string();
        let environment = [
            ("ROUTEBOOK_DATABASE", database.as_str()),
            ("ROUTEBOOK_LISTEN", "127.0.0.1:0"),
            ("ROUTEBOOK_METRICS_LISTEN", "127.0.0.1:0"),
            ("ROUTEBOOK_EXTERNAL_URL", "https://routes.example.com"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(None, &environment.into()).unwrap();
        let server = server::bind(config, Clock::fixed(Timestamp::UNIX_EPOCH)).await.unwrap();
        let pages = format!("http://{}", server.pages().unwrap());
        let metrics = format!("http://{}", server.metrics().unwrap());
        let store = server.store().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let redirects = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(redirects).build().unwrap();
        Self { pages, metrics, client, store, running, stop: Some(stop), _folder: folder }
    }

    /// A request to a page.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.pages))
    }

    /// A form sent from our own page, unless the request is changed.
    pub fn post(&self, path: &str, form: &'static str) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.pages)).body(form);
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Puts manifests into the cluster `prod`, as if they had been read now.
    pub async fn fill(&self, manifests: &[Value]) {
        let prod: ClusterName = "prod".parse().unwrap();
        self.store.configure(std::slice::from_ref(&prod)).await.unwrap();
        let seen = manifests.iter().map(|manifest| Sighting::read(&manifest.to_string()));
        let batch = Batch { seen: seen.collect(), ..Batch::default() };
        self.store.apply_ingresses(&prod, &batch, Timestamp::UNIX_EPOCH).await.unwrap();
        self.store.set_status(&prod, Kind::Ingress, |status| {
            status.data_as_of = Some(Timestamp::UNIX_EPOCH);
        });
    }

    /// The body of an answer, which must be 200.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.get(path).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// The same as JSON.
    pub async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path).await).unwrap()
    }

    /// Asks it to end.
    pub fn stop(&mut self) {
        self.stop.take().expect("stopped once").send(()).expect("it runs");
    }
}

/// A manifest in the namespace `shop` with one route, to `NAME.example.com`.
pub fn manifest(name: &str, class: &str) -> Value {
    json!({
        "metadata": {"namespace": "shop", "name": name, "uid": format!("uid-{name}"),
            "resourceVersion": "1", "creationTimestamp": "2024-01-02T03:04:05Z",
            "labels": {"team": "payments"}},
        "spec": {"ingressClassName": class, "rules": [{"host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]},
    })
}

/// The binary in a folder, with only the environment that is given.
pub fn routebook(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_routebook"));
    command.current_dir(folder).args(arguments).env_clear().envs(environment.iter().copied());
    command
}

/// What a process wrote and how it ended.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Longer than any command takes that does not serve.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs a command to its end. One that serves where it should have refused is killed, and ends
/// without a code.
pub fn finish(mut command: Command) -> Ended {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let (ended, watched) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        if watched.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            Command::new("kill").args(["-KILL", &id]).status().unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    watchdog.join().unwrap();
    output.into()
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
