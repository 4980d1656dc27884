//! What an operator sets: from a YAML file, then from the environment, which wins. Everything is
//! checked before anything starts, and each refusal names the place.

mod check;
mod closest;
mod env;
mod file;
mod given;
mod keys;
mod print;
mod sign_in;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::assess::Rules;
use domain::retirement;
use ipnet::IpNet;
use url::Url;

pub(crate) use check::{is_loopback, place_name};
pub use sign_in::{GroupsFrom, Provider, SignIn};

use given::{Given, Place};

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "routebook.yaml";

/// The variable that names the file, for where no flag can be given.
pub const FILE_VARIABLE: &str = "ROUTEBOOK_CONFIG";

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it came from, if there was one.
    pub file: Option<PathBuf>,
    /// The address that people type, perhaps with a path, which does not end with `/`.
    pub external_url: Url,
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Where metrics are served.
    pub metrics_listen: SocketAddr,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How people sign in; without it Routebook serves this machine only.
    pub sign_in: Option<SignIn>,
    /// The SQLite file.
    pub database: PathBuf,
    /// The clusters to watch.
    pub clusters: Vec<observe::Cluster>,
    /// How owners, certificates and traffic are judged.
    pub rules: Rules,
    /// How often the sources of traffic are asked.
    pub traffic_every: Duration,
    /// How carefully ingresses are retired.
    pub retirement: retirement::Policy,
    /// What is logged, and how.
    pub log: Log,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// The least important level that is written.
    pub level: tracing::level_filters::LevelFilter,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for log collectors.
    Json,
}

/// Why a configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    place: Option<Place>,
    message: String,
    hint: Option<String>,
}

/// The environment of the process, as an argument.
pub type Environment = BTreeMap<String, String>;

impl Config {
    /// Reads and checks. `file` is what the command line names; it must exist. Without it,
    /// `ROUTEBOOK_CONFIG` names the file, else `routebook.yaml` is read if it is there.
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, Error> {
        let file = match file.or(environment.get(FILE_VARIABLE).map(Path::new)) {
            Some(file) => Some(file.to_owned()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
        };
        let from_file = file.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let from_environment = env::read(environment)?;
        let home = environment.get("HOME").map(PathBuf::from);
        check::check(from_environment.or(from_file), file, home.as_deref())
    }

    /// The path below which people reach Routebook: empty at the root, else such as `/routebook`.
    pub fn base(&self) -> &str {
        self.external_url.path().trim_end_matches('/')
    }

    /// The configuration as YAML, with every default filled in.
    pub fn to_yaml(&self) -> String {
        print::to_yaml(self)
    }
}

impl Error {
    fn new(place: Option<&Place>, message: impl Into<String>) -> Self {
        Self { place: place.cloned(), message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}
