//! Random interleavings of what can happen to a cluster, to its lists and watches, and to
//! Routebook itself, against a model of what Routebook should know afterwards.
//!
//! `ROUTEBOOK_TEST_SEQUENCES` asks for more or fewer sequences, `ROUTEBOOK_TEST_SEED` for one.

mod cluster;
mod compare;
mod knowledge;
mod run;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Clock;
use futures::FutureExt;
use run::Run;
use store::Store;
use tempfile::TempDir;

/// So many sequences share a database file.
const SEQUENCES_PER_STORE: u64 = 250;

fn wanted(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// In memory where there is such a folder: what is tested is not the disk.
fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

#[expect(clippy::disallowed_methods, reason = "the composition root of this test")]
fn clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

#[test]
fn whatever_happens_in_whatever_order_the_store_knows_what_can_be_known() {
    let one = wanted("ROUTEBOOK_TEST_SEED");
    let first = one.unwrap_or(1);
    let last = one.unwrap_or(wanted("ROUTEBOOK_TEST_SEQUENCES").unwrap_or(20_000));
    let next = AtomicU64::new(first);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| worker(&next, last))).collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        assert!(ended.iter().all(Result::is_ok), "a sequence failed; see above");
    });
}

/// Runs sequences until there are no more.
fn worker(next: &AtomicU64, last: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        loop {
            let from = next.fetch_add(SEQUENCES_PER_STORE, Ordering::Relaxed);
            if from > last {
                return;
            }
            let folder = folder();
            let mut store = Store::open(&folder.path().join("model.db")).await.unwrap();
            for seed in from..(from + SEQUENCES_PER_STORE).min(last + 1) {
                store = sequence(store, seed).await;
            }
            store.close().await.unwrap();
        }
    });
}

async fn sequence(store: Store, seed: u64) -> Store {
    let mut run = Run::new(store, clock(), seed).await;
    let outcome = AssertUnwindSafe(run.go()).catch_unwind().await;
    if let Err(panic) = outcome {
        eprintln!("ROUTEBOOK_TEST_SEED={seed} failed; its steps:\n{}", run.steps.join("\n"));
        std::panic::resume_unwind(panic);
    }
    run.into_store()
}
