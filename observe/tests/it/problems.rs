//! Problems follow what surrounds an ingress, and what could not be read is not judged.

use domain::Problem;
use domain::problem::Checks;
use domain::sync::{Kind, Phase};
use sandbox::kubernetes::kinds::{ENDPOINT_SLICE, INGRESS_CLASS, SERVICE};
use sandbox::kubernetes::{Effect, Fault};

use crate::world::{World, class, endpoints, name, service};

impl World {
    async fn until_problems(&self, expected: &[&str]) {
        self.until(&format!("problems {expected:?}"), async |world| {
            let detail = world.detail("web-0").await;
            detail.problems.iter().map(Problem::code).eq(expected.iter().copied())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_come_and_go_with_what_surrounds_the_ingress() {
    let mut world = World::with_ingresses(1).await;
    world.start();
    world.until_equal().await;
    world.until_problems(&["service-missing"]).await;
    world.cluster.create(service("shop", "web-0", 8080)).unwrap();
    world.until_problems(&["port-missing"]).await;
    world.cluster.delete(&SERVICE, "shop", "web-0").unwrap();
    world.cluster.create(service("shop", "web-0", 80)).unwrap();
    world.until_problems(&["no-ready-endpoints"]).await;
    world.cluster.create(endpoints("shop", "web-0", false)).unwrap();
    world.cluster.create(endpoints("shop", "other", true)).unwrap();
    let mut slice = world.cluster.get(&ENDPOINT_SLICE, "shop", "web-0-abc").unwrap().value();
    slice["endpoints"][0]["conditions"]["ready"] = true.into();
    world.cluster.update(slice).unwrap();
    world.until_problems(&[]).await;
    world.cluster.delete(&INGRESS_CLASS, "", "nginx").unwrap();
    world.until_problems(&["class-unknown"]).await;
    assert_eq!(world.detail("web-0").await.controller, None);
    world.cluster.create(class("nginx")).unwrap();
    world.until_problems(&[]).await;
    let controller = world.detail("web-0").await.controller;
    assert_eq!(controller.as_deref(), Some("k8s.io/ingress-nginx"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_may_not_be_read_is_named_and_not_judged_by() {
    let mut world = World::with_ingresses(1).await;
    let forbidden = Effect::Refuse { code: 403, retry_after: None };
    world.cluster.faults().set(Fault::new(forbidden).kind(&SERVICE));
    world.start();
    world.until_equal().await;
    let unread = Checks { services: false, ..Checks::ALL };
    world.until("unread", async |world| world.detail("web-0").await.checks == unread).await;
    world.until_problems(&[]).await;
    let status = world.store.kind_status(&name(), Kind::Service);
    assert_eq!(status.phase, Phase::NotPermitted);
    let error = status.error.unwrap();
    assert!(error.contains("resources: [\"services\"]"), "{error}");
    world.cluster.faults().clear();
    world.until_problems(&["service-missing"]).await;
    assert_eq!(world.detail("web-0").await.checks, Checks::ALL);
    world.stop().await;
}
