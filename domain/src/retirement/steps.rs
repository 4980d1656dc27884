//! How somebody removes an ingress, or some of its routes, by what manages it. What a tool manages is
//! removed where the tool gets it from: in the cluster it would come back.

mod patch;

use serde::{Deserialize, Serialize};

use crate::managed::{Managed, Manager};
use patch::Patch;

/// What is to be removed.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
    /// What manages it.
    pub managed: &'a Managed,
    /// The keys of the routes that go; empty for all.
    pub routes: &'a [String],
    /// Its last manifest, as the API server's JSON.
    pub manifest: &'a str,
}

/// How to remove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// By which way, such as `Kustomize patch`.
    pub way: String,
    /// Commands, or a patch, to be taken as they are.
    pub text: String,
    /// What to do with that, and what to look out for.
    pub note: String,
}

/// How to remove it.
pub fn steps(target: &Target<'_>) -> Steps {
    let patch = Patch::of(target.manifest, target.routes);
    let mut steps = by_manager(target, &patch);
    // Unlike a patch, a deletion does not refuse itself.
    if patch == Patch::Whole && !target.routes.is_empty() {
        steps.note.push_str(patch::NOTHING_ELSE);
    }
    steps
}

fn by_manager(target: &Target<'_>, patch: &Patch) -> Steps {
    let who = target.managed.name.as_deref();
    match target.managed.by {
        Manager::Kubectl => kubectl(target, patch, None),
        Manager::ArgoCd => gitops(target, patch, &source("Argo CD application", who)),
        Manager::Flux => gitops(target, patch, &source("Flux object", who)),
        Manager::Kustomize => gitops(target, patch, "the kustomization"),
        Manager::Helm => helm(target, patch, who),
        Manager::Terraform => code(target, patch, "Terraform", "terraform apply"),
        Manager::Pulumi => code(target, patch, "Pulumi", "pulumi up"),
        Manager::Operator => kubectl(target, patch, Some(&operator(who))),
        Manager::Other => kubectl(target, patch, Some(&other(who))),
        Manager::Unknown => {
            let note = "Nothing tells what manages it. If a tool does, remove it there too, or it \
                        comes back.";
            kubectl(target, patch, Some(note))
        }
    }
}

fn source(kind: &str, name: Option<&str>) -> String {
    name.map_or_else(|| format!("the {kind}"), |name| format!("the {kind} {name}"))
}

fn operator(name: Option<&str>) -> String {
    let name = name.unwrap_or("a controller");
    format!("{name} makes it: change the object that it is made from, or it comes back.")
}

fn other(name: Option<&str>) -> String {
    let name = name.unwrap_or("another tool");
    format!("{name} wrote it last: remove it there too, or it comes back.")
}

fn kubectl(target: &Target<'_>, patch: &Patch, note: Option<&str>) -> Steps {
    let (name, namespace) = (quoted(target.name), quoted(target.namespace));
    let (text, check) = match patch {
        Patch::Whole => (format!("kubectl delete ingress {name} --namespace {namespace}\n"), None),
        Patch::Some { operations } => {
            let json = quoted(&patch::json(operations));
            let text = format!(
                "kubectl patch ingress {name} --namespace {namespace} --type=json --patch {json}\n"
            );
            (text, Some("The patch refuses itself if a rule that it touches has changed since."))
        }
        Patch::None => (listed(target), Some(patch::NOT_FOUND)),
    };
    let cluster = format!("Run this against cluster {}.", target.cluster);
    let notes = [Some(cluster.as_str()), check, note];
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    Steps { way: "kubectl".to_owned(), text, note: notes.join(" ") }
}

/// A patch for the kustomization in a repository.
fn gitops(target: &Target<'_>, patch: &Patch, source: &str) -> Steps {
    let place =
        format!("Add this to the kustomization.yaml that {source} is made from, and commit it");
    let (text, note) = match patch {
        Patch::Whole => (
            deletion(target),
            "; or delete the manifest itself, if it stands there. The tool must prune what is no \
             longer in the repository.",
        ),
        Patch::Some { operations } => (
            partial(target, operations),
            "; or take these routes out of the manifest itself, if it stands there.",
        ),
        Patch::None => {
            let note =
                format!("Change the manifest that {source} is made from. {}", patch::NOT_FOUND);
            return Steps { way: "Manifest".to_owned(), text: listed(target), note };
        }
    };
    Steps { way: "Kustomize patch".to_owned(), text, note: format!("{place}{note}") }
}

fn deletion(target: &Target<'_>) -> String {
    let (name, namespace) = (yaml(target.name), yaml(target.namespace));
    format!(
        "patches:\n  - patch: |-\n      $patch: delete\n      apiVersion: networking.k8s.io/v1\n      \
         kind: Ingress\n      metadata:\n        name: {name}\n        namespace: {namespace}\n"
    )
}

fn partial(target: &Target<'_>, operations: &[patch::Operation]) -> String {
    let (name, namespace) = (yaml(target.name), yaml(target.namespace));
    let mut text = format!(
        "patches:\n  - target:\n      group: networking.k8s.io\n      kind: Ingress\n      \
         name: {name}\n      namespace: {namespace}\n    patch: |-\n"
    );
    for operation in operations {
        text.push_str(&format!("      - {}\n", patch::json_of(operation)));
    }
    text
}

fn helm(target: &Target<'_>, patch: &Patch, release: Option<&str>) -> Steps {
    let release = source("Helm release", release);
    let text = match patch {
        Patch::Whole => "ingress:\n  enabled: false\n".to_owned(),
        Patch::Some { .. } | Patch::None => format!("# under ingress.hosts:\n{}", listed(target)),
    };
    let what = match patch {
        Patch::Whole => "Most charts have this value for it",
        Patch::Some { .. } | Patch::None => "Most charts list hosts and paths like this",
    };
    let note = format!(
        "{what}; look into the values of the chart of {release}, then run helm upgrade. An ingress that \
         is deleted in the cluster only comes back with the next upgrade."
    );
    Steps { way: "Helm values".to_owned(), text, note }
}

fn code(target: &Target<'_>, patch: &Patch, tool: &str, command: &str) -> Steps {
    let (name, namespace) = (target.name, target.namespace);
    let what = match patch {
        Patch::Whole => format!("# remove the resource of Ingress {namespace}/{name}\n"),
        Patch::Some { .. } | Patch::None => {
            format!("# in the resource of Ingress {namespace}/{name}\n{}", listed(target))
        }
    };
    let note = format!("Change the code of {tool} that makes it, then run {command}.");
    Steps { way: tool.to_owned(), text: format!("{what}{command}\n"), note }
}

/// The routes that go, one a line, as a comment.
fn listed(target: &Target<'_>) -> String {
    let line = |key: &String| {
        let key = key.replace(['\n', '\r'], " ");
        let (host, path) = key.split_once(' ').unwrap_or((&key, ""));
        let host = if host.is_empty() { "*" } else { host };
        format!("# remove {host}{path}\n")
    };
    target.routes.iter().map(line).collect()
}

/// One word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A YAML text: JSON's are YAML's too.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
