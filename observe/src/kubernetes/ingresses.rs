//! Takes over ingresses.

use std::collections::HashMap;

use domain::sync::Kind;
use domain::{Clock, ClusterName};
use serde_json::value::RawValue;
use store::{Batch, Known, Sighting, Store};

use super::failure::Failure;
use super::sink::{News, Sink, last_words};
use super::wire::{List, bare, head};

/// So many removals are written at once.
const REMOVALS_AT_ONCE: usize = 500;

/// The ingresses of one cluster.
pub(crate) struct Ingresses {
    pub(crate) store: Store,
    pub(crate) cluster: ClusterName,
    pub(crate) clock: Clock,
    /// What the store knew when the list began, less what the list has had so far.
    known: HashMap<String, Known>,
    trust_versions: bool,
}

impl Ingresses {
    pub(crate) fn new(store: Store, cluster: ClusterName, clock: Clock) -> Self {
        Self { store, cluster, clock, known: HashMap::new(), trust_versions: true }
    }

    /// Whether the store has this version of the object already.
    fn is_stored(&mut self, object: &RawValue) -> bool {
        if self.known.is_empty() {
            return false;
        }
        let Ok(head) = head(object) else { return false };
        let known = self.known.remove(&head.metadata.uid);
        self.trust_versions
            && known
                .is_some_and(|known| !known.gone && known.version == head.metadata.resource_version)
    }

    async fn apply(&self, batch: &Batch) -> Result<(), Failure> {
        self.store.apply_ingresses(&self.cluster, batch, self.clock.now()).await?;
        Ok(())
    }
}

impl Sink for Ingresses {
    type Batch = Vec<Sighting>;

    async fn begin(&mut self, trust_versions: bool) -> Result<(), Failure> {
        self.trust_versions = trust_versions;
        self.known = self.store.known_ingresses(&self.cluster).await?;
        Ok(())
    }

    fn read(&mut self, list: &List<'_>, batch: &mut Vec<Sighting>) -> Result<(), Failure> {
        for object in list.items() {
            if !self.is_stored(object) {
                let sighting = Sighting::read(&bare(object));
                self.known.remove(sighting.uid());
                batch.push(sighting);
            }
        }
        Ok(())
    }

    fn size(batch: &Vec<Sighting>) -> usize {
        batch.len()
    }

    fn write(
        &self,
        batch: Vec<Sighting>,
    ) -> impl Future<Output = Result<(), Failure>> + Send + use<> {
        // No API server gives a UID out twice. Should one, a page is not refused for it.
        let seen = last_words(batch.into_iter().map(|one| (one.uid().to_owned(), one)));
        let batch = Batch {
            seen: seen.into_iter().map(|(_, sighting)| sighting).collect(),
            first: self.is_first(),
            distrust_versions: !self.trust_versions,
            ..Batch::default()
        };
        let (store, cluster, clock) =
            (self.store.clone(), self.cluster.clone(), self.clock.clone());
        async move {
            if !batch.seen.is_empty() {
                store.apply_ingresses(&cluster, &batch, clock.now()).await?;
            }
            Ok(())
        }
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        let known = std::mem::take(&mut self.known);
        let missing = known.into_iter().filter(|(_, known)| !known.gone).map(|(uid, _)| uid);
        let missing: Vec<String> = missing.collect();
        for missing in missing.chunks(REMOVALS_AT_ONCE) {
            self.apply(&Batch { missing: missing.to_vec(), ..Batch::default() }).await?;
        }
        Ok(())
    }

    fn events(
        &self,
        news: &[News<'_>],
    ) -> Result<impl Future<Output = Result<(), Failure>> + Send + use<>, Failure> {
        let read = news.iter().map(|news| match news {
            News::Present(object) => (true, Sighting::read(&bare(object))),
            News::Deleted(object) => (false, Sighting::read(&bare(object))),
        });
        let words = last_words(read.map(|word| (word.1.uid().to_owned(), word)));
        let mut batches = Vec::new();
        let mut batch = Batch::default();
        let mut present_uids = HashMap::new();
        for (uid, (present, sighting)) in words {
            let (namespace, name) = sighting.place();
            let place = (namespace.to_owned(), name.to_owned());
            if present {
                present_uids.insert(place, uid);
                batch.seen.push(sighting);
                continue;
            }
            // Under its name another life came and went whose end was not told.
            if present_uids.get(&place).is_some_and(|before| *before != uid) {
                batches.push(std::mem::take(&mut batch));
                present_uids.clear();
            }
            batch.deleted.push(sighting);
        }
        batches.push(batch);
        let (store, cluster, clock) =
            (self.store.clone(), self.cluster.clone(), self.clock.clone());
        Ok(async move {
            for batch in batches {
                store.apply_ingresses(&cluster, &batch, clock.now()).await?;
            }
            Ok(())
        })
    }
}

impl Ingresses {
    fn is_first(&self) -> bool {
        self.store.kind_status(&self.cluster, Kind::Ingress).listed_at.is_none()
    }
}
