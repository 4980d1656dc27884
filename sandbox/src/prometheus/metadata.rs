//! Which series, labels and values there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use promql_parser::label::Matchers;

use super::failure::Failure;
use super::labels::Labels;
use super::query;
use super::series::Series;
use super::store::Store;

/// The label sets of the series that match one of the selectors and have a sample within a time.
pub(super) fn series(
    store: &Store,
    selectors: &[String],
    (start, end): (i64, i64),
) -> Result<BTreeSet<Labels>, Failure> {
    let all = candidates(store, selectors)?;
    // Both ends count, unlike those of a range selector.
    let there = |series: &Arc<Series>| series.summary(start.saturating_sub(1), end).is_some();
    Ok(all.into_iter().filter(there).map(|series| series.labels.clone()).collect())
}

/// The names of labels; all of them if there are no selectors.
pub(super) fn names(
    store: &Store,
    selectors: &[String],
    within: (i64, i64),
) -> Result<BTreeSet<String>, Failure> {
    let all = series(store, selectors, within)?;
    Ok(all.iter().flat_map(Labels::iter).map(|(name, _)| name.to_owned()).collect())
}

/// The values of one label.
pub(super) fn values(
    store: &Store,
    name: &str,
    selectors: &[String],
    within: (i64, i64),
) -> Result<BTreeSet<String>, Failure> {
    let all = series(store, selectors, within)?;
    let values = all.iter().map(|labels| labels.get(name));
    Ok(values.filter(|value| !value.is_empty()).map(str::to_owned).collect())
}

fn candidates(store: &Store, selectors: &[String]) -> Result<Vec<Arc<Series>>, Failure> {
    if selectors.is_empty() {
        return Ok(store.matching(None, &Matchers::empty()));
    }
    let mut all = Vec::new();
    for text in selectors {
        let selector = query::selector(text)?;
        all.extend(store.matching(selector.name.as_deref(), &selector.matchers));
    }
    Ok(all)
}
