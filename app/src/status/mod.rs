//! How Routebook stands with its clusters, for whoever runs it.

mod kinds;
mod sources;

use crate::components::Title;
use domain::ClusterName;
use domain::rights::Right;
use domain::sync::ClusterStatus;
use jiff::Timestamp;
use leptos::prelude::*;
use store::SourceState;

use crate::components::freshness::{self, freshness_line};
use crate::components::text::whole_value;
use crate::components::{Tone, badge, value};
use crate::context::{self, State};
use crate::denied;
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;
use crate::mark;

/// `/status`.
#[component]
pub fn StatusPage() -> impl IntoView {
    let state = context::state();
    context::not_cached();
    if !context::visitor().may(Right::ReadAll) {
        return denied::page(&state, Some(Right::ReadAll));
    }
    let answer = Suspend::new(async move {
        match load(&state).await {
            Ok(status) => page(&status, &state),
            Err(error) => error::page(&error, &state.base),
        }
    });
    view! { {answer} }.into_any()
}

struct Status {
    clusters: Vec<ClusterStatus>,
    /// The sources of traffic of each cluster.
    sources: Vec<Vec<SourceState>>,
    now: Timestamp,
    revision: u64,
    /// Bytes of the database.
    size: u64,
    /// The versions of the schema and of SQLite.
    versions: (i64, String),
}

async fn load(state: &State) -> Result<Status, Error> {
    let revision = *state.store.revision().borrow();
    let clusters = state.store.clusters().await?;
    let sources = traffic_sources(state, &clusters).await?;
    let size = state.store.size().await?;
    let versions = state.store.versions();
    Ok(Status { clusters, sources, now: state.clock.now(), revision, size, versions })
}

async fn traffic_sources(
    state: &State,
    clusters: &[ClusterStatus],
) -> Result<Vec<Vec<SourceState>>, Error> {
    let mut sources = Vec::new();
    for cluster in clusters {
        let of_cluster = match cluster.name.parse::<ClusterName>() {
            Ok(name) => state.store.traffic_sources(&name).await?,
            // Only what could be a name is configured.
            Err(_) => Vec::new(),
        };
        sources.push(of_cluster);
    }
    Ok(sources)
}

fn page(status: &Status, state: &State) -> AnyView {
    let base = state.base.to_string();
    let clusters = status.clusters.iter().zip(&status.sources);
    let sections: Vec<_> =
        clusters.map(|(cluster, sources)| section(cluster, sources, status.now)).collect();
    let none = sections.is_empty().then(|| {
        view! { <p class="empty">"No cluster is configured, and none was read before."</p> }
    });
    view! {
        <Title text="Status"/>
        <div class="page-head">
            <h1>"Status"</h1>
            {freshness_line(&status.clusters, status.now, Some("#clusters"))}
        </div>
        <News base=base revision=status.revision what="This page".to_owned() always=true/>
        <div id="results" tabindex="-1" data-mark=mark_of(status)>
            <div id="clusters">{sections} {none}</div>
            {about(status, state)}
        </div>
    }
    .into_any()
}

/// States and their times are what this page is about, so every difference counts, and age too.
fn mark_of(status: &Status) -> String {
    mark::mark(&(&status.clusters, &status.sources, status.size, status.now))
}

fn section(cluster: &ClusterStatus, sources: &[SourceState], now: Timestamp) -> AnyView {
    let id = format!("cluster-{}", cluster.name);
    let gone = (!cluster.configured).then(|| {
        view! {
            <p class="notice">
                {badge(Tone::Plain, "not configured")}
                " It was taken out of the configuration. Its records are kept as they were."
            </p>
        }
    });
    let sources = (cluster.configured || !sources.is_empty())
        .then(|| sources::table(&cluster.name, sources, now));
    let error = cluster.error.as_deref().map(|error| {
        view! { <p class="notice bad">{badge(Tone::Bad, "not read")} " " {whole_value(error)}</p> }
    });
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id.clone()>{value(&cluster.name)}</h2>
            {error}
            {gone}
            <dl class="facts">
                {fact("Ingresses", view! { <span>{freshness::mark(cluster, now)}</span> }.into_any())}
                {fact("API server", known(cluster.server.as_deref()))}
                {fact("Kubernetes version", known(cluster.version.as_deref()))}
                {fact("UID of kube-system", known(cluster.uid.as_deref()))}
            </dl>
            {kinds::table(cluster, now)}
            {sources}
        </section>
    }
    .into_any()
}

fn known(text: Option<&str>) -> AnyView {
    match text {
        Some(text) => value(text),
        None => view! { <span class="subdued">"not known yet"</span> }.into_any(),
    }
}

fn fact(name: &'static str, text: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
}

fn about(status: &Status, state: &State) -> AnyView {
    let (schema, sqlite) = &status.versions;
    let text = |text: String| view! { <span>{text}</span> }.into_any();
    view! {
        <section class="panel" aria-labelledby="about">
            <h2 id="about">"Routebook"</h2>
            <dl class="facts">
                {fact("Version", text(state.version.to_owned()))}
                {fact("Database", text(format::bytes(status.size)))}
                {fact("Schema version", text(schema.to_string()))}
                {fact("SQLite", text(sqlite.clone()))}
            </dl>
        </section>
    }
    .into_any()
}
