//! Where a follower puts what it reads.

use std::collections::HashMap;
use std::hash::Hash;

use serde_json::value::RawValue;

use super::failure::Failure;
use super::wire::List;

/// What became of an object, as a watch tells it.
#[derive(Clone, Copy)]
pub(crate) enum News<'a> {
    /// It is there, in this state.
    Present(&'a RawValue),
    /// It is gone; this was its last state.
    Deleted(&'a RawValue),
}

/// Takes over lists and events of one kind of one cluster. Deletions are concluded in
/// [`Sink::finish`], after a list was read to its end, or from a delete event.
///
/// Reading and writing are apart, so that one page or batch is read while those before it are written.
pub(crate) trait Sink: Send {
    /// What was read and is yet to be written.
    type Batch: Default + Send + 'static;

    /// A list begins. `trust_versions` is false when versions may have been given out twice, as
    /// in a cluster restored from a backup.
    fn begin(&mut self, trust_versions: bool) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Reads a page, and adds to a batch what of it has to be written.
    fn read(&mut self, list: &List<'_>, batch: &mut Self::Batch) -> Result<(), Failure>;

    /// How many objects a batch has.
    fn size(batch: &Self::Batch) -> usize;

    /// Writes a batch, all of it or nothing.
    fn write(
        &self,
        batch: Self::Batch,
    ) -> impl Future<Output = Result<(), Failure>> + Send + use<Self> + 'static;

    /// The list was read to its end: what it did not have is gone.
    fn finish(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Reads events, and returns what takes them over, in order.
    fn events(
        &self,
        news: &[News<'_>],
    ) -> Result<impl Future<Output = Result<(), Failure>> + Send + use<Self> + 'static, Failure>;
}

/// The last word on every key, in the order in which the last words were said.
pub(crate) fn last_words<K: Hash + Eq + Clone, V>(
    words: impl Iterator<Item = (K, V)>,
) -> Vec<(K, V)> {
    let mut place = HashMap::new();
    let mut all: Vec<Option<(K, V)>> = Vec::new();
    for (key, word) in words {
        if let Some(before) = place.insert(key.clone(), all.len()) {
            all[before] = None;
        }
        all.push(Some((key, word)));
    }
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_in_its_own_place() {
        let words = [("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5)];
        assert_eq!(last_words(words.into_iter()), [("a", 3), ("c", 4), ("b", 5)]);
    }
}
