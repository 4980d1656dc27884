//! `routebook config check` and `routebook config print`.

use std::fmt::Write as _;

use observe::{Access, Cluster};

use super::answer;
use crate::{Config, Error};

/// Prints the configuration in effect.
pub fn print(config: &Config) -> Result<(), Error> {
    answer(&config.to_yaml())
}

/// Says what the configuration, which is sound by now, means.
pub fn check(config: &Config) -> Result<(), Error> {
    answer(&meaning(config))
}

fn meaning(config: &Config) -> String {
    let mut text = match &config.file {
        Some(file) => format!("{} is usable.\n", file.display()),
        None => "There is no configuration file; the defaults are usable.\n".to_owned(),
    };
    let exists = if config.database.exists() { "exists" } else { "is made at the first start" };
    let database = std::path::absolute(&config.database);
    let database = database.as_ref().unwrap_or(&config.database).display();
    let _ = writeln!(text, "pages:    {} on {}", config.external_url, config.listen);
    let _ = writeln!(text, "metrics:  http://{}/metrics", config.metrics_listen);
    let _ = writeln!(text, "database: {database} ({exists})");
    let _ = writeln!(text, "sign-in:  {}", sign_in(config));
    if config.clusters.is_empty() {
        text.push_str("clusters: none; add one under `clusters:`\n");
    }
    for cluster in &config.clusters {
        let _ = writeln!(text, "cluster {}: {}", cluster.name, access(&cluster.access));
        let _ = writeln!(text, "  traffic: {}", traffic(cluster));
        let _ = writeln!(text, "  TLS:     {}", tls(cluster));
    }
    let _ = writeln!(text, "teams:    {}", config.rules.owner.teams.len());
    text
}

fn sign_in(config: &Config) -> String {
    let Some(sign_in) = &config.sign_in else {
        return "none, so that Routebook serves this machine only; set one up under `auth:`".into();
    };
    let base = config.external_url.as_str().trim_end_matches('/');
    let names: Vec<&str> = sign_in.providers.iter().map(|one| one.name.as_str()).collect();
    format!("{}; people come back to {base}/auth/callback", names.join(", "))
}

fn traffic(cluster: &Cluster) -> String {
    match &cluster.traffic[..] {
        [] => "not measurable; add a source under `traffic:`".into(),
        sources => sources.iter().map(|source| source.name()).collect::<Vec<_>>().join(", "),
    }
}

fn tls(cluster: &Cluster) -> String {
    let tls = &cluster.tls;
    let secrets = format!("Secrets of {}", tls.secrets.join(", "));
    let methods = [
        ("cert-manager", tls.cert_manager),
        ("metrics of controllers", tls.metrics && !cluster.traffic.is_empty()),
        ("handshakes", tls.handshake.is_some()),
        (secrets.as_str(), !tls.secrets.is_empty()),
    ];
    let on = methods.into_iter().filter(|(_, on)| *on).map(|(name, _)| name);
    let on: Vec<&str> = on.collect();
    if on.is_empty() { "no method is switched on".into() } else { on.join(", ") }
}

fn access(access: &Access) -> String {
    let Access::Kubeconfig { file, context } = access else {
        return "the service account of the pod".into();
    };
    let file = match file {
        Some(file) if file.exists() => file.display().to_string(),
        Some(file) => format!("{} (which is not there now)", file.display()),
        None => "KUBECONFIG, or ~/.kube/config".into(),
    };
    match context {
        Some(context) => format!("context {context} of {file}"),
        None => format!("the current context of {file}"),
    }
}
