//! Compares a batch with what is stored: reads only, and says what to write.

use std::collections::{HashMap, HashSet};

use domain::detail::Proof;
use domain::{Change, Ingress, change, manifest};
use sqlx::SqliteConnection;

use super::{Batch, Gone, Sighting};
use crate::row::to_json;

/// What a batch comes to.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// Lives that ended, told before the writes: their names may be taken anew in the same batch.
    pub(super) removals: Vec<Gone>,
    /// Lives to write.
    pub(super) writes: Vec<Write<'a>>,
    /// Lives that are first seen by their deletion: written, then removed.
    pub(super) late_removals: Vec<Gone>,
}

/// One life to write.
pub(super) struct Write<'a> {
    pub(super) id: i64,
    pub(super) sighting: &'a Sighting,
    pub(super) novelty: Novelty,
}

/// What is new about it.
pub(super) enum Novelty {
    /// The life itself.
    Life,
    /// Something in it. `changes` is empty if only status, managed fields or versions differ.
    Version {
        /// What it was.
        before: Box<Ingress>,
        /// What changed.
        changes: Vec<Change>,
        /// Whether it had been gone.
        returned: bool,
    },
}

struct Stored {
    id: i64,
    version: String,
    gone: bool,
}

pub(super) async fn plan<'a>(
    connection: &mut SqliteConnection,
    cluster: &str,
    batch: &'a Batch,
) -> Result<Plan<'a>, sqlx::Error> {
    let stored = stored(connection, cluster, batch).await?;
    let mut plan = Plan::default();
    let mut next = next_id(connection).await?;
    let mut new_id = || {
        next += 1;
        next
    };
    for uid in &batch.missing {
        plan.remove(stored.get(uid.as_str()), Proof::CompleteList);
    }
    let mut ended = Vec::new();
    for sighting in &batch.deleted {
        match stored.get(sighting.uid()) {
            Some(known) if known.gone => {}
            Some(known) => ended.push((known, sighting)),
            None => {
                let id = new_id();
                plan.writes.push(Write { id, sighting, novelty: Novelty::Life });
                plan.late_removals.push(Gone { id, proof: Proof::DeleteEvent });
            }
        }
    }
    let unchanged = |known: &Stored, sighting: &Sighting| {
        !batch.distrust_versions
            && !known.gone
            && known.version == sighting.ingress.object.resource_version
    };
    let mut changed = Vec::new();
    for sighting in &batch.seen {
        match stored.get(sighting.uid()) {
            Some(known) if unchanged(known, sighting) => {}
            Some(known) => changed.push((known, sighting)),
            None => {
                let novelty = Novelty::Life;
                plan.writes.push(Write { id: new_id(), sighting, novelty });
            }
        }
    }
    plan.ended(compared(connection, &ended).await?);
    plan.replaced(connection, cluster, batch, &stored).await?;
    plan.writes.extend(compared(connection, &changed).await?);
    Ok(plan)
}

impl<'a> Plan<'a> {
    fn remove(&mut self, stored: Option<&Stored>, proof: Proof) {
        let present = stored.filter(|stored| !stored.gone);
        self.removals.extend(present.map(|stored| Gone { id: stored.id, proof }));
    }

    /// A deletion tells the last state: what had changed by then is recorded before the end.
    fn ended(&mut self, last: Vec<Write<'a>>) {
        for write in last {
            let gone = Gone { id: write.id, proof: Proof::DeleteEvent };
            match &write.novelty {
                Novelty::Version { changes, .. } if changes.is_empty() => self.removals.push(gone),
                _ => {
                    self.writes.push(write);
                    self.late_removals.push(gone);
                }
            }
        }
    }

