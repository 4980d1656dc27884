//! The inventory: as a browser gets it, and the same questions to the store alone.

use std::time::Instant;

use anyhow::ensure;
use domain::inventory::{At, Preset, ProblemFilter, Row, Sort, View};
use domain::managed::Manager;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use jiff::Timestamp;
use store::Store;

use crate::peer::Browser;
use crate::routebook::Folder;
use crate::routebook::Serve;
use crate::table::Table;

const REQUESTS: usize = 300;
const WARM_UP: usize = 20;
/// Milliseconds.
const TARGET: f64 = 15.0;
/// What browsers send over plain HTTP to this machine.
const BROWSER: &str = "gzip, deflate, br, zstd";

/// When the fleet of the sandbox was made.
fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A view to measure.
pub struct Question {
    page: &'static str,
    store: &'static str,
    view: View,
}

/// The views, from what is in the store.
pub async fn questions(store: &Store) -> anyhow::Result<Vec<Question>> {
    let (middle, last, word) = landmarks(store).await?;
    let at = |at: At| View { at, ..View::default() };
    let search = |text: &str| View { search: text.to_owned(), ..View::default() };
    let class = View { class: Some("nginx".into()), sort: Sort::Created, ..View::default() };
    let problem = View { problem: Some(ProblemFilter::Any), sort: Sort::Name, ..View::default() };
    let question = |page, store, view| Question { page, store, view };
    let preset = |preset: Preset| preset.view(90);
    let plain = View::default;
    let managed = View { managed: Some(Manager::Helm), sort: Sort::Changed, ..plain() };
    let verdict = View {
        verdict: Some(Verdict::NotMeasurable),
        sort: Sort::Owner,
        descending: true,
        ..plain()
    };
    let tls = View { tls: Some(TlsState::Unknown), sort: Sort::Managed, ..plain() };
    Ok(vec![
        question("page: first", "store: first", View::default()),
        question("page: in the middle", "store: in the middle", at(middle)),
        question("page: last", "store: last", at(last)),
        question("page: one class, by age", "store: one class, by age", class),
        question("page: any problem, by name", "store: any problem, by name", problem),
        question("page: stale", "store: stale", preset(Preset::Stale)),
        question("page: orphans", "store: orphans", preset(Preset::Orphans)),
        question("page: expiring", "store: expiring", preset(Preset::Expiring)),
        question("page: no TLS", "store: no TLS", preset(Preset::NoTls)),
        question("page: new", "store: new", preset(Preset::New)),
        question("page: by Helm, by change", "store: by Helm, by change", managed),
        question("page: one verdict, by owner", "store: one verdict, by owner", verdict),
        question("page: one TLS state, by manager", "store: one TLS state, by manager", tls),
        question("search: rare word", "store: rare word", search(&word)),
        question("search: frequent word", "store: frequent word", search("example")),
        question("search: two words", "store: two words", search("marrowby checkout")),
        question("search: no match", "store: no match", search("zzqqxx")),
        question("search: two letters", "store: two letters", search("eu")),
        question("search: two letters, no match", "store: two letters, no match", search("zq")),
    ])
}

/// The middle and the last page of the default order, and a name that few have.
async fn landmarks(store: &Store) -> anyhow::Result<(At, At, String)> {
    let mut places = vec![At::Start];
    let mut names = Vec::new();
    loop {
        let view = View { at: places[places.len() - 1].clone(), ..View::default() };
        let page = store.inventory(&view, now()).await?;
        names.extend(page.rows.first().map(|row: &Row| row.name.clone()));
        match page.next {
            Some(next) => places.push(At::After(next)),
            None => break,
        }
    }
    let middle = places.len() / 2;
    Ok((places[middle].clone(), places[places.len() - 1].clone(), names[middle].clone()))
}

/// Asks a running server, one request after the other on one connection.
pub async fn served(
    serve: &Serve,
    size: usize,
    questions: &[Question],
    table: &mut Table,
) -> anyhow::Result<()> {
    for Question { page, view, .. } in questions {
        let browser = Browser::new(&serve.pages, BROWSER)?;
        let path = format!("/ingresses?{}", view.query());
        for _ in 0..WARM_UP {
            browser.get(&path).await?;
        }
        let mut times = Vec::with_capacity(REQUESTS);
        let mut bytes = 0;
        for _ in 0..REQUESTS {
            let fetched = browser.get(&path).await?;
            times.push(fetched.took);
            bytes = fetched.bytes;
        }
        table.add_times((page, size), &times, Some(TARGET), &format!("({bytes} bytes)"));
    }
    plain(serve, size, table).await
}

/// The first page without compression, to see what that costs.
async fn plain(serve: &Serve, size: usize, table: &mut Table) -> anyhow::Result<()> {
    let browser = Browser::new(&serve.pages, "identity")?;
    let mut times = Vec::with_capacity(REQUESTS);
    let mut bytes = 0;
    for _ in 0..REQUESTS {
        let fetched = browser.get("/ingresses").await?;
        times.push(fetched.took);
        bytes = fetched.bytes;
    }
    table.add_times(
        ("page: first, not compressed", size),
        &times,
        None,
        &format!("({bytes} bytes)"),
    );
    Ok(())
}

/// Asks the store alone, over the file that the server has left.
pub async fn stored(
    folder: &Folder,
    size: usize,
    questions: &[Question],
    table: &mut Table,
) -> anyhow::Result<()> {
    let store = folder.store().await?;
    for Question { store: what, view, .. } in questions {
        let mut times = Vec::with_capacity(REQUESTS);
        for round in 0..WARM_UP + REQUESTS {
            let begin = Instant::now();
            let page = store.inventory(view, now()).await?;
            if round >= WARM_UP {
                times.push(begin.elapsed());
            }
            ensure!(page.total > 0, "the store is empty");
        }
        table.add_times((what, size), &times, Some(TARGET), "");
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let begin = Instant::now();
        store.choices().await?;
        times.push(begin.elapsed());
    }
    table.add_times(("store: choices of the filters", size), &times, None, "");
    store.close().await?;
    Ok(())
}
