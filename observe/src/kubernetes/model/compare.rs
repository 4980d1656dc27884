//! The comparison of the store with the model and with the cluster.

use std::collections::{BTreeMap, HashSet};

use domain::inventory::{Shown, View};

use super::cluster::Thing;
use super::knowledge::words;
use super::run::Run;

impl Run {
    pub(super) async fn versions(&self) -> BTreeMap<String, (String, bool)> {
        let known = self.store().known_ingresses(&self.name).await.unwrap();
        known.into_iter().map(|(uid, known)| (uid, (known.version, known.gone))).collect()
    }

    /// The store has the lives that it should have, each there or gone as it should be.
    pub(super) async fn check_versions(&self) {
        let stored = self.versions().await;
        assert_eq!(stored, self.model.versions(), "the store, and what it should have");
        for (uid, (_, gone)) in stored {
            assert!(!gone || self.cluster.ended.contains(&uid), "{uid} was always there");
        }
    }

    /// After a complete list the store equals the cluster as it was then.
    pub(super) async fn check_list(&self, things: &[Thing]) {
        let stored = self.store().manifests(&self.name).await.unwrap();
        let served = things.iter().map(|thing| (thing.uid.clone(), thing.json()));
        assert_eq!(stored, served.collect(), "the store, and the cluster");
    }

    /// Ids, ends, manifests and history of every life.
    pub(super) async fn check_everything(&mut self) {
        let mut met = HashSet::new();
        for shown in [Shown::Present, Shown::Removed] {
            let cluster = Some(self.name.to_string());
            let view = View { cluster, shown, ..View::default() };
            for row in
                self.store().inventory(&view, jiff::Timestamp::UNIX_EPOCH).await.unwrap().rows
            {
                let detail = self
                    .store()
                    .ingress(row.id, jiff::Timestamp::UNIX_EPOCH)
                    .await
                    .unwrap()
                    .unwrap();
                let uid = detail.ingress.object.uid.clone();
                let life = &self.model.lives[&uid];
                assert_eq!(detail.removed.map(|removal| removal.proof), life.end, "{uid}");
                assert_eq!(detail.manifest, life.thing.json(), "{uid}");
                let history: Vec<_> =
                    detail.history.iter().rev().map(|event| words(&event.what)).collect();
                assert_eq!(history, life.history, "{uid}");
                let id = *self.ids.entry(uid.clone()).or_insert(row.id);
                assert_eq!(id, row.id, "{uid} has another number");
                met.insert(uid);
            }
        }
        assert_eq!(met.len(), self.model.lives.len());
    }
}
