//! Everything that is known around some ingresses of a cluster, loaded at once.

use std::collections::{BTreeSet, HashMap};

use domain::Ingress;
use domain::assess::{self, Conclusion, Known, Rules};
use domain::owner::Marks;
use domain::problem::{Checks, ServiceFacts, Surroundings};
use domain::tls::{Evidence, Method, Subject};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::claims::owners_set;
use crate::row::{from_json, moment, to_json};
use crate::surroundings::{Facts, classes};

/// What is known around some ingresses of a cluster.
pub(crate) struct Around {
    cluster: String,
    pub(crate) surroundings: Surroundings,
    namespaces: HashMap<String, Marks>,
    /// By namespace and Secret.
    by_secret: HashMap<(String, String), Vec<Evidence>>,
    /// By namespace, which is empty where a host is not of one, and host.
    by_host: HashMap<(String, String), Vec<Evidence>>,
    /// Whom somebody named in Routebook, by UID.
    owners_set: HashMap<String, String>,
}

impl Around {
    /// What is concluded of one of the ingresses that this was loaded for.
    pub(crate) fn conclude(&self, ingress: &Ingress, rules: &Rules, now: Timestamp) -> Conclusion {
        let namespace = &ingress.object.namespace;
        let known = Known {
            cluster: &self.cluster,
            surroundings: &self.surroundings,
            namespace: self.namespaces.get(namespace),
            evidence: &self.evidence(ingress),
            owner_set: self.owner_set(ingress),
        };
        assess::conclude(ingress, &known, rules, now)
    }

    /// Whom somebody named in Routebook.
    pub(crate) fn owner_set(&self, ingress: &Ingress) -> Option<&str> {
        self.owners_set.get(&ingress.object.uid).map(String::as_str)
    }

    fn evidence(&self, ingress: &Ingress) -> Vec<Evidence> {
        if self.by_secret.is_empty() && self.by_host.is_empty() {
            return Vec::new();
        }
        let namespace = ingress.object.namespace.as_str();
        let names = tls_names(ingress);
        let secrets: BTreeSet<&str> = names.iter().map(|(secret, _)| *secret).collect();
        let hosts: BTreeSet<&str> = names.iter().map(|(_, host)| *host).collect();
        let of_secrets =
            secrets.into_iter().map(|secret| self.by_secret.get(&key(namespace, secret)));
        let of_hosts = hosts.into_iter().flat_map(|host| {
            [namespace, ""].map(|namespace| self.by_host.get(&key(namespace, host)))
        });
        of_secrets.chain(of_hosts).flatten().flatten().cloned().collect()
    }
}

fn key(namespace: &str, name: &str) -> (String, String) {
    (namespace.to_owned(), name.to_owned())
}

/// An ingress may have thousands of TLS hosts; the first are looked at.
const MOST_NAMES: usize = 200;

/// Whoever may write Certificates may name one Secret in thousands; the newest are looked at.
const MOST_CERTIFICATES: i64 = 10;

/// The Secrets and hosts in the TLS entries of an ingress: first every Secret, so that none is
/// passed over because of the hosts of another. An entry without hosts covers those of the routes.
pub(crate) fn tls_names(ingress: &Ingress) -> BTreeSet<(&str, &str)> {
    let secrets = ingress.tls.iter().map(|entry| (entry.secret.as_deref().unwrap_or(""), entry));
    let mut names = BTreeSet::new();
    for (secret, _) in secrets.clone() {
        if names.len() == MOST_NAMES {
            return names;
        }
        names.insert((secret, ""));
    }
    let of_routes: BTreeSet<&str> =
        ingress.routes.iter().map(|route| route.host.as_str()).collect();
    for (secret, entry) in secrets {
        let own: BTreeSet<&str> = entry.hosts.iter().map(String::as_str).collect();
        let hosts = if own.is_empty() { &of_routes } else { &own };
        for host in hosts.iter().filter(|host| !host.is_empty()) {
            if names.len() == MOST_NAMES {
                return names;
            }
            names.insert((secret, *host));
        }
    }
    names
}

