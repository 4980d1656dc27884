//! A storm of changes, and what must hold after it, whatever happened in between.

use std::collections::{HashMap, HashSet};

use domain::inventory::{At, Shown, View};
use sandbox::kubernetes::kinds::INGRESS;
use serde_json::Value;

use crate::world::{World, ingress, name};

/// A random storm over the cluster, which remembers what really happened.
pub struct Storm {
    pub random: fastrand::Rng,
    pub step: u64,
    objects: usize,
    /// The UIDs of what was deleted.
    pub deleted: HashSet<String>,
}

impl Storm {
    pub fn new(seed: u64, objects: usize) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { random, step: 0, objects, deleted: HashSet::new() }
    }

    /// One change: mostly an update, sometimes a new life, an end, or both under one name.
    pub fn change(&mut self, world: &World) {
        self.step += 1;
        let name = format!("web-{}", self.random.usize(..self.objects + 50));
        let present = world.cluster.get(&INGRESS, "shop", &name).ok();
        let update = self.random.u8(..10) < 7;
        match present {
            Some(object) if update => {
                let mut value = object.value();
                value["metadata"]["labels"]["step"] = Value::from(format!("{:06}", self.step));
                world.cluster.update(value).unwrap();
            }
            Some(object) => {
                world.cluster.delete(&INGRESS, "shop", &name).unwrap();
                let uid = object.value()["metadata"]["uid"].as_str().unwrap().to_owned();
                self.deleted.insert(uid);
                if self.random.bool() {
                    world.cluster.create(ingress("shop", &name, self.step)).unwrap();
                }
            }
            None => {
                world.cluster.create(ingress("shop", &name, self.step)).unwrap();
            }
        }
    }
}

/// What the store takes for gone was deleted.
pub async fn no_false_deletion(world: &World, storm: &Storm) {
    let known = world.store.known_ingresses(&name()).await.unwrap();
    for (uid, _) in known.iter().filter(|(_, known)| known.gone) {
        assert!(storm.deleted.contains(uid), "{uid} is there, and was taken for gone");
    }
}

/// Every recorded change leads to a later step than the one before, and nothing came back.
pub async fn no_invented_history(world: &World) {
    for shown in [Shown::Present, Shown::Removed] {
        let mut view = View { shown, ..View::default() };
        loop {
            let page = world.store.inventory(&view, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
            for row in &page.rows {
                let detail = world
                    .store
                    .ingress(row.id, jiff::Timestamp::UNIX_EPOCH)
                    .await
                    .unwrap()
                    .unwrap();
                let words = world.history(&detail).await;
                let steps: Vec<_> =
                    words.iter().filter_map(|word| word.strip_prefix("label step ")).collect();
                assert!(steps.is_sorted_by(|a, b| a < b), "{words:?}");
                let others: HashMap<&str, usize> = words
                    .iter()
                    .filter(|word| !word.starts_with("label ") && !word.starts_with("annotation "))
                    .fold(HashMap::new(), |mut counts, word| {
                        *counts.entry(word.split(' ').next().unwrap()).or_default() += 1;
                        counts
                    });
                assert!(!others.contains_key("reappeared"), "{words:?}");
                assert!(others.values().all(|&count| count == 1), "{words:?}");
            }
            let Some(next) = page.next else { break };
            view.at = At::After(next);
        }
    }
}
