//! The evidence of a campaign: what was attested, by whom, when, on what ground, and what came of it.

use std::collections::HashMap;

use domain::audit::Entry;
use domain::campaign::Campaign;
use domain::recommendation::Recommendation;
use domain::retirement::Retirement;
use domain::review::{Decision, Outcome, Review, ReviewState, Stage};
use domain::{CampaignId, Change, IngressId, ReviewId};
use futures::stream::{Stream, try_unfold};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::{load, parsed};
use crate::audit::about_campaign;
use crate::reviews::{
    Basis, Comment, DECISION, DecisionRow, REVIEW, StoredReview, comments_of, decisions_of,
    last_of_reviews,
};
use crate::row::{created, from_json};
use crate::{Error, Store};

/// Reviews of a batch: enough to make a round trip cheap, few enough to be there at once.
const AT_ONCE: i64 = 250;

/// What is on record of one review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// The review.
    pub review: ReviewId,
    /// The store's number of the ingress.
    pub ingress: IngressId,
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The identity of this life.
    pub uid: String,
    /// The team that decides.
    pub assignee: String,
    /// Where the review stands.
    pub stage: Stage,
    /// What came of it, once the campaign is closed.
    pub outcome: Option<Outcome>,
    /// The material hash of what was frozen, decided about, or opened again.
    pub material_hash: String,
    /// What was recommended when the population was frozen, and why.
    pub recommendation: Recommendation,
    /// The decision that counts, or, after a change, the last one.
    pub decision: Option<Decision>,
    /// What was known when that was decided.
    pub basis: Option<Basis>,
    /// Until when a confirmation holds; `None` if a change has voided it.
    pub attested_until: Option<Timestamp>,
    /// All other decisions, the oldest first: superseded, taken back, or handed on.
    pub others: Vec<Decision>,
    /// What changed materially since the decision, if that opened the review again.
    pub changes: Vec<Change>,
    /// What was said, the oldest first.
    pub comments: Vec<Comment>,
    /// The last retirement that it led to, with its proof.
    pub retirement: Option<Retirement>,
}

/// All that is on record of a campaign, from one snapshot. It takes one reading connection until it is
/// dropped.
pub struct Evidence {
    store: Store,
    campaign: Campaign,
    reader: Transaction<'static, Sqlite>,
    /// The number of the last review that was read.
    after: i64,
}

impl Store {
    /// All that is on record of a campaign; `None` if there is none of this number.
    pub async fn evidence(&self, id: CampaignId) -> Result<Option<Evidence>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let campaign = load(&mut reader, id).await.map_err(self.failed())?;
        let store = self.clone();
        Ok(campaign.map(|campaign| Evidence { store, campaign, reader, after: 0 }))
    }

    /// What is on record of each review of a campaign, batch after batch, from one snapshot. One
    /// reading connection is taken until the stream ends or is dropped.
    pub fn export_campaign(
        &self,
        id: CampaignId,
    ) -> impl Stream<Item = Result<Vec<EvidenceRow>, Error>> + Send + use<> {
        try_unfold((self.clone(), None), move |(store, evidence)| async move {
            let evidence = match evidence {
                None => store.evidence(id).await?,
                reading => reading,
            };
            let Some(mut evidence) = evidence else { return Ok(None) };
            let rows = evidence.rows().await?;
            Ok((!rows.is_empty()).then(|| (rows, (store, Some(evidence)))))
        })
    }
}

impl Evidence {
    /// The campaign.
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// The next reviews; none if all were read.
    pub async fn rows(&mut self) -> Result<Vec<EvidenceRow>, Error> {
        let (id, name) = (self.campaign.id(), &self.campaign.terms().name);
        let rows = batch(&mut self.reader, id, name, self.after).await;
        let rows = rows.map_err(self.store.failed())?;
        self.after = rows.last().map_or(self.after, |row| row.review.0);
        Ok(rows)
    }

    /// The audit entries of the campaign, of its reviews and of what followed from them, the oldest
    /// first.
    pub async fn entries(&mut self) -> Result<Vec<Entry>, Error> {
        let entries = about_campaign(&mut self.reader, self.campaign.id()).await;
        entries.map_err(self.store.failed())
    }
}

/// Cluster, namespace, name and UID, and whether it was gone before the closing.
type Place = (String, String, String, String, i64);

