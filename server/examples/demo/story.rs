//! How the past is told: each deed at its moment, under a key of its own. What is refused is left out,
//! and the log says why.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::campaign::Terms;
use domain::inventory::{Row, View};
use domain::review::{Choice, ReviewView};
use domain::user::Person;
use domain::{CampaignId, ClusterName, ReviewId, Scope};
use jiff::{SignedDuration, Timestamp};
use store::{Act, ActError, ReviewRow, Store};

use crate::cast::Cast;
use crate::nature::Backdated;

/// A demo has fewer reviews in one campaign.
const MOST: usize = 100_000;

/// What everything is told with.
pub struct Story<'a> {
    /// Where it is told.
    pub store: &'a Store,
    /// Who did it.
    pub cast: &'a Cast,
    /// When the past ends.
    pub now: Timestamp,
    clusters: Vec<ClusterName>,
    deeds: AtomicU64,
}

/// What a campaign was about, and when.
pub struct Opened<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its scope, as a query.
    pub scope: &'a str,
    /// So many days ago.
    pub ago: i64,
    /// So many days later it is due.
    pub lasts: i64,
}

impl<'a> Story<'a> {
    /// Nothing is told yet.
    pub fn new(
        store: &'a Store,
        cast: &'a Cast,
        clusters: Vec<ClusterName>,
        now: Timestamp,
    ) -> Self {
        Self { store, cast, now, clusters, deeds: AtomicU64::new(1) }
    }

    /// So many days ago.
    pub fn ago(&self, days: i64) -> Timestamp {
        self.now - SignedDuration::from_hours(24 * days)
    }

    /// Whether there is a cluster of this name.
    pub fn cluster(&self, name: &str) -> Option<&ClusterName> {
        self.clusters.iter().find(|cluster| cluster.as_str() == name)
    }

    /// Something that somebody does.
    pub fn act(&self, person: &Arc<Person>) -> Act {
        let key = format!("demo-{}", self.deeds.fetch_add(1, Ordering::Relaxed));
        let (content, address) = (String::new(), "127.0.0.1".to_owned());
        Act { key, content, person: person.clone(), address }
    }

    /// Makes and opens a campaign. `None` if that is refused.
    pub async fn open(&self, opened: &Opened<'_>) -> anyhow::Result<Option<CampaignId>> {
        let at = self.ago(opened.ago);
        let due = self.ago(opened.ago - opened.lasts);
        let terms = Terms::new(opened.name, Scope::parse(opened.scope)?, due);
        let terms = Terms { fallback: self.cast.fallback(), ..terms };
        let admin = &self.cast.admin;
        let made = self.store.create_campaign(&self.act(admin), terms, None, at).await;
        let Some(id) = kept("a campaign", made)? else { return Ok(None) };
        let backdated = Backdated::new(self.store, &self.clusters, at);
        let done = self.store.open_campaign(&self.act(admin), id, &[], at).await;
        backdated.put_back();
        Ok(kept("the opening of a campaign", done)?.map(|_| id))
    }

    /// The reviews of a campaign.
    pub async fn reviews(&self, id: CampaignId) -> anyhow::Result<Vec<ReviewRow>> {
        let view = ReviewView { campaign: Some(id), ..ReviewView::default() };
        Ok(self.store.reviews(&view, MOST).await?.rows)
    }

    /// The ingresses of a list.
    pub async fn list(&self, query: &str) -> anyhow::Result<Vec<Row>> {
        Ok(self.store.inventory(&View::parse(query)?, self.now).await?.rows)
    }

    /// Somebody decides about these in one go.
    pub async fn decide(
        &self,
        person: &Arc<Person>,
        rows: &[&ReviewRow],
        choice: Choice,
        at: Timestamp,
    ) -> anyhow::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<ReviewId> = rows.iter().map(|row| row.review.id).collect();
        let shown: Vec<String> = rows.iter().map(|row| row.row.material_hash.clone()).collect();
        let act = self.act(person);
        kept("a decision", self.store.decide(&act, &ids, choice, &shown, at).await)?;
        Ok(())
    }

    /// Whoever reviews it decides about one.
    pub async fn decide_one(
        &self,
        row: &ReviewRow,
        choice: Choice,
        at: Timestamp,
    ) -> anyhow::Result<()> {
        let person = self.cast.reviewer(&row.review.assignee);
        self.decide(&person, &[row], choice, at).await
    }
}

/// What was done; `None` for what was refused, which is left out.
pub fn kept<T>(what: &str, done: Result<T, ActError>) -> anyhow::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(ActError::Refused(sentence, _)) => {
            tracing::warn!(sentence, "left out of the past: {what}");
            Ok(None)
        }
        Err(ActError::Store(error)) => Err(error.into()),
    }
}
