//! Whatever goes wrong between a cluster and Routebook, the store ends equal to the cluster, no
//! deletion is concluded that did not happen, no history is invented, and requests stay few.

use std::time::Duration;

use domain::sync::{Kind, Phase};
use sandbox::kubernetes::kinds::INGRESS;
use sandbox::kubernetes::{Cut, Effect, Fault, Verb};
use serde_json::Value;

use crate::storm::{Storm, no_false_deletion, no_invented_history};
use crate::world::World;

/// Objects in every run.
const OBJECTS: usize = 1000;
/// Changes while the fault is on.
const CHANGES: usize = 300;

/// How often each fault is tried; `ROUTEBOOK_TEST_RUNS` asks for more.
fn runs() -> u64 {
    std::env::var("ROUTEBOOK_TEST_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(3)
}

/// Runs a storm under a fault and checks what came of it.
async fn check(fault: impl Fn(&World), lifted: bool, most_requests: u64) {
    for seed in 1..=runs() {
        let mut world = World::with_ingresses(OBJECTS).await;
        let mut storm = Storm::new(seed, OBJECTS);
        // What the storm has to be told from: a state and a history before it.
        world.start();
        world.until_equal().await;
        let already = world.cluster.counters().total();
        fault(&world);
        for _ in 0..CHANGES {
            storm.change(&world);
            tokio::task::yield_now().await;
        }
        if lifted {
            let failing = |phase| matches!(phase, Phase::Failing | Phase::NotPermitted);
            let noticed =
                async |w: &World| failing(w.status(Kind::Ingress).phase) || w.is_caught_up().await;
            world.until("the fault shows", noticed).await;
            world.cluster.faults().clear();
        }
        world.until_equal().await;
        let requests = world.cluster.counters().total() - already;
        assert!(requests <= most_requests, "{requests} requests, at most {most_requests} expected");
        world.stop().await;
        no_false_deletion(&world, &storm).await;
        no_invented_history(&world).await;
    }
}

impl World {
    async fn is_caught_up(&self) -> bool {
        let version = self.status(Kind::Ingress).resource_version;
        version.and_then(|v| v.parse::<u64>().ok()).is_some_and(|v| v >= self.cluster.revision())
    }
}

fn on(world: &World, effect: Effect) {
    world.cluster.faults().set(Fault::new(effect).kind(&INGRESS));
}

fn on_next(world: &World, effect: Effect, verb: Verb, requests: u32) {
    let fault = Fault::new(effect).kind(&INGRESS).verb(verb).next(requests);
    world.cluster.faults().set(fault);
    // Ends the watch that is open, so that the fault is met.
    world.cluster.faults().cut_watches(Cut::Clean);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_at_all() {
    check(|_| {}, false, 40).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_are_cut_cleanly() {
    check(|world| on(world, Effect::CutWatch { after: 7, how: Cut::Clean }), true, 600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_break_off_within_a_line() {
    check(|world| on(world, Effect::CutWatch { after: 5, how: Cut::Truncated }), true, 600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_reset() {
    check(|world| on(world, Effect::CutWatch { after: 9, how: Cut::Reset }), true, 600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_close_at_once_every_time() {
    let closing = Effect::CutWatch { after: 0, how: Cut::Clean };
    check(
        move |world| {
            on(world, closing.clone());
            world.cluster.faults().cut_watches(Cut::Clean);
        },
        true,
        400,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_is_too_old_as_an_event() {
    check(|world| on(world, Effect::CutWatch { after: 20, how: Cut::Gone }), true, 900).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_is_too_old_as_a_status() {
    let gone = Effect::Refuse { code: 410, retry_after: None };
    check(move |world| on_next(world, gone.clone(), Verb::Watch, 3), false, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_continue_token_expires() {
    check(
        |world| {
            world
                .cluster
                .faults()
                .set(Fault::new(Effect::ContinueExpired).kind(&INGRESS).verb(Verb::List).next(4));
            world.cluster.faults().cut_watches(Cut::Gone);
        },
        false,
        200,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_with_a_time_to_wait() {
    let busy = Effect::Refuse { code: 429, retry_after: Some(1) };
    check(move |world| on_next(world, busy.clone(), Verb::Watch, 2), false, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_answers_500_503_504() {
    for code in [500, 503, 504] {
        let broken = Effect::Refuse { code, retry_after: None };
        check(move |world| on_next(world, broken.clone(), Verb::Watch, 5), false, 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_fail_halfway() {
    check(
        |world| {
            let fault = Fault::new(Effect::Refuse { code: 500, retry_after: None });
            world.cluster.faults().set(fault.kind(&INGRESS).verb(Verb::List).share(0.2));
            world.cluster.faults().cut_watches(Cut::Gone);
        },
        false,
        400,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_is_taken_away_for_a_while() {
    let forbidden = Effect::Refuse { code: 403, retry_after: None };
    check(
        move |world| {
            on(world, forbidden.clone());
            world.cluster.faults().cut_watches(Cut::Clean);
        },
        true,
        400,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_half_open() {
    for headers in [true, false] {
        check(move |world| on_next(world, Effect::Silence { headers }, Verb::Watch, 1), false, 100)
            .await;
    }
    check(|world| world.cluster.faults().cut_watches(Cut::Silent), false, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hang() {
    check(
        |world| {
            let fault = Fault::new(Effect::Silence { headers: true });
            world.cluster.faults().set(fault.kind(&INGRESS).verb(Verb::List).next(1));
            world.cluster.faults().cut_watches(Cut::Gone);
        },
        false,
        200,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_drip() {
    let drip = Effect::Drip { bytes: 64, every: Duration::from_millis(20) };
    check(
        move |world| {
            on_next(world, drip.clone(), Verb::Watch, 1);
            on_next(world, drip.clone(), Verb::List, 1);
        },
        false,
        200,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_events_is_lost() {
    check(|world| on(world, Effect::DropEvents(0.2)), true, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_is_served() {
    check(
        |world| {
            let old = world.cluster.snapshot();
            // Later than the snapshot, and known to the store before it is served.
            let mut storm = Storm::new(99, OBJECTS);
            (0..20).for_each(|_| {
                storm.step += 1;
                let mut value = world.cluster.get(&INGRESS, "shop", "web-1").unwrap().value();
                value["metadata"]["labels"]["step"] = Value::from(format!("{:06}", storm.step));
                value["metadata"]["labels"]["step"] = Value::from("000000");
                value["metadata"]["annotations"] = serde_json::json!({"n": storm.step.to_string()});
                world.cluster.update(value).unwrap();
            });
            let fault = Fault::new(Effect::OldList(old)).kind(&INGRESS).verb(Verb::List).next(4);
            world.cluster.faults().set(fault);
            world.cluster.faults().cut_watches(Cut::Gone);
        },
        false,
        200,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_not_json() {
    for effect in [Effect::Malformed, Effect::Truncated, Effect::Html] {
        check(
            move |world| {
                let fault = Fault::new(effect.clone()).kind(&INGRESS).verb(Verb::List).next(2);
                world.cluster.faults().set(fault);
                on_next(world, effect.clone(), Verb::Watch, 2);
                world.cluster.faults().cut_watches(Cut::Gone);
            },
            false,
            200,
        )
        .await;
    }
}
