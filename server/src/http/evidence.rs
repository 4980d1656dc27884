//! The evidence of a campaign as a download: its reviews as CSV or JSON Lines, or all of it in an
//! archive. That it was taken away is recorded before the first byte.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::path::Path as FilePath;

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::CampaignId;
use domain::audit::{Action, Draft};
use domain::campaign::CampaignState;
use jiff::Timestamp;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::export::{Piece, answer, download, sent, taken};
use super::problem::Problem;
use crate::auth::Asker;
use crate::export::{Broken, Bundle, Evidence, Format, Sheet};
use crate::state;

/// So much of an archive is read at once.
const PIECE: usize = 64 * 1024;

/// What the end of the name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Rows(Format),
    Archive,
}

/// `/export/campaigns/{file}`
pub async fn file(
    State(state): State<state::State>,
    asker: Asker,
    Path(name): Path<String>,
) -> Response {
    answer(evidence(&state, &asker, &name).await)
}

async fn evidence(state: &state::State, asker: &Asker, name: &str) -> Result<Response, Problem> {
    let (id, wanted) = read(name).ok_or_else(|| {
        Problem::not_found("the evidence of a campaign is at ID.csv, ID.jsonl and ID.zip")
    })?;
    let view = state.store.campaign(id).await?;
    if view.is_none_or(|view| view.campaign.state() == CampaignState::Draft) {
        return Err(unknown());
    }
    match wanted {
        Wanted::Rows(format) => rows(state, asker, id, format).await,
        Wanted::Archive => archive(state, asker, id).await,
    }
}

fn unknown() -> Problem {
    Problem::not_found("there is no campaign of this number that was opened")
}

fn read(name: &str) -> Option<(CampaignId, Wanted)> {
    let (id, form) = name.split_once('.')?;
    let wanted = match form {
        "csv" => Wanted::Rows(Format::Csv),
        "jsonl" => Wanted::Rows(Format::Jsonl),
        "zip" => Wanted::Archive,
        _ => return None,
    };
    Some((id.parse().ok()?, wanted))
}

async fn rows(
    state: &state::State,
    asker: &Asker,
    id: CampaignId,
    format: Format,
) -> Result<Response, Problem> {
    let entry = entry(asker, id, format.as_str(), state.clock.now());
    let rows = state.store.export_campaign(id);
    download(state, entry, format, Evidence(id), rows).await
}

/// The entry that the evidence of a campaign was taken away.
fn entry(asker: &Asker, id: CampaignId, format: &str, at: Timestamp) -> Draft {
    let detail = json!({"format": format, "campaign": id});
    asker.draft(at, Action::ExportCampaign, format!("campaign {id}"), detail)
}

async fn archive(state: &state::State, asker: &Asker, id: CampaignId) -> Result<Response, Problem> {
    let place = state.exports.clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::busy("too many exports are under way"))?;
    let now = state.clock.now();
    state.store.record(entry(asker, id, "zip", now)).await?;
    let folder = folder(state.store.path());
    let spools = [spool(folder)?, spool(folder)?];
    let gathered = Bundle::gather(&state.store, id, now, spools).await?;
    let (bundle, out) = (gathered.ok_or_else(unknown)?, spool(folder)?);
    // Packing goes on if the reader goes away meanwhile, and keeps its place.
    let packing = tokio::task::spawn_blocking(move || (pack(bundle, out), place));
    let (packed, place) = packing.await.map_err(|error| Broken::Write(io::Error::other(error)))?;
    let (file, length) = packed?;
    let name = format!("routebook-{}.zip", Evidence(id).file());
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (HeaderName::from_static("x-routebook-schema"), Evidence::SCHEMA.to_owned()),
    ];
    let body = sent(state.stop.clone(), place, |pieces| send(file, pieces));
    Ok((headers, body).into_response())
}

/// The archive, at its beginning, and its length.
fn pack(bundle: Bundle<File>, out: File) -> Result<(File, u64), Broken> {
    let mut file = bundle.pack(out)?;
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok((file, length))
}

/// Files without a name stand beside the database, where there is a disk to write to in any case.
fn folder(database: &FilePath) -> &FilePath {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(FilePath::new("."))
}

fn spool(folder: &FilePath) -> Result<File, Broken> {
    Ok(tempfile::tempfile_in(folder)?)
}

/// Sends an archive piece by piece.
async fn send(file: File, pieces: mpsc::Sender<Piece>) {
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => break,
            Ok(count) => piece.truncate(count),
            Err(error) => {
                tracing::error!("an export was cut off: {error}");
                return;
            }
        }
        if !taken(&pieces, Some(piece.into())).await {
            return;
        }
    }
    taken(&pieces, None).await;
}

impl From<Broken> for Problem {
    fn from(error: Broken) -> Self {
        match error {
            Broken::Store(error) => error.into(),
            Broken::Write(error) => {
                tracing::error!("the evidence of a campaign could not be packed: {error}");
                let detail = "Routebook cannot pack the evidence; its log says why";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use futures::StreamExt as _;
    use tokio::sync::Semaphore;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[test]
    fn a_name_is_a_number_and_a_form() {
        let check = |name: &str, expected| assert_eq!(read(name), expected, "{name}");
        check("7.csv", Some((CampaignId(7), Wanted::Rows(Format::Csv))));
        check("7.jsonl", Some((CampaignId(7), Wanted::Rows(Format::Jsonl))));
        check("7.zip", Some((CampaignId(7), Wanted::Archive)));
        for bad in ["7", "7.", "7.xlsx", "x.csv", ".csv", "7.csv.zip", "-7.csv", "07.csv"] {
            check(bad, None);
        }
    }

    #[test]
    fn what_is_gathered_stands_beside_the_database() {
        assert_eq!(folder(FilePath::new("/data/routebook.db")), FilePath::new("/data"));
        assert_eq!(folder(FilePath::new("routebook.db")), FilePath::new("."));
    }

    /// A file that fills the channel several times, and what stands in it.
    fn long() -> (File, Vec<u8>) {
        let mut file = tempfile::tempfile().unwrap();
        let content = b"abc".repeat(2 * PIECE);
        io::Write::write_all(&mut file, &content).unwrap();
        file.rewind().unwrap();
        (file, content)
    }

    /// The only place for exports, and one that is sent there.
    fn sending(file: File) -> (Arc<Semaphore>, Body) {
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let body = sent(CancellationToken::new(), place, |pieces| send(file, pieces));
        (places, body)
    }

    #[tokio::test]
    async fn a_file_is_sent_whole() {
        let (file, content) = long();
        let (_, body) = sending(file);
        assert_eq!(axum::body::to_bytes(body, usize::MAX).await.unwrap(), content);
    }

    #[tokio::test]
    async fn an_archive_keeps_its_place_until_it_was_sent_or_nobody_is_there() {
        let (file, content) = long();
        let (places, body) = sending(file);
        let mut pieces = body.into_data_stream();
        let first = pieces.next().await.unwrap().unwrap();
        assert!(first.len() < content.len());
        assert!(places.try_acquire().is_err(), "the rest is not sent yet");
        while pieces.next().await.is_some() {}
        drop(places.acquire().await.unwrap());
        let (places, body) = sending(long().0);
        drop(body);
        drop(places.acquire().await.unwrap());
    }
}
