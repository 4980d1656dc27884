//! People who review: forms as the pages send them, and what the store has of it afterwards.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::audit::{AuditView, Entry, Verifier};
use domain::review::ReviewView;
use domain::sync::Kind;
use domain::{CampaignId, ClusterName, IngressId};
use futures::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use reqwest::Response;
use serde_json::{Value, json};
use store::{Batch, ReviewCard, ReviewRow, Sighting, Store};
use url::form_urlencoded::Serializer;

use super::{Browser, Setup, Site, location, manifest};

/// The day on which campaigns are due, two weeks after tests begin.
const DUE: &str = "2026-03-16";

/// An open campaign: `payments` reviews `web` and `shop`, `search` reviews `finder`, and `orphan`,
/// which nobody owns.
pub struct Round {
    pub site: Site,
    pub admin: Browser,
    /// A member of `payments`.
    pub owner: Browser,
    /// A member of `search`.
    pub other: Browser,
    pub id: CampaignId,
}

impl Round {
    /// Opens it.
    pub async fn new() -> Self {
        Self::with(Setup::default(), &[]).await
    }

    /// Opens one of another set-up, with more fields in the form of its terms.
    pub async fn with(setup: Setup, more: &[(&str, &str)]) -> Self {
        let site = Site::with_sign_in(setup).await;
        let [admin, owner, other] = [
            site.sign_in("admin").await,
            site.sign_in("owner").await,
            site.sign_in("other-owner").await,
        ];
        let teams =
            [("web", "payments"), ("shop", "payments"), ("finder", "search"), ("orphan", "")];
        site.show(&teams.map(|(name, team)| owned(name, team))).await;
        let more = [more, &[("fallback", "search")][..]].concat();
        let id = site.open_campaign(&admin, &more).await;
        Self { site, admin, owner, other, id }
    }

    /// The review of an ingress, as it is now.
    pub async fn review(&self, name: &str) -> ReviewRow {
        self.site.review(self.id, name).await
    }

    /// All about that review.
    pub async fn card(&self, name: &str) -> ReviewCard {
        let id = self.review(name).await.review.id;
        self.site.store.review(id, self.site.hands.now()).await.unwrap().unwrap()
    }

    /// Sends a decision from a page that was drawn just now.
    pub async fn decide(
        &self,
        browser: &Browser,
        name: &str,
        kind: &str,
        more: &[(&str, &str)],
    ) -> Response {
        let row = self.review(name).await;
        browser.submit("/reviews/decide", &decision(&row, kind, more)).await
    }

    /// Sends the forms of an admin: `open`, `extend` or `close`.
    pub async fn lead(&self, what: &str, fields: &[(&str, &str)]) -> Response {
        self.admin.submit(&format!("/campaigns/{}/{what}", self.id), &act(fields)).await
    }
}

impl Site {
    /// The watch of `prod` shows these now.
    pub async fn show(&self, manifests: &[Value]) {
        let seen = manifests.iter().map(|manifest| Sighting::read(&manifest.to_string()));
        self.watch(&Batch { seen: seen.collect(), ..Batch::default() }).await;
    }

    /// The API server of `prod` reports that this was deleted.
    pub async fn delete(&self, manifest: &Value) {
        let deleted = vec![Sighting::read(&manifest.to_string())];
        self.watch(&Batch { deleted, ..Batch::default() }).await;
    }

    async fn watch(&self, batch: &Batch) {
        self.fresh(&["prod"]).await;
        let now = self.hands.now();
        self.store.apply_ingresses(&cluster("prod"), batch, now).await.unwrap();
    }

    /// These clusters are configured, and what is known of them is of now.
    pub async fn fresh(&self, names: &[&str]) {
        let clusters: Vec<ClusterName> = names.iter().map(|name| cluster(name)).collect();
        self.store.configure(&clusters).await.unwrap();
        let now = self.hands.now();
        for cluster in &clusters {
            self.store.set_status(cluster, Kind::Ingress, |status| {
                status.data_as_of = Some(now);
                status.listed_at = Some(now);
                status.resource_version = Some("42".to_owned());
            });
        }
    }

    /// Lets time pass until then.
    pub fn pass_until(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        self.hands.pass(moment.duration_since(self.hands.now()));
    }

    /// Lets days pass.
    pub fn pass_days(&self, days: i64) {
        self.hands.pass(SignedDuration::from_hours(24 * days));
    }

    /// Drafts a campaign. Its form has `more` in it.
    pub async fn draft_campaign(&self, admin: &Browser, more: &[(&str, &str)]) -> CampaignId {
        // Of a field that comes twice the first counts.
        let fields = [more, &[("name", "Spring"), ("due", DUE)][..]].concat();
        let place = done(admin.submit("/campaigns", &act(&fields)).await).await;
        place.strip_prefix("/campaigns/").unwrap().parse().unwrap()
    }

