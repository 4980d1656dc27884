//! What manages an ingress: which tool would put it back, told from labels, annotations and managed
//! fields. What is not told is unknown.

mod application;
mod author;
mod tell;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use application::application;
pub use tell::managed_by;

/// What can manage an ingress.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Manager {
    /// A Helm release.
    Helm,
    /// An Argo CD application.
    ArgoCd,
    /// A Flux Kustomization or HelmRelease.
    Flux,
    /// A kustomization that somebody applies.
    Kustomize,
    /// Terraform or OpenTofu.
    Terraform,
    /// Pulumi.
    Pulumi,
    /// Somebody with kubectl.
    Kubectl,
    /// Another controller in the cluster.
    Operator,
    /// Something else that gives its name.
    Other,
    /// Nothing tells.
    #[default]
    Unknown,
}

impl Manager {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Helm,
        Self::ArgoCd,
        Self::Flux,
        Self::Kustomize,
        Self::Terraform,
        Self::Pulumi,
        Self::Kubectl,
        Self::Operator,
        Self::Other,
        Self::Unknown,
    ];

    /// Its code in URLs and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Helm => "helm",
            Self::ArgoCd => "argocd",
            Self::Flux => "flux",
            Self::Kustomize => "kustomize",
            Self::Terraform => "terraform",
            Self::Pulumi => "pulumi",
            Self::Kubectl => "kubectl",
            Self::Operator => "operator",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manager| manager.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Helm => "Helm",
            Self::ArgoCd => "Argo CD",
            Self::Flux => "Flux",
            Self::Kustomize => "Kustomize",
            Self::Terraform => "Terraform",
            Self::Pulumi => "Pulumi",
            Self::Kubectl => "kubectl",
            Self::Operator => "Operator",
            Self::Other => "Other",
            Self::Unknown => "Unknown",
        }
    }
}

/// What manages an ingress, and how that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// What.
    pub by: Manager,
    /// Which one: the release, the application, or the field manager; at most 100 characters.
    pub name: Option<String>,
    /// What told it, such as `label app.kubernetes.io/managed-by`.
    pub how: String,
}

/// A label or an annotation that is not empty.
fn mark<'a>(marks: &'a BTreeMap<String, String>, key: &str) -> Option<&'a str> {
    marks.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for manager in Manager::ALL {
            assert_eq!(Manager::parse(manager.as_str()), Some(manager));
            assert_eq!(serde_json::to_value(manager).unwrap(), manager.as_str());
        }
        assert_eq!(Manager::parse("Helm"), None);
    }
}