    /// A name has one life at a time: a new one under it ends the one before, whether that is
    /// stored or, having lost its delete event, in the same batch. That holds also for a new one
    /// of which only the end was told.
    async fn replaced(
        &mut self,
        connection: &mut SqliteConnection,
        cluster: &str,
        batch: &Batch,
        stored: &HashMap<String, Stored>,
    ) -> Result<(), sqlx::Error> {
        let last: HashMap<_, _> = batch.seen.iter().map(|s| (s.place(), s.uid())).collect();
        let proof = Proof::Replaced;
        for sighting in batch.seen.iter().filter(|s| last[&s.place()] != s.uid()) {
            let new = self.writes.iter().find(|write| write.sighting.uid() == sighting.uid());
            let known = stored.get(sighting.uid()).map(|stored| stored.id);
            let id = known.or(new.map(|write| write.id));
            self.late_removals.extend(id.map(|id| Gone { id, proof }));
        }
        let begins = |uid: &str| stored.get(uid).is_none_or(|known| known.gone);
        let present = last.iter().filter(|(_, uid)| begins(uid)).map(|(place, _)| *place);
        let passed =
            batch.deleted.iter().filter(|s| !stored.contains_key(s.uid())).map(Sighting::place);
        let names: HashSet<_> = present.chain(passed).collect();
        if names.is_empty() {
            return Ok(());
        }
        let holders: Vec<(i64,)> = sqlx::query_as(
            "SELECT ingresses.id FROM json_each($2) AS key
             CROSS JOIN ingresses
             WHERE gone = 0 AND cluster = $1
               AND namespace = key.value ->> 0 AND name = key.value ->> 1",
        )
        .bind(cluster)
        .bind(to_json(&names))
        .fetch_all(connection)
        .await?;
        let told = self.removals.iter().chain(&self.late_removals);
        let seen = batch.seen.iter().filter_map(|s| stored.get(s.uid())).map(|known| known.id);
        let told: HashSet<i64> = told.map(|gone| gone.id).chain(seen).collect();
        let ended = holders.into_iter().filter(|(id,)| !told.contains(id));
        self.removals.extend(ended.map(|(id,)| Gone { id, proof }));
        Ok(())
    }
}

/// Lives that are stored in another version, with what changed.
async fn compared<'a>(
    connection: &mut SqliteConnection,
    pairs: &[(&Stored, &'a Sighting)],
) -> Result<Vec<Write<'a>>, sqlx::Error> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = pairs.iter().map(|(known, _)| known.id).collect();
    let bodies: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT ingress_id, body FROM manifests
         WHERE ingress_id IN (SELECT value FROM json_each($1))",
    )
    .bind(to_json(&ids))
    .fetch_all(connection)
    .await?;
    let bodies: HashMap<i64, Vec<u8>> = bodies.into_iter().collect();
    let write = |&(known, sighting): &(&Stored, &'a Sighting)| {
        let body = bodies.get(&known.id).map_or(&[][..], Vec::as_slice);
        let before = manifest::ingress(&unpack(body));
        let changes = change::diff(&before, &sighting.ingress);
        let novelty = Novelty::Version { before: Box::new(before), changes, returned: known.gone };
        Write { id: known.id, sighting, novelty }
    };
    Ok(pairs.iter().map(write).collect())
}

/// A stored manifest as text; an unreadable one as none.
pub(crate) fn unpack(body: &[u8]) -> String {
    let bytes = lz4_flex::decompress_size_prepended(body).unwrap_or_else(|error| {
        tracing::error!(%error, "a stored manifest could not be unpacked");
        Vec::new()
    });
    String::from_utf8(bytes).unwrap_or_default()
}

async fn stored(
    connection: &mut SqliteConnection,
    cluster: &str,
    batch: &Batch,
) -> Result<HashMap<String, Stored>, sqlx::Error> {
    let told = batch.seen.iter().chain(&batch.deleted).map(Sighting::uid);
    let uids: Vec<&str> = told.chain(batch.missing.iter().map(String::as_str)).collect();
    let rows: Vec<(i64, String, String, bool)> = sqlx::query_as(
        "SELECT ingresses.id, uid, resource_version, gone FROM json_each($2) AS key
         CROSS JOIN ingresses
         WHERE cluster = $1 AND uid = key.value",
    )
    .bind(cluster)
    .bind(to_json(&uids))
    .fetch_all(connection)
    .await?;
    let stored = |(id, uid, version, gone)| (uid, Stored { id, version, gone });
    Ok(rows.into_iter().map(stored).collect())
}

/// Rows are never deleted, so the highest id is the last one given out.
async fn next_id(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT max(id) FROM ingresses").fetch_one(connection).await?;
    Ok(last.unwrap_or(0))
}
