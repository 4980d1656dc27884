//! Everything about one review, as its card shows it.

use domain::audit::Actor;
use domain::campaign::Campaign;
use domain::detail::{Detail, Happening};
use domain::inventory::Row;
use domain::retirement::Retirement;
use domain::review::{Decision, Review};
use domain::{Attestation, Change, IngressId, ReviewId};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::about::{DecidedIn, about};
use super::rows::{DECISION, DecisionRow, REVIEW, ReviewRow};
use crate::campaigns::{load, parsed};
use crate::inventory::rows_of;
use crate::row::{moment, to_json};
use crate::{Error, Store};

/// So many others on the same hosts are shown.
const MOST_OTHERS: i64 = 50;

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub text: String,
}

/// Everything about one review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewCard {
    /// The review.
    pub review: Review,
    /// Its campaign.
    pub campaign: Campaign,
    /// The ingress as it is now.
    pub detail: Detail,
    /// The last time that somebody confirmed it, in whatever campaign.
    pub attestation: Option<Attestation>,
    /// What has changed materially since then, the oldest first; as far back as the history of the
    /// ingress's page goes.
    pub changes: Vec<Change>,
    /// Others with one of its hosts, in whatever cluster.
    pub same_host: Vec<Row>,
    /// All decisions, the latest first.
    pub decisions: Vec<Decision>,
    /// What was decided in other campaigns, the latest first.
    pub earlier: Vec<DecidedIn>,
    /// All comments, the oldest first.
    pub comments: Vec<Comment>,
    /// What of the ingress is to go and not gone yet, the latest first, whoever decided it.
    pub retirements: Vec<Retirement>,
}

/// What belongs to a review alone.
struct Own {
    review: Review,
    campaign: Campaign,
    decisions: Vec<Decision>,
    comments: Vec<Comment>,
}

impl Store {
    /// Everything about one review; `None` if there is none of this number.
    pub async fn review(&self, id: ReviewId, now: Timestamp) -> Result<Option<ReviewCard>, Error> {
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let own = own(&mut reader, id).await.map_err(self.failed())?;
        drop(reader);
        let Some(Own { review, campaign, decisions, comments }) = own else { return Ok(None) };
        let Some(detail) = self.ingress(review.ingress, now).await? else { return Ok(None) };
        let mut reader = self.0.readers.acquire().await.map_err(self.failed())?;
        let same_host = same_host(&mut reader, &detail).await.map_err(self.failed())?;
        let earlier = about(&mut reader, review.ingress, Some(id)).await.map_err(self.failed())?;
        let mut retirements = self.retirements_of(review.ingress).await?;
        retirements.retain(|one| one.state.is_pending());
        let attestation = detail.attestation.clone();
        let changes = changes(&detail);
        Ok(Some(ReviewCard {
            review,
            campaign,
            detail,
            attestation,
            changes,
            same_host,
            decisions,
            earlier,
            comments,
            retirements,
        }))
    }
}

async fn own(connection: &mut SqliteConnection, id: ReviewId) -> Result<Option<Own>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_array({REVIEW}, {DECISION}) FROM reviews AS r
         LEFT JOIN decisions AS d ON d.id = r.decision_id
         WHERE r.id = "
    ));
    query.push_bind(id.0);
    let text: Option<String> = query.build_query_scalar().fetch_optional(&mut *connection).await?;
    let Some(text) = text else { return Ok(None) };
    let (review, decision): (ReviewRow, Option<DecisionRow>) = parsed(&text)?;
    let review = review.read(decision)?;
    let Some(campaign) = load(connection, review.campaign).await? else { return Ok(None) };
    let mut decisions = decisions_of(connection, &[id]).await?;
    decisions.reverse();
    let decisions = decisions.into_iter().map(|(_, decision)| decision).collect();
    let comments = comments_of(connection, &[id]).await?;
    let comments = comments.into_iter().map(|(_, comment)| comment).collect();
    Ok(Some(Own { review, campaign, decisions, comments }))
}

/// Every decision of these reviews, the oldest first.
pub(crate) async fn decisions_of(
    connection: &mut SqliteConnection,
    reviews: &[ReviewId],
) -> Result<Vec<(ReviewId, Decision)>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT d.review, {DECISION} FROM decisions AS d
         WHERE d.review IN (SELECT value FROM json_each("
    ));
    query.push_bind(to_json(reviews)).push(")) ORDER BY d.id");
    let rows: Vec<(i64, String)> = query.build_query_as().fetch_all(connection).await?;
    let read = |(review, text): (i64, String)| {
        Ok((ReviewId(review), parsed::<DecisionRow>(&text)?.read()?))
    };
    rows.into_iter().map(read).collect()
}

type CommentRow = (i64, i64, String, String, String, String);

/// Every comment on these reviews, the oldest first.
pub(crate) async fn comments_of(
    connection: &mut SqliteConnection,
    reviews: &[ReviewId],
) -> Result<Vec<(ReviewId, Comment)>, sqlx::Error> {
    let rows: Vec<CommentRow> = sqlx::query_as(
        "SELECT review, at, issuer, subject, name, text FROM comments
         WHERE review IN (SELECT value FROM json_each($1))
         ORDER BY id",
    )
    .bind(to_json(reviews))
    .fetch_all(connection)
    .await?;
    let comment = |(review, at, issuer, subject, name, text): CommentRow| {
        let by = Actor::Person { issuer, subject, name };
        (ReviewId(review), Comment { at: moment(at), by, text })
    };
    Ok(rows.into_iter().map(comment).collect())
}

/// What has changed materially since somebody confirmed it.
fn changes(detail: &Detail) -> Vec<Change> {
    let Some(attestation) = &detail.attestation else { return Vec::new() };
    let since = detail.history.iter().rev().filter(|event| event.at > attestation.at);
    let changes = since.filter_map(|event| match &event.what {
        Happening::Changed(changes) => Some(changes),
        _ => None,
    });
    changes.flatten().filter(|change| change.material).cloned().collect()
}

/// Others that begin with one of its hosts, or have a certificate for it.
async fn same_host(
    connection: &mut SqliteConnection,
    detail: &Detail,
) -> Result<Vec<Row>, sqlx::Error> {
    let hosts: Vec<&str> =
        detail.ingress.hosts().into_iter().filter(|host| !host.is_empty()).take(20).collect();
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT i.id FROM json_each($1) AS host
         CROSS JOIN ingresses AS i ON i.gone = 0 AND i.first_host = host.value
         WHERE i.id <> $2
         UNION
         SELECT t.ingress_id FROM json_each($1) AS host
         CROSS JOIN clusters AS c
         CROSS JOIN tls_names AS t ON t.cluster = c.name AND t.host = host.value
         CROSS JOIN ingresses AS i ON i.id = t.ingress_id
         WHERE t.ingress_id <> $2 AND i.gone = 0
         LIMIT $3",
    )
    .bind(to_json(&hosts))
    .bind(detail.id.0)
    .bind(MOST_OTHERS)
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<IngressId> = ids.into_iter().map(IngressId).collect();
    let mut rows: Vec<Row> = rows_of(connection, &ids).await?.into_values().collect();
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}
