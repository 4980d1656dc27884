//! `sandbox kubernetes`: fill the clusters, serve them and what stands beside them, and where people
//! sign in; say where all that is, and live until told to stop.

mod beside;
mod end;
mod fill;
mod kubeconfig;
mod life;
mod openid;
mod presets;

use std::time::Duration;

use sandbox::fleet::demo_plans;
use sandbox::hands;
use sandbox::kubernetes::kinds::INGRESS;
use sandbox::kubernetes::{ApiServer, Options};
use serde_json::json;

use crate::Kubernetes;
use beside::Beside;
use fill::Filled;

pub(crate) async fn kubernetes(options: Kubernetes) -> anyhow::Result<()> {
    let clock = hands::clock(options.clock_offset.clone());
    let now = clock();
    let mut filled = match &options.manifests {
        Some(folder) => vec![fill::from_folder(folder, &options, now)?],
        None => demo_plans(options.ingresses, options.seed, now)
            .iter()
            .map(|plan| fill::from_plan(plan, &options, now))
            .collect::<anyhow::Result<_>>()?,
    };
    let mut servers = Vec::new();
    for (number, cluster) in (0..).zip(&mut filled) {
        let server = serve(&options, cluster, number).await?;
        let beside = Beside::start(cluster, &clock).await?;
        announce(&options, cluster, &server, &beside)?;
        servers.push((server, beside));
    }
    let provider = openid::start(&options, &clock).await?;
    say("ready");
    tokio::select! {
        ended = end::wait(options.exit_with_parent) => ended?,
        () = life::live(filled, options.churn, options.seed) => {}
    }
    for (server, beside) in servers {
        server.stop().await;
        beside.stop().await;
    }
    provider.stop().await;
    Ok(())
}

async fn serve(options: &Kubernetes, filled: &Filled, number: u16) -> anyhow::Result<ApiServer> {
    let port = match options.port {
        0 => 0,
        first => first.saturating_add(number),
    };
    let pace = options.pace.map(Duration::from_micros);
    ApiServer::start(filled.cluster.clone(), Options { port, pace, ..Options::default() }).await
}

/// One line of JSON for each cluster, and a line on standard error for each refused document.
fn announce(
    options: &Kubernetes,
    filled: &Filled,
    server: &ApiServer,
    beside: &Beside,
) -> anyhow::Result<()> {
    let name = filled.cluster.name();
    let dir = &options.kubeconfig_dir;
    let admin =
        kubeconfig::write(dir, &format!("{name}.admin.kubeconfig"), &server.kubeconfig("admin"))?;
    let routebook =
        kubeconfig::write(dir, &format!("{name}.kubeconfig"), &server.kubeconfig("routebook"))?;
    for refused in &filled.refused {
        eprintln!("refused: {} {}: {}", refused.file, refused.name, refused.reason);
    }
    let line = json!({
        "cluster": name,
        "url": server.url,
        "kubeconfig": routebook,
        "adminKubeconfig": admin,
        "ingresses": filled.cluster.count(&INGRESS),
        "refused": filled.refused.len(),
        "prometheus": beside.prometheus.url,
        "tlsProxy": beside.tls.url,
        "presets": filled.advice.presets,
        "secretNamespaces": filled.advice.secret_namespaces,
        "teams": filled.advice.teams,
        "fallbacks": filled.advice.fallbacks,
    });
    say(&line.to_string());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "standard output is how a script learns where things are")]
fn say(line: &str) {
    println!("{line}");
}
