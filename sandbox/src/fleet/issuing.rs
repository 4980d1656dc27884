//! What stands behind the Secrets that Ingresses name: cert-manager's Certificates, the Secrets
//! themselves, and what the hosts serve. Most are in order; some are not, in every way.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::certificate;
use super::dice::Dice;
use super::generate::{Fleet, Plan};
use super::named::Named;
use super::secret;
use crate::certificates::{By, Issuer, Wanted, days_after};
use crate::tls_endpoint::What;

/// Fleets with more Ingresses have no Secrets: with their PEM they would be most of its size, and
/// Routebook reads those of a few namespaces at most. Certificates are there, and so is what the
/// hosts serve, which is made when somebody asks.
pub const MOST_WITH_SECRETS: usize = 2_000;

/// What became of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// All is well.
    Valid,
    /// Its certificate ends in so many days, or did so long ago.
    Ends(i64),
    /// Its certificate is for other names.
    OtherNames,
    /// cert-manager cannot get one, so there is no Secret.
    Failing(Failure),
    /// Nobody ever made it.
    Missing,
    /// There is no certificate in it.
    Malformed,
    /// It was renewed, but the controller still serves the certificate before it, for so many days.
    NotReloaded(i64),
}

/// Why cert-manager cannot get a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The name leads to another address, so that the challenge fails.
    NameLeadsElsewhere,
    /// There were too many orders.
    RateLimited,
}

const MANAGED: &[(u32, Fate)] = &[
    (90, Fate::Valid),
    (2, Fate::Ends(5)),
    (2, Fate::Ends(17)),
    (1, Fate::Ends(-8)),
    (2, Fate::OtherNames),
    (2, Fate::Failing(Failure::NameLeadsElsewhere)),
    (1, Fate::Failing(Failure::RateLimited)),
];
const BY_HAND: &[(u32, Fate)] = &[
    (80, Fate::Valid),
    (3, Fate::Ends(2)),
    (4, Fate::Ends(26)),
    (3, Fate::Ends(-40)),
    (2, Fate::Ends(-400)),
    (4, Fate::OtherNames),
    (4, Fate::Missing),
];

/// Issues what a fleet needs. It has chances of its own: how many Secrets there are changes
/// nothing else in a fleet.
pub(super) struct Issuing {
    dice: Dice,
    now: Timestamp,
    /// None for a fleet without Secrets.
    issuer: Option<Issuer>,
}

impl Issuing {
    pub(super) fn new(plan: &Plan) -> Self {
        let issuer = (plan.ingresses <= MOST_WITH_SECRETS)
            .then(|| Issuer::new(plan.seed).expect("any seed makes keys"));
        Self { dice: Dice::new(plan.seed ^ 0x7465_6c73), now: plan.now, issuer }
    }

    /// Adds what stands behind all Secrets that the Ingresses of a part name, by chance.
    pub(super) fn add_all(&mut self, part: &mut Fleet) {
        for named in Named::all(&part.ingresses) {
            let fates = if named.issuer.is_some() { MANAGED } else { BY_HAND };
            let fate = self.dice.weighted(fates);
            self.add(&named, fate, part);
        }
    }

    /// Adds what stands behind one Secret.
    pub(super) fn add(&mut self, named: &Named, fate: Fate, part: &mut Fleet) {
        let wanted = self.wanted(named, fate);
        if named.issuer.is_some() {
            let uid = self.dice.uid();
            let object = certificate::object(named, fate, wanted.as_ref(), &uid, self.now);
            part.certificates.push(object);
        }
        let Some(wanted) = wanted else { return };
        if let Some(issuer) = &self.issuer {
            let pem = match fate {
                Fate::Malformed => "this is not a certificate\n".to_owned(),
                _ => issuer.chain_pem(&wanted).expect("hosts are names for a certificate"),
            };
            let uid = self.dice.uid();
            part.secrets.push(secret::tls(named, &pem, &issuer.key_pem(), &uid));
        }
        if fate != Fate::Malformed {
            let what = What::Certificate(served(wanted, fate, self.now));
            for host in &named.hosts {
                part.serve(host, &what);
            }
        }
    }

    /// What the certificate says, if there is one.
    fn wanted(&mut self, named: &Named, fate: Fate) -> Option<Wanted> {
        let managed = named.issuer.is_some();
        let left = match fate {
            Fate::Failing(_) | Fate::Missing => return None,
            Fate::Ends(days) => days,
            // cert-manager renews at two thirds of 90 days; by hand it is done once a year.
            _ if managed => i64::try_from(self.dice.between(33, 88)).unwrap_or(60),
            _ => i64::try_from(self.dice.between(35, 330)).unwrap_or(60),
        };
        let names = match fate {
            Fate::OtherNames => others(&named.hosts),
            _ => named.names(),
        };
        let mut wanted = Wanted::until(&names, days_after(self.now, left));
        if !managed {
            wanted.not_before = days_after(wanted.not_after, -365);
        }
        if named.issuer.as_deref() == Some("marrowby-internal-ca") {
            wanted.by = By::Internal;
        }
        Some(wanted)
    }
}

/// The names of a host before it moved.
fn others(hosts: &[String]) -> Vec<String> {
    let other = |host: &String| match host.strip_prefix("*.") {
        Some(domain) => format!("old-{domain}"),
        None => format!("old-{host}"),
    };
    hosts.iter().map(other).collect::<BTreeSet<_>>().into_iter().collect()
}

fn served(wanted: Wanted, fate: Fate, now: Timestamp) -> Wanted {
    match fate {
        Fate::NotReloaded(days) => {
            let before = Wanted::until(&wanted.names, days_after(now, days));
            Wanted { by: wanted.by, ..before }
        }
        _ => wanted,
    }
}
