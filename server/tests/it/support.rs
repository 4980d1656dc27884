//! A running server, and the binary, each with a folder of its own.

mod browser;
mod hands;
mod log;
mod reviewing;
mod setup;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use domain::ClusterName;
use domain::audit::{AuditView, Entry};
use domain::sync::Kind;
use domain::user::User;
use jiff::Timestamp;
use reqwest::Client;
use sandbox::openid::Provider;
use serde_json::{Value, json};
use server::Config;
use server::config::Environment;
use store::{Batch, Sighting, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use browser::{
    Browser, PRE_LOGIN, SESSION, SIGN_IN, is_sign_in, location, parameter, path_of, set_cookies,
};
pub use hands::Hands;
pub use log::Log;
pub use reviewing::{
    Round, act, changed, decision, done, form, hidden, key, owned, refused, verified,
};
pub use setup::{SECRET, Setup, account, subject};

/// A server on free ports, with a new database and no clusters.
pub struct Site {
    pub pages: String,
    pub metrics: String,
    pub client: Client,
    pub store: Store,
    pub running: JoinHandle<Result<(), server::Error>>,
    pub hands: Hands,
    setup: Setup,
    providers: Vec<Provider>,
    stop: Option<oneshot::Sender<()>>,
    folder: TempDir,
}

/// What stays of a site that has ended.
pub struct Closed {
    pub folder: TempDir,
    setup: Setup,
    providers: Vec<Provider>,
    hands: Hands,
}

impl Site {
    /// Starts it without sign-in.
    pub async fn start() -> Self {
        Self::with_sign_in(Setup::open()).await
    }

    /// Starts it with the providers of a set-up.
    pub async fn with_sign_in(setup: Setup) -> Self {
        let hands = Hands::at(setup.begin.parse().unwrap());
        let mut providers = Vec::new();
        for _ in 0..setup.providers {
            providers.push(setup.start_provider(&hands).await);
        }
        let folder = TempDir::new().unwrap();
        Box::pin(Closed { folder, setup, providers, hands }.open()).await
    }

    /// The first provider.
    pub fn provider(&self) -> &Provider {
        &self.providers[0]
    }

    /// The second provider.
    pub fn other_provider(&self) -> &Provider {
        &self.providers[1]
    }

    /// Ends the first provider: nobody listens there any more.
    pub async fn stop_provider(&mut self) {
        self.providers.remove(0).stop().await;
    }

    /// A new browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.client.clone(), &self.pages)
    }

    /// A new browser in which somebody is signed in.
    pub async fn sign_in(&self, account: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.try_sign_in(self.provider(), SIGN_IN, account).await;
        let (status, place) = (answer.status(), location(&answer));
        assert_eq!(status, 303, "{account}: {place}");
        assert!(browser.cookie(SESSION).is_some(), "{account}: {place}");
        browser
    }

    /// All audit entries, the oldest first.
    pub async fn audit(&self) -> Vec<Entry> {
        let page = self.store.audit(&AuditView::default()).await.unwrap();
        assert_eq!(page.older, None, "more than one page");
        let mut entries = page.entries;
        entries.reverse();
        entries
    }

    /// What was done, the oldest first.
    pub async fn actions(&self) -> Vec<String> {
        self.audit().await.into_iter().map(|entry| entry.action).collect()
    }

    /// Everybody who ever signed in, and how many sessions they have.
    pub async fn people(&self) -> Vec<(User, Vec<i64>)> {
        let mut people = Vec::new();
        for person in self.store.people(None, self.hands.now()).await.unwrap() {
            let sessions = person.sessions.iter().map(|session| session.id).collect();
            people.push((person.user, sessions));
        }
        people
    }

    /// Somebody who has signed in, and the numbers of their sessions.
    pub async fn person(&self, account: &str) -> (User, Vec<i64>) {
        let people = self.people().await.into_iter();
        let mut found = people.filter(|(user, _)| user.identity.subject == subject(account));
        found.next().unwrap_or_else(|| panic!("{account} never signed in"))
    }

    /// Ends it in order.
    pub async fn close(self) -> Closed {
        let Self { store, setup, providers, hands, stop, running, folder, .. } = self;
        drop(store);
        stop.expect("stopped once").send(()).expect("it runs");
        running.await.unwrap().unwrap();
        Closed { folder, setup, providers, hands }
    }

    /// Ends it and starts it again with another configuration; everything else stays.
    pub async fn restart(self, change: impl FnOnce(&mut Setup)) -> Self {
        let mut closed = self.close().await;
        change(&mut closed.setup);
        Box::pin(closed.open()).await
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

impl Closed {
    async fn open(self) -> Site {
        server::install_tls_provider();
        let Self { folder, setup, providers, hands } = self;
        let issuers = providers.iter().take(setup.providers).map(Provider::issuer);
        let issuers: Vec<String> = issuers.collect();
        let config = Config::load(None, &setup.environment(folder.path(), &issuers)).unwrap();
        let server = Box::pin(server::bind(config, hands.clock())).await.unwrap();
        let pages = format!("http://{}", server.pages().unwrap());
        let metrics = format!("http://{}", server.metrics().unwrap());
        let store = server.store().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().redirect(redirects).build().unwrap();
        let stop = Some(stop);
        Site { pages, metrics, client, store, running, hands, setup, providers, stop, folder }
    }

    /// The environment in which the binary serves the same site.
    pub fn environment(&self) -> Environment {
        let issuers: Vec<String> = self.providers.iter().map(Provider::issuer).collect();
        self.setup.environment(self.folder.path(), &issuers)
    }

    /// The bytes of the database.
    pub fn database(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("routebook.db")).unwrap()
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
