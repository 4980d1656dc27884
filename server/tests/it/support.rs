//! A running server, and the binary, each with a folder of its own.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use domain::Clock;
use jiff::Timestamp;
use server::Config;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on free ports, with a new database and no clusters.
pub struct Site {
    pub pages: String,
    pub metrics: String,
    pub client: reqwest::Client,
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
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let redirects = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(redirects).build().unwrap();
        Self { pages, metrics, client, running, stop: Some(stop), _folder: folder }
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

    /// Asks it to end.
    pub fn stop(&mut self) {
        self.stop.take().expect("stopped once").send(()).expect("it runs");
    }
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
