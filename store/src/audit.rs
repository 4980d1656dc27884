//! The audit chain on the disk: adds entries, and answers what was recorded.
//!
//! An entry is written in the transaction of what it records, and one transaction writes at a time: so there
//! is always one head, and if the entry cannot be written, nothing was done.

use domain::audit::{Actor, AuditPage, AuditView, Draft, Entry, Hash, Link, PAGE_SIZE};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{
    ConnectOptions as _, Connection, QueryBuilder, Row as _, Sqlite, SqliteConnection, Transaction,
};

use crate::open::options;
use crate::row::{chunks, millis, run};
use crate::{Error, Store};

mod campaign;
mod entries;
#[cfg(test)]
mod plans;

pub(crate) use campaign::about_campaign;

const COLUMNS: &str = "sequence, at, actor, issuer, subject, name, action, target, detail, \
    address, previous, hash";

impl Store {
    /// Records something that changes nothing in the store.
    pub async fn record(&self, draft: Draft) -> Result<Entry, Error> {
        let mut writer = self.writer().await?;
        record(&mut writer, draft).await.map_err(self.failed())
    }

    /// The same from a process that only reads: another one may serve meanwhile. Its transaction takes
    /// the head that it finds, as each one does.
    pub async fn record_beside(&self, draft: Draft) -> Result<Entry, Error> {
        let mut writer = options(self.path()).connect().await.map_err(self.failed())?;
        let entry = record(&mut writer, draft).await.map_err(self.failed())?;
        writer.close().await.map_err(self.failed())?;
        Ok(entry)
    }

    /// One page of the entries, with their number in all, from one snapshot.
    pub async fn audit(&self, view: &AuditView) -> Result<AuditPage, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        page(&mut reader, view).await.map_err(self.failed())
    }

    /// The last entry's place in the chain.
    pub async fn audit_head(&self) -> Result<Link, Error> {
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        head(&mut reader).await.map_err(self.failed())
    }
}

async fn record(writer: &mut SqliteConnection, draft: Draft) -> Result<Entry, sqlx::Error> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let entry = append(&mut transaction, draft).await?;
    transaction.commit().await?;
    Ok(entry)
}

/// Adds an entry to the chain, as a part of what it records. The transaction must be one of the
/// writer's that began with `BEGIN IMMEDIATE`: nobody else adds one meanwhile.
pub(crate) async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    draft: Draft,
) -> Result<Entry, sqlx::Error> {
    let entry = draft.chain(&head(transaction).await?);
    insert(std::slice::from_ref(&entry)).build().execute(&mut **transaction).await?;
    Ok(entry)
}

/// The same for many, each hanging on the one before it.
pub(crate) async fn append_all(
    transaction: &mut Transaction<'_, Sqlite>,
    drafts: Vec<Draft>,
) -> Result<(), sqlx::Error> {
    if drafts.is_empty() {
        return Ok(());
    }
    let mut link = head(transaction).await?;
    let mut entries = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let entry = draft.chain(&link);
        link = entry.link();
        entries.push(entry);
    }
    run(transaction, chunks(&entries).map(insert)).await?;
    Ok(())
}

fn insert(entries: &[Entry]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO audit
           (sequence, at, actor, issuer, subject, name, action, target, detail, address, previous,
            hash) ",
    );
    query.push_values(entries, |mut row, entry| {
        row.push_bind(number(entry.sequence))
            .push_bind(millis(entry.at))
            .push_bind(entry.actor.kind())
            .push_bind(entry.actor.issuer())
            .push_bind(entry.actor.subject())
            .push_bind(entry.actor.name())
            .push_bind(&entry.action)
            .push_bind(&entry.target)
            .push_bind(&entry.detail)
            .push_bind(&entry.address)
            .push_bind(entry.previous.to_string())
            .push_bind(entry.hash.to_string());
    });
    query
}

async fn head(connection: &mut SqliteConnection) -> Result<Link, sqlx::Error> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    let link = |(sequence, hash): (i64, String)| Link {
        sequence: u64::try_from(sequence).unwrap_or(0),
        hash: Hash::read(&hash),
    };
    Ok(last.map_or(Link::START, link))
}

async fn page(
    connection: &mut SqliteConnection,
    view: &AuditView,
) -> Result<AuditPage, sqlx::Error> {
    let total: i64 =
        sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&mut *connection).await?;
    let upwards = view.after.is_some();
    let rows = statement("", view, upwards).build().fetch_all(connection).await?;
    let mut entries = rows.iter().map(entry).collect::<Result<Vec<Entry>, _>>()?;
    let more = entries.len() > PAGE_SIZE;
    entries.truncate(PAGE_SIZE);
    if upwards {
        entries.reverse();
    }
    let first = entries.first().map(|entry| entry.sequence);
    let last = entries.last().map(|entry| entry.sequence);
    let (newer, older) = match (view.before, view.after) {
        (None, None) => (None, last.filter(|_| more)),
        (Some(_), None) => (first, last.filter(|_| more)),
        (_, Some(_)) => (first.filter(|_| more), last),
    };
    Ok(AuditPage { entries, newer, older, total: u64::try_from(total).unwrap_or(0) })
}

/// The statement that finds a page, and one more entry if there are more.
fn statement(explain: &str, view: &AuditView, upwards: bool) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "{explain}SELECT {COLUMNS} FROM audit WHERE sequence > "
    ));
    query.push_bind(view.after.map_or(i64::MIN, number));
    if let Some(before) = view.before {
        query.push(" AND sequence < ").push_bind(number(before));
    }
    filters(&mut query, view);
    query.push(if upwards { " ORDER BY sequence" } else { " ORDER BY sequence DESC" });
    query.push(format!(" LIMIT {}", PAGE_SIZE + 1));
    query
}

/// The conditions of a view but for its place, each with `AND` in front.
fn filters(query: &mut QueryBuilder<Sqlite>, view: &AuditView) {
    if let Some(action) = view.action {
        query.push(" AND action = ").push_bind(action.as_str());
    }
    if let Some(person) = &view.person {
        query.push(" AND (instr(lower(name), lower(").push_bind(person.as_str());
        query.push(")) > 0 OR subject = ").push_bind(person.as_str()).push(")");
    }
    if let Some(target) = &view.target {
        query.push(" AND instr(lower(target), lower(").push_bind(target.as_str()).push(")) > 0");
    }
    if let Some(from) = view.from {
        query.push(" AND at >= ").push_bind(millis(from));
    }
    if let Some(to) = view.to {
        query.push(" AND at <= ").push_bind(millis(to));
    }
}

/// An entry as it stands there, also if somebody has changed it.
fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let text = |column: &str| row.try_get::<&str, _>(column);
    let actor = Actor::read(text("actor")?, text("issuer")?, text("subject")?, text("name")?);
    Ok(Entry {
        sequence: u64::try_from(row.try_get::<i64, _>("sequence")?).unwrap_or(0),
        at: moment(row.try_get("at")?),
        actor,
        action: text("action")?.to_owned(),
        target: text("target")?.to_owned(),
        detail: text("detail")?.to_owned(),
        address: text("address")?.to_owned(),
        previous: Hash::read(text("previous")?),
        hash: Hash::read(text("hash")?),
    })
}

/// A moment outside the calendar is the nearest one in it, which is none that was written.
fn moment(millis: i64) -> Timestamp {
    let nearest = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(millis).unwrap_or(nearest)
}

/// The number of an entry as SQLite has it.
fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
