//! Answers the inventory's questions: one page in one order, from an index.

use domain::IngressId;
use domain::inventory::{
    At, COUNT_LIMIT, Choices, Count, Cursor, Key, PAGE_SIZE, Page, ProblemFilter, Row, Shown, Sort,
    View,
};
use domain::managed::Managed;
use domain::managed::Manager;
use domain::problem::Checks;
use domain::tls::TlsState;
use domain::traffic::{Traffic, Verdict};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection, sqlite::SqliteRow};

use crate::answers;
use crate::attestations::attestation;
use crate::reassess::class;
use crate::row::{created, from_json, known, millis, moment};
use crate::{Error, Store};

const COLUMNS: &str = "i.id, i.cluster, i.namespace, i.name, i.class, i.class_source, i.hosts, \
    i.host_count, i.route_count, i.addresses, i.created_at, i.removed_at, i.problems, i.checks, \
    i.first_host, i.problem_count, i.uid, i.controller, i.first_seen_at, i.changed_at, \
    i.unused_since, i.owner, i.managed, i.last_traffic, i.tls_expires, i.material_hash, \
    i.attested_at, i.attested_until, i.attested_by, i.attested_hash";

impl Store {
    /// One page of the inventory, with its counts, from one snapshot. `now` is what numbers of days
    /// are counted from.
    pub async fn inventory(&self, view: &View, now: Timestamp) -> Result<Page, Error> {
        self.inventory_page(view, PAGE_SIZE, now).await
    }

    /// The same with so many rows.
    pub async fn inventory_page(
        &self,
        view: &View,
        rows: usize,
        now: Timestamp,
    ) -> Result<Page, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        page(&mut reader, &Asked { view, now, rows }).await.map_err(self.failed())
    }

    /// What the filters may be set to.
    pub async fn choices(&self) -> Result<Choices, Error> {
        let clusters = self.clusters().await?.into_iter().map(|status| status.name).collect();
        let (classes, owners, controllers) = tokio::try_join!(
            self.distinct(CLASSES),
            self.distinct(OWNERS),
            self.distinct(CONTROLLERS)
        )?;
        Ok(Choices { clusters, classes, owners, controllers })
    }

    async fn distinct(&self, statement: &'static str) -> Result<Vec<String>, Error> {
        sqlx::query_scalar(statement).fetch_all(&self.0.readers).await.map_err(self.failed())
    }
}

/// What cannot be read has none, which is no text. Cluster by cluster, as the key has it: there are a
/// few classes among a hundred thousand other objects.
const CONTROLLERS: &str = "SELECT DISTINCT s.facts ->> '$.Class.controller'
     FROM clusters AS c
     CROSS JOIN surroundings AS s
     WHERE s.cluster = c.name AND s.kind = 'IngressClass'
       AND s.facts ->> '$.Class.controller' <> ''
     ORDER BY 1";

/// Steps from one class to the next in the index, rather than reading every row.
const CLASSES: &str = "WITH RECURSIVE step (class) AS (
       SELECT min(class) FROM ingresses WHERE gone = 0 AND class > ''
       UNION ALL
       SELECT (SELECT min(class) FROM ingresses WHERE gone = 0 AND class > step.class)
       FROM step WHERE step.class IS NOT NULL
     )
     SELECT class FROM step WHERE class IS NOT NULL";

/// The same for owners; nobody looks through more than a thousand in a form.
const OWNERS: &str = "WITH RECURSIVE step (owner) AS (
       SELECT min(owner) FROM ingresses WHERE gone = 0 AND owner > ''
       UNION ALL
       SELECT (SELECT min(owner) FROM ingresses WHERE gone = 0 AND owner > step.owner)
       FROM step WHERE step.owner IS NOT NULL
     )
     SELECT owner FROM step WHERE owner IS NOT NULL LIMIT 1000";

/// A view, and what is needed to answer it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) view: &'a View,
    pub(crate) now: Timestamp,
    /// Rows on a page.
    pub(crate) rows: usize,
}

