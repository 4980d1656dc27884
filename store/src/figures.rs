//! Counts over everything: the overview, and what is kept of it every day.

use std::collections::BTreeMap;

use domain::overview::{Figures, Overview, Snapshot};
use domain::sync::{ClusterStatus, Kind};
use domain::tls::TlsState;
use domain::traffic::Verdict;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::row::{from_json, millis, to_json};
use crate::{Error, Store};

/// What some ingresses have in common, and how many of them are stale, orphans, and with problems.
pub(crate) struct Group {
    pub(crate) cluster: String,
    name: String,
    verdict: String,
    tls_state: String,
    ingresses: i64,
    stale: i64,
    orphans: i64,
    problems: i64,
}

type GroupRow = (String, String, String, String, i64, i64, i64, i64);

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        let (cluster, name, verdict, tls_state, ingresses, stale, orphans, problems) = row;
        Self { cluster, name, verdict, tls_state, ingresses, stale, orphans, problems }
    }
}

impl Group {
    /// Adds what is counted of the group.
    pub(crate) fn add_to(&self, figures: &mut Figures) {
        let if_so = |is: bool| if is { self.ingresses } else { 0 };
        figures.ingresses += self.ingresses;
        figures.stale += self.stale;
        figures.orphans += self.orphans;
        figures.problems += self.problems;
        figures.expiring += if_so(self.tls_state == TlsState::Expiring.as_str());
        figures.expired += if_so(self.tls_state == TlsState::Expired.as_str());
        figures.no_tls += if_so(self.tls_state == TlsState::None.as_str());
        figures.not_measurable += if_so(self.verdict == Verdict::NotMeasurable.as_str());
    }

    /// The controller or the owner, whichever was grouped by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

pub(crate) const BY_CONTROLLER: &str = "SELECT cluster, controller AS name, verdict, tls_state,
       count(*) AS ingresses, sum(unused_since <= $1) AS stale, sum(owner = '') AS orphans,
       sum(problem_count > 0) AS problems
     FROM ingresses INDEXED BY ingresses_by_facts
     WHERE gone = 0
     GROUP BY cluster, controller, verdict, tls_state";

pub(crate) const BY_OWNER: &str = "SELECT cluster, owner AS name, verdict, tls_state,
       count(*) AS ingresses, sum(unused_since <= $1) AS stale, sum(owner = '') AS orphans,
       sum(problem_count > 0) AS problems
     FROM ingresses INDEXED BY ingresses_by_facts
     WHERE gone = 0
     GROUP BY cluster, owner, verdict, tls_state";

impl Store {
    /// The overview, from one snapshot.
    pub async fn overview(&self, now: Timestamp) -> Result<Overview, Error> {
        let groups = self.groups(BY_CONTROLLER, now).await?;
        let mut all = Figures::default();
        let mut clusters: BTreeMap<&str, Figures> = BTreeMap::new();
        let mut controllers: BTreeMap<&str, i64> = BTreeMap::new();
        for group in &groups {
            group.add_to(&mut all);
            group.add_to(clusters.entry(&group.cluster).or_default());
            *controllers.entry(&group.name).or_default() += group.ingresses;
        }
        let mut controllers: Vec<(String, i64)> =
            controllers.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        controllers.sort_by_key(|(_, count)| -count);
        let sum = |is: &dyn Fn(&Group) -> bool| {
            groups.iter().filter(|group| is(group)).map(|group| group.ingresses).sum()
        };
        let verdicts =
            Verdict::ALL.map(|one| (one, sum(&|group| group.verdict == one.as_str()))).to_vec();
        let tls =
            TlsState::ALL.map(|one| (one, sum(&|group| group.tls_state == one.as_str()))).to_vec();
        let clusters =
            clusters.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect();
        Ok(Overview { all, clusters, controllers, verdicts, tls })
    }

    pub(crate) async fn groups(
        &self,
        statement: &'static str,
        now: Timestamp,
    ) -> Result<Vec<Group>, Error> {
        let look_back = self.rules().traffic.look_back_days;
        let rows: Vec<GroupRow> = sqlx::query_as(statement)
            .bind(millis(now) - look_back * 86_400_000)
            .fetch_all(&self.0.readers)
            .await
            .map_err(self.failed())?;
        Ok(rows.into_iter().map(Group::from).collect())
    }

    /// Keeps the figures of today, in the place of those that were kept earlier today. Before any
    /// cluster was read there is nothing to keep; that nothing is left of one is.
    pub async fn daily(&self, now: Timestamp) -> Result<(), Error> {
        let clusters = self.clusters().await?;
        let is_listed = |cluster: &ClusterStatus| {
            cluster.kind(Kind::Ingress).is_some_and(|status| status.listed_at.is_some())
        };
        if !clusters.iter().any(is_listed) {
            return Ok(());
        }
        let overview = self.overview(now).await?;
        let mut writer = self.writer().await?;
        keep(&mut writer, &overview, now).await.map_err(self.failed())
    }

    /// The figures of the last days, the oldest first.
    pub async fn trends(&self, days: usize) -> Result<Vec<Snapshot>, Error> {
        let mut rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT day, figures FROM snapshots WHERE cluster = '' ORDER BY day DESC LIMIT $1",
        )
        .bind(days as i64)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        rows.reverse();
        let snapshot = |(day, figures): (i64, String)| {
            let day =
                Date::constant(1970, 1, 1).checked_add(Span::new().try_days(day).ok()?).ok()?;
            Some(Snapshot { day, figures: from_json(&figures) })
        };
        Ok(rows.into_iter().filter_map(snapshot).collect())
    }
}

async fn keep(
    writer: &mut SqliteConnection,
    overview: &Overview,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let day = now.as_second().div_euclid(86_400);
    let all = [(String::new(), overview.all)];
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    for (cluster, figures) in all.iter().chain(&overview.clusters) {
        sqlx::query(
            "INSERT INTO snapshots (day, cluster, figures) VALUES ($1, $2, $3)
             ON CONFLICT (day, cluster) DO UPDATE SET figures = excluded.figures
             WHERE figures <> excluded.figures",
        )
        .bind(day)
        .bind(cluster)
        .bind(to_json(figures))
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await
}
