//! `routebook export inventory`: the same bytes as `/export/inventory.csv` and `.jsonl`, from the
//! database itself, also while `serve` runs.

use std::fs::File;
use std::io::{ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};

use domain::Clock;
use domain::inventory::View;
use futures::StreamExt as _;
use jiff::Timestamp;
use store::Store;

use super::answer;
use crate::export::{self, AsOf, Encoder, Format};
use crate::{Config, Error};

/// Writes the ingresses of a view to a file or to standard output.
pub async fn inventory(
    config: Config,
    clock: Clock,
    format: Format,
    filter: String,
    output: Option<PathBuf>,
) -> Result<(), Error> {
    let view = export::view(&filter);
    let view = view.map_err(|error| Error::Usage(format!("--filter {filter:?}: {error}")))?;
    let store = Store::open_read_only(&config.database).await?;
    let now = clock.now();
    let statuses = store.clusters().await?;
    let encoder = Encoder::new(format, AsOf::new(&statuses, now));
    let rows = Rows { store: &store, view: &view, now, encoder };
    match output {
        None => rows.write(&mut stdout().lock()).await.map(drop).or_else(gone),
        Some(path) => {
            let mut part = Part::create(&path)?;
            let count = rows.write(&mut part.file).await.map_err(|error| named(error, &path))?;
            part.complete(&path)?;
            answer(&format!("wrote {} (ingresses: {count})\n", path.display()))
        }
    }
}

struct Rows<'a> {
    store: &'a Store,
    view: &'a View,
    now: Timestamp,
    encoder: Encoder,
}

impl Rows<'_> {
    /// Writes all of them, and says how many there were.
    async fn write(mut self, out: &mut impl Write) -> Result<usize, Error> {
        let failed = |reason| Error::System { what: "cannot write the export", reason };
        out.write_all(&self.encoder.head()).map_err(failed)?;
        let mut rows = Box::pin(self.store.export(self.view, self.now));
        let mut count = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            count += batch.len();
            out.write_all(&self.encoder.rows(&batch)).map_err(failed)?;
        }
        out.flush().map_err(failed)?;
        Ok(count)
    }
}

/// A reader that went away (`| head`) is not an error.
fn gone(error: Error) -> Result<(), Error> {
    match error {
        Error::System { reason, .. } if reason.kind() == ErrorKind::BrokenPipe => Ok(()),
        error => Err(error),
    }
}

/// Says which file it was.
fn named(error: Error, path: &Path) -> Error {
    match error {
        Error::System { reason, .. } => Error::Write { path: path.to_owned(), reason },
        error => error,
    }
}

/// A file beside the one that is wanted, which takes its place when it is complete: what was cut off
/// is never taken for whole.
struct Part {
    file: File,
    path: PathBuf,
    complete: bool,
}

impl Part {
    fn create(path: &Path) -> Result<Self, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        let file =
            File::create(&part).map_err(|reason| Error::Write { path: part.clone(), reason })?;
        Ok(Self { file, path: part, complete: false })
    }

    fn complete(mut self, path: &Path) -> Result<(), Error> {
        let renamed = self.file.sync_all().and_then(|()| std::fs::rename(&self.path, path));
        self.complete = renamed.is_ok();
        renamed.map_err(|reason| Error::Write { path: path.to_owned(), reason })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.complete {
            // What went wrong has been said; a rest that stays is only untidy.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