async fn page(connection: &mut SqliteConnection, asked: &Asked<'_>) -> Result<Page, sqlx::Error> {
    let view = asked.view;
    let total = total(connection, view.shown).await?;
    let matching =
        if view.is_filtered() { matching(connection, asked).await? } else { Count::Exactly(total) };
    let few = is_few(view, matching);
    let backwards = matches!(view.at, At::Before(_));
    let mut rows = match matching {
        Count::Exactly(0) => Vec::new(),
        _ => rows(connection, asked, few).await?,
    };
    let more = rows.len() > asked.rows;
    rows.truncate(asked.rows);
    if backwards {
        rows.reverse();
    }
    let cursor = |row: Option<&(Row, Cursor)>| row.map(|(_, cursor)| cursor.clone());
    let first = cursor(rows.first());
    let last = cursor(rows.last());
    let (previous, next) = match view.at {
        At::Start => (None, last.filter(|_| more)),
        At::After(_) => (first, last.filter(|_| more)),
        At::Before(_) => (first.filter(|_| more), last),
    };
    let mut rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
    explained::explain(connection, &mut rows, asked.now).await?;
    Ok(Page { rows, matching, total, previous, next })
}

/// Whether the matches of a view are found first and sorted then.
pub(crate) fn is_few(view: &View, matching: Count) -> bool {
    view.is_filtered() && matches!(matching, Count::Exactly(count) if count <= FEW)
}

/// SQLite counts a whole table by its pages, and the rows of a condition one by one: those that are
/// there are nearly all.
async fn total(connection: &mut SqliteConnection, shown: Shown) -> Result<i64, sqlx::Error> {
    let gone = "SELECT count(*) FROM ingresses WHERE gone = 1";
    let statement = match shown {
        Shown::Present => format!("SELECT (SELECT count(*) FROM ingresses) - ({gone})"),
        Shown::Removed => gone.to_owned(),
    };
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(connection).await
}

pub(crate) async fn matching(
    connection: &mut SqliteConnection,
    asked: &Asked<'_>,
) -> Result<Count, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM (SELECT 1 FROM ");
    filters(&mut query, asked, true);
    query.push(" LIMIT ").push_bind(COUNT_LIMIT + 1).push(")");
    let count: i64 = query.build_query_scalar().fetch_one(connection).await?;
    if count > COUNT_LIMIT { Ok(Count::MoreThan(COUNT_LIMIT)) } else { Ok(Count::Exactly(count)) }
}

/// Up to so many matches are found first and sorted then; more are met soon enough on the way
/// through the order.
const FEW: i64 = 2_000;

pub(crate) async fn rows(
    connection: &mut SqliteConnection,
    asked: &Asked<'_>,
    few: bool,
) -> Result<Vec<(Row, Cursor)>, sqlx::Error> {
    let rows = statement("", asked, few).build().fetch_all(connection).await?;
    rows.iter().map(|row| read(row, asked.view.sort)).collect()
}

/// The statement that finds the rows of a page, and one more if there are more.
fn statement(explain: &str, asked: &Asked<'_>, few: bool) -> QueryBuilder<Sqlite> {
    let view = asked.view;
    let mut query = QueryBuilder::<Sqlite>::new(format!("{explain}SELECT {COLUMNS} FROM "));
    if few {
        // What is sorted is narrow, and the rows of the page alone are read whole.
        query.push("(SELECT i.id FROM ");
    }
    filters(&mut query, asked, few);
    let columns = columns(view.sort);
    let backwards = matches!(view.at, At::Before(_));
    let ascending = view.descending == backwards;
    if let At::After(cursor) | At::Before(cursor) = &view.at {
        query.push(format!(" AND ({}, i.id) ", columns.join(", ")));
        query.push(if ascending { "> (" } else { "< (" });
        for key in &cursor.keys {
            match key {
                Key::Text(text) => query.push_bind(text.clone()),
                Key::Number(number) => query.push_bind(*number),
            };
            query.push(", ");
        }
        query.push_bind(cursor.id.0).push(")");
    }
    let direction = if ascending { "" } else { " DESC" };
    let order: String = columns.iter().map(|column| format!("{column}{direction}, ")).collect();
    let order = format!(" ORDER BY {order}i.id{direction}");
    query.push(&order).push(format!(" LIMIT {}", asked.rows + 1));
    if few {
        query.push(") AS page CROSS JOIN ingresses AS i ON i.id = page.id").push(&order);
    }
    query
}

