//! Follows one kind of one cluster: list, watch, and list again when the watch can't be trusted or
//! the time has come.

use std::collections::VecDeque;

use domain::sync::{Kind, KindStatus, Phase};
use domain::{Clock, ClusterName};
use store::Store;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::api::{self, Lines};
use super::connect::Connection;
use super::failure::Failure;
use super::pause::Pause;
use super::sink::{News, Sink};
use super::wire::{self, Event, List};
use crate::Timing;

/// So many events are taken over in one transaction.
const EVENTS_AT_ONCE: usize = 1000;
/// So many objects of a list are written in one transaction, at most a page more.
const OBJECTS_AT_ONCE: usize = 1000;
/// So many writes of a list are under way: one is written, and one is judged meanwhile.
const WRITES_AT_ONCE: usize = 2;
/// After so many watches in a row that showed nothing, the list is read again.
const FAILED_WATCHES: u32 = 3;
/// A page is not asked to be smaller than this.
const SMALLEST_PAGE: usize = 25;

/// Opens when what comes before is done.
pub(crate) type Gate = watch::Receiver<bool>;

/// Follows one kind of one cluster.
pub(crate) struct Follower<S> {
    pub(crate) connection: Connection,
    pub(crate) cluster: ClusterName,
    pub(crate) kind: Kind,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) timing: Timing,
    pub(crate) sink: S,
    /// The first list is read at once, and written when this is open.
    pub(crate) gate: Option<Gate>,
    /// Since when the API server has shown an older state than one seen before.
    pub(crate) older_since: Option<Instant>,
}

impl<S: Sink> Follower<S> {
    /// Follows until a new connection is needed, and says why. `attempted` is called after the
    /// first list, however that ended.
    pub(crate) async fn follow(mut self, attempted: impl FnOnce()) -> Failure {
        let mut attempted = Some(attempted);
        let mut list_pause = Pause::new(&self.timing);
        let mut watch_pause = Pause::new(&self.timing);
        loop {
            let listed = self.list().await;
            if let Some(attempted) = attempted.take() {
                attempted();
            }
            if let Err(failure) = listed {
                self.note(&failure).await;
                if failure.needs_new_connection() {
                    return failure;
                }
                match failure {
                    // In order as it is; it may be installed some day.
                    Failure::NotServed => tokio::time::sleep(self.timing.full_list).await,
                    failure => list_pause.after(&failure).await,
                }
                continue;
            }
            list_pause.reset();
            if let Some(failure) = self.watch_until_due(&mut watch_pause).await {
                return failure;
            }
        }
    }

