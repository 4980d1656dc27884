//! Label sets. A query looks at the same ones at every step, so they are shared, know their hash,
//! and remember what they are without a name.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The label that holds the name of a metric.
pub(super) const NAME: &str = "__name__";

/// A set of labels, cheap to clone. A label with an empty value is one that is not there.
#[derive(Clone)]
pub struct Labels(Arc<Set>);

struct Set {
    /// In the order of their names.
    pairs: Vec<(Arc<str>, Arc<str>)>,
    hash: u64,
    /// The same without a name, if it has one.
    nameless: Option<Labels>,
}

impl Labels {
    /// The labels of one series of a metric.
    pub fn of(metric: &str, pairs: &[(&str, &str)]) -> Self {
        pairs.iter().copied().chain([(NAME, metric)]).collect()
    }

    /// The value of a label; empty if it is not there.
    pub fn get(&self, name: &str) -> &str {
        match self.0.pairs.binary_search_by(|(known, _)| str::cmp(known, name)) {
            Ok(place) => &self.0.pairs[place].1,
            Err(_) => "",
        }
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.pairs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The name of the metric; empty if there is none.
    pub(super) fn name(&self) -> &str {
        self.get(NAME)
    }

    /// All but the name of the metric.
    pub(super) fn nameless(&self) -> Self {
        self.0.nameless.as_ref().unwrap_or(self).clone()
    }

    /// These labels and no others.
    pub(super) fn only(&self, names: &[String]) -> Self {
        self.filtered(|name| names.iter().any(|wanted| wanted == name))
    }

    /// All but these.
    pub(super) fn except(&self, names: &[String]) -> Self {
        self.filtered(|name| names.iter().all(|unwanted| unwanted != name))
    }

    /// The same with one label set; an empty value takes it away.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        self.iter().chain([(name, value)]).collect()
    }

    fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self::sorted(self.0.pairs.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    fn sorted(pairs: Vec<(Arc<str>, Arc<str>)>) -> Self {
        let rest: Vec<_> = pairs.iter().filter(|(name, _)| **name != *NAME).cloned().collect();
        let nameless = (rest.len() < pairs.len()).then(|| Self::sorted(rest));
        let mut hasher = DefaultHasher::new();
        pairs.hash(&mut hasher);
        Self(Arc::new(Set { pairs, hash: hasher.finish(), nameless }))
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self::sorted(Vec::new())
    }
}

/// Of two values for one name, the later counts.
impl<'a> FromIterator<(&'a str, &'a str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let pairs: BTreeMap<&str, &str> = pairs.into_iter().collect();
        let present = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        Self::sorted(present.map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.hash == other.0.hash && self.0.pairs == other.0.pairs)
    }
}

impl Eq for Labels {}

impl Hash for Labels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Labels {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.pairs.cmp(&other.0.pairs)
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<_> = self.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        write!(f, "{{{}}}", pairs.join(", "))
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
