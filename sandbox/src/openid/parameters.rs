//! The parameters of a request, from its address or from its form.

use std::collections::HashSet;

use url::form_urlencoded;

/// Names and values in the order in which they came.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// A value; none if it is missing or empty, which OAuth does not tell apart.
    pub fn get(&self, name: &str) -> Option<&str> {
        let given = self.0.iter().find(|(given, value)| given == name && !value.is_empty());
        given.map(|(_, value)| value.as_str())
    }

    /// A name that came twice, which OAuth forbids (RFC 6749, section 3.1).
    pub fn doubled(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
    }

    /// All names and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