    /// Watches until the list should be read again (`None`) or a new connection is needed.
    async fn watch_until_due(&mut self, pause: &mut Pause) -> Option<Failure> {
        let due = Instant::now() + self.timing.full_list;
        let mut failed = 0;
        while Instant::now() < due {
            match self.watch(due).await {
                Ok(()) => {
                    failed = 0;
                    pause.reset();
                    continue;
                }
                Err(failure) => {
                    self.status(|status| status.restarts += 1);
                    // A connection that ends now and then is everyday life; two in a row are not.
                    if failed > 0 || failure.is_refusal() {
                        self.note(&failure).await;
                    }
                    if failure.needs_new_connection() {
                        return Some(failure);
                    }
                    failed += 1;
                    pause.after(&failure).await;
                    // What was forgotten is not told again by a watch.
                    let list_again = matches!(failure, Failure::Gone | Failure::NotServed)
                        || self.is_forgotten(&failure);
                    if failed == FAILED_WATCHES || list_again {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// Reads the list to its end and takes it over. Returns the number of objects.
    pub(crate) async fn list(&mut self) -> Result<i64, Failure> {
        let before = self.status_now();
        self.status(|status| {
            status.progress = Some((0, None));
            if status.phase == Phase::Waiting {
                status.phase = Phase::Listing;
            }
        });
        // The list is a snapshot: it is true as of the moment it was asked for.
        let asked_at = self.clock.now();
        let result = self.pages(before.resource_version.as_deref()).await;
        self.status(|status| status.progress = None);
        let (version, objects) = result?;
        self.status(|status| {
            status.phase = Phase::Watching;
            status.listed_at = Some(asked_at);
            status.data_as_of = Some(asked_at);
            status.resource_version = Some(version);
            status.objects = objects;
            status.error = None;
        });
        let was_unknown = before.listed_at.is_none() || before.phase == Phase::NotPermitted;
        if was_unknown {
            self.checks_changed().await?;
        }
        if before.error.is_some() || before.listed_at.is_none() {
            let (cluster, kind) = (self.cluster.as_str(), self.kind.as_str());
            tracing::info!(cluster, kind, objects, "the list is complete");
        }
        Ok(objects)
    }

    /// Reads page after page: one travels, one is read, and those before are written. Pages that
    /// are read during a write go together into the next, so that commits are few when they are
    /// slow.
    async fn pages(&mut self, known: Option<&str>) -> Result<(String, i64), Failure> {
        let mut size = self.timing.page_size;
        let mut read = 0;
        let mut json = loop {
            match self.fetch(size, String::new()).await {
                // A slow server may manage a smaller page in time.
                Err(Failure::Silent(_)) if size > SMALLEST_PAGE => size = size.div_ceil(4),
                other => break other?,
            }
        };
        let version = List::read(&json)?.metadata.resource_version;
        let trusted = self.is_trusted(&version, known)?;
        self.sink.begin(trusted).await?;
        let mut batch = S::Batch::default();
        let mut writing = VecDeque::new();
        loop {
            let list = List::read(&json)?;
            let token = list.metadata.r#continue.clone();
            let next = (!token.is_empty()).then(|| self.fetch(size, token));
            self.sink.read(&list, &mut batch)?;
            let is_free = writing.iter().all(AbortOnDropHandle::is_finished);
            if is_free || S::size(&batch) >= OBJECTS_AT_ONCE {
                written(&mut writing, WRITES_AT_ONCE - 1).await?;
                let write = self.sink.write(std::mem::take(&mut batch));
                let write = after(self.gate.clone(), write);
                writing.push_back(AbortOnDropHandle::new(tokio::spawn(write)));
            }
            read += list.items().len() as i64;
            let remaining = list.metadata.remaining_item_count;
            self.status(|status| status.progress = Some((read, remaining)));
            match next {
                Some(next) => json = next.await?,
                None => break,
            }
        }
        written(&mut writing, 0).await?;
        after(self.gate.take(), self.sink.write(batch)).await?;
        self.sink.finish().await?;
        Ok((version, read))
    }

    /// Asks for a page, in a task of its own.
    fn fetch(
        &self,
        size: usize,
        token: String,
    ) -> impl Future<Output = Result<bytes::Bytes, Failure>> + Send + use<S> {
        let (client, kind) = (self.connection.client.clone(), self.kind);
        let timing = self.timing.clone();
        let page = async move { api::page(&client, kind, size, &token, &timing).await };
        let task = AbortOnDropHandle::new(tokio::spawn(page));
        async move { task.await.unwrap_or_else(|error| Err(Failure::Connection(error.to_string()))) }
    }

    /// A list older than one already seen would take back what is known. It is refused until it
    /// has lasted so long that the cluster must have been restored; then versions may have been
    /// given out twice, and every object is compared.
    fn is_trusted(&mut self, found: &str, known: Option<&str>) -> Result<bool, Failure> {
        let number = |text: &str| text.parse::<u128>().ok();
        let older = known.is_some_and(|known| {
            number(found).zip(number(known)).is_some_and(|(found, known)| found < known)
        });
        if !older {
            self.older_since = None;
            return Ok(true);
        }
        let since = *self.older_since.get_or_insert_with(Instant::now);
        if since.elapsed() < self.timing.older_state {
            let known = known.unwrap_or_default().to_owned();
            return Err(Failure::Older { found: found.to_owned(), known });
        }
        self.older_since = None;
        Ok(false)
    }

    /// One watch, from the version at which the store stands, until it ends or the list is due.
    async fn watch(&mut self, due: Instant) -> Result<(), Failure> {
        let mut version = self.status_now().resource_version.unwrap_or_default();
        let opened = Instant::now();
        let mut fruitful = false;
        let mut lines =
            api::watch(&self.connection.client, self.kind, &version, &self.timing).await?;
        while let Some(line) = lines.next(&self.timing).await? {
            let batch = gather(line, &mut lines);
            self.take(&batch, &mut version).await?;
            fruitful = true;
            if Instant::now() >= due {
                return Ok(());
            }
        }
        if !fruitful && opened.elapsed() < self.timing.watch_shortest {
            return Err(Failure::Fruitless);
        }
        // Ended as asked for: nothing has happened up to now that was not told.
        if opened.elapsed() * 2 >= self.timing.watch {
            self.alive(&version);
        }
        Ok(())
    }

    /// Takes over a batch of lines. What stands before a bad line is kept.
    async fn take(&mut self, lines: &[bytes::Bytes], version: &mut String) -> Result<(), Failure> {
        let mut news = Vec::with_capacity(lines.len());
        let mut reached = None;
        let mut bad = None;
        for line in lines {
            match wire::event(line) {
                Ok((event, at)) => {
                    reached = Some(at);
                    match event {
                        Event::Present(object) => news.push(News::Present(object)),
                        Event::Deleted(object) => news.push(News::Deleted(object)),
                        Event::Bookmark => {}
                    }
                }
                Err(failure) => {
                    bad = Some(failure);
                    break;
                }
            }
        }
        if !news.is_empty() {
            self.sink.events(&news).await?;
        }
        if let Some(reached) = reached {
            *version = reached;
            self.alive(version);
        }
        bad.map_or(Ok(()), Err)
    }

    /// The watch has shown that the store equals the cluster.
    fn alive(&self, version: &str) {
        let now = self.clock.now();
        self.status(|status| {
            status.phase = Phase::Watching;
            status.data_as_of = Some(now);
            status.resource_version = Some(version.to_owned());
            status.error = None;
        });
    }

    /// Records a failure, and logs it when it is another than the last.
    pub(crate) async fn note(&mut self, failure: &Failure) {
        if matches!(failure, Failure::NotServed) {
            return self.absent().await;
        }
        let forbidden = matches!(failure, Failure::NotPermitted { .. });
        let phase = if forbidden { Phase::NotPermitted } else { Phase::Failing };
        let error = failure.to_string();
        let before = self.status_now();
        self.status(|status| {
            status.phase = phase;
            status.error = Some(error.clone());
        });
        if before.error.as_ref() != Some(&error) {
            let (cluster, kind) = (self.cluster.as_str(), self.kind.as_str());
            tracing::warn!(cluster, kind, error, "the sync failed and is tried again");
        }
        if self.is_forgotten(failure) {
            return self.forget().await;
        }
        if forbidden != (before.phase == Phase::NotPermitted)
            && let Err(failure) = self.checks_changed().await
        {
            tracing::error!(%failure, "problems could not be judged anew");
        }
    }

    /// The cluster does not have this kind, and so no object of it: what was known is forgotten.
    async fn absent(&mut self) {
        let before = self.status_now();
        self.status(|status| {
            status.phase = Phase::NotServed;
            status.error = None;
        });
        if before.phase != Phase::NotServed {
            let (cluster, kind) = (self.cluster.as_str(), self.kind.as_str());
            tracing::info!(cluster, kind, "not installed in the cluster");
        }
        self.forget().await;
    }

    /// Whether nothing is known of the kind any more after this failure. No check is left undone
    /// without a kind that a cluster may do without, so what it said would count for ever.
    fn is_forgotten(&self, failure: &Failure) -> bool {
        self.kind.is_optional() && matches!(failure, Failure::NotPermitted { .. })
    }

    async fn forget(&mut self) {
        self.status(|status| {
            let fresh = KindStatus::new(status.kind);
            *status = KindStatus {
                phase: status.phase,
                error: status.error.take(),
                restarts: status.restarts,
                ..fresh
            };
        });
        if let Err(failure) = forget(&mut self.sink).await {
            let (cluster, kind) = (self.cluster.as_str(), self.kind.as_str());
            tracing::error!(cluster, kind, %failure, "what was known could not be forgotten");
        }
    }

    /// Other checks can be made than before. No check needs a kind that a cluster may do without.
    async fn checks_changed(&self) -> Result<(), Failure> {
        if self.kind != Kind::Ingress && !self.kind.is_optional() {
            self.store.reassess_all(&self.cluster, self.clock.now()).await?;
        }
        Ok(())
    }

    fn status(&self, change: impl FnOnce(&mut KindStatus)) {
        self.store.set_status(&self.cluster, self.kind, change);
    }

    fn status_now(&self) -> KindStatus {
        self.store.kind_status(&self.cluster, self.kind)
    }
}

/// Takes over that there is nothing, as after a complete list without objects.
async fn forget<S: Sink>(sink: &mut S) -> Result<(), Failure> {
    sink.begin(true).await?;
    sink.finish().await
}

/// Waits until no more than so many of the writes are under way, in the order in which they began.
async fn written(
    writing: &mut VecDeque<AbortOnDropHandle<Result<(), Failure>>>,
    most: usize,
) -> Result<(), Failure> {
    while writing.len() > most {
        let Some(write) = writing.pop_front() else { break };
        write.await.unwrap_or_else(|error| Err(Failure::Store(error.to_string())))?;
    }
    Ok(())
}

/// Writes once the gate is open.
async fn after(
    gate: Option<Gate>,
    write: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    if let Some(mut gate) = gate {
        // Nobody is left who could open it: then there is nothing to wait for.
        let _ = gate.wait_for(|open| *open).await;
    }
    write.await
}

/// A line and those that have arrived behind it.
fn gather(first: bytes::Bytes, lines: &mut Lines) -> Vec<bytes::Bytes> {
    let mut batch = vec![first];
    while batch.len() < EVENTS_AT_ONCE {
        let Some(line) = lines.ready() else { break };
        batch.push(line);
    }
    batch
}
