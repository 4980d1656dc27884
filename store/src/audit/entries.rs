//! All entries of a view, batch after batch, from one snapshot.

use domain::audit::{AuditView, Entry};
use futures::stream::{Stream, try_unfold};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, Transaction};

use super::{COLUMNS, entry, filters};
use crate::{Error, Store};

/// Entries of a batch: enough to make a round trip cheap, few enough to be there at once.
const AT_ONCE: usize = 500;

struct Entries {
    store: Store,
    view: AuditView,
    reader: Option<Transaction<'static, Sqlite>>,
    /// The number of the last entry that was read; `None` if there is no further one.
    after: Option<i64>,
}

impl Store {
    /// Every entry of a view, the oldest first, wherever its page begins. One reading connection is
    /// taken until the stream ends or is dropped.
    pub fn audit_entries(
        &self,
        view: &AuditView,
    ) -> impl Stream<Item = Result<Vec<Entry>, Error>> + Send + use<> {
        let (store, view) = (self.clone(), view.from_start());
        // A number below 1 is none that was written; whoever verifies the chain has to see it.
        let after = Some(i64::MIN);
        try_unfold(Entries { store, view, reader: None, after }, Entries::next)
    }
}

impl Entries {
    async fn next(mut self) -> Result<Option<(Vec<Entry>, Self)>, Error> {
        let Some(after) = self.after.take() else { return Ok(None) };
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.store.0.readers.begin().await.map_err(self.store.failed())?,
        };
        let (batch, after) =
            read(&mut reader, &self.view, after).await.map_err(self.store.failed())?;
        if batch.is_empty() {
            return Ok(None);
        }
        self.after = after;
        self.reader = Some(reader);
        Ok(Some((batch, self)))
    }
}

/// The entries that follow, and the number of the last one if there may be more.
async fn read(
    connection: &mut SqliteConnection,
    view: &AuditView,
    after: i64,
) -> Result<(Vec<Entry>, Option<i64>), sqlx::Error> {
    let rows = statement(view, after).build().fetch_all(connection).await?;
    let batch = rows.iter().map(entry).collect::<Result<Vec<Entry>, _>>()?;
    let last = rows.last().filter(|_| rows.len() == AT_ONCE);
    let after = last.map(|row| row.try_get("sequence")).transpose()?;
    Ok((batch, after))
}

fn statement(view: &AuditView, after: i64) -> QueryBuilder<Sqlite> {
    let mut query =
        QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM audit WHERE sequence > "));
    query.push_bind(after);
    filters(&mut query, view);
    query.push(format!(" ORDER BY sequence LIMIT {AT_ONCE}"));
    query
}
