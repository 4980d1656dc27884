//! How many ingresses have an owner: over all, by cluster, where not, and by what it is known.

use domain::inventory::View;
use domain::overview::{Coverage, MOST_LISTED, Owners};
use domain::owner::OwnerSource;
use leptos::prelude::*;

use crate::components::parts::{linked, share};
use crate::components::value;
use crate::format;
use crate::inventory::address;

/// One large figure, and the same for each cluster.
pub fn section(owners: &Owners, base: &str) -> AnyView {
    let Coverage { owned, ingresses } = owners.coverage;
    let percent = format::percent(owned, ingresses);
    let words = format!(
        "{} of {} have an owner",
        format::number(owned),
        format::counted(ingresses, "ingress", "ingresses")
    );
    let clusters = (owners.by_cluster.len() > 1).then(|| by_cluster(&owners.by_cluster, base));
    view! {
        <section aria-labelledby="coverage">
            <h2 id="coverage">"Coverage"</h2>
            <p class="coverage"><strong>{percent}</strong> " " {words}</p>
            {share(owned, ingresses)}
            {clusters}
        </section>
    }
    .into_any()
}

fn by_cluster(clusters: &[(String, Coverage)], base: &str) -> AnyView {
    let row = |(name, coverage): &(String, Coverage)| {
        let list = View { cluster: Some(name.clone()), ..View::default() };
        let said = format::short(name, 60);
        row(vec![("Cluster", value(name))], *coverage, &list, &said, base)
    };
    table("Coverage by cluster", &["Cluster"], clusters.iter().map(row).collect())
}

/// Where the orphans are.
pub fn namespaces(namespaces: &[(String, String, Coverage)], base: &str) -> Option<AnyView> {
    let row = |(cluster, namespace, coverage): &(String, String, Coverage)| {
        let list = View {
            cluster: Some(cluster.clone()),
            namespace: Some(namespace.clone()),
            ..View::default()
        };
        let said = format::short(&format!("{namespace} in {cluster}"), 120);
        let names = vec![("Cluster", value(cluster)), ("Namespace", value(namespace))];
        row(names, *coverage, &list, &said, base)
    };
    let rows: Vec<_> = namespaces.iter().map(row).collect();
    let first = (rows.len() >= MOST_LISTED).then(|| {
        let text = format!("The {MOST_LISTED} with the most orphans.");
        view! { <p class="subdued">{text}</p> }
    });
    let section = view! {
        <section aria-labelledby="namespaces">
            <h2 id="namespaces">"Namespaces with orphans"</h2>
            {first}
            {table("Namespaces with orphans", &["Cluster", "Namespace"], rows)}
        </section>
    };
    (!namespaces.is_empty()).then(|| section.into_any())
}

fn table(name: &'static str, heads: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let head = |label: &&'static str| {
        let label = *label;
        view! { <th role="columnheader" scope="col">{label}</th> }
    };
    let heads: Vec<_> = heads.iter().map(head).collect();
    view! {
        <div class="table-region" role="region" aria-label=name tabindex="0">
            <table class="list shares" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        {heads}
                        <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                        <th role="columnheader" scope="col" class="number">"Orphans"</th>
                        <th role="columnheader" scope="col">"With an owner"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// `list` is the list of these ingresses, `said` how they are called.
fn row(
    names: Vec<(&'static str, AnyView)>,
    coverage: Coverage,
    list: &View,
    said: &str,
    base: &str,
) -> AnyView {
    let name = |(label, name): (&'static str, AnyView)| {
        view! { <th role="rowheader" scope="row" data-label=label>{name}</th> }
    };
    let names: Vec<_> = names.into_iter().map(name).collect();
    let Coverage { owned, ingresses } = coverage;
    let all = linked(ingresses, address(list, base), &format!("ingresses of {said}"));
    let orphans = View { owner: Some("-".into()), ..list.clone() };
    let orphans = linked(ingresses - owned, address(&orphans, base), &format!("orphans of {said}"));
    view! {
        <tr role="row">
            {names}
            <td role="cell" data-label="Ingresses" class="number">{all}</td>
            <td role="cell" data-label="Orphans" class="number">{orphans}</td>
            <td role="cell" data-label="With an owner">
                <span class="with-bar">
                    {share(owned, ingresses)} {format::percent(owned, ingresses)}
                </span>
            </td>
        </tr>
    }
    .into_any()
}

/// By what owners are known.
pub fn sources(sources: &[(OwnerSource, i64)]) -> AnyView {
    let rows: Vec<_> = sources.iter().map(|(source, count)| by_source(*source, *count)).collect();
    view! {
        <section aria-labelledby="sources">
            <h2 id="sources">"How owners are known"</h2>
            <p class="subdued">
                "Routebook looks in these places in the configured order, and the first that names \
                 somebody counts."
            </p>
            <div class="table-region" role="region" aria-label="How owners are known" tabindex="0">
                <table class="list" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Known by"</th>
                            <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                            <th role="columnheader" scope="col">"Confidence"</th>
                            <th role="columnheader" scope="col">"Meaning"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn by_source(source: OwnerSource, count: i64) -> AnyView {
    let confidence = source.confidence().label();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Known by">{source.label()}</th>
            <td role="cell" data-label="Ingresses" class="number">{format::number(count)}</td>
            <td role="cell" data-label="Confidence">{confidence}</td>
            <td role="cell" data-label="Meaning" class="meaning">{source.explanation()}</td>
        </tr>
    }
    .into_any()
}
