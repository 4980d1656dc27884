//! What is said of each ingress, once for all: CSV, JSON Lines and `/api/v1/` have these columns in
//! this order under these names. Adding one at the end is free; anything else is a new schema.

use domain::attestation::Attestation;
use domain::inventory::Row;
use domain::problem::Problem;
use domain::tls::Method;
use domain::traffic::Granularity;
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::words::NOT_CHECKED;

/// One ingress, and the moment that it is known for.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// What the store says.
    pub row: &'a Row,
    /// As of when its cluster was read.
    pub data_as_of: Option<Timestamp>,
    /// The moment that the answer is of.
    pub now: Timestamp,
}

/// One thing that is said of every ingress.
pub struct Column {
    /// Its name: the head in CSV, the key in JSON.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub about: &'static str,
    /// How it is read.
    pub value: Value,
}

/// How a value is read, and so of which type it is.
pub enum Value {
    /// A text that is always there.
    Text(for<'a> fn(Record<'a>) -> &'a str),
    /// A text that may not be known.
    MaybeText(for<'a> fn(Record<'a>) -> Option<&'a str>),
    /// Several texts: a list in JSON, separated by spaces in CSV.
    Words(for<'a> fn(Record<'a>) -> Vec<&'a str>),
    /// A whole number.
    Number(fn(Record<'_>) -> i64),
    /// A whole number that may not be known.
    MaybeNumber(fn(Record<'_>) -> Option<i64>),
    /// Yes or no, if it is known.
    MaybeFlag(fn(Record<'_>) -> Option<bool>),
    /// A moment, if it is known.
    MaybeTime(fn(Record<'_>) -> Option<Timestamp>),
}

const fn column(name: &'static str, value: Value, about: &'static str) -> Column {
    Column { name, about, value }
}

/// All columns, in their order.
pub const COLUMNS: &[Column] = &[
    column("cluster", Value::Text(|it| &it.row.cluster), "The cluster's configured name"),
    column("namespace", Value::Text(|it| &it.row.namespace), "The namespace"),
    column("name", Value::Text(|it| &it.row.name), "The name"),
    column("uid", Value::Text(|it| &it.row.uid), "The identity of this life of the object"),
    column(
        "owner",
        Value::MaybeText(|it| it.row.owner.as_ref().map(|owner| owner.name.as_str())),
        "Whose it is: a configured team, or what somebody wrote; nothing for an orphan",
    ),
    column(
        "owner_is_team",
        Value::MaybeFlag(|it| it.row.owner.as_ref().map(|owner| owner.team)),
        "Whether the owner is a team of the configuration",
    ),
    column(
        "owner_source",
        Value::MaybeText(|it| it.row.owner.as_ref().map(|owner| owner.source.as_str())),
        "Which step of the search found the owner",
    ),
    column(
        "owner_confidence",
        Value::MaybeText(|it| it.row.owner.as_ref().map(|one| one.source.confidence().as_str())),
        "How sure that is",
    ),
    column(
        "owner_place",
        Value::MaybeText(|it| it.row.owner.as_ref().map(|owner| owner.place.as_str())),
        "Where the owner is named",
    ),
    column(
        "owner_note",
        Value::MaybeText(|it| it.row.owner.as_ref().and_then(|owner| owner.note.as_deref())),
        "What is odd about it, such as that it names several",
    ),
    column(
        "created_at",
        Value::MaybeTime(|it| it.row.created_at),
        "When the API server created it",
    ),
    column(
        "first_seen_at",
        Value::MaybeTime(|it| Some(it.row.first_seen_at)),
        "When Routebook first saw it",
    ),
    column(
        "changed_at",
        Value::MaybeTime(|it| it.row.changed_at),
        "When Routebook last saw it change in a way that a reviewer would have to look at",
    ),
    column(
        "removed_at",
        Value::MaybeTime(|it| it.row.removed_at),
        "When it was found to be gone from its cluster",
    ),
    column("managed_by", Value::Text(|it| it.row.managed.by.as_str()), "What manages it"),
    column(
        "managed_name",
        Value::MaybeText(|it| it.row.managed.name.as_deref()),
        "Which release, application or field manager that is",
    ),
    column("managed_how", Value::Text(|it| &it.row.managed.how), "What told it"),
    column(
        "traffic_verdict",
        Value::Text(|it| it.row.traffic.verdict.as_str()),
        "Whether it is used",
    ),
    column("traffic_reason", Value::Text(|it| &it.row.traffic.reason), "Why, in words"),
    column(
        "last_success_at",
        Value::MaybeTime(|it| it.row.traffic.last_success),
        "The last request that was answered with 2xx or 3xx",
    ),
    column(
        "last_request_at",
        Value::MaybeTime(|it| it.row.traffic.last_any),
        "The last request of any kind",
    ),
    column(
        "unused_since",
        Value::MaybeTime(|it| it.row.unused_since),
        "Since when it is known not to have been used successfully",
    ),
    column(
        "observed_since",
        Value::MaybeTime(|it| it.row.traffic.observed_since),
        "Since when its traffic was observed",
    ),
    column(
        "covered_percent",
        Value::MaybeNumber(|it| it.row.traffic.covered.map(i64::from)),
        "The share of the look-back, or of its life if that is shorter, that was observed",
    ),
    column(
        "traffic_source",
        Value::MaybeText(|it| it.row.traffic.source.as_deref()),
        "What measured its traffic",
    ),
    column(
        "granularity",
        Value::MaybeText(|it| it.row.traffic.granularity.map(Granularity::as_str)),
        "What the source counts: routes, ingresses, or Services that several may share",
    ),
    column(
        "tells_success",
        Value::MaybeFlag(|it| it.row.traffic.source.as_ref().map(|_| it.row.traffic.tells_success)),
        "Whether the source tells success from errors; if not, any request counts as use",
    ),
    column("tls_state", Value::Text(|it| it.row.tls.state.as_str()), "The worst of its TLS"),
    column("tls_reason", Value::Text(|it| &it.row.tls.reason), "Why, in words"),
    column(
        "tls_method",
        Value::MaybeText(|it| it.row.tls.method.map(Method::as_str)),
        "What told it",
    ),
    column("tls_checked_at", Value::MaybeTime(|it| it.row.tls.at), "When that was"),
    column(
        "tls_expires_at",
        Value::MaybeTime(|it| it.row.tls.expires_at),
        "When the first of its certificates expires",
    ),
    column(
        "tls_disagreement",
        Value::MaybeText(|it| it.row.tls.disagreement.as_deref()),
        "What two methods say differently",
    ),
    column(
        "class",
        Value::MaybeText(|it| it.row.class.as_ref().map(|class| class.name.as_str())),
        "The class it asks for",
    ),
    column(
        "class_source",
        Value::MaybeText(|it| it.row.class.as_ref().map(|class| class.source.as_str())),
        "Where it says so: in its spec, or in the older annotation",
    ),
    column(
        "controller",
        Value::MaybeText(|it| it.row.controller.as_deref()),
        "The controller that the cluster's IngressClass of that name stands for",
    ),
    column(
        "hosts",
        Value::Words(|it| it.row.hosts.iter().map(String::as_str).collect()),
        "The first few distinct hosts; every host is an empty text in JSON and * in CSV",
    ),
    column("host_count", Value::Number(|it| it.row.host_count), "How many distinct hosts it has"),
    column("route_count", Value::Number(|it| it.row.route_count), "How many routes it has"),
    column(
        "addresses",
        Value::Words(|it| it.row.addresses.iter().map(String::as_str).collect()),
        "The load balancer's addresses",
    ),
    column("problems", Value::Words(problems), "What is wrong with it, by code"),
    column("not_checked", Value::Words(not_checked), "What could not be looked up to find that"),
    column(
        "data_as_of",
        Value::MaybeTime(|it| it.data_as_of),
        "The moment that what Kubernetes says of it is known for",
    ),
    column("id", Value::Number(|it| it.row.id.0), "Routebook's number: /ingresses/{id}"),
    column(
        "attested_at",
        Value::MaybeTime(|it| attestation(it).map(|one| one.at)),
        "When a reviewer last confirmed it",
    ),
    column(
        "attested_until",
        Value::MaybeTime(|it| attestation(it).map(|one| one.until)),
        "Until when that holds",
    ),
    column(
        "attested_by",
        Value::MaybeText(|it| attestation(it).map(|one| one.by.as_str())),
        "What that reviewer was called then",
    ),
    column(
        "reviewed",
        Value::Text(|it| it.row.reviewed(it.now).as_str()),
        "Whether what it is now was reviewed",
    ),
];

fn attestation(it: Record<'_>) -> Option<&Attestation> {
    it.row.attestation.as_ref()
}

fn problems(it: Record<'_>) -> Vec<&str> {
    let mut codes: Vec<&str> = it.row.problems.iter().map(Problem::code).collect();
    codes.dedup();
    codes
}

fn not_checked(it: Record<'_>) -> Vec<&str> {
    let checks = it.row.checks;
    let made = [checks.services, checks.endpoints, checks.classes, checks.namespaces];
    let names = NOT_CHECKED.into_iter().zip(made);
    names.filter(|(_, made)| !made).map(|(name, _)| name).collect()
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COLUMNS.len()))?;
        for Column { name, value, .. } in COLUMNS {
            match value {
                Value::Text(of) => map.serialize_entry(name, of(*self))?,
                Value::MaybeText(of) => map.serialize_entry(name, &of(*self))?,
                Value::Words(of) => map.serialize_entry(name, &of(*self))?,
                Value::Number(of) => map.serialize_entry(name, &of(*self))?,
                Value::MaybeNumber(of) => map.serialize_entry(name, &of(*self))?,
                Value::MaybeFlag(of) => map.serialize_entry(name, &of(*self))?,
                Value::MaybeTime(of) => map.serialize_entry(name, &of(*self))?,
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_documented_and_has_a_name_of_its_own() {
        let page = include_str!("../../../docs/export.md");
        for (number, column) in COLUMNS.iter().enumerate() {
            assert!(page.contains(&format!("`{}`", column.name)), "{} is missing", column.name);
            let twice = COLUMNS[..number].iter().any(|other| other.name == column.name);
            assert!(!twice, "{} is there twice", column.name);
        }
    }

    #[test]
    fn the_first_columns_say_which_ingress() {
        let first: Vec<&str> = COLUMNS[..4].iter().map(|column| column.name).collect();
        assert_eq!(first, ["cluster", "namespace", "name", "uid"]);
    }
}
