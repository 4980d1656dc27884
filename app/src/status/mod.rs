//! How Routebook stands with its clusters, for whoever runs it.

mod kinds;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use domain::sync::ClusterStatus;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::freshness::{self, freshness_line};
use crate::components::text::whole_value;
use crate::components::{Tone, badge, value};
use crate::context::{self, State};
use crate::error::{self, Error};
use crate::format;
use crate::islands::News;

/// `/status`.
#[component]
pub fn StatusPage() -> impl IntoView {
    let state = context::state();
    context::not_cached();
    Suspend::new(async move {
        match load(&state).await {
            Ok(status) => page(&status, &state),
            Err(error) => error::page(&error, &state.base),
        }
    })
}

struct Status {
    clusters: Vec<ClusterStatus>,
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
    let size = state.store.size().await?;
    let versions = state.store.versions();
    Ok(Status { clusters, now: state.clock.now(), revision, size, versions })
}

fn page(status: &Status, state: &State) -> AnyView {
    let base = state.base.to_string();
    let sections: Vec<_> =
        status.clusters.iter().map(|cluster| section(cluster, status.now)).collect();
    let none = sections.is_empty().then(|| {
        view! { <p class="empty">"No cluster is configured, and none was read before."</p> }
    });
    view! {
        <Title text="Status"/>
        <div class="page-head">
            <h1>"Status"</h1>
            {freshness_line(&status.clusters, status.now, "#clusters")}
        </div>
        <News base=base revision=status.revision what="This page".to_owned() always=true/>
        <div id="results" tabindex="-1" data-mark=mark(status)>
            <div id="clusters">{sections} {none}</div>
            {about(status, state)}
        </div>
    }
    .into_any()
}

/// States and their times are what this page is about, so every difference counts, and age too.
fn mark(status: &Status) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{:?} {} {}", status.clusters, status.size, status.now).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn section(cluster: &ClusterStatus, now: Timestamp) -> AnyView {
    let id = format!("cluster-{}", cluster.name);
    let gone = (!cluster.configured).then(|| {
        view! {
            <p class="notice">
                {badge(Tone::Plain, "not configured")}
                " It was taken out of the configuration. Its records are kept as they were."
            </p>
        }
    });
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
