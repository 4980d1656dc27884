//! All rows of a view, batch after batch, from one snapshot.

use domain::inventory::{At, Cursor, Row, View};
use futures::stream::{Stream, try_unfold};
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use crate::inventory::{Asked, answer, is_few, matching, rows};
use crate::{Error, Store};

/// Rows of a batch: enough to make a round trip cheap, few enough to be there at once.
const AT_ONCE: usize = 250;

struct Export {
    store: Store,
    view: View,
    now: Timestamp,
    reader: Option<Transaction<'static, Sqlite>>,
    few: bool,
    at: Option<At>,
}

impl Store {
    /// Every row of a view in its order, wherever its page begins, without daily requests. One
    /// reading connection is taken until the stream ends or is dropped.
    pub fn export(
        &self,
        view: &View,
        now: Timestamp,
    ) -> impl Stream<Item = Result<Vec<Row>, Error>> + Send + use<> {
        let (store, view) = (self.clone(), view.from_start());
        let at = Some(At::Start);
        try_unfold(Export { store, view, now, reader: None, few: false, at }, Export::next)
    }
}

impl Export {
    async fn next(mut self) -> Result<Option<(Vec<Row>, Self)>, Error> {
        let Some(at) = self.at.take() else { return Ok(None) };
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.begin().await?,
        };
        self.view.at = at;
        let found = {
            let asked = Asked { view: &self.view, now: self.now, rows: AT_ONCE };
            rows(&mut reader, &asked, self.few).await.map_err(self.store.failed())?
        };
        let more = found.len() > AT_ONCE;
        let mut batch: Vec<(Row, Cursor)> = found;
        batch.truncate(AT_ONCE);
        self.at = batch.last().filter(|_| more).map(|(_, cursor)| At::After(cursor.clone()));
        let mut batch: Vec<Row> = batch.into_iter().map(|(row, _)| row).collect();
        answer(&mut reader, &mut batch).await.map_err(self.store.failed())?;
        if batch.is_empty() {
            return Ok(None);
        }
        self.reader = Some(reader);
        Ok(Some((batch, self)))
    }

    async fn begin(&mut self) -> Result<Transaction<'static, Sqlite>, Error> {
        let mut reader = self.store.0.readers.begin().await.map_err(self.store.failed())?;
        if self.view.is_filtered() {
            let asked = Asked { view: &self.view, now: self.now, rows: AT_ONCE };
            let count = matching(&mut reader, &asked).await.map_err(self.store.failed())?;
            self.few = is_few(&self.view, count);
        }
        Ok(reader)
    }
}
