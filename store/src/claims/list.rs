//! Answers what is claimed, and what came of it.

use domain::claim::{ClaimState, OwnerClaim};
use domain::{ClaimId, IngressId};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::row::moment;
use crate::{Error, Store};

/// Nobody goes through more than so many at once.
pub const MOST_CLAIMS: usize = 500;

const COLUMNS: &str = "c.id, c.ingress_id, c.owner, c.state, c.name, c.reason, c.at, \
    c.answered_at, c.answered_by, c.answer";

/// A claim, with the ingress that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// The claim.
    pub claim: OwnerClaim,
    /// The cluster.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name of the ingress.
    pub ingress: String,
    /// Whose it is now; `None` for an orphan.
    pub owner: Option<String>,
    /// What was answered, if somebody has.
    pub answer: Option<ClaimAnswer>,
}

/// What was answered to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimAnswer {
    /// What whoever answered was called then.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The claims that wait for an answer, about ingresses that are there, the oldest first, no more
    /// than [`MOST_CLAIMS`].
    pub async fn claims(&self) -> Result<Vec<ClaimRow>, Error> {
        let mut query = of("c.state = 'proposed' AND i.gone = 0");
        query.push(format!(" ORDER BY c.id LIMIT {MOST_CLAIMS}"));
        self.claimed(query).await
    }

    /// Every claim of an ingress, the latest first.
    pub async fn claims_of(&self, id: IngressId) -> Result<Vec<ClaimRow>, Error> {
        let mut query = of("c.ingress_id = ");
        query.push_bind(id.0).push(format!(" ORDER BY c.id DESC LIMIT {MOST_CLAIMS}"));
        self.claimed(query).await
    }

    async fn claimed(&self, mut query: QueryBuilder<Sqlite>) -> Result<Vec<ClaimRow>, Error> {
        let rows = query.build().fetch_all(&self.0.readers).await.map_err(self.failed())?;
        rows.iter().map(row).collect::<Result<_, _>>().map_err(self.failed())
    }
}

fn of(condition: &str) -> QueryBuilder<Sqlite> {
    QueryBuilder::new(format!(
        "SELECT {COLUMNS}, i.cluster AS cluster, i.namespace AS namespace, i.name AS ingress,
           i.owner AS owned_by
         FROM owner_claims AS c CROSS JOIN ingresses AS i ON i.id = c.ingress_id
         WHERE {condition}"
    ))
}

fn row(row: &SqliteRow) -> Result<ClaimRow, sqlx::Error> {
    let at: Option<i64> = row.try_get("answered_at")?;
    let answer = match at {
        None => None,
        Some(at) => Some(ClaimAnswer {
            by: row.try_get("answered_by")?,
            reason: row.try_get("answer")?,
            at: moment(at),
        }),
    };
    let owner: String = row.try_get("owned_by")?;
    Ok(ClaimRow {
        claim: claim(row)?,
        cluster: row.try_get("cluster")?,
        namespace: row.try_get("namespace")?,
        ingress: row.try_get("ingress")?,
        owner: Some(owner).filter(|owner| !owner.is_empty()),
        answer,
    })
}

/// The claim of this number.
pub(super) async fn stored(
    connection: &mut SqliteConnection,
    id: ClaimId,
) -> Result<Option<OwnerClaim>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS} FROM owner_claims AS c WHERE c.id = "
    ));
    query.push_bind(id.0);
    query.build().fetch_optional(connection).await?.as_ref().map(claim).transpose()
}

fn claim(row: &SqliteRow) -> Result<OwnerClaim, sqlx::Error> {
    let state: &str = row.try_get("state")?;
    let odd = || sqlx::Error::Decode(format!("a claim cannot be {state:?}").into());
    Ok(OwnerClaim {
        id: ClaimId(row.try_get("id")?),
        ingress: IngressId(row.try_get("ingress_id")?),
        owner: row.try_get("owner")?,
        state: ClaimState::parse(state).ok_or_else(odd)?,
        by: row.try_get("name")?,
        reason: row.try_get("reason")?,
        at: moment(row.try_get("at")?),
    })
}
