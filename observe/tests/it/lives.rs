//! New lives, ends, and what becomes of them when Routebook was not there to see it.

use domain::detail::Proof;
use domain::inventory::{Shown, View};
use sandbox::kubernetes::kinds::INGRESS;

use crate::world::{World, ingress};

#[tokio::test(flavor = "multi_thread")]
async fn deleted_and_created_again_is_a_new_life() {
    let mut world = World::with_ingresses(1).await;
    world.start();
    world.until_equal().await;
    let before = world.detail("web-0").await;
    world.cluster.delete(&INGRESS, "shop", "web-0").unwrap();
    world.cluster.create(ingress("shop", "web-0", 1)).unwrap();
    world.until_equal().await;
    let after = world.detail("web-0").await;
    assert_ne!(after.id, before.id);
    assert_eq!(after.lives.len(), 1);
    assert_eq!(after.lives[0].id, before.id);
    assert_eq!(world.history(&after).await, ["appeared"]);
    let ended = world.store.ingress(before.id, jiff::Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
    assert_eq!(ended.removed.unwrap().proof, Proof::DeleteEvent);
    assert_eq!(ended.manifest, before.manifest, "the last manifest is kept");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_nobody_watched_is_found_at_the_next_start() {
    let mut world = World::with_ingresses(3).await;
    world.start();
    world.until_equal().await;
    world.stop().await;
    let gone = world.detail("web-0").await;
    world.cluster.delete(&INGRESS, "shop", "web-0").unwrap();
    let mut changed = world.cluster.get(&INGRESS, "shop", "web-1").unwrap().value();
    changed["spec"]["rules"][0]["host"] = "new.example.com".into();
    world.cluster.update(changed).unwrap();
    world.start();
    world.until_equal().await;
    world.stop().await;
    let gone = world.store.ingress(gone.id, jiff::Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
    assert_eq!(gone.removed.unwrap().proof, Proof::CompleteList);
    let changed = world.detail("web-1").await;
    assert_eq!(
        world.history(&changed).await,
        ["route -, route new.example.com/ → web-1:80 (Prefix)"]
    );
    let removed = View { shown: Shown::Removed, ..View::default() };
    assert_eq!(
        world.store.inventory(&removed, jiff::Timestamp::UNIX_EPOCH).await.unwrap().total,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_change_writes_nothing() {
    let world = World::with_ingresses(300).await;
    let first = world.sync_once().await;
    assert!(first.iter().all(|outcome| outcome.result.is_ok()), "{first:?}");
    let revision = *world.store.revision().borrow();
    world.sync_once().await;
    assert_eq!(*world.store.revision().borrow(), revision);
    world.assert_equal().await;
}
