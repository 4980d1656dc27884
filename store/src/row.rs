//! How values stand in the database.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Rows of one statement: enough to make the round trip to SQLite's thread cheap, few enough that
/// the statement stays small in the cache.
const CHUNK: usize = 64;

/// Cuts rows into chunks of one size, and the rest into powers of two, so that only seven statements
/// per table are ever prepared.
pub(crate) fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = CHUNK.min(1 << rows.len().checked_ilog2()?);
        rows.split_off(..size)
    })
}

/// Stands for a time that is not known: last in an order, and within no limit.
pub(crate) const UNKNOWN: i64 = i64::MAX;

/// A moment that may not be known.
pub(crate) fn known(millis: i64) -> Option<Timestamp> {
    (millis != UNKNOWN).then(|| moment(millis))
}

/// Runs statements one after the other, and makes the next one while SQLite, which has a thread of
/// its own, works on the one before. Returns how many rows they wrote.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    mut statements: impl Iterator<Item = QueryBuilder<Sqlite>> + Send,
) -> Result<u64, sqlx::Error> {
    let mut written = 0;
    let mut next = statements.next();
    while let Some(mut statement) = next {
        let running = statement.build().execute(&mut *connection);
        let (done, following) = tokio::join!(biased; running, async { statements.next() });
        written += done?.rows_affected();
        next = following;
    }
    Ok(written)
}

/// Milliseconds since 1970 UTC.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A moment from milliseconds; one outside the calendar is the epoch.
pub(crate) fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `created_at`: -1 stands for unknown.
pub(crate) fn created(millis: i64) -> Option<Timestamp> {
    (millis >= 0).then(|| moment(millis))
}

pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have only text keys")
}

/// What this crate wrote itself. Something else reads as the default rather than hiding the row.
pub(crate) fn from_json<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, "a stored value could not be read");
        T::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_have_few_sizes_and_miss_nothing() {
        let sizes = |rows: usize| chunks(&vec![(); rows]).map(<[()]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(63), [32, 16, 8, 4, 2, 1]);
        assert_eq!(sizes(64), [64]);
        assert_eq!(sizes(180), [64, 64, 32, 16, 4]);
        assert_eq!(chunks(&[1, 2, 3]).flatten().copied().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
