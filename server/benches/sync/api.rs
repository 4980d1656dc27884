//! The API server, in a process of its own: this same program, started again with an argument that
//! nobody else gives. Its end of a pipe takes commands; when the pipe closes, it ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use sandbox::fleet::{Plan, Profile, parts};
use sandbox::kubernetes::kinds::{INGRESS, SERVICE};
use sandbox::kubernetes::{ApiServer, Cluster, Cut, Object, Options, Verb};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::routebook::Running;

/// Makes the program an API server.
pub const ARGUMENT: &str = "--as-api-server";

/// The hosts of a storm are under so many subdomains, each with fewer hosts than a search counts.
pub const PARTS: [&str; 4] = ["east", "west", "north", "south"];

/// A real kube-apiserver 1.36 lists 10,000 Ingresses in 0.3 to 0.5 seconds.
const PACE: Duration = Duration::from_micros(35);
/// A forced relist is done by then.
const LONGEST: Duration = Duration::from_secs(120);

/// How to reach one server of the process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Access {
    pub url: String,
    pub authority: String,
    pub token: String,
    pub kubeconfig: PathBuf,
}

/// Another process that serves the same cluster twice: at the pace of a real API server, and as fast
/// as it can.
pub struct Api {
    /// How many Ingresses it has.
    pub size: usize,
    servers: [Access; 2],
    pipe: Pipe,
    _process: Running,
    _folder: TempDir,
}

struct Pipe {
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Api {
    /// Starts the process and waits until it serves.
    pub fn start(size: usize) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ARGUMENT).arg(size.to_string()).arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Running(command.spawn()?);
        let commands = process.0.stdin.take().context("a pipe was asked for")?;
        let answers = BufReader::new(process.0.stdout.take().context("a pipe was asked for")?);
        let mut pipe = Pipe { commands, answers };
        let servers = serde_json::from_value(pipe.answer()?)?;
        Ok(Self { size, servers, pipe, _process: process, _folder: folder })
    }

    /// The server that is as slow as a real one.
    pub fn paced(&self) -> &Access {
        &self.servers[0]
    }

    /// The server that is as fast as it can.
    pub fn unpaced(&self) -> &Access {
        &self.servers[1]
    }

    /// Gives one Ingress one more rule, for this host.
    pub fn change(&mut self, number: usize, host: &str) -> anyhow::Result<()> {
        self.pipe.ask(&json!({"change": number, "host": host})).map(drop)
    }

    /// Gives every Ingress one more rule, for a host under this domain. Answers how many took it,
    /// and how long that took.
    pub fn storm(&mut self, domain: &str) -> anyhow::Result<(usize, Duration)> {
        let answer = self.pipe.ask(&json!({"storm": domain}))?;
        let changed = answer["changed"].as_u64().context("a number")?;
        let micros = answer["micros"].as_u64().context("a number")?;
        Ok((usize::try_from(changed)?, Duration::from_micros(micros)))
    }

    /// Makes every watch start over with a list, and waits until Ingresses are watched again.
    pub fn relist(&mut self) -> anyhow::Result<()> {
        self.pipe.ask(&json!({"relist": true})).map(drop)
    }
}

impl Pipe {
    fn ask(&mut self, command: &Value) -> anyhow::Result<Value> {
        writeln!(self.commands, "{command}")?;
        self.answer()
    }

    fn answer(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the API server ended");
        let answer: Value = serde_json::from_str(&line)?;
        match answer.get("error") {
            Some(error) => bail!("the API server: {error}"),
            None => Ok(answer),
        }
    }
}

