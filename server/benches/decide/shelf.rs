//! A store with many ingresses, and what people do with it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use domain::assess::Rules;
use domain::campaign::Terms;
use domain::owner::{self, Team};
use domain::review::{Choice, ReviewView};
use domain::sync::Kind;
use domain::testing::person;
use domain::user::{Person, Role};
use domain::{CampaignId, ClusterName, Scope};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{Act, Batch, ReviewRow, Sighting, Store};
use tempfile::TempDir;

/// So many are decided at once.
pub const MANY: usize = 500;
/// The scope that means these.
pub const MANY_OF_THEM: &str = "namespace=team-0";
/// So many are taken over in one transaction.
const BATCH: usize = 5_000;
/// So many decisions tell how much is written for one.
const SAMPLE: usize = 16;

/// A store in a folder of its own.
pub struct Shelf {
    pub store: Store,
    pub now: Timestamp,
    admin: Arc<Person>,
    folder: TempDir,
}

impl Shelf {
    /// With so many ingresses of the team `payments`.
    pub async fn filled(size: usize) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let now: Timestamp = "2026-03-02T09:00:00Z".parse()?;
        let store = fill(&folder.path().join("routebook.db"), size, now).await?;
        let admin = Arc::new(Person { role: Some(Role::Admin), ..person("admin") });
        Ok(Self { store, now, admin, folder })
    }

    /// The folder of the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store alone, and what keeps its folder.
    pub fn into_parts(self) -> (Store, TempDir) {
        (self.store, self.folder)
    }

    /// Drafts a campaign.
    pub async fn campaign(&self, scope: &str) -> anyhow::Result<CampaignId> {
        let due = self.now + SignedDuration::from_hours(24 * 14);
        let terms = Terms::new("Spring", Scope::parse(scope)?, due);
        Ok(self.store.create_campaign(&self.act(), terms, None, self.now).await?)
    }

    /// Opens it.
    pub async fn open(&self, id: CampaignId) -> anyhow::Result<u64> {
        Ok(self.store.open_campaign(&self.act(), id, &[], self.now).await?)
    }

    /// Its reviews.
    pub async fn reviews(&self, id: CampaignId) -> anyhow::Result<Vec<ReviewRow>> {
        let view = ReviewView { campaign: Some(id), ..ReviewView::default() };
        Ok(self.store.reviews(&view, MANY + 1).await?.rows)
    }

    /// Decides about some.
    pub async fn decide(&self, rows: &[ReviewRow], choice: Choice) -> anyhow::Result<()> {
        let ids: Vec<_> = rows.iter().map(|row| row.review.id).collect();
        let hashes: Vec<_> = rows.iter().map(|row| row.row.material_hash.clone()).collect();
        let decided = self.store.decide(&self.act(), &ids, choice, &hashes, self.now).await?;
        ensure!(decided.len() == rows.len(), "{} were decided", decided.len());
        Ok(())
    }

    /// How many bytes the write-ahead log takes for one decision; a page at least, if the log was
    /// begun anew meanwhile.
    pub async fn bytes_of_a_decision(&self, row: &ReviewRow) -> anyhow::Result<usize> {
        let before = self.store.size().await?;
        for _ in 0..SAMPLE {
            let choice = Choice::new(domain::review::Kind::Confirm, "");
            self.decide(std::slice::from_ref(row), choice).await?;
        }
        let grown = usize::try_from(self.store.size().await?.saturating_sub(before))?;
        Ok((grown / SAMPLE).max(4096))
    }

    fn act(&self) -> Act {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let key = format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let (content, address) = (String::new(), "192.0.2.1".to_owned());
        Act { key, content, person: self.admin.clone(), address }
    }
}

/// Makes a database of so many ingresses, of which what is known is of that moment.
pub async fn fill(database: &Path, size: usize, now: Timestamp) -> anyhow::Result<Store> {
    let store = Store::open(database).await?;
    let groups = vec!["team-payments".to_owned()];
    let teams = vec![Team { name: "payments".to_owned(), groups, ..Team::default() }];
    let owner = owner::Rules { teams, ..owner::Rules::default() };
    store.set_rules(Rules { owner, ..Rules::default() }, now).await?;
    let prod: ClusterName = "prod".parse()?;
    store.configure(std::slice::from_ref(&prod)).await?;
    let numbers: Vec<usize> = (0..size).collect();
    for numbers in numbers.chunks(BATCH) {
        let seen = numbers.iter().map(|number| Sighting::read(&manifest(*number)));
        let batch = Batch { seen: seen.collect(), first: true, ..Batch::default() };
        store.apply_ingresses(&prod, &batch, now).await?;
    }
    store.set_status(&prod, Kind::Ingress, |status| {
        status.data_as_of = Some(now);
        status.listed_at = Some(now);
    });
    Ok(store)
}

fn manifest(number: usize) -> String {
    let (name, team) = (format!("web-{number}"), number / MANY);
    let metadata = json!({
        "namespace": format!("team-{team}"), "name": name, "uid": format!("uid-{number}"),
        "resourceVersion": "1", "creationTimestamp": "2024-01-02T03:04:05Z",
        "labels": {"team": "payments"},
    });
    let backend = json!({"service": {"name": name, "port": {"number": 80}}});
    let path = json!({"path": "/", "pathType": "Prefix", "backend": backend});
    let rule = json!({"host": format!("{name}.example.com"), "http": {"paths": [path]}});
    let spec = json!({"ingressClassName": "nginx", "rules": [rule]});
    json!({"metadata": metadata, "spec": spec}).to_string()
}