    /// The same, and opens it.
    pub async fn open_campaign(&self, admin: &Browser, more: &[(&str, &str)]) -> CampaignId {
        let id = self.draft_campaign(admin, more).await;
        self.fresh(&["prod"]).await;
        done(admin.submit(&format!("/campaigns/{id}/open"), &act(&[])).await).await;
        id
    }

    /// All reviews of a campaign, by the names of their ingresses.
    pub async fn reviews(&self, id: CampaignId) -> Vec<ReviewRow> {
        let view = ReviewView { campaign: Some(id), ..ReviewView::default() };
        let mut rows = self.store.reviews(&view, 1_000).await.unwrap().rows;
        rows.sort_by(|one, other| one.row.name.cmp(&other.row.name));
        rows
    }

    /// The review of an ingress.
    pub async fn review(&self, id: CampaignId, name: &str) -> ReviewRow {
        let found = self.reviews(id).await.into_iter().find(|row| row.row.name == name);
        found.unwrap_or_else(|| panic!("{name} is not reviewed"))
    }

    /// The number of the ingress of a name that is there.
    pub async fn number(&self, name: &str) -> IngressId {
        let view = domain::inventory::View::parse(&format!("q={name}.example.com")).unwrap();
        let page = self.store.inventory(&view, self.hands.now()).await.unwrap();
        assert_eq!(page.rows.len(), 1, "{name}");
        page.rows[0].id
    }

    /// How often something was done.
    pub async fn count(&self, action: &str) -> usize {
        self.actions().await.iter().filter(|one| *one == action).count()
    }
}

fn cluster(name: &str) -> ClusterName {
    name.parse().unwrap()
}

/// A key that no other form has.
pub fn key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What a browser sends of these fields.
pub fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The same as a page draws it: with a key of its own.
pub fn act(fields: &[(&str, &str)]) -> String {
    let key = key();
    form(&[fields, &[("key", key.as_str())][..]].concat())
}

/// The form that decides about a review as it is drawn now.
pub fn decision(row: &ReviewRow, kind: &str, more: &[(&str, &str)]) -> String {
    let id = row.review.id.to_string();
    let own = [("id", id.as_str()), ("hash", row.row.material_hash.as_str()), ("kind", kind)];
    act(&[&own[..], more].concat())
}

/// A manifest whose label names its owner; nobody if that is empty.
pub fn owned(name: &str, team: &str) -> Value {
    let mut manifest = manifest(name, "nginx");
    manifest["metadata"]["labels"] = match team {
        "" => json!({}),
        team => json!({"team": team}),
    };
    manifest
}

/// The same in a later version, with these paths.
pub fn changed(name: &str, team: &str, paths: &[&str]) -> Value {
    static NEXT: AtomicU64 = AtomicU64::new(2);
    let mut manifest = owned(name, team);
    let version = NEXT.fetch_add(1, Ordering::Relaxed);
    manifest["metadata"]["resourceVersion"] = json!(version.to_string());
    let backend = json!({"service": {"name": name, "port": {"number": 80}}});
    let path = |path: &&str| json!({"path": path, "pathType": "Prefix", "backend": backend});
    manifest["spec"]["rules"][0]["http"]["paths"] = paths.iter().map(path).collect();
    manifest
}

/// Where an act led. It must have been done.
pub async fn done(answer: Response) -> String {
    let (status, place) = (answer.status(), location(&answer));
    let text = answer.text().await.unwrap();
    assert_eq!(status, 303, "{text}");
    place
}

/// The page that says why an act was not done, with this status and these words in it.
pub async fn refused(answer: Response, status: u16, words: &str) -> String {
    let got = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(got, status, "{words}: {text}");
    assert!(text.contains(words), "{words:?} is not in\n{text}");
    text
}

/// What is hidden in the form of a page that is sent to an address and has this mark in it.
pub fn hidden(page: &str, action: &str, mark: &str) -> Vec<(String, String)> {
    let action = format!("action=\"{action}\"");
    let mut forms = page.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
    let form = forms.find(|form| form.contains(&action) && form.contains(mark));
    let form = form.unwrap_or_else(|| panic!("no form with {action} and {mark} is in\n{page}"));
    let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
    hidden
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

/// Every audit entry, the oldest first. The chain must hold.
pub async fn verified(store: &Store) -> Vec<Entry> {
    let mut verifier = Verifier::new(&[]);
    let mut batches = Box::pin(store.audit_entries(&AuditView::default()));
    let mut entries = Vec::new();
    while let Some(batch) = batches.try_next().await.unwrap() {
        for entry in &batch {
            verifier.next(entry).unwrap();
        }
        entries.extend(batch);
    }
    verifier.finish().unwrap();
    entries
}
