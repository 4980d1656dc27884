//! Whose an ingress is, and how that is known.
//!
//! [`find()`] goes through the steps of [`Rules`], and the first that names somebody wins. An owner
//! always says where it was found, so that nobody has to believe it. [`guess()`] is for orphans, and
//! is only ever shown as a guess.

mod claim;
mod find;
mod guess;
mod marks;
mod rules;
mod team;
mod text;

use serde::{Deserialize, Serialize};

pub use find::find;
pub use guess::{Guess, Near, Neighbour, guess};
pub use marks::Marks;
pub use rules::{Fallback, Rules};
pub use team::Team;
pub(crate) use text::{LONGEST_NAME, cut};

/// Who answers for an ingress, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The name of the configured team if one matches, else the value as written; at most 100
    /// characters.
    pub name: String,
    /// Whether the name is that of a configured team.
    pub team: bool,
    /// The value as written, at most 300 characters.
    pub value: String,
    /// Which step found it.
    pub source: OwnerSource,
    /// Where it stands, such as `label team of Service web`.
    pub place: String,
    /// What is odd about it, such as that it names several.
    pub note: Option<String>,
    /// What else was found that says somebody else, at most five.
    pub others: Vec<Hint>,
}

/// A place that names somebody else than the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Which step found it.
    pub source: OwnerSource,
    /// Whom it names.
    pub name: String,
    /// Where it stands.
    pub place: String,
}

/// A step of the search for an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnerSource {
    /// Somebody said so in Routebook.
    Override,
    /// An annotation of the ingress.
    Annotation,
    /// A label of the ingress.
    Label,
    /// An annotation or label of a Service behind it.
    Service,
    /// An annotation or label of its namespace.
    Namespace,
    /// The name of the GitOps application that delivers it.
    GitOps,
    /// What the configuration says of everything that is left.
    Fallback,
}

impl OwnerSource {
    /// All steps, in the order in which they are taken unless configured otherwise.
    pub const ALL: [Self; 7] = [
        Self::Override,
        Self::Annotation,
        Self::Label,
        Self::Service,
        Self::Namespace,
        Self::GitOps,
        Self::Fallback,
    ];

    /// Its code in URLs, configuration and store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Annotation => "annotation",
            Self::Label => "label",
            Self::Service => "service",
            Self::Namespace => "namespace",
            Self::GitOps => "gitops",
            Self::Fallback => "fallback",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Override => "Set in Routebook",
            Self::Annotation => "Annotation",
            Self::Label => "Label",
            Self::Service => "Service",
            Self::Namespace => "Namespace",
            Self::GitOps => "GitOps",
            Self::Fallback => "Fallback",
        }
    }

    /// What it means, for somebody who sees it for the first time.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Override => "Somebody said so in Routebook.",
            Self::Annotation => "An annotation of the ingress names the owner.",
            Self::Label => "A label of the ingress names the owner.",
            Self::Service => "The ingress names nobody, but a Service it leads to does.",
            Self::Namespace => "The ingress names nobody, but its namespace does.",
            Self::GitOps => {
                "Nothing names an owner, but the application that delivers it is called like a team."
            }
            Self::Fallback => {
                "Nothing names an owner; the configuration gives what is left to somebody."
            }
        }
    }

    /// How sure an owner from here is.
    pub fn confidence(self) -> Confidence {
        match self {
            Self::Override | Self::Annotation | Self::Label => Confidence::High,
            Self::Service | Self::Namespace => Confidence::Medium,
            Self::GitOps | Self::Fallback => Confidence::Low,
        }
    }
}

/// How sure an owner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Somebody wrote it about this very ingress. It may still be out of date.
    High,
    /// Somebody wrote it about what surrounds the ingress.
    Medium,
    /// Nobody wrote down who the owner is.
    Low,
}

impl Confidence {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::High => "stated",
            Self::Medium => "likely",
            Self::Low => "a guess",
        }
    }
}

/// What surrounds one ingress, as far as owners are concerned.
#[derive(Debug, Clone, Default)]
pub struct Around<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// The class the ingress asks for.
    pub class: Option<&'a str>,
    /// Whom somebody named in Routebook.
    pub override_: Option<&'a str>,
    /// What its Namespace says; `None` if that was not read.
    pub namespace: Option<&'a Marks>,
    /// The Services behind it, each once, in the order of the routes.
    pub services: Vec<(&'a str, &'a Marks)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: OwnerSource, code: &str, confidence: &str) {
        assert_eq!(source.as_str(), code);
        assert_eq!(OwnerSource::parse(code), Some(source));
        assert_eq!(serde_json::to_value(source).unwrap(), code);
        assert_eq!(source.confidence().label(), confidence);
    }

    #[test]
    fn the_nearer_to_the_ingress_the_surer() {
        check(OwnerSource::Override, "override", "stated");
        check(OwnerSource::Annotation, "annotation", "stated");
        check(OwnerSource::Label, "label", "stated");
        check(OwnerSource::Service, "service", "likely");
        check(OwnerSource::Namespace, "namespace", "likely");
        check(OwnerSource::GitOps, "gitops", "a guess");
        check(OwnerSource::Fallback, "fallback", "a guess");
    }
}
