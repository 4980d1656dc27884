//! The sync status survives the process, and an identity is not exchanged unnoticed.

use domain::sync::{Kind, Phase};
use jiff::SignedDuration;
use store::{Error, Store};

use crate::support::{Shelf, cluster, now};

async fn reached() -> Shelf {
    let shelf = Shelf::new().await;
    let prod = cluster("prod");
    shelf.store.identify(&prod, "uid-1", "https://a", "v1.33.0", false).await.unwrap();
    shelf.store.set_status(&prod, Kind::Ingress, |status| {
        status.phase = Phase::Watching;
        status.data_as_of = Some(now() + SignedDuration::from_secs(5));
        status.listed_at = Some(now());
        status.resource_version = Some("12345678901234567890".into());
        status.objects = 7;
        status.error = Some("an error".into());
        status.progress = Some((1, None));
        status.restarts = 3;
    });
    shelf.store.set_status(&prod, Kind::Service, |status| status.phase = Phase::NotPermitted);
    shelf.store.set_cluster_error(&cluster("test"), Some("unreachable".into()));
    shelf
}

#[tokio::test]
async fn statuses_survive_close_and_open() {
    let shelf = reached().await;
    let path = shelf.path();
    let before = shelf.store.clusters().await.unwrap();
    shelf.store.close().await.unwrap();
    let store = Store::open(&path).await.unwrap();
    let after = store.clusters().await.unwrap();
    assert!(after.iter().all(|status| !status.configured), "nobody has said so yet");
    store.configure(&[cluster("prod")]).await.unwrap();
    let after_all = store.clusters().await.unwrap();
    assert_eq!(after_all.iter().map(|s| s.configured).collect::<Vec<_>>(), [true, false]);
    for (before, after) in before.iter().zip(&after) {
        let whole = |s: &domain::sync::ClusterStatus| {
            (s.name.clone(), s.uid.clone(), s.server.clone(), s.version.clone(), s.error.clone())
        };
        assert_eq!(whole(before), whole(after));
        for (before, after) in before.kinds.iter().zip(&after.kinds) {
            let mut expected = before.clone();
            // What was under way is not any more.
            (expected.progress, expected.restarts) = (None, 0);
            if expected.phase == Phase::Watching {
                expected.phase = Phase::Waiting;
            }
            assert_eq!(*after, expected);
        }
    }
}

#[tokio::test]
async fn another_identity_is_refused_and_changes_nothing() {
    let shelf = reached().await;
    let prod = cluster("prod");
    let before = shelf.store.clusters().await.unwrap();
    match shelf.store.identify(&prod, "uid-2", "https://b", "v2", false).await {
        Err(Error::OtherCluster { name, known, found }) => {
            assert_eq!((&*name, &*known, &*found), ("prod", "uid-1", "uid-2"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(shelf.store.clusters().await.unwrap(), before);
}

#[tokio::test]
async fn an_accepted_identity_forgets_what_was_reached_in_the_other_cluster() {
    let shelf = reached().await;
    let (prod, path) = (cluster("prod"), shelf.path());
    shelf.store.save_statuses().await.unwrap();
    shelf.store.identify(&prod, "uid-2", "https://b", "v2", true).await.unwrap();
    let nothing = |store: &Store| {
        for kind in Kind::ALL {
            let status = store.kind_status(&prod, kind);
            assert_eq!(status.resource_version, None);
            assert_eq!((status.listed_at, status.data_as_of), (None, None));
        }
    };
    nothing(&shelf.store);
    // Without a clean end: the identity and the statuses must not part.
    let Shelf { folder, store } = shelf;
    drop(store);
    let again = Store::open(&path).await.unwrap();
    assert_eq!(again.clusters().await.unwrap()[0].uid.as_deref(), Some("uid-2"));
    nothing(&again);
    drop(folder);
}

#[tokio::test]
async fn the_same_identity_keeps_what_was_reached() {
    let shelf = reached().await;
    let prod = cluster("prod");
    for accept in [false, true] {
        shelf.store.identify(&prod, "uid-1", "https://b", "v2", accept).await.unwrap();
        let status = shelf.store.kind_status(&prod, Kind::Ingress);
        assert_eq!(status.resource_version.as_deref(), Some("12345678901234567890"));
    }
}
