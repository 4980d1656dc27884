//! A Routebook to look at: over sandbox clusters, on loopback, gone when this command ends.

mod configuration;
mod later;

use crate::arguments::Arguments;
use crate::e2e::{binary, build, demo_binary};
use crate::json::Json;
use crate::neighbours::Neighbour;
use crate::readiness::{free_port, wait};
use crate::run::{self, Result, step};
use crate::web;
use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::thread::{self, sleep};
use std::time::Duration;

use configuration::configuration;

/// A first sync of tens of thousands of ingresses fits well into this.
const PATIENCE: Duration = Duration::from_secs(120);

/// The file in which Routebook says that its past is told, or why it is not.
const TOLD: &str = "past-told";

/// One cluster, as the sandbox announced it.
struct Cluster {
    name: String,
    kubeconfig: String,
    admin_kubeconfig: String,
    ingresses: String,
    prometheus: String,
    tls_proxy: String,
    /// All that was said.
    said: Json,
}

/// What the sandbox announced before it was ready.
struct Announced {
    clusters: Vec<Cluster>,
    /// Where people sign in, as it was said.
    openid: Json,
}

struct Ports {
    pages: u16,
    metrics: u16,
    /// The same at every start if it is free: a kept database knows people by it.
    openid: u16,
}

/// `cargo xtask demo`.
pub fn command(arguments: &[String]) -> Result {
    let mut arguments = Arguments::new(arguments);
    if let Some(span) = arguments.value("--later")? {
        arguments.nothing_more()?;
        return later::command(&span);
    }
    let sandbox_options = sandbox_options(&mut arguments)?;
    let wanted_port = arguments.number("--port")?.unwrap_or(8080);
    let keep = arguments.flag("--keep");
    arguments.nothing_more()?;
    web::build()?;
    build()?;
    let (folder, _lock) = folder(keep)?;
    let (pages, metrics, openid) = (free_port(wanted_port)?, free_port(9464)?, free_port(9480)?);
    let ports = Ports { pages, metrics, openid };
    run_until_ctrl_c(&folder, &ports, &sandbox_options)
}

/// The options that are the sandbox's; `--manifests` is made absolute, as everything else here is.
fn sandbox_options(arguments: &mut Arguments) -> Result<Vec<String>> {
    let mut options = Vec::new();
    if let Some(folder) = arguments.value("--manifests")? {
        let absolute = fs::canonicalize(&folder).map_err(|error| format!("{folder}: {error}"))?;
        options.extend(["--manifests".to_owned(), absolute.display().to_string()]);
    }
    for name in ["--ingresses", "--churn"] {
        if let Some(number) = arguments.number::<u32>(name)? {
            options.extend([name.to_owned(), number.to_string()]);
        }
    }
    Ok(options)
}

/// Where everything of the demo is.
fn demo_folder() -> PathBuf {
    run::target().join("demo")
}

/// The demo's folder, and the lock that keeps a second demo out of it.
///
/// Every start shows the same: the database is made anew unless somebody asks for the old one.
fn folder(keep: bool) -> Result<(PathBuf, File)> {
    let folder = demo_folder();
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    let lock = File::create(folder.with_extension("lock")).map_err(failed)?;
    lock.try_lock().map_err(|_| "a demo is running already in this clone".to_owned())?;
    if !keep {
        fs::remove_dir_all(&folder).and_then(|()| fs::create_dir(&folder)).map_err(failed)?;
    }
    Ok((fs::canonicalize(&folder).map_err(failed)?, lock))
}

fn run_until_ctrl_c(folder: &Path, ports: &Ports, sandbox_options: &[String]) -> Result {
    let (mut sandbox, announced) =
        step("start the clusters", || start_sandbox(folder, ports, sandbox_options))?;
    let config = folder.join("routebook.yaml");
    fs::write(&config, configuration(folder, ports, &announced)).map_err(|e| e.to_string())?;
    let mut routebook = step("start Routebook", || start_routebook(folder, &config, ports.pages))?;
    println!("{}", welcome(folder, ports, &announced));
    let mut told = false;
    loop {
        sandbox.still_runs().and_then(|()| routebook.still_runs())?;
        told = told || say_what_is_told(folder);
        sleep(Duration::from_millis(200));
    }
}

/// Says once that the campaigns of the past are there. Routebook tells them when it has read how its
/// ingresses were used.
fn say_what_is_told(folder: &Path) -> bool {
    let Ok(problem) = fs::read_to_string(folder.join(TOLD)) else { return false };
    match problem.trim() {
        "" => println!("\n  campaigns, reviews and retirements of the past are there"),
        problem => println!("\n  not all of the past is there: {problem}"),
    }
    true
}

fn start_sandbox(
    folder: &Path,
    ports: &Ports,
    options: &[String],
) -> Result<(Neighbour, Announced)> {
    let mut command = Command::new(binary("sandbox")?);
    command
        .args(["kubernetes", "--exit-with-parent", "--kubeconfig-dir"])
        .arg(folder)
        .args(["--openid-port", &ports.openid.to_string()])
        .args(["--openid-back-channel", &configuration::back_channel(ports)])
        .arg("--clock-offset")
        .arg(later::offset_file(folder))
        .args(options);
    // Its standard input stays open as long as we live, which is one way to see a parent's end.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log(folder, "sandbox")?);
    let mut sandbox = Neighbour::start("sandbox", &mut command)?;
    let announced = announced(sandbox.output()?);
    let announced = announced.map_err(|message| with_log(folder, "sandbox", &message))?;
    Ok((sandbox, announced))
}

