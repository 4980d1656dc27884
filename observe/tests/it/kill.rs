//! Routebook is killed at random moments of a storm, and started again: the file it leaves is
//! sound, tells no lies, and catches up.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use observe::CancellationToken;
use sandbox::kubernetes::Options;
use sandbox::kubernetes::kinds::INGRESS;
use store::Store;
use tokio::process::{Child, Command};

use crate::storm::{Storm, no_false_deletion, no_invented_history};
use crate::world::{World, clock, ingress, quick};

/// Objects at the start: several pages.
const OBJECTS: usize = 350;
/// The file in the world's folder that the killed process writes to.
const FILE: &str = "killed.db";
/// Tells a process that it is to be killed, and in which folder it works.
const FOLDER: &str = "ROUTEBOOK_TEST_KILLED_IN";
/// Nothing here takes so long unless it hangs.
const DEADLINE: Duration = Duration::from_secs(30);

/// How often it is killed; `ROUTEBOOK_TEST_RUNS` asks for more.
fn kills() -> u64 {
    let wanted = std::env::var("ROUTEBOOK_TEST_RUNS").ok().and_then(|runs| runs.parse().ok());
    wanted.unwrap_or(0).max(20)
}

/// The other side: does nothing unless it was started to be killed. Ends well when its input ends.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Store::open(&folder.join(FILE)).await.unwrap();
    let file = Some(folder.join("kubeconfig"));
    let access = observe::Access::Kubeconfig { file, context: None };
    let target = observe::Cluster {
        name: crate::world::name(),
        access,
        traffic: Vec::new(),
        tls: observe::certificates::TlsConfig::default(),
    };
    let stop = CancellationToken::new();
    let running = observe::run(vec![target], store.clone(), clock(), quick(), stop.clone());
    let until_told = async {
        let read = || std::io::stdin().read_to_end(&mut Vec::new());
        let _ = tokio::task::spawn_blocking(read).await;
        stop.cancel();
    };
    tokio::join!(running, until_told);
    store.close().await.unwrap();
}

fn start(world: &World) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::the_process_that_is_killed", "--exact", "--nocapture"])
        .env(FOLDER, world.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, waiting).await.is_ok(), "did not come true: {what}");
}

/// Lets the process get as far as chance has it, through a storm, and kills it.
async fn run_and_kill(world: &World, storm: &mut Storm) {
    let already = world.cluster.counters().total();
    let mut child = start(world);
    // Its first request but a few is the first list, its last but a few the watches.
    let requests = already + storm.random.u64(0..16);
    let alive = || world.cluster.counters().total() >= requests;
    until("the process asks the API server", alive).await;
    for _ in 0..storm.random.usize(..200) {
        storm.change(world);
        tokio::task::yield_now().await;
    }
    child.kill().await.unwrap();
}

/// Opens what a killed process left.
async fn left_behind(world: &mut World) {
    world.store = Store::open(&world.folder.path().join(FILE)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_tells_no_lies_and_catches_up() {
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut world = World::new(Options::default()).await;
    world.cluster.load((0..OBJECTS).map(|n| ingress("shop", &format!("web-{n}"), 0))).unwrap();
    let mut storm = Storm::new(seed, OBJECTS);
    let elsewhere = world.store.path().to_owned();
    for _ in 0..kills() {
        run_and_kill(&world, &mut storm).await;
        left_behind(&mut world).await;
        no_false_deletion(&world, &storm).await;
        world.store.clone().close().await.unwrap();
        world.store = Store::open(&elsewhere).await.unwrap();
    }
    until("the last watch is closed", || world.cluster.counters().open_watches(&INGRESS) == 0)
        .await;
    let mut child = start(&world);
    // The watch opens when the list is taken over.
    until("it watches", || world.cluster.counters().open_watches(&INGRESS) == 1).await;
    for _ in 0..50 {
        storm.change(&world);
    }
    drop(child.stdin.take());
    let ended = tokio::time::timeout(DEADLINE, child.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    left_behind(&mut world).await;
    // What came after the watch opened may have been told or not: a last list decides.
    let outcomes = world.sync_once().await;
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    world.assert_equal().await;
    no_false_deletion(&world, &storm).await;
    no_invented_history(&world).await;
}
