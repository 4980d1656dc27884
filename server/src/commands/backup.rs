//! `routebook backup FILE`.

use std::path::PathBuf;

use super::answer;
use crate::{Config, Error};

/// Writes a consistent copy of the database to a new file.
pub async fn backup(config: Config, to: PathBuf) -> Result<(), Error> {
    if to.symlink_metadata().is_ok() {
        return Err(Error::Exists(to));
    }
    store::backup(&config.database, &to).await?;
    let bytes = std::fs::metadata(&to).map_or(0, |meta| meta.len());
    answer(&format!("wrote {} ({bytes} bytes)\n", to.display()))
}