fn columns(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::Place => &["i.cluster", "i.namespace", "i.name"],
        Sort::Namespace => &["i.namespace", "i.name"],
        Sort::Name => &["i.name"],
        Sort::Host => &["i.first_host"],
        Sort::Class => &["i.class", "i.cluster"],
        Sort::Created => &["i.created_at"],
        Sort::Changed => &["i.changed_at"],
        Sort::Owner => &["i.owner"],
        Sort::Managed => &["i.managed"],
        Sort::Traffic => &["i.last_traffic"],
        Sort::Expires => &["i.tls_expires"],
        Sort::Problems => &["i.problem_count"],
    }
}

/// The tables and conditions of a view. `search_first` walks through what the search or the filters
/// find; otherwise SQLite walks through the order and looks at each row. It is told which way to take:
/// in a database that was never closed it knows nothing of how many have what.
pub(crate) fn filters(query: &mut QueryBuilder<Sqlite>, asked: &Asked<'_>, search_first: bool) {
    let view = asked.view;
    let words: Vec<String> = view.search.split_whitespace().map(str::to_lowercase).collect();
    // Words of fewer than three characters are not in the index, and a query of FTS5 ends at NUL.
    let (indexed, short): (Vec<_>, Vec<_>) =
        words.iter().partition(|word| word.chars().count() >= 3 && !word.contains('\0'));
    if search_first && !indexed.is_empty() {
        let terms: Vec<String> =
            indexed.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        query.push("ingress_search AS s CROSS JOIN ingresses AS i ON i.id = s.rowid ");
        if !short.is_empty() {
            query.push("CROSS JOIN ingress_search_content AS t ON t.id = i.id ");
        }
        query.push("WHERE s.text MATCH ").push_bind(terms.join(" AND "));
        query.push(" AND i.gone = ").push_bind(gone(view.shown));
        contains(query, &short);
    } else if words.is_empty() {
        query.push("ingresses AS i ");
        if !search_first {
            query.push(format!("INDEXED BY {} ", index::in_order(view.sort)));
        } else if view.is_filtered() {
            query.push(format!("INDEXED BY {} ", index::of(view)));
        }
        query.push("WHERE i.gone = ").push_bind(gone(view.shown));
    } else {
        query.push("ingresses AS i ");
        if !search_first {
            query.push(format!("INDEXED BY {} ", index::in_order(view.sort)));
        }
        query.push("CROSS JOIN ingress_search_content AS t ON t.id = i.id ");
        query.push("WHERE i.gone = ").push_bind(gone(view.shown));
        contains(query, &words.iter().collect::<Vec<_>>());
    }
    equals(query, "i.cluster", view.cluster.as_deref());
    equals(query, "i.namespace", view.namespace.as_deref());
    equals(query, "i.class", view.class.as_deref().map(or_none));
    equals(query, "i.controller", view.controller.as_deref().map(or_none));
    equals(query, "i.owner", view.owner.as_deref().map(or_none));
    equals(query, "i.managed", view.managed.map(Manager::as_str));
    equals(query, "i.verdict", view.verdict.map(Verdict::as_str));
    equals(query, "i.tls_state", view.tls.map(TlsState::as_str));
    within(query, asked);
    reviewed::filter(query, asked, search_first);
    problem(query, view.problem);
}

/// The filters by numbers of days. What is not known is the largest number, and so within none.
fn within(query: &mut QueryBuilder<Sqlite>, asked: &Asked<'_>) {
    let days = |days: u32| i64::from(days) * 86_400_000;
    let now = millis(asked.now);
    if let Some(unused) = asked.view.unused_days {
        query.push(" AND i.unused_since <= ").push_bind(now - days(unused));
    }
    if let Some(expires) = asked.view.expires_days {
        query.push(" AND i.tls_expires <= ").push_bind(now + days(expires));
    }
    if let Some(new) = asked.view.new_days {
        query.push(" AND i.created_at >= ").push_bind(now - days(new));
    }
}

fn problem(query: &mut QueryBuilder<Sqlite>, filter: Option<ProblemFilter>) {
    match filter {
        None => {}
        Some(ProblemFilter::Any) => {
            query.push(" AND i.problem_count > 0");
        }
        Some(ProblemFilter::None) => {
            query.push(" AND i.problem_count = 0 AND i.checks & 7 = 7");
        }
        Some(ProblemFilter::Unchecked) => {
            query.push(" AND i.checks & 7 <> 7");
        }
        Some(ProblemFilter::Code(code)) => {
            query.push(" AND i.problem_count > 0 AND instr(i.problems, ");
            // A quote within a name is escaped, so this is never part of one.
            query.push_bind(format!("{{\"{code}\":{{")).push(") > 0");
        }
    }
}