/// What was known at the decision, and until when it holds.
type Ground = (String, i64);

type Row = (StoredReview, Option<DecisionRow>, Place, Option<Ground>);

async fn batch(
    connection: &mut SqliteConnection,
    id: CampaignId,
    name: &str,
    after: i64,
) -> Result<Vec<EvidenceRow>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_group_array(json_array({REVIEW}, {DECISION},
           json_array(i.cluster, i.namespace, i.name, i.uid, r.gone),
           json(CASE WHEN d.id IS NOT NULL THEN json_array(d.evidence, d.holds_until) END)))
         FROM (SELECT id FROM reviews WHERE campaign = "
    ));
    query.push_bind(id.0).push(" AND id > ").push_bind(after);
    query.push(" ORDER BY id LIMIT ").push_bind(AT_ONCE).push(
        ") AS k
         CROSS JOIN reviews AS r ON r.id = k.id
         CROSS JOIN ingresses AS i ON i.id = r.ingress_id
         LEFT JOIN decisions AS d ON d.id = r.decision_id",
    );
    let text: String = query.build_query_scalar().fetch_one(&mut *connection).await?;
    let found: Vec<Row> = parsed(&text)?;
    let mut rows = found
        .into_iter()
        .map(|(review, decision, place, ground)| {
            let decision = decision.map(DecisionRow::read).transpose()?;
            let changes = review.changes();
            let review = review.with(decision.clone())?;
            let mut row = row(review, decision, place, ground);
            if !holds(&row, &changes) {
                row.attested_until = None;
            }
            Ok(EvidenceRow { campaign_name: name.to_owned(), changes, ..row })
        })
        .collect::<Result<Vec<EvidenceRow>, sqlx::Error>>()?;
    rows.sort_by_key(|row| row.review);
    complete(connection, &mut rows).await?;
    Ok(rows)
}

fn row(
    review: Review,
    decision: Option<Decision>,
    (cluster, namespace, name, uid, gone): Place,
    ground: Option<Ground>,
) -> EvidenceRow {
    EvidenceRow {
        campaign: review.campaign,
        campaign_name: String::new(),
        review: review.id,
        ingress: review.ingress,
        cluster,
        namespace,
        name,
        uid,
        stage: review.state.stage(gone == 0),
        outcome: match review.state {
            ReviewState::Settled(outcome) => Some(outcome),
            _ => None,
        },
        assignee: review.assignee,
        material_hash: review.material_hash,
        recommendation: review.recommendation,
        decision,
        attested_until: ground.as_ref().and_then(|(_, until)| created(*until)),
        basis: ground.map(|(basis, _)| from_json(&basis)),
        others: Vec::new(),
        changes: Vec::new(),
        comments: Vec::new(),
        retirement: None,
    }
}

/// Whether the last decision still says what it said: a material change since has voided it.
fn holds(row: &EvidenceRow, changes: &[Change]) -> bool {
    match row.outcome {
        Some(Outcome::Gone) => changes.is_empty(),
        Some(outcome) => outcome == Outcome::Confirmed,
        None => row.stage == Stage::Decided,
    }
}

/// Adds what stands in other tables.
async fn complete(
    connection: &mut SqliteConnection,
    rows: &mut [EvidenceRow],
) -> Result<(), sqlx::Error> {
    let ids: Vec<ReviewId> = rows.iter().map(|row| row.review).collect();
    let mut decisions: HashMap<ReviewId, Vec<Decision>> = HashMap::new();
    for (review, decision) in decisions_of(connection, &ids).await? {
        decisions.entry(review).or_default().push(decision);
    }
    let mut comments: HashMap<ReviewId, Vec<Comment>> = HashMap::new();
    for (review, comment) in comments_of(connection, &ids).await? {
        comments.entry(review).or_default().push(comment);
    }
    let mut retirements = last_of_reviews(connection, &ids).await?;
    for row in rows {
        let counts = row.decision.as_ref().map(|decision| decision.id);
        row.others = decisions.remove(&row.review).unwrap_or_default();
        row.others.retain(|decision| Some(decision.id) != counts);
        row.comments = comments.remove(&row.review).unwrap_or_default();
        row.retirement = retirements.remove(&row.review);
    }
    Ok(())
}
