//! The query parameters of a request.

use std::collections::HashMap;
use std::time::Duration;

use super::kinds::Kind;
use super::list::ListQuery;
use super::selector::Selector;
use super::status::Status;

/// Query parameters by name; the first of each counts.
pub(super) struct Query(HashMap<String, String>);

impl Query {
    pub fn parse(text: &str) -> Self {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            parameters.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(parameters)
    }

    /// A parameter; empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1" | "t" | "True")
    }

    pub fn dry_run(&self) -> bool {
        self.get("dryRun") == "All"
    }

    pub fn selector(&self, kind: &Kind) -> Result<Selector, Status> {
        Selector::parse(kind, self.get("labelSelector"), self.get("fieldSelector"))
    }

    /// How long a watch may take, if the client says so.
    pub fn timeout(&self) -> Option<Duration> {
        let seconds: u64 = self.get("timeoutSeconds").parse().ok()?;
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }

    pub fn list(&self, kind: &Kind, namespace: &str) -> Result<ListQuery, Status> {
        let limit = self.get("limit");
        let limit = match limit {
            "" => 0,
            text => text.parse().map_err(|_| {
                Status::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))
            })?,
        };
        Ok(ListQuery {
            namespace: namespace.to_owned(),
            selector: self.selector(kind)?,
            limit,
            continue_token: self.get("continue").to_owned(),
            resource_version: self.get("resourceVersion").to_owned(),
            resource_version_match: self.get("resourceVersionMatch").to_owned(),
        })
    }
}
