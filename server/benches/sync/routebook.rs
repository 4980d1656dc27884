//! The binary `routebook` as a child process, with a folder of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use store::Store;
use tempfile::TempDir;

use crate::api::Access;

/// A child process that ends with the value that stands for it, whatever happens.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder with a configuration and a database.
pub struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(TempDir::new()?))
    }

    /// The database as this process opens it, when no other has it.
    pub async fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.database()).await?)
    }

    /// Runs `routebook sync --once` to its end, and says how long that took from outside.
    pub fn sync_once(&self, api: &Access) -> anyhow::Result<Duration> {
        self.configure(api, 0, 0)?;
        let mut command = self.command(&["sync", "--once"])?;
        let begin = Instant::now();
        let status = command.status()?;
        let took = begin.elapsed();
        ensure!(status.success(), "sync --once failed: {}", self.log());
        Ok(took)
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.0.path().join("routebook.db")
    }

    fn configure(&self, api: &Access, pages: u16, metrics: u16) -> anyhow::Result<()> {
        let yaml = format!(
            "database: {}\nlisten: 127.0.0.1:{pages}\nmetricsListen: 127.0.0.1:{metrics}\n\
             clusters:\n- name: bench\n  kubeconfig: {}\n",
            self.database().display(),
            api.kubeconfig.display(),
        );
        Ok(std::fs::write(self.0.path().join("routebook.yaml"), yaml)?)
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_routebook"));
        command.current_dir(self.0.path()).env_clear().args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::create(self.0.path().join("log"))?);
        Ok(command)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.0.path().join("log")).unwrap_or_default()
    }
}

/// A running `routebook serve`, all of whose clusters are fresh.
pub struct Serve {
    /// `http://127.0.0.1:PORT`.
    pub pages: String,
    process: Running,
}

/// The first sync is done by then.
const LONGEST: Duration = Duration::from_secs(120);

impl Serve {
    /// Starts it and waits until it is ready.
    pub async fn start(folder: &Folder, api: &Access) -> anyhow::Result<Self> {
        let [pages, metrics] = free_ports()?;
        folder.configure(api, pages, metrics)?;
        let process = Running(folder.command(&["serve"])?.spawn()?);
        let mut serve = Self { pages: format!("http://127.0.0.1:{pages}"), process };
        let client = reqwest::Client::builder().no_proxy().build()?;
        let begin = Instant::now();
        loop {
            let answer = client.get(format!("{}/readyz", serve.pages)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(serve);
            }
            if serve.process.0.try_wait()?.is_some() {
                bail!("serve ended: {}", folder.log());
            }
            ensure!(begin.elapsed() < LONGEST, "serve does not become ready: {}", folder.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The most memory that it had resident since its start or since [`Self::forget_peak`], in
    /// bytes.
    pub fn peak(&self) -> anyhow::Result<u64> {
        self.memory("VmHWM:")
    }

    /// The memory that it has resident now, in bytes.
    pub fn resident(&self) -> anyhow::Result<u64> {
        self.memory("VmRSS:")
    }

    /// Counts the peak anew from now on (proc(5), `clear_refs`).
    pub fn forget_peak(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(self.proc("clear_refs"), "5")?)
    }

    fn memory(&self, field: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes.with_context(|| format!("no {field}"))?.parse()?;
        Ok(kilobytes * 1024)
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.process.0.id())
    }
}

/// Two ports that nobody had a moment ago.
fn free_ports() -> anyhow::Result<[u16; 2]> {
    let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
    Ok([port(&listeners[0])?, port(&listeners[1])?])
}
