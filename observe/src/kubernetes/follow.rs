//! Follows one kind of one cluster: list, watch, and list again when the watch can't be trusted or
//! the time has come.

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
use super::wire::{self, Event};
use crate::Timing;

/// So many events are taken over in one transaction.
const EVENTS_AT_ONCE: usize = 1000;
/// After so many watches in a row that showed nothing, the list is read again.
const FAILED_WATCHES: u32 = 3;

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

/// What a watch has told and is being written, and the version at which the store stands then.
struct Writing {
    task: AbortOnDropHandle<Result<(), Failure>>,
    reached: String,
}

/// Why nothing more is read of a watch.
enum Ended {
    /// The list is due.
    Due,
    /// The API server has ended it properly. `fruitful` says whether it told anything.
    ByServer { fruitful: bool },
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

    /// One watch, from the version at which the store stands, until it ends or the list is due.
    async fn watch(&mut self, due: Instant) -> Result<(), Failure> {
        let version = self.status_now().resource_version.unwrap_or_default();
        let opened = Instant::now();
        let mut lines =
            api::watch(&self.connection.client, self.kind, &version, &self.timing).await?;
        let mut writing = None;
        let ended = self.lines(&mut lines, due, &mut writing).await;
        // Kept, whatever came after it.
        self.written(&mut writing).await?;
        match ended? {
            Ended::Due => return Ok(()),
            Ended::ByServer { fruitful } => {
                if !fruitful && opened.elapsed() < self.timing.watch_shortest {
                    return Err(Failure::Fruitless);
                }
            }
        }
        // Ended as asked for: nothing has happened up to now that was not told.
        if opened.elapsed() * 2 >= self.timing.watch {
            let version = self.status_now().resource_version.unwrap_or_default();
            self.alive(version);
        }
        Ok(())
    }

    /// Takes over what a watch tells: one batch is read while the one before it is written.
    async fn lines(
        &mut self,
        lines: &mut Lines,
        due: Instant,
        writing: &mut Option<Writing>,
    ) -> Result<Ended, Failure> {
        let mut fruitful = false;
        loop {
            let line = tokio::select! {
                biased;
                written = self.written(writing), if writing.is_some() => {
                    written?;
                    continue;
                }
                line = lines.next(&self.timing) => line?,
            };
            let Some(line) = line else { return Ok(Ended::ByServer { fruitful }) };
            let batch = gather(line, lines);
            self.take(&batch, writing).await?;
            fruitful = true;
            if Instant::now() >= due {
                return Ok(Ended::Due);
            }
        }
    }

    /// Reads a batch of lines, and begins to write it. What stands before a bad line is kept.
    async fn take(
        &self,
        lines: &[bytes::Bytes],
        writing: &mut Option<Writing>,
    ) -> Result<(), Failure> {
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
        if let Some(reached) = reached {
            let write = if news.is_empty() { None } else { Some(self.sink.events(&news)?) };
            self.written(writing).await?;
            let write = async move {
                match write {
                    Some(write) => write.await,
                    None => Ok(()),
                }
            };
            let task = AbortOnDropHandle::new(tokio::spawn(write));
            *writing = Some(Writing { task, reached });
        }
        bad.map_or(Ok(()), Err)
    }

    /// Waits until what was told is written; then the store stands there. Nothing is lost when this is
    /// dropped halfway.
    async fn written(&self, writing: &mut Option<Writing>) -> Result<(), Failure> {
        let Some(Writing { task, .. }) = writing.as_mut() else { return Ok(()) };
        let result = task.await;
        if let Some(Writing { reached, .. }) = writing.take() {
            result.unwrap_or_else(|error| Err(Failure::Store(error.to_string())))?;
            self.alive(reached);
        }
        Ok(())
    }

    /// The watch has shown that the store equals the cluster.
    fn alive(&self, version: String) {
        let now = self.clock.now();
        self.status(|status| {
            status.phase = Phase::Watching;
            status.data_as_of = Some(now);
            status.resource_version = Some(version);
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
    pub(super) async fn checks_changed(&self) -> Result<(), Failure> {
        if self.kind != Kind::Ingress && !self.kind.is_optional() {
            self.store.reassess_all(&self.cluster, self.clock.now()).await?;
        }
        Ok(())
    }

    pub(super) fn status(&self, change: impl FnOnce(&mut KindStatus)) {
        self.store.set_status(&self.cluster, self.kind, change);
    }

    pub(super) fn status_now(&self) -> KindStatus {
        self.store.kind_status(&self.cluster, self.kind)
    }
}

/// Takes over that there is nothing, as after a complete list without objects.
async fn forget<S: Sink>(sink: &mut S) -> Result<(), Failure> {
    sink.begin(true).await?;
    sink.finish().await
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
