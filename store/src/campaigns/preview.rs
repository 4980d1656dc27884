//! What a campaign would be about if it were opened now.

use std::collections::BTreeMap;

use domain::IngressId;
use domain::inventory::Row;
use domain::owner::Team;
use domain::recommendation::{Advice, Facts, recommend};
use domain::scope::Scope;
use domain::sync::{ClusterStatus, Freshness};
use jiff::Timestamp;

use super::population::{Member, Population, Reviewers, population};
use crate::inventory::rows_of;
use crate::{Error, Store};

/// So many ingresses are shown.
const SAMPLE: usize = 10;

/// What a campaign would be about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// How many ingresses would be reviewed.
    pub total: u64,
    /// How many each team would review, the most first.
    pub by_assignee: Vec<(String, u64)>,
    /// How many nobody would review, by owner, who is no team; `-` for orphans. With these it cannot be
    /// opened: a fallback team is missing.
    pub unassigned: Vec<(String, u64)>,
    /// Of these teams, those that nobody can be a member of: no group is theirs.
    pub memberless: Vec<String>,
    /// Whether the scope leaves nothing out.
    pub everything: bool,
    /// How many of the scope are left out, and why.
    pub left_out: Vec<(String, u64)>,
    /// The clusters of the scope: whether each is up to date, and how many of its ingresses the scope
    /// means. One that is not prevents opening, unless it is left out.
    pub clusters: Vec<(String, bool, u64)>,
    /// Some of the ingresses.
    pub sample: Vec<Row>,
    /// What would be recommended for each of these.
    pub advised: Vec<Advice>,
}

impl Store {
    /// What a campaign would be about if it were opened now.
    pub async fn preview(
        &self,
        scope: &Scope,
        look_back_days: u32,
        teams: &[Team],
        fallback: Option<&str>,
        now: Timestamp,
    ) -> Result<Preview, Error> {
        let statuses = self.clusters().await?;
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let found = population(&mut reader, scope, now).await.map_err(self.failed())?;
        let statuses: Vec<&ClusterStatus> =
            statuses.iter().filter(|status| scope.has_cluster(&status.name)).collect();
        let is_taken = |member: &&Member| {
            let status = statuses.iter().find(|status| status.name == member.cluster);
            status.is_some_and(|status| status.configured || !scope.clusters.is_empty())
        };
        let taken: Vec<&Member> = found.members.iter().filter(is_taken).collect();
        let too_young = found.too_young.iter().filter(is_taken).count() as u64;
        let ids = taken.iter().take(SAMPLE).map(|member| IngressId(member.id));
        let ids: Vec<IngressId> = ids.collect();
        let rows = rows_of(&mut reader, &ids).await.map_err(self.failed())?;
        let mut sample: Vec<Row> = rows.into_values().collect();
        sample.sort_unstable_by_key(|row| row.id);
        let advice = |row: &Row| recommend(&Facts::of_row(row, look_back_days), now).advice;
        let advised = sample.iter().map(advice).collect();
        let has_no_groups = |name: &str| {
            let mut these = teams.iter().filter(|team| team.as_owner() == name);
            these.any(|team| team.groups.is_empty())
        };
        let (by_assignee, unassigned) = shared(&taken, &Reviewers::new(teams, fallback));
        Ok(Preview {
            total: taken.len() as u64,
            memberless: {
                let names = by_assignee.iter().map(|(name, _)| name);
                names.filter(|name| has_no_groups(name)).cloned().collect()
            },
            everything: scope.is_everything(),
            by_assignee,
            unassigned,
            left_out: left_out(&found, too_young, &statuses, scope),
            clusters: clusters(&found, &statuses, now),
            sample,
            advised,
        })
    }
}

/// Names with their numbers.
type Named = Vec<(String, u64)>;

/// How many each team would review, and how many nobody, by owner.
fn shared(taken: &[&Member], reviewers: &Reviewers<'_>) -> (Named, Named) {
    let mut teams: BTreeMap<&str, u64> = BTreeMap::new();
    let mut nobodys: BTreeMap<&str, u64> = BTreeMap::new();
    for member in taken {
        match reviewers.of(&member.owner) {
            Some(team) => *teams.entry(team).or_default() += 1,
            None if member.owner.is_empty() => *nobodys.entry("-").or_default() += 1,
            None => *nobodys.entry(&member.owner).or_default() += 1,
        }
    }
    (by_size(teams), by_size(nobodys))
}

fn by_size(counts: BTreeMap<&str, u64>) -> Named {
    let mut counts: Named =
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn left_out(
    found: &Population,
    too_young: u64,
    statuses: &[&ClusterStatus],
    scope: &Scope,
) -> Named {
    let mut left_out = Vec::new();
    if too_young > 0 {
        let days = scope.older_than_days;
        left_out.push((format!("created within the last {days} days"), too_young));
    }
    let counts = found.by_cluster();
    for status in statuses.iter().filter(|status| !status.configured && scope.clusters.is_empty()) {
        if let Some(count) = counts.get(status.name.as_str()) {
            let why = format!("cluster {} is no longer in the configuration", status.name);
            left_out.push((why, *count));
        }
    }
    left_out
}

fn clusters(
    found: &Population,
    statuses: &[&ClusterStatus],
    now: Timestamp,
) -> Vec<(String, bool, u64)> {
    let counts = found.by_cluster();
    let cluster = |status: &&ClusterStatus| {
        let is_fresh = status.configured
            && status.error.is_none()
            && matches!(status.freshness(now), Freshness::Fresh(_));
        let count = counts.get(status.name.as_str()).copied().unwrap_or(0);
        (status.name.clone(), is_fresh, count)
    };
    statuses.iter().map(cluster).collect()
}