/// `-` stands for none.
fn or_none(value: &str) -> &str {
    if value == "-" { "" } else { value }
}

fn equals(query: &mut QueryBuilder<Sqlite>, column: &str, value: Option<&str>) {
    if let Some(value) = value {
        query.push(format!(" AND {column} = ")).push_bind(value.to_owned());
    }
}

/// Looks through the text itself: FTS5 keeps it in this table (sqlite.org/fts5.html, section 9),
/// and hands it out eight times slower.
fn contains(query: &mut QueryBuilder<Sqlite>, words: &[&String]) {
    for word in words {
        if word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_graphic()) {
            is_anywhere(query, word);
        }
        query.push(" AND instr(t.c0, ").push_bind((*word).clone()).push(") > 0");
    }
}

/// Whether two characters stand next to each other in any text at all, which SQLite asks once and first:
/// it would make a join of `EXISTS` (sqlite.org/releaselog/3_51_0.html), and ask for every row. Texts
/// end with a line break, so that each two begin three of the index.
fn is_anywhere(query: &mut QueryBuilder<Sqlite>, word: &str) {
    query
        .push(" AND 1 = (SELECT 1 FROM ingress_terms WHERE term >= ")
        .push_bind(word.to_owned())
        .push(" AND term < ")
        .push_bind(format!("{word}{}", char::MAX))
        .push(")");
}

fn gone(shown: Shown) -> i64 {
    match shown {
        Shown::Present => 0,
        Shown::Removed => 1,
    }
}

fn read(row: &SqliteRow, sort: Sort) -> Result<(Row, Cursor), sqlx::Error> {
    let text = |index: usize| row.try_get::<String, _>(index);
    let number = |index: usize| row.try_get::<i64, _>(index);
    let id = IngressId(number(0)?);
    let (cluster, namespace, name) = (text(1)?, text(2)?, text(3)?);
    let class_name = text(4)?;
    let keys = match sort {
        Sort::Place => vec![key(&cluster), key(&namespace), key(&name)],
        Sort::Namespace => vec![key(&namespace), key(&name)],
        Sort::Name => vec![key(&name)],
        Sort::Host => vec![Key::Text(text(14)?)],
        Sort::Class => vec![key(&class_name), key(&cluster)],
        Sort::Created => vec![Key::Number(number(10)?)],
        Sort::Changed => vec![Key::Number(number(19)?)],
        Sort::Owner => vec![Key::Text(text(21)?)],
        Sort::Managed => vec![Key::Text(text(22)?)],
        Sort::Traffic => vec![Key::Number(number(23)?)],
        Sort::Expires => vec![Key::Number(number(24)?)],
        Sort::Problems => vec![Key::Number(number(15)?)],
    };
    let found = Row {
        id,
        cluster,
        namespace,
        name,
        uid: text(16)?,
        class: class(&class_name, row.try_get::<Option<&str>, _>(5)?),
        controller: Some(text(17)?).filter(|controller| !controller.is_empty()),
        hosts: from_json(row.try_get(6)?),
        host_count: number(7)?,
        route_count: number(8)?,
        addresses: from_json(row.try_get(9)?),
        created_at: created(number(10)?),
        first_seen_at: moment(number(18)?),
        changed_at: created(number(19)?),
        removed_at: row.try_get::<Option<i64>, _>(11)?.map(moment),
        owner: None,
        managed: Managed::default(),
        traffic: Traffic::default(),
        unused_since: known(number(20)?),
        days: Vec::new(),
        tls: answers::tls(None),
        problems: from_json(row.try_get(12)?),
        checks: Checks::from_bits(number(13)?),
        material_hash: text(25)?,
        attestation: attestation(number(26)?, number(27)?, text(28)?, text(29)?),
    };
    Ok((found, Cursor { keys, id }))
}

fn key(text: &str) -> Key {
    Key::Text(text.to_owned())
}

mod explained;
mod index;
#[cfg(test)]
mod plans;
mod reviewed;
mod these;

pub(crate) use explained::{answer, counted, days, traffic_of};
pub(crate) use these::rows_of;
