//! `routebook migrate`.

use store::Store;

use super::answer;
use crate::{Config, Error};

/// Opens the database, which brings its schema up to date.
pub async fn migrate(config: Config) -> Result<(), Error> {
    let store = Store::open(&config.database).await?;
    let (schema, sqlite) = store.versions();
    store.close().await?;
    let database = config.database.display();
    answer(&format!("{database} has schema {schema} (SQLite {sqlite})\n"))
}
