//! Reads a list page after page, and writes it while it is read.

use std::collections::VecDeque;

use domain::sync::Phase;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::api;
use super::failure::Failure;
use super::follow::{Follower, Gate};
use super::sink::Sink;
use super::wire::List;

/// So many objects of a list are written in one transaction, at most a page more.
const OBJECTS_AT_ONCE: usize = 2500;
/// So many writes of a list are under way: one is written, and one is judged meanwhile.
const WRITES_AT_ONCE: usize = 2;
/// A page is not asked to be smaller than this.
const SMALLEST_PAGE: usize = 25;

impl<S: Sink> Follower<S> {
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