/// What the other process does: serves until its standard input ends.
pub fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let [size, folder] = arguments else { bail!("{ARGUMENT} SIZE FOLDER") };
    let cluster = filled(size.parse()?)?;
    let ingresses = cluster.list(&INGRESS, "");
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = Path::new(folder);
    let paced = runtime.block_on(start(&cluster, Some(PACE), &folder.join("paced")))?;
    let unpaced = runtime.block_on(start(&cluster, None, &folder.join("unpaced")))?;
    reply(&json!([paced.1, unpaced.1]))?;
    for line in std::io::stdin().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let done = perform(&cluster, &ingresses, &command);
        reply(&done.unwrap_or_else(|error| json!({"error": format!("{error:#}")})))?;
    }
    Ok(())
}

fn reply(value: &Value) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{value}")
}

fn filled(size: usize) -> anyhow::Result<Cluster> {
    let cluster = Cluster::new("bench");
    if size > 0 {
        let now = "2026-01-01T00:00:00Z".parse()?;
        let plan = Plan { ingresses: size, seed: 1, now, cluster: Profile::prod_eu() };
        for part in parts(&plan) {
            cluster.load(part.into_objects())?;
        }
    }
    Ok(cluster)
}

async fn start(
    cluster: &Cluster,
    pace: Option<Duration>,
    kubeconfig: &Path,
) -> anyhow::Result<(ApiServer, Access)> {
    let options = Options { pace, ..Options::default() };
    let server = ApiServer::start(cluster.clone(), options).await?;
    std::fs::write(kubeconfig, server.kubeconfig("admin"))?;
    let access = Access {
        url: server.url.clone(),
        authority: server.ca_pem.clone(),
        token: server.token("admin"),
        kubeconfig: kubeconfig.to_owned(),
    };
    Ok((server, access))
}

fn perform(cluster: &Cluster, ingresses: &[Arc<Object>], command: &Value) -> anyhow::Result<Value> {
    if let (Some(number), Some(host)) = (command["change"].as_u64(), command["host"].as_str()) {
        // A few objects of the fleet are such as no server would take again: the next one, then.
        let start = usize::try_from(number)?;
        let candidates = ingresses.iter().cycle().skip(start).take(ingresses.len());
        let changed = candidates.into_iter().any(|object| add_host(cluster, object, host));
        ensure!(changed, "no Ingress can be changed");
        return Ok(json!({}));
    }
    if let Some(domain) = command["storm"].as_str() {
        let begin = Instant::now();
        let touch = |(number, object): &(usize, &Arc<Object>)| {
            let part = PARTS[number % PARTS.len()];
            add_host(cluster, object, &format!("n{number}.{part}.{domain}"))
        };
        let changed = ingresses.iter().enumerate().filter(touch).count();
        return Ok(json!({"changed": changed, "micros": begin.elapsed().as_micros() as u64}));
    }
    relist(cluster)?;
    Ok(json!({}))
}

fn add_host(cluster: &Cluster, object: &Object, host: &str) -> bool {
    let changed = cluster.modify(&INGRESS, &object.namespace, &object.name, |value| {
        let backend = json!({"service": {"name": "bench", "port": {"number": 80}}});
        let path = json!({"path": "/", "pathType": "Prefix", "backend": backend});
        let rule = json!({"host": host, "http": {"paths": [path]}});
        match value["spec"]["rules"].as_array_mut() {
            Some(rules) => rules.push(rule),
            None => value["spec"]["rules"] = json!([rule]),
        }
    });
    changed.is_ok()
}

fn relist(cluster: &Cluster) -> anyhow::Result<()> {
    let pages = |kind| cluster.counters().requests_of_class(Verb::List, kind, 2);
    let of = |kind| (cluster.count(kind) as u64).div_ceil(500).max(1);
    let goal = [&INGRESS, &SERVICE].map(|kind| (kind, pages(kind) + of(kind)));
    cluster.compact();
    cluster.faults().cut_watches(Cut::Gone);
    let begin = Instant::now();
    let done = || {
        let read = goal.iter().all(|(kind, goal)| pages(kind) >= *goal);
        read && goal.iter().all(|(kind, _)| cluster.counters().open_watches(kind) > 0)
    };
    while !done() {
        ensure!(begin.elapsed() < LONGEST, "the list was not read again");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