/// Reads what is said up to `ready`, and then goes on reading: a full pipe would stop the sandbox.
fn announced(output: ChildStdout) -> Result<Announced> {
    let mut lines = BufReader::new(output).lines();
    let mut announced = Announced { clusters: Vec::new(), openid: Json::Null };
    for line in lines.by_ref() {
        let line = line.map_err(|error| error.to_string())?;
        if line.trim() == "ready" {
            thread::spawn(move || lines.for_each(drop));
            return Ok(announced);
        }
        announced.hear(&line)?;
    }
    Err("the sandbox ended before it was ready".to_owned())
}

impl Announced {
    /// One line: of a cluster, or of where people sign in.
    fn hear(&mut self, line: &str) -> Result {
        let openid = Json::parse(line)?.get("openid").clone();
        match openid {
            Json::Null => self.clusters.push(Cluster::parse(line)?),
            openid => self.openid = openid,
        }
        Ok(())
    }
}

impl Cluster {
    fn parse(line: &str) -> Result<Self> {
        let json = Json::parse(line)?;
        let member = |name: &str| {
            let text = json.get(name).text().map(str::to_owned);
            text.ok_or_else(|| format!("no {name} in what the sandbox said: {line}"))
        };
        Ok(Self {
            name: member("cluster")?,
            kubeconfig: member("kubeconfig")?,
            admin_kubeconfig: member("adminKubeconfig")?,
            ingresses: member("ingresses")?,
            prometheus: member("prometheus")?,
            tls_proxy: member("tlsProxy")?,
            said: json.clone(),
        })
    }
}

fn start_routebook(folder: &Path, config: &Path, port: u16) -> Result<Neighbour> {
    let mut command = Command::new(demo_binary()?);
    command.arg(config);
    without_settings(&mut command);
    command
        .stdin(Stdio::null())
        .stdout(log(folder, "routebook")?)
        .stderr(log(folder, "routebook")?);
    let mut routebook = Neighbour::start("routebook", &mut command)?;
    let ready = wait(port, PATIENCE, || routebook.still_runs());
    ready.map_err(|message| with_log(folder, "routebook", &message))?;
    Ok(routebook)
}

/// Routebook reads settings from `ROUTEBOOK_…` too, and refuses those it does not know: ours, such as
/// the cache folder, are not meant for it.
fn without_settings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("ROUTEBOOK_") {
            command.env_remove(name);
        }
    }
}

/// Logs go to files, or they would push the address off the screen.
fn log(folder: &Path, name: &str) -> Result<File> {
    let path = log_path(folder, name);
    let file = File::options().create(true).append(true).open(&path);
    file.map_err(|error| format!("{}: {error}", path.display()))
}

fn log_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension("log")
}

fn with_log(folder: &Path, name: &str, message: &str) -> String {
    let log = fs::read_to_string(log_path(folder, name)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let last = &lines[lines.len().saturating_sub(20)..];
    format!("{message}\n{}", last.join("\n"))
}

fn welcome(folder: &Path, ports: &Ports, announced: &Announced) -> String {
    let mut text = format!("\n  http://localhost:{}\n", ports.pages);
    text.push_str("\n  sign in as one of these, without a password:\n");
    for account in announced.openid.get("accounts").list() {
        let [name, explanation] = ["name", "explanation"].map(|key| account.get(key).text());
        let (name, explanation) = (name.unwrap_or_default(), explanation.unwrap_or_default());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {name} {explanation}");
    }
    for Cluster { name, admin_kubeconfig, ingresses, .. } in &announced.clusters {
        let _ = write!(text, "\n  {name}, {ingresses} ingresses:\n");
        let _ = writeln!(text, "    kubectl --kubeconfig {admin_kubeconfig} get ingress -A");
    }
    let _ = write!(text, "\n  metrics http://localhost:{}/metrics\n", ports.metrics);
    let _ = writeln!(text, "  logs    {}", folder.join("*.log").display());
    text.push_str("\n  its past comes when the traffic is read, within minutes\n");
    text.push_str("  cargo xtask demo --later 90d   moves its clock on\n");
    text.push_str("\n  ctrl-C ends it");
    text
}

#[cfg(test)]
mod tests {
    use super::{Announced, Cluster, Json, Ports, welcome};
    use std::path::Path;

    #[test]
    fn a_line_without_its_kubeconfig_is_an_error() {
        assert!(Cluster::parse(r#"{"cluster":"prod-eu"}"#).is_err());
        assert!(Cluster::parse("listening").is_err());
    }

    #[test]
    fn the_welcome_says_who_can_sign_in() {
        let mut announced = Announced { clusters: Vec::new(), openid: Json::Null };
        let account = r#"{"key":"admin","name":"Ada","explanation":"is an admin"}"#;
        let line =
            format!(r#"{{"openid":{{"issuer":"http://127.0.0.1:3","accounts":[{account}]}}}}"#);
        announced.hear(&line).unwrap();
        let ports = Ports { pages: 1, metrics: 2, openid: 3 };
        let text = welcome(Path::new("/demo"), &ports, &announced);
        assert!(text.contains("\n    Ada is an admin\n"), "{text}");
        assert!(announced.clusters.is_empty());
    }
}
