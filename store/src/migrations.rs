//! The schema's steps. They only go forward and are never edited once released.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// Every step, in order; the schema version is the number of steps taken.
pub(crate) const STEPS: [&str; 4] = [
    include_str!("../../migrations/0001_inventory.sql"),
    include_str!("../../migrations/0002_answers.sql"),
    include_str!("../../migrations/0003_sign_in.sql"),
    include_str!("../../migrations/0004_reviews.sql"),
];

/// The schema that this binary knows.
pub const SCHEMA: i64 = STEPS.len() as i64;

/// The schema of a database.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await
}

/// Takes the steps that are missing, each in a transaction of its own.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let from = version(connection).await?;
    for (index, step) in (0..).zip(STEPS).skip(usize::try_from(from).unwrap_or(0)) {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(step).execute(&mut *transaction).await?;
        let mark = format!("PRAGMA user_version = {}", index + 1);
        sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}
