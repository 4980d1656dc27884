//! How series stand in the database.

use domain::SeriesId;
use domain::series::{InvalidEvery, Series};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction};

use crate::acts::Stop;
use crate::campaigns::{overtaken, parsed};
use crate::row::{millis, to_json};

/// The series of this number.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    id: SeriesId,
) -> Result<Option<Series>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id, name, template, every, zone, duration_days, starts, ends_after, opened, next,
           waiting
         FROM series WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The column `template` has the terms of all campaigns, and those of the next one if they differ.
pub(super) fn read(row: &SqliteRow) -> Result<Series, sqlx::Error> {
    let number = |column: &str| row.try_get::<i64, _>(column);
    let (template, once) = parsed(row.try_get("template")?)?;
    let starts: &str = row.try_get("starts")?;
    let next: Option<&str> = row.try_get("next")?;
    let ends_after: Option<i64> = row.try_get("ends_after")?;
    let decode = |error: jiff::Error| sqlx::Error::Decode(error.into());
    Ok(Series {
        id: SeriesId(number("id")?),
        name: row.try_get("name")?,
        template,
        every: row.try_get::<&str, _>("every")?.parse().map_err(odd)?,
        zone: row.try_get("zone")?,
        duration_days: small(number("duration_days")?),
        starts: starts.parse().map_err(decode)?,
        ends_after: ends_after.map(small),
        opened: small(number("opened")?),
        next: next.map(str::parse).transpose().map_err(decode)?,
        waiting: row.try_get("waiting")?,
        once,
    })
}

fn odd(error: InvalidEvery) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// Writes a new series.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    series: &Series,
    now: Timestamp,
) -> Result<SeriesId, sqlx::Error> {
    let id = sqlx::query_scalar(
        "INSERT INTO series
           (name, template, every, zone, duration_days, starts, ends_after, opened, next, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         RETURNING id",
    )
    .bind(&series.name)
    .bind(to_json(&(&series.template, &series.once)))
    .bind(series.every.to_string())
    .bind(&series.zone)
    .bind(series.duration_days)
    .bind(series.starts.to_string())
    .bind(series.ends_after)
    .bind(series.opened)
    .bind(series.next.map(|day| day.to_string()))
    .bind(millis(now))
    .fetch_one(&mut **transaction)
    .await?;
    Ok(SeriesId(id))
}

/// Writes the next state where the expected one still stands.
pub(super) async fn write(
    transaction: &mut Transaction<'_, Sqlite>,
    next: &Series,
    was: &Series,
    ended_at: Option<Timestamp>,
) -> Result<(), Stop> {
    let written = sqlx::query(
        "UPDATE series
         SET name = $2, template = $3, every = $4, zone = $5, duration_days = $6, starts = $7,
           ends_after = $8, opened = $9, next = $10, waiting = $11,
           ended_at = coalesce($12, ended_at)
         WHERE id = $1 AND opened = $13 AND next IS $14",
    )
    .bind(next.id.0)
    .bind(&next.name)
    .bind(to_json(&(&next.template, &next.once)))
    .bind(next.every.to_string())
    .bind(&next.zone)
    .bind(next.duration_days)
    .bind(next.starts.to_string())
    .bind(next.ends_after)
    .bind(next.opened)
    .bind(next.next.map(|day| day.to_string()))
    .bind(&next.waiting)
    .bind(ended_at.map(millis))
    .bind(was.opened)
    .bind(was.next.map(|day| day.to_string()))
    .execute(&mut **transaction)
    .await?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(overtaken()) }
}
