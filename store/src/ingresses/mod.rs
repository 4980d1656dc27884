//! Takes over what was seen of a cluster's ingresses: new lives, changes, removals, returns; and with
//! them what follows for reviews and retirements.

mod columns;
mod follow;
mod history;
mod plan;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use domain::detail::Proof;
use domain::{ClusterName, Ingress, manifest, material};
use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use crate::answers::Answer;
use crate::reassess::Judge;
use crate::{Error, Store};

pub(crate) use history::latest;
pub(crate) use plan::unpack;

/// One sight of an ingress.
#[derive(Debug, Clone)]
pub struct Sighting {
    pub(crate) ingress: Ingress,
    pub(crate) material_hash: String,
    pub(crate) search_text: String,
    pub(crate) body: Vec<u8>,
}

impl Sighting {
    /// Reads the API server's JSON, without `kind` and `apiVersion`, which lists leave out.
    pub fn read(json: &str) -> Self {
        let mut ingress = manifest::ingress(json);
        let object = &mut ingress.object;
        if object.uid.is_empty() {
            // No API server leaves it out. Should one, the object is still kept apart by its name.
            object.uid = format!("none:{}/{}", object.namespace, object.name);
        }
        let material_hash = material::hash(&ingress);
        let body = lz4_flex::compress_prepend_size(json.as_bytes());
        let search_text = ingress.search_text();
        Self { ingress, material_hash, search_text, body }
    }

    /// The identity of this life.
    pub fn uid(&self) -> &str {
        &self.ingress.object.uid
    }

    /// Its namespace and name.
    pub fn place(&self) -> (&str, &str) {
        (&self.ingress.object.namespace, &self.ingress.object.name)
    }
}

/// What to take over at once. For one UID there is one entry in all: the last that is known. Under
/// one name, what is there came after what was deleted.
#[derive(Debug, Default)]
pub struct Batch {
    /// What is there.
    pub seen: Vec<Sighting>,
    /// What the API server reported as deleted, with its last state.
    pub deleted: Vec<Sighting>,
    /// The UIDs that a complete list did not have.
    pub missing: Vec<String>,
    /// Whether this comes from the first list of a cluster: nothing "appears" in that.
    pub first: bool,
    /// Compare even what has the stored version: versions may have been given out twice.
    pub distrust_versions: bool,
}

/// What the store knows of one life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The version that is stored.
    pub version: String,
    /// Whether it is gone.
    pub gone: bool,
}

/// A removal: which life, and what proves it.
#[derive(Debug, Clone, Copy)]
pub struct Gone {
    pub(crate) id: i64,
    pub(crate) proof: Proof,
}

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Ingresses written, new or changed.
    pub written: u64,
    /// Ingresses found to be gone.
    pub removed: u64,
}

impl Store {
    /// Every life that the store knows of a cluster, by UID.
    pub async fn known_ingresses(
        &self,
        cluster: &ClusterName,
    ) -> Result<HashMap<String, Known>, Error> {
        let rows: Vec<(String, String, bool)> =
            sqlx::query_as("SELECT uid, resource_version, gone FROM ingresses WHERE cluster = $1")
                .bind(cluster.as_str())
                .fetch_all(&self.0.readers)
                .await
                .map_err(self.failed())?;
        let known = |(uid, version, gone)| (uid, Known { version, gone });
        Ok(rows.into_iter().map(known).collect())
    }

    /// Takes over a batch in one transaction: all of it, or nothing.
    pub async fn apply_ingresses(
        &self,
        cluster: &ClusterName,
        batch: &Batch,
        now: Timestamp,
    ) -> Result<Applied, Error> {
        let early = self.early(cluster, batch, now).await?;
        let mut writer = self.ingress_writer().await?;
        let judge = self.judge(cluster, now);
        let holds = early.still_holds(&judge, self.writes());
        let answers = if holds { early.answers } else { Answers::new() };
        let applied = apply(&mut writer, &judge, batch, &answers).await.map_err(self.failed())?;
        drop(writer);
        self.committed(applied.written + applied.removed);
        Ok(applied)
    }

    /// Judges what was told before the writer is free: the batch before may be being written meanwhile.
    async fn early(
        &self,
        cluster: &ClusterName,
        batch: &Batch,
        now: Timestamp,
    ) -> Result<Early, Error> {
        let writes = self.writes();
        let judge = self.judge(cluster, now);
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let ingresses: Vec<&Ingress> = batch.seen.iter().map(|seen| &seen.ingress).collect();
        let answers =
            write::judged(&mut reader, &judge, &ingresses).await.map_err(self.failed())?;
        let uids = batch.seen.iter().map(|seen| seen.uid().to_owned());
        Ok(Early { writes, judge, answers: uids.zip(answers).collect() })
    }
}

/// What was concluded of the ingresses of a batch, by UID, before the writer was in hand.
struct Early {
    writes: u64,
    judge: Judge,
    answers: Answers,
}

type Answers = HashMap<String, Answer>;

impl Early {
    /// Whether nothing was written in between that ingresses are judged by.
    fn still_holds(&self, judge: &Judge, writes: u64) -> bool {
        self.writes == writes
            && self.judge.checks == judge.checks
            && Arc::ptr_eq(&self.judge.rules, &judge.rules)
    }
}

async fn apply(
    writer: &mut SqliteConnection,
    judge: &Judge,
    batch: &Batch,
    answers: &Answers,
) -> Result<Applied, sqlx::Error> {
    let now = judge.now;
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let plan = plan::plan(&mut transaction, &judge.cluster, batch).await?;
    let removed = plan.removals.len() + plan.late_removals.len();
    let applied = Applied { written: plan.writes.len() as u64, removed: removed as u64 };
    write::removals(&mut transaction, &plan.removals, now).await?;
    follow::keep(&mut transaction, &plan).await?;
    write::writes(&mut transaction, judge, &plan.writes, answers).await?;
    write::removals(&mut transaction, &plan.late_removals, now).await?;
    history::record(&mut transaction, &plan, now, batch.first).await?;
    follow::follow(&mut transaction, &plan, now).await?;
    transaction.commit().await?;
    Ok(applied)
}