/// Loads what is known around these ingresses. What may not be read any more, or was not read
/// completely yet, says nothing: it may be long out of date.
pub(crate) async fn around(
    connection: &mut SqliteConnection,
    cluster: &str,
    checks: Checks,
    ingresses: &[&Ingress],
) -> Result<Around, sqlx::Error> {
    let namespaces: BTreeSet<&str> =
        ingresses.iter().map(|ingress| ingress.object.namespace.as_str()).collect();
    let names: BTreeSet<(&str, &str, &str)> = ingresses
        .iter()
        .flat_map(|ingress| {
            let namespace = ingress.object.namespace.as_str();
            tls_names(ingress).into_iter().map(move |(secret, host)| (namespace, secret, host))
        })
        .collect();
    let mut around = Around {
        cluster: cluster.to_owned(),
        surroundings: surroundings(connection, cluster, checks, ingresses).await?,
        namespaces: match checks.namespaces {
            true => marks(connection, cluster, &namespaces).await?,
            false => HashMap::new(),
        },
        by_secret: HashMap::new(),
        by_host: HashMap::new(),
        owners_set: owners_set(connection, cluster, ingresses).await?,
    };
    if !names.is_empty() {
        certificates(connection, &mut around, &names).await?;
        evidence(connection, &mut around, &names).await?;
    }
    Ok(around)
}

async fn surroundings(
    connection: &mut SqliteConnection,
    cluster: &str,
    checks: Checks,
    ingresses: &[&Ingress],
) -> Result<Surroundings, sqlx::Error> {
    let keys: BTreeSet<(&str, &str)> = ingresses
        .iter()
        .flat_map(|ingress| {
            let services = ingress.routes.iter().filter_map(|route| route.backend.service());
            services.map(|service| (ingress.object.namespace.as_str(), service))
        })
        .collect();
    let keys = to_json(&keys);
    let rows = match checks.services {
        true => facts(connection, cluster, &keys, SERVICES).await?,
        false => Vec::new(),
    };
    let slices = match checks.endpoints {
        true => facts(connection, cluster, &keys, SLICES).await?,
        false => Vec::new(),
    };
    let mut ready: HashMap<(String, String), i64> = HashMap::new();
    for (namespace, service, facts) in slices {
        if let Facts::Endpoints { ready: count, .. } = facts {
            *ready.entry((namespace, service)).or_default() += count;
        }
    }
    let services = rows.into_iter().filter_map(|(namespace, name, facts)| {
        let Facts::Service { ports, external, marks } = facts else { return None };
        let key = (namespace, name);
        let ready = checks.endpoints.then(|| ready.get(&key).copied().unwrap_or(0));
        Some((key, ServiceFacts { ports, external, ready, marks }))
    });
    let services = services.collect();
    let classes = match checks.classes {
        true => classes(connection, cluster).await?,
        false => HashMap::new(),
    };
    Ok(Surroundings { checks, services, classes })
}

const SERVICES: &str = "SELECT json_group_array(json_array(s.namespace, s.name, json(s.facts)))
    FROM json_each($2) AS key
    CROSS JOIN surroundings AS s
    WHERE s.cluster = $1 AND s.kind = 'Service'
      AND s.namespace = key.value ->> 0 AND s.name = key.value ->> 1";

const SLICES: &str = "SELECT json_group_array(json_array(s.namespace, s.subject, json(s.facts)))
    FROM json_each($2) AS key
    CROSS JOIN surroundings AS s
    WHERE s.cluster = $1 AND s.kind = 'EndpointSlice'
      AND s.namespace = key.value ->> 0 AND s.subject = key.value ->> 1";

/// Namespace, Service and facts of each row that a statement finds. All come as one text: thousands
/// of rows would each be handed from SQLite's thread to this one.
async fn facts(
    connection: &mut SqliteConnection,
    cluster: &str,
    keys: &str,
    statement: &'static str,
) -> Result<Vec<(String, String, Facts)>, sqlx::Error> {
    let rows: String =
        sqlx::query_scalar(statement).bind(cluster).bind(keys).fetch_one(connection).await?;
    Ok(from_json(&rows))
}

