//! Which ingresses a scope means, and who would review each.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::campaign::{CannotOpen, Terms};
use domain::manifest;
use domain::owner::Team;
use domain::scope::Scope;
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::parsed;
use crate::ingresses::unpack;
use crate::inventory::{Asked, filters};
use crate::row::{created, moment, to_json};

/// Manifests that are read at once.
const AT_ONCE: usize = 500;

/// One ingress that a scope means.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: i64,
    pub(crate) cluster: String,
    /// Empty for an orphan.
    pub(crate) owner: String,
}

/// What a scope means.
#[derive(Debug, Default)]
pub(crate) struct Population {
    pub(crate) members: Vec<Member>,
    /// What the grace period leaves out.
    pub(crate) too_young: Vec<Member>,
}

type Row = (i64, String, String, i64, i64);

/// What a scope means now. All rows come as one text: tens of thousands would each be handed from
/// SQLite's thread to this one.
pub(crate) async fn population(
    connection: &mut SqliteConnection,
    scope: &Scope,
    now: Timestamp,
) -> Result<Population, sqlx::Error> {
    let rows: String =
        statement(scope, now).build_query_scalar().fetch_one(&mut *connection).await?;
    let rows: Vec<Row> = parsed(&rows)?;
    let mut population = Population::default();
    for (id, cluster, owner, created_at, first_seen_at) in rows {
        let began = created(created_at).unwrap_or_else(|| moment(first_seen_at));
        let found = match scope.is_too_young(began, now) {
            true => &mut population.too_young,
            false => &mut population.members,
        };
        found.push(Member { id, cluster, owner });
    }
    if !scope.labels.is_empty() {
        for found in [&mut population.members, &mut population.too_young] {
            let labelled = labelled(connection, scope, found).await?;
            found.retain(|member| labelled.contains(&member.id));
        }
    }
    population.members.sort_unstable_by_key(|member| member.id);
    Ok(population)
}

fn statement(scope: &Scope, now: Timestamp) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT json_group_array(
           json_array(i.id, i.cluster, i.owner, i.created_at, i.first_seen_at)
         ) FROM ",
    );
    let asked = Asked { view: &scope.view, now, rows: 0 };
    filters(&mut query, &asked, true);
    if !scope.clusters.is_empty() {
        query.push(" AND i.cluster IN (SELECT value FROM json_each(");
        query.push_bind(to_json(&scope.clusters)).push("))");
    }
    query
}

/// Those that have the labels that are asked for, which stand in the manifests only.
async fn labelled(
    connection: &mut SqliteConnection,
    scope: &Scope,
    members: &[Member],
) -> Result<HashSet<i64>, sqlx::Error> {
    let mut found = HashSet::new();
    for members in members.chunks(AT_ONCE) {
        let ids: Vec<i64> = members.iter().map(|member| member.id).collect();
        let bodies: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT ingress_id, body FROM manifests
             WHERE ingress_id IN (SELECT value FROM json_each($1))",
        )
        .bind(to_json(&ids))
        .fetch_all(&mut *connection)
        .await?;
        let fits = |body: &[u8]| scope.has_labels(&manifest::ingress(&unpack(body)).object.labels);
        found.extend(bodies.iter().filter(|(_, body)| fits(body)).map(|(id, _)| *id));
    }
    Ok(found)
}

impl Population {
    /// How many there are of each cluster.
    pub(crate) fn by_cluster(&self) -> BTreeMap<&str, u64> {
        let mut clusters = BTreeMap::new();
        for member in &self.members {
            *clusters.entry(member.cluster.as_str()).or_default() += 1;
        }
        clusters
    }
}

/// How many ingresses each cluster has.
pub(crate) async fn totals(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<String, u64>, sqlx::Error> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT cluster, count(*) FROM ingresses WHERE gone = 0 GROUP BY cluster")
            .fetch_all(connection)
            .await?;
    let count = |(cluster, count): (String, i64)| (cluster, u64::try_from(count).unwrap_or(0));
    Ok(rows.into_iter().map(count).collect())
}

/// Who reviews what: the owner, if that is a team of the configuration, else the fallback. As
/// [`domain::campaign::reviewer`] has it, from the names that stand in the rows.
pub(crate) struct Reviewers<'a> {
    teams: HashSet<String>,
    fallback: Option<&'a str>,
}

impl<'a> Reviewers<'a> {
    pub(crate) fn new(teams: &[Team], fallback: Option<&'a str>) -> Self {
        Self { teams: teams.iter().map(Team::as_owner).collect(), fallback }
    }

    /// The reviewer of what this owner has; `None` if there is none.
    pub(crate) fn of<'b>(&self, owner: &'b str) -> Option<&'b str>
    where
        'a: 'b,
    {
        if self.teams.contains(owner) { Some(owner) } else { self.fallback }
    }
}

/// Ingress and team, for everything that is to be reviewed.
pub(crate) fn assigned<'a>(
    members: &'a [Member],
    terms: &'a Terms,
    teams: &[Team],
) -> Result<Vec<(i64, &'a str)>, CannotOpen> {
    let reviewers = Reviewers::new(teams, terms.fallback.as_deref());
    let mut assigned = Vec::with_capacity(members.len());
    let mut nobodys = BTreeSet::new();
    for member in members {
        match reviewers.of(&member.owner) {
            Some(team) => assigned.push((member.id, team)),
            None => {
                nobodys.insert(member.owner.as_str());
            }
        }
    }
    if nobodys.is_empty() {
        return Ok(assigned);
    }
    let shown = |owner: &str| if owner.is_empty() { "-" } else { owner }.to_owned();
    Err(CannotOpen::NoReviewer { owners: nobodys.into_iter().map(shown).collect() })
}
