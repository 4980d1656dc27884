//! Which objects a list answers: a consistent state, cut into pages. The continue token names the
//! revision and the last key, as the real one does.

use std::ops::Bound;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::cluster::{Cluster, Snapshot};
use super::kinds::Kind;
use super::object::Object;
use super::selector::Selector;
use super::state::Objects;
use super::status::Status;

/// The parameters of a list.
#[derive(Debug, Default)]
pub(super) struct ListQuery {
    /// Empty for all namespaces.
    pub namespace: String,
    pub selector: Selector,
    /// 0 for no limit.
    pub limit: usize,
    pub continue_token: String,
    pub resource_version: String,
    pub resource_version_match: String,
}

/// One page.
pub(super) struct Page {
    pub items: Vec<Arc<Object>>,
    pub revision: u64,
    pub continue_token: Option<String>,
    pub remaining: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    /// Revision of the list; -1 continues on the present state.
    rv: i64,
    after: String,
    /// Objects not yet listed, where that was known.
    left: Option<usize>,
}

const TOKEN_EXPIRED: &str = "The provided continue parameter is too old to display a consistent \
    list result. You can start a new list without the continue parameter, or use the continue \
    token in this response to retrieve the remainder of the results. Continuing with the provided \
    token results in an inconsistent list - objects that were created, modified, or deleted \
    between the time the first chunk was returned and now may show up in the list.";

impl Cluster {
    /// Answers one page; `old` replaces the present state.
    pub(super) fn page(
        &self,
        kind: &Kind,
        query: &ListQuery,
        old: Option<&Snapshot>,
    ) -> Result<Page, Status> {
        check_versions(query)?;
        let token = match query.continue_token.as_str() {
            "" => None,
            token => Some(decode(token)?),
        };
        let (revision, objects) = match (&token, old) {
            (Some(token), _) => self.continued(kind, token)?,
            (None, Some(old)) => (old.revision, old.objects(kind)),
            (None, None) => self.first(kind, query)?,
        };
        Ok(self.cut(kind, query, revision, &objects, token))
    }

    fn first(&self, kind: &Kind, query: &ListQuery) -> Result<(u64, Objects), Status> {
        let state = self.read();
        let wanted: u64 = match query.resource_version.as_str() {
            "" | "0" => return Ok((state.revision, state.table(kind).objects.clone())),
            version => version.parse().map_err(|_| invalid_version(version))?,
        };
        if wanted > state.revision {
            return Err(Status::too_large_resource_version(wanted, state.revision));
        }
        let exact = query.resource_version_match == "Exact"
            || (query.resource_version_match.is_empty() && query.limit > 0);
        if !exact {
            return Ok((state.revision, state.table(kind).objects.clone()));
        }
        let objects = state.held(kind, wanted).ok_or_else(|| {
            Status::expired("The resourceVersion for the provided list is too old.")
        })?;
        Ok((wanted, objects))
    }

    fn continued(&self, kind: &Kind, token: &Token) -> Result<(u64, Objects), Status> {
        let state = self.read();
        let Ok(revision) = u64::try_from(token.rv) else {
            return Ok((state.revision, state.table(kind).objects.clone()));
        };
        match state.held(kind, revision) {
            Some(objects) => Ok((revision, objects)),
            None => Err(expired(&token.after)),
        }
    }

    fn cut(
        &self,
        kind: &Kind,
        query: &ListQuery,
        revision: u64,
        objects: &Objects,
        token: Option<Token>,
    ) -> Page {
        // With resource version 0 a real server answers from its cache and ignores the limit.
        let unlimited = query.limit == 0 || query.resource_version == "0";
        let limit = if unlimited { usize::MAX - 1 } else { query.limit };
        let prefix = match query.namespace.as_str() {
            "" => String::new(),
            namespace => format!("{namespace}/"),
        };
        let from = match &token {
            Some(token) => Bound::Excluded(token.after.as_str()),
            None => Bound::Included(prefix.as_str()),
        };
        let range = objects.range::<str, _>((from, Bound::Unbounded));
        let inside = range.take_while(|(key, _)| key.starts_with(&prefix));
        let matching = inside.filter(|(_, object)| query.selector.matches(object));
        let mut items: Vec<Arc<Object>> =
            matching.map(|(_, object)| object.clone()).take(limit + 1).collect();
        if items.len() <= limit {
            return Page { items, revision, continue_token: None, remaining: None };
        }
        items.truncate(limit);
        let last = items.last().map(|object| object.key()).unwrap_or_default();
        let remaining = self.left(query, objects, &prefix, token, limit);
        self.change(|state| state.hold(kind, revision, objects.clone()));
        let rv = i64::try_from(revision).unwrap_or(i64::MAX);
        let next = encode(&Token { rv, after: last.to_string(), left: remaining });
        Page { items, revision, continue_token: Some(next), remaining }
    }

    /// How many objects follow this page; unknown with a selector, as on a real server.
    fn left(
        &self,
        query: &ListQuery,
        objects: &Objects,
        prefix: &str,
        token: Option<Token>,
        page: usize,
    ) -> Option<usize> {
        if !query.selector.is_empty() {
            return None;
        }
        let before = match token {
            Some(token) => token.left?,
            None if prefix.is_empty() => objects.len(),
            None => {
                let range = objects.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
                range.take_while(|(key, _)| key.starts_with(prefix)).count()
            }
        };
        Some(before.saturating_sub(page))
    }
}

/// The 410 that a fault answers for a continue token.
pub(super) fn expired_token(token: &str) -> Status {
    decode(token).map_or_else(|status| status, |token| expired(&token.after))
}

fn expired(after: &str) -> Status {
    let mut status = Status::expired(TOKEN_EXPIRED);
    let inconsistent = Token { rv: -1, after: after.to_owned(), left: None };
    status.continue_token = Some(encode(&inconsistent));
    status
}

fn check_versions(query: &ListQuery) -> Result<(), Status> {
    let version = query.resource_version.as_str();
    if !query.continue_token.is_empty() && !matches!(version, "" | "0") {
        let message = "specifying resource version is not allowed when using continue";
        return Err(Status::bad_request(message));
    }
    match query.resource_version_match.as_str() {
        "" => Ok(()),
        _ if version.is_empty() => Err(list_options(
            "resourceVersionMatch is forbidden unless resourceVersion is provided",
        )),
        "NotOlderThan" => Ok(()),
        "Exact" if version == "0" => Err(list_options(
            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
        )),
        "Exact" => Ok(()),
        other => Err(list_options(&format!(
            "resourceVersionMatch: Unsupported value: \"{other}\": supported values: \"Exact\", \
             \"NotOlderThan\""
        ))),
    }
}

fn list_options(message: &str) -> Status {
    let message = format!("ListOptions.meta.k8s.io \"\" is invalid: {message}");
    Status::new(422, "Invalid", message)
}

/// 400 for a resource version that is not a number.
pub(super) fn invalid_version(version: &str) -> Status {
    Status::bad_request(format!("Invalid value: \"{version}\": invalid resource version"))
}

fn encode(token: &Token) -> String {
    let json = serde_json::to_vec(token).expect("a token is plain data");
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

fn decode(token: &str) -> Result<Token, Status> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let token = json.and_then(|json| serde_json::from_slice(&json).ok());
    token.ok_or_else(|| Status::bad_request("continue key is not valid"))
}