async fn marks(
    connection: &mut SqliteConnection,
    cluster: &str,
    namespaces: &BTreeSet<&str>,
) -> Result<HashMap<String, Marks>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT s.name, s.facts FROM json_each($2) AS key
         CROSS JOIN surroundings AS s
         WHERE s.cluster = $1 AND s.kind = 'Namespace' AND s.namespace = '' AND s.name = key.value",
    )
    .bind(cluster)
    .bind(to_json(namespaces))
    .fetch_all(connection)
    .await?;
    let marks = |(name, facts): (String, String)| match from_json(&facts) {
        Some(Facts::Namespace { marks }) => Some((name, marks)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(marks).collect())
}

/// What cert-manager says of the Secrets.
async fn certificates(
    connection: &mut SqliteConnection,
    around: &mut Around,
    names: &BTreeSet<(&str, &str, &str)>,
) -> Result<(), sqlx::Error> {
    let secrets: BTreeSet<(&str, &str)> = names
        .iter()
        .filter(|(_, secret, _)| !secret.is_empty())
        .map(|(namespace, secret, _)| (*namespace, *secret))
        .collect();
    let rows: Vec<(String, String, i64, String)> = sqlx::query_as(
        "SELECT namespace, subject, seen_at, facts FROM (
           SELECT s.namespace, s.subject, s.seen_at, s.facts,
             row_number() OVER (
               PARTITION BY s.namespace, s.subject ORDER BY s.seen_at DESC, s.name
             ) AS place
           FROM json_each($2) AS key
           CROSS JOIN surroundings AS s
           WHERE s.cluster = $1 AND s.kind = 'Certificate'
             AND s.namespace = key.value ->> 0 AND s.subject = key.value ->> 1
         )
         WHERE place <= $3
         ORDER BY namespace, subject, place",
    )
    .bind(&around.cluster)
    .bind(to_json(&secrets))
    .bind(MOST_CERTIFICATES)
    .fetch_all(connection)
    .await?;
    for (namespace, secret, at, facts) in rows {
        let Some(Facts::Certificate { finding, .. }) = from_json(&facts) else { continue };
        let subject = Subject::Secret(secret.clone());
        let evidence = Evidence { method: Method::CertManager, at: moment(at), subject, finding };
        around.by_secret.entry((namespace, secret)).or_default().push(evidence);
    }
    Ok(())
}

type EvidenceRow = (String, String, String, String, i64, String);

/// What the other methods found.
async fn evidence(
    connection: &mut SqliteConnection,
    around: &mut Around,
    names: &BTreeSet<(&str, &str, &str)>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<EvidenceRow> = sqlx::query_as(
        "SELECT DISTINCT e.namespace, e.subject_kind, e.subject, e.method, e.at, e.finding
         FROM json_each($2) AS key
         CROSS JOIN tls_evidence AS e
         WHERE e.cluster = $1
           AND ((e.subject_kind = 'secret' AND e.subject = key.value ->> 1
                 AND e.namespace = key.value ->> 0)
             OR (e.subject_kind = 'host' AND e.subject = key.value ->> 2
                 AND e.namespace IN ('', key.value ->> 0)))",
    )
    .bind(&around.cluster)
    .bind(to_json(names))
    .fetch_all(connection)
    .await?;
    for (namespace, kind, subject, method, at, finding) in rows {
        let (Some(method), Some(finding)) = (Method::parse(&method), from_json(&finding)) else {
            continue;
        };
        let (places, told) = match kind.as_str() {
            "secret" => (&mut around.by_secret, Subject::Secret(subject.clone())),
            _ => (&mut around.by_host, Subject::Host(subject.clone())),
        };
        let evidence = Evidence { method, at: moment(at), subject: told, finding };
        places.entry((namespace, subject)).or_default().push(evidence);
    }
    Ok(())
}
