//! `routebook export`: the same bytes as the addresses below `/export/`, from the database itself, also
//! while `serve` runs. It is recorded as there, where the database can be written to. Where it cannot, it
//! is said: whoever can read the file needs no export.

use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Write, stderr, stdout};
use std::path::{Path, PathBuf};

use domain::audit::{Action, Actor, Draft};
use domain::{CampaignId, Clock};
use futures::{Stream, StreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;

use super::answer;
use crate::export::{self, AsOf, Audit, Broken, Bundle, Encoder, Format, Inventory, Sheet};
use crate::{Config, Error};

/// What to write, and where.
#[derive(Debug)]
pub struct Wanted {
    /// The form of the file.
    pub format: Format,
    /// The query of a page's address.
    pub filter: String,
    /// The file, instead of standard output.
    pub output: Option<PathBuf>,
}

impl Wanted {
    fn refused(&self, error: &impl std::error::Error) -> Error {
        Error::Usage(format!("--filter {:?}: {error}", self.filter))
    }
}

/// Writes the ingresses of a view.
pub async fn inventory(config: Config, clock: Clock, wanted: Wanted) -> Result<(), Error> {
    let view = export::view(&wanted.filter).map_err(|error| wanted.refused(&error))?;
    let store = Store::open_read_only(&config.database).await?;
    let now = clock.now();
    let detail = json!({"format": wanted.format.as_str(), "filter": view.query()});
    record(&store, Action::ExportInventory, Inventory::NAME.to_owned(), detail, now).await;
    let sheet = Inventory(AsOf::new(&store.clusters().await?, now));
    write(sheet, store.export(&view, now), wanted).await
}

/// Writes the audit entries of a view.
pub async fn audit(config: Config, clock: Clock, wanted: Wanted) -> Result<(), Error> {
    let view = export::audit_view(&wanted.filter).map_err(|error| wanted.refused(&error))?;
    let store = Store::open_read_only(&config.database).await?;
    let detail = json!({"format": wanted.format.as_str(), "filter": view.query()});
    record(&store, Action::ExportAudit, Audit::NAME.to_owned(), detail, clock.now()).await;
    write(Audit, store.audit_entries(&view), wanted).await
}

/// Writes the evidence of a campaign as an archive.
pub async fn campaign(
    config: Config,
    clock: Clock,
    id: CampaignId,
    output: Option<PathBuf>,
) -> Result<(), Error> {
    let store = Store::open_read_only(&config.database).await?;
    let view = store.campaign(id).await?;
    let unknown = || Error::Usage(format!("there is no campaign {id} that was opened"));
    view.filter(|view| view.campaign.opened_at().is_some()).ok_or_else(unknown)?;
    let detail = json!({"format": "zip", "campaign": id});
    record(&store, Action::ExportCampaign, format!("campaign {id}"), detail, clock.now()).await;
    let spools = [Cursor::new(Vec::new()), Cursor::new(Vec::new())];
    let gathered = Bundle::gather(&store, id, clock.now(), spools).await.map_err(broken)?;
    let bundle = gathered.ok_or_else(unknown)?;
    let reviews = bundle.reviews();
    let Some(path) = output else {
        let packed = bundle.pack(Cursor::new(Vec::new())).map_err(unwritten)?;
        let written = stdout().lock().write_all(packed.get_ref());
        return written.map_err(unwritten).or_else(gone);
    };
    let mut part = Part::create(&path)?;
    bundle.pack(&mut part.file).map_err(|error| named(unwritten(error), &path))?;
    part.complete(&path)?;
    answer(&format!("wrote {} (reviews: {reviews})\n", path.display()))
}

/// Records that something was taken away by a command. Who may run one on this machine, Routebook does
/// not know.
async fn record(store: &Store, action: Action, target: String, mut detail: Value, at: Timestamp) {
    detail["by"] = "routebook export".into();
    let draft = Draft { at, actor: Actor::System, action, target, detail, address: String::new() };
    if let Err(error) = store.record_beside(draft).await {
        let text = format!("routebook: this export is not in the audit trail: {error}\n");
        // Where nobody can be told, nobody reads it.
        let _ = stderr().write_all(text.as_bytes());
    }
}

async fn write<S: Sheet>(
    sheet: S,
    rows: impl Stream<Item = Result<Vec<S::Row>, store::Error>>,
    wanted: Wanted,
) -> Result<(), Error> {
    let encoder = Encoder::new(wanted.format, sheet);
    match wanted.output {
        None => write_all(encoder, rows, &mut stdout().lock()).await.map(drop).or_else(gone),
        Some(path) => {
            let mut part = Part::create(&path)?;
            let written = write_all(encoder, rows, &mut part.file).await;
            let count = written.map_err(|error| named(error, &path))?;
            part.complete(&path)?;
            answer(&format!("wrote {} ({}: {count})\n", path.display(), S::UNIT))
        }
    }
}

/// Writes all of them, and says how many there were.
async fn write_all<S: Sheet>(
    mut encoder: Encoder<S>,
    rows: impl Stream<Item = Result<Vec<S::Row>, store::Error>>,
    out: &mut impl Write,
) -> Result<usize, Error> {
    out.write_all(&encoder.head()).map_err(unwritten)?;
    let mut rows = Box::pin(rows);
    let mut count = 0;
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        count += batch.len();
        out.write_all(&encoder.rows(&batch)).map_err(unwritten)?;
    }
    out.flush().map_err(unwritten)?;
    Ok(count)
}

fn broken(error: Broken) -> Error {
    match error {
        Broken::Store(error) => Error::Store(error),
        Broken::Write(reason) => unwritten(reason),
    }
}

fn unwritten(reason: io::Error) -> Error {
    Error::System { what: "cannot write the export", reason }
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
