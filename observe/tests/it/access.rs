//! Getting in: credentials, trust, identity.

use domain::sync::Kind;
use observe::Access;
use sandbox::kubernetes::{ApiServer, Cluster, ClusterOptions, Options};

use crate::world::{World, name};

impl World {
    async fn fails_with(&self, expected: &str) {
        let outcomes = self.sync_once().await;
        let error = outcomes[0].result.as_ref().unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    fn cluster_error(&self) -> impl AsyncFn(&Self) -> bool + '_ {
        async |world: &Self| world.store.clusters().await.unwrap()[0].error.is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_token_is_read_again() {
    let mut world = World::with_ingresses(2).await;
    world.start();
    world.until_equal().await;
    world.server.rotate("routebook");
    world.cluster.faults().cut_watches(sandbox::kubernetes::Cut::Clean);
    world.until("the old token is refused", world.cluster_error()).await;
    let error = world.store.clusters().await.unwrap()[0].error.clone().unwrap();
    assert!(error.contains("401"), "{error}");
    world.write_kubeconfig();
    world.cluster.create(crate::world::ingress("shop", "later", 0)).unwrap();
    world.until_equal().await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_cluster_behind_the_name_is_refused_until_accepted() {
    let mut world = World::with_ingresses(2).await;
    world.sync_once().await;
    let other = Cluster::with(ClusterOptions::named("prod"));
    other.load_yaml(crate::world::RBAC).unwrap();
    world.server = ApiServer::start(other.clone(), Options::default()).await.unwrap();
    world.cluster = other;
    world.write_kubeconfig();
    world.fails_with("is not the one this database knows").await;
    let known = world.store.known_ingresses(&name()).await.unwrap();
    assert!(known.values().all(|known| !known.gone), "nothing was concluded from it");
    let target = [world.target()];
    let (clock, timing) = (crate::world::clock(), &world.timing);
    observe::sync_once(&target, &world.store, &clock, timing, &[name()]).await;
    let known = world.store.known_ingresses(&name()).await.unwrap();
    assert!(known.values().all(|known| known.gone), "the accepted cluster has none of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_is_refused() {
    let options = Options { wrong_authority: true, ..Options::default() };
    World::new(options).await.fails_with("certificate").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_kubeconfig_and_a_missing_context_are_named() {
    let world = World::with_ingresses(0).await;
    std::fs::remove_file(world.kubeconfig()).unwrap();
    world.fails_with("kubeconfig cannot be used").await;
    world.write_kubeconfig();
    let access =
        Access::Kubeconfig { file: Some(world.kubeconfig()), context: Some("nowhere".into()) };
    let target = [observe::Cluster {
        name: name(),
        access,
        traffic: Vec::new(),
        tls: observe::certificates::TlsConfig::default(),
    }];
    let (clock, timing) = (crate::world::clock(), &world.timing);
    let outcomes = observe::sync_once(&target, &world.store, &clock, timing, &[]).await;
    assert!(outcomes[0].result.as_ref().unwrap_err().contains("nowhere"), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_unreachable_cluster_neither_slows_nor_hides_another() {
    let world = World::with_ingresses(5).await;
    let gone = World::with_ingresses(1).await;
    gone.server.stop().await;
    let file = gone.folder.path().join("kubeconfig");
    let access = Access::Kubeconfig { file: Some(file), context: None };
    let lost = observe::Cluster {
        name: "lost".parse().unwrap(),
        access,
        traffic: Vec::new(),
        tls: observe::certificates::TlsConfig::default(),
    };
    let targets = [lost, world.target()];
    let (clock, timing) = (crate::world::clock(), &world.timing);
    let outcomes = observe::sync_once(&targets, &world.store, &clock, timing, &[]).await;
    let of = |cluster: &str, kind| {
        let found = outcomes.iter().find(|o| o.cluster.as_str() == cluster && o.kind == kind);
        found.unwrap().result.clone()
    };
    assert_eq!(of("prod", Some(Kind::Ingress)), Ok(5));
    assert!(of("lost", None).unwrap_err().contains("cannot be reached"));
}
