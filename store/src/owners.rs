//! Who owns what, and what nobody owns.

use std::collections::BTreeMap;

use domain::IngressId;
use domain::overview::{Coverage, Figures, MOST_LISTED, Orphan, OwnerFigures, Owners};
use domain::owner::OwnerSource;
use jiff::Timestamp;

use crate::figures::BY_OWNER;
use crate::guesses::guess_of;
use crate::row::created;
use crate::{Error, Store};

type OrphanRow = (i64, String, String, String, String, i64);

impl Store {
    /// The owners' page.
    pub async fn owners(&self, now: Timestamp) -> Result<Owners, Error> {
        let groups = self.groups(BY_OWNER, now).await?;
        let mut coverage = Coverage::default();
        let mut by_cluster: BTreeMap<String, Coverage> = BTreeMap::new();
        let mut owners: BTreeMap<String, Figures> = BTreeMap::new();
        for team in &self.rules().owner.teams {
            owners.entry(team.name.clone()).or_default();
        }
        for group in &groups {
            let mut figures = Figures::default();
            group.add_to(&mut figures);
            let owned = figures.ingresses - figures.orphans;
            for coverage in [&mut coverage, by_cluster.entry(group.cluster.clone()).or_default()] {
                coverage.owned += owned;
                coverage.ingresses += figures.ingresses;
            }
            if !group.name().is_empty() {
                group.add_to(owners.entry(group.name().to_owned()).or_default());
            }
        }
        Ok(Owners {
            owners: self.by_size(owners),
            coverage,
            by_cluster: by_cluster.into_iter().collect(),
            by_namespace: self.namespaces_with_orphans().await?,
            sources: self.owner_sources().await?,
            orphans: self.orphans().await?,
        })
    }

    /// Whose an ingress is, there or gone: `None` if there is none of this number, `Some(None)` for an
    /// orphan.
    pub async fn owner_of(&self, id: IngressId) -> Result<Option<Option<String>>, Error> {
        let owner: Option<String> = sqlx::query_scalar("SELECT owner FROM ingresses WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&self.0.readers)
            .await
            .map_err(self.failed())?;
        Ok(owner.map(|name| Some(name).filter(|name| !name.is_empty())))
    }

    fn by_size(&self, owners: BTreeMap<String, Figures>) -> Vec<OwnerFigures> {
        let rules = self.rules();
        let is_team = |name: &str| rules.owner.teams.iter().any(|team| team.name == name);
        let mut owners: Vec<OwnerFigures> = owners
            .into_iter()
            .map(|(name, figures)| OwnerFigures { team: is_team(&name), name, figures })
            .collect();
        owners.sort_by_key(|owner| -owner.figures.ingresses);
        owners
    }

    async fn namespaces_with_orphans(&self) -> Result<Vec<(String, String, Coverage)>, Error> {
        let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
            "SELECT cluster, namespace, sum(owner <> ''), count(*)
             FROM ingresses INDEXED BY ingresses_by_facts
             WHERE gone = 0
             GROUP BY cluster, namespace
             HAVING sum(owner = '') > 0
             ORDER BY sum(owner = '') DESC, cluster, namespace
             LIMIT $1",
        )
        .bind(MOST_LISTED as i64)
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let namespace = |(cluster, namespace, owned, ingresses)| {
            (cluster, namespace, Coverage { owned, ingresses })
        };
        Ok(rows.into_iter().map(namespace).collect())
    }

    async fn owner_sources(&self) -> Result<Vec<(OwnerSource, i64)>, Error> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT a.owner ->> '$.source', count(*)
             FROM ingresses AS i JOIN answers AS a ON a.ingress_id = i.id
             WHERE i.gone = 0 AND i.owner <> ''
             GROUP BY 1",
        )
        .fetch_all(&self.0.readers)
        .await
        .map_err(self.failed())?;
        let count = |source: OwnerSource| {
            let name = crate::row::to_json(&source);
            let row = rows.iter().find(|row| name.trim_matches('"') == row.0);
            (source, row.map_or(0, |row| row.1))
        };
        Ok(OwnerSource::ALL.map(count).to_vec())
    }

    async fn orphans(&self) -> Result<Vec<Orphan>, Error> {
        let rules = self.rules();
        let mut reader = self.0.readers.begin().await.map_err(self.failed())?;
        let rows: Vec<OrphanRow> = sqlx::query_as(
            "SELECT id, cluster, namespace, name, first_host, created_at FROM ingresses
             WHERE gone = 0 AND owner = '' ORDER BY cluster, namespace, name LIMIT $1",
        )
        .bind(MOST_LISTED as i64)
        .fetch_all(&mut *reader)
        .await
        .map_err(self.failed())?;
        let mut orphans = Vec::with_capacity(rows.len());
        for (id, cluster, namespace, name, host, created_at) in rows {
            let id = IngressId(id);
            let place = [cluster.as_str(), namespace.as_str(), host.as_str()];
            let guess = guess_of(&mut reader, id, place, &rules).await.map_err(self.failed())?;
            let created_at = created(created_at);
            orphans.push(Orphan { id, cluster, namespace, name, created_at, guess });
        }
        Ok(orphans)
    }
}
