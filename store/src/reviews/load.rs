//! Loads reviews for an act, with what the act has to know of the moment.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::campaign::{Campaign, Terms};
use domain::owner::Team;
use domain::review::{Review, Setting};
use domain::tls::{Method, TlsState};
use domain::traffic::{Verdict, route_key};
use domain::user::Person;
use domain::{CampaignId, Ingress, ReviewId, manifest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::rows::{DECISION, DecisionRow, REVIEW, ReviewRow};
use crate::acts::Stop;
use crate::answers;
use crate::campaigns::{existing, parsed};
use crate::ingresses::unpack;
use crate::inventory::traffic_of;
use crate::row::{created, to_json};

/// What was known of an ingress when somebody decided about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Basis {
    /// The keys of its routes, see [`route_key`]: what was decided about.
    pub routes: Vec<String>,
    /// The traffic verdict.
    pub verdict: Verdict,
    /// The last request of any kind.
    pub last_any: Option<Timestamp>,
    /// The last request that was answered with success.
    pub last_success: Option<Timestamp>,
    /// What measured it.
    pub source: Option<String>,
    /// Since when it was measured.
    pub observed_since: Option<Timestamp>,
    /// The share of the look-back that was observed, in percent.
    pub covered: Option<u8>,
    /// The TLS state.
    pub tls: TlsState,
    /// When its first certificate expires.
    pub tls_expires: Option<Timestamp>,
    /// What told the TLS state.
    pub tls_method: Option<Method>,
}

/// A review, and its ingress as it is now.
pub(crate) struct Loaded {
    pub(crate) review: Review,
    /// What stands in `reviews.decision_id`; 0 for none.
    pub(crate) decision: i64,
    pub(crate) present: bool,
    pub(crate) hash: String,
    /// Cluster, namespace and name, as audit entries have them.
    pub(crate) place: String,
    pub(crate) basis: Basis,
    /// When it last changed materially, if that was seen.
    pub(crate) changed_at: Option<Timestamp>,
    /// Who wrote the object since before that, if that was asked for and is known.
    pub(crate) changers: Vec<String>,
}

/// Whether the ingress is gone, its material hash, cluster, namespace and name, traffic, TLS, last change.
#[derive(Deserialize)]
struct IngressRow(i64, String, String, String, String, Option<String>, Option<String>, i64);

/// These reviews in this order; those that there are.
pub(crate) async fn loaded(
    connection: &mut SqliteConnection,
    ids: &[ReviewId],
) -> Result<Vec<Loaded>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT json_group_array(json_array(
           {REVIEW}, {DECISION},
           json_array(i.gone, i.material_hash, i.cluster, i.namespace, i.name, a.traffic, a.tls,
             i.changed_at)))
         FROM json_each("
    ));
    query.push_bind(to_json(ids)).push(
        ") AS key
         CROSS JOIN reviews AS r ON r.id = key.value
         CROSS JOIN ingresses AS i ON i.id = r.ingress_id
         LEFT JOIN answers AS a ON a.ingress_id = i.id
         LEFT JOIN decisions AS d ON d.id = r.decision_id",
    );
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    let rows: Vec<(ReviewRow, Option<DecisionRow>, IngressRow)> = parsed(&text)?;
    let mut loaded = rows
        .into_iter()
        .map(|(review, decision, ingress)| Ok(ingress.with(review.read(decision)?)))
        .collect::<Result<Vec<Loaded>, sqlx::Error>>()?;
    let order: BTreeMap<ReviewId, usize> = ids.iter().copied().zip(0..).collect();
    loaded.sort_by_key(|one| order.get(&one.review.id).copied());
    Ok(loaded)
}

impl IngressRow {
    fn with(self, review: Review) -> Loaded {
        let traffic = traffic_of(self.5.as_deref());
        let tls = answers::tls(self.6.as_deref());
        let basis = Basis {
            routes: Vec::new(),
            verdict: traffic.verdict,
            last_any: traffic.last_any,
            last_success: traffic.last_success,
            source: traffic.source,
            observed_since: traffic.observed_since,
            covered: traffic.covered,
            tls: tls.state,
            tls_expires: tls.expires_at,
            tls_method: tls.method,
        };
        Loaded {
            decision: review.state.last().map_or(0, |decision| decision.id),
            review,
            present: self.0 == 0,
            hash: self.1,
            place: format!("{}/{}/{}", self.2, self.3, self.4),
            basis,
            changed_at: created(self.7),
            changers: Vec::new(),
        }
    }
}

/// Reads routes and changers from the manifests.
pub(crate) async fn read_manifests(
    connection: &mut SqliteConnection,
    loaded: &mut [Loaded],
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = loaded.iter().map(|one| one.review.ingress.0).collect();
    let bodies: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT ingress_id, body FROM manifests
         WHERE ingress_id IN (SELECT value FROM json_each($1))",
    )
    .bind(to_json(&ids))
    .fetch_all(connection)
    .await?;
    let bodies: BTreeMap<i64, Vec<u8>> = bodies.into_iter().collect();
    for one in loaded {
        let body = bodies.get(&one.review.ingress.0).map_or(&[][..], Vec::as_slice);
        let ingress = manifest::ingress(&unpack(body));
        one.basis.routes = ingress.routes.iter().map(route_key).collect();
        one.changers = changers(&ingress, one.changed_at);
    }
    Ok(())
}

/// Who last wrote the object, other than its status, before the change was seen, and all who wrote
/// since: a controller that adds an annotation afterwards is not who changed it.
fn changers(ingress: &Ingress, changed_at: Option<Timestamp>) -> Vec<String> {
    let managers = ingress.object.managers.iter().filter(|one| one.subresource.is_empty());
    let mut managers: Vec<_> = managers.collect();
    managers.sort_by_key(|one| one.at);
    let until = |at: Timestamp| managers.partition_point(|one| one.at.is_none_or(|it| it <= at));
    let before = changed_at.map_or(managers.len(), until);
    managers[before.saturating_sub(1)..].iter().map(|one| one.name.clone()).collect()
}

/// The campaigns of some reviews, each once.
pub(crate) async fn campaigns_of(
    transaction: &mut Transaction<'_, Sqlite>,
    loaded: &[Loaded],
) -> Result<BTreeMap<CampaignId, Campaign>, Stop> {
    let mut campaigns = BTreeMap::new();
    for one in loaded {
        let id = one.review.campaign;
        if let Entry::Vacant(place) = campaigns.entry(id) {
            place.insert(existing(transaction, id).await?);
        }
    }
    Ok(campaigns)
}

/// Who acts, on which terms, and when.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) open: bool,
    pub(crate) terms: &'a Terms,
    pub(crate) teams: &'a [Team],
    pub(crate) visitor: &'a Person,
    pub(crate) now: Timestamp,
}

impl Loaded {
    /// What `domain` has to know. `shown` is the material hash of what the form was drawn from.
    pub(crate) fn setting<'a>(&'a self, shown: &'a str, moment: Moment<'a>) -> Setting<'a> {
        Setting {
            campaign_open: moment.open,
            present: self.present,
            current_hash: &self.hash,
            shown_hash: shown,
            routes: &self.basis.routes,
            teams: moment.teams,
            reasons: moment.terms.reasons,
            four_eyes: if moment.terms.four_eyes { &self.changers } else { &[] },
            visitor: moment.visitor,
            now: moment.now,
        }
    }
}
