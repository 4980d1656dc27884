//! The annotations and labels that owners are looked for in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The annotations and labels of an object that [`Rules::keeps`](super::Rules::keeps).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

/// Whether a key of the rules means this key.
pub(super) fn means(rule: &str, key: &str) -> bool {
    match rule.strip_prefix("*/") {
        None => rule == key,
        Some(name) => {
            key.split_once('/').is_some_and(|(prefix, rest)| !prefix.is_empty() && rest == name)
        }
    }
}

/// What stands under the keys, in their order.
pub(super) fn under<'a>(
    keys: &'a [String],
    marks: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    keys.iter().flat_map(move |rule| matching(rule, marks))
}

pub(super) fn matching<'a>(
    rule: &str,
    marks: &'a BTreeMap<String, String>,
) -> Vec<(&'a str, &'a str)> {
    let texts = |(key, value): (&'a String, &'a String)| (key.as_str(), value.as_str());
    if rule.starts_with("*/") {
        return marks.iter().filter(|(key, _)| means(rule, key)).map(texts).collect();
    }
    marks.get_key_value(rule).map(texts).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &[&str], expected: &[&str]) {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let keys = ["a.example/team", "b.example/team", "owner", "team"];
        let marks: BTreeMap<String, String> =
            keys.map(|key| (key.to_owned(), "x".to_owned())).into();
        let found: Vec<&str> = under(&rules, &marks).map(|(key, _)| key).collect();
        assert_eq!(found, expected, "{rules:?}");
    }

    #[test]
    fn keys_are_exact_unless_they_begin_with_any_prefix() {
        check(&["team", "owner"], &["team", "owner"]);
        check(&["Team", "tea", "teams", ""], &[]);
        check(&["*/team"], &["a.example/team", "b.example/team"]);
        check(&["*/owner", "*/", "*", "a.example/*"], &[]);
        check(
            &["b.example/team", "*/team"],
            &["b.example/team", "a.example/team", "b.example/team"],
        );
    }
}
