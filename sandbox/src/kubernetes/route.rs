//! Reads the path of a request.

use super::kinds::{self, Kind};

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A collection, an object or a subresource.
    Resource(Place),
    /// The collection of a self-review, by its plural name.
    Review(String),
    /// Discovery, version, health and OpenAPI: paths that are no resources.
    Other,
}

/// Where a resource request points.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub kind: &'static Kind,
    /// Empty for the cluster scope.
    pub namespace: String,
    /// Empty for a collection.
    pub name: String,
    /// Empty or `status`.
    pub subresource: String,
}

/// Finds out what a path names.
pub(super) fn route(path: &str) -> Target {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, version, rest) = match segments.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return Target::Other,
    };
    if let ("authorization.k8s.io" | "authentication.k8s.io", "v1", [plural]) =
        (group, version, rest)
    {
        return Target::Review((*plural).to_owned());
    }
    match place(group, version, rest) {
        Some(place) => Target::Resource(place),
        None => Target::Other,
    }
}

fn place(group: &str, version: &str, rest: &[&str]) -> Option<Place> {
    let (namespace, rest) = match rest {
        ["namespaces", namespace, plural, rest @ ..]
            if kinds::by_path(group, version, plural).is_some_and(|kind| kind.namespaced) =>
        {
            (*namespace, [&[*plural][..], rest].concat())
        }
        rest => ("", rest.to_vec()),
    };
    let (plural, name, subresource) = match rest.as_slice() {
        [plural] => (plural, "", ""),
        [plural, name] => (plural, *name, ""),
        [plural, name, subresource] => (plural, *name, *subresource),
        _ => return None,
    };
    let kind = kinds::by_path(group, version, plural)?;
    let misplaced = kind.namespaced && namespace.is_empty() && !name.is_empty();
    let known = subresource.is_empty() || (subresource == "status" && kind.status);
    (known && !misplaced).then(|| Place {
        kind,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        subresource: subresource.to_owned(),
    })
}
