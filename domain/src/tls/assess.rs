//! The TLS state of an ingress from everything that was told of its certificates.
//!
//! For each host the word of the method counts that is nearest to what clients meet: a handshake,
//! then the Secret, then the controller's metrics, then cert-manager. Hosts of an entry for which the
//! same evidence counts are judged together; an entry is as bad as the worst of its hosts, and an
//! ingress as bad as the worst of its entries.
//!
//! An entry without hosts covers those of the controller's default (Kubernetes API reference,
//! IngressTLS): which ones is not known, so that no names are compared.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::compare::disagreement;
use super::evidence::{Evidence, Finding, Subject};
use super::judge::{in_trouble, judge};
use super::state::{Entry, Tls, TlsState};
use super::upstream;
use crate::ingress::{Ingress, TlsEntry};

/// So many hosts of an entry are kept.
const MOST_HOSTS: usize = 20;
/// So many entries of an ingress are kept.
const MOST_ENTRIES: usize = 20;

/// What the operator says of certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// A certificate expires soon if it does so within so many days.
    pub expiring_days: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { expiring_days: 30 }
    }
}

/// Concludes. Evidence on Secrets must be of the ingress's namespace; what concerns neither its
/// Secrets nor its hosts is passed over.
pub fn assess(ingress: &Ingress, evidence: &[Evidence], policy: &Policy, now: Timestamp) -> Tls {
    let upstream = upstream::reason(ingress);
    if ingress.tls.is_empty() {
        let (state, reason) = match upstream {
            Some(reason) => (TlsState::TerminatedUpstream, reason),
            None => (TlsState::None, "the manifest declares no TLS".to_owned()),
        };
        return Tls { state, reason, ..Tls::default() };
    }
    let case = Case { evidence, upstream, policy, now };
    let judged: Vec<Judged> = ingress.tls.iter().map(|entry| case.entry(entry)).collect();
    whole(judged)
}

/// An entry, and what is told of it differently.
struct Judged {
    entry: Entry,
    disagreement: Option<String>,
}

fn whole(judged: Vec<Judged>) -> Tls {
    let mut tls = Tls {
        disagreement: judged.iter().find_map(|one| one.disagreement.clone()),
        expires_at: judged.iter().filter_map(|one| one.entry.expires_at).min(),
        ..Tls::default()
    };
    let worst = judged.iter().min_by_key(|one| Reverse(one.entry.state.gravity()));
    if let Some(Judged { entry, .. }) = worst {
        tls.state = entry.state;
        tls.reason.clone_from(&entry.reason);
        tls.method = entry.method;
        tls.at = entry.at;
    }
    tls.entries = judged.into_iter().take(MOST_ENTRIES).map(|one| one.entry).collect();
    tls
}

/// Everything that an entry is judged by.
struct Case<'a> {
    evidence: &'a [Evidence],
    upstream: Option<String>,
    policy: &'a Policy,
    now: Timestamp,
}

/// What is concluded for some hosts of an entry.
struct Verdict<'a> {
    state: TlsState,
    reason: String,
    by: Option<&'a Evidence>,
}

impl<'a> Case<'a> {
    fn entry(&self, declared: &TlsEntry) -> Judged {
        let secret = declared.secret.as_deref();
        let groups = self.groups(declared);
        let verdicts: Vec<Verdict<'a>> =
            groups.iter().map(|(by, hosts)| self.verdict(*by, hosts, declared)).collect();
        let certificates = verdicts.iter().filter_map(|one| one.by?.finding.certificate());
        let expires_at = certificates.filter_map(|found| found.not_after).min();
        let disagreement = groups.iter().find_map(|(by, hosts)| {
            let counts = &self.evidence[(*by)?];
            let host = hosts.first().copied();
            let told = self.evidence.iter().filter(|one| self.counts(one));
            disagreement(counts, told.filter(|one| one.concerns(host, secret)))
        });
        let worst = verdicts.into_iter().min_by_key(|one| Reverse(one.state.gravity()));
        let worst = worst.expect("there is a group even without hosts");
        let entry = Entry {
            hosts: declared.hosts.iter().take(MOST_HOSTS).cloned().collect(),
            more_hosts: declared.hosts.len().saturating_sub(MOST_HOSTS),
            secret: declared.secret.clone(),
            state: worst.state,
            reason: worst.reason,
            method: worst.by.map(|by| by.method),
            at: worst.by.map(|by| by.at),
            expires_at,
            certificate: worst.by.and_then(|by| by.finding.certificate().cloned()),
        };
        Judged { entry, disagreement }
    }

    /// The hosts of an entry by the evidence that counts for them.
    fn groups<'h>(&self, declared: &'h TlsEntry) -> BTreeMap<Option<usize>, Vec<&'h str>> {
        let secret = declared.secret.as_deref();
        let mut groups: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
        for host in &declared.hosts {
            groups.entry(self.best(Some(host), secret)).or_default().push(host);
        }
        if groups.is_empty() {
            groups.insert(self.best(None, secret), Vec::new());
        }
        groups
    }

    /// The evidence that counts most: by method, then what has a certificate, then the newest.
    fn best(&self, host: Option<&str>, secret: Option<&str>) -> Option<usize> {
        let all = self.evidence.iter().enumerate();
        let fits = all.filter(|(_, one)| {
            self.counts(one) && one.finding.tells() && one.concerns(host, secret)
        });
        let best = fits.min_by_key(|(_, one)| {
            (one.method.rank(), one.finding.certificate().is_none(), Reverse(one.at))
        });
        best.map(|(index, _)| index)
    }

    /// Where TLS ends elsewhere, Secrets say nothing of what is served.
    fn counts(&self, one: &Evidence) -> bool {
        self.upstream.is_none() || matches!(one.subject, Subject::Host(_))
    }

    fn verdict(&self, by: Option<usize>, hosts: &[&str], declared: &TlsEntry) -> Verdict<'a> {
        let evidence: &'a [Evidence] = self.evidence;
        let Some(by) = by.map(|index| &evidence[index]) else {
            let (state, reason) = self.untold(hosts, declared);
            return Verdict { state, reason, by: None };
        };
        let (state, reason) = judge(by, hosts, self.policy, self.now);
        match self.trouble(by, declared) {
            // Why the Secret is not there is known, and who will bring it.
            Some(trouble) if by.finding == Finding::Missing => {
                let reason = format!("{trouble}; {reason}");
                Verdict { state: TlsState::NotReady, reason, by: Some(by) }
            }
            Some(trouble) => {
                Verdict { state, reason: format!("{reason}; {trouble}"), by: Some(by) }
            }
            None => Verdict { state, reason, by: Some(by) },
        }
    }

    /// cert-manager's trouble with the Secret, unless the state is about nothing else.
    fn trouble(&self, by: &Evidence, declared: &TlsEntry) -> Option<String> {
        let secret = declared.secret.as_deref();
        if by.finding.certificate().is_none() && by.finding != Finding::Missing {
            return None;
        }
        self.evidence.iter().find_map(|one| match &one.finding {
            Finding::NotReady { reason, message, .. }
                if self.counts(one) && one.concerns(None, secret) =>
            {
                Some(in_trouble(reason, message))
            }
            _ => None,
        })
    }

    /// The state of hosts for which nobody has told anything.
    fn untold(&self, hosts: &[&str], declared: &TlsEntry) -> (TlsState, String) {
        if let Some(reason) = &self.upstream {
            return (TlsState::TerminatedUpstream, reason.clone());
        }
        let Some(secret) = declared.secret.as_deref() else {
            let reason = "no Secret is named: the controller serves its default certificate";
            return (TlsState::NoSecret, reason.to_owned());
        };
        let obstacles = self.obstacles(hosts, secret);
        if !obstacles.is_empty() {
            return (TlsState::Unknown, obstacles.join("; "));
        }
        let reason = format!(
            "nothing is told of the Secret {secret}: no Certificate of cert-manager for it is known, \
             and no other method that is switched on and permitted has looked at it yet"
        );
        (TlsState::Unknown, reason)
    }

    /// Why methods that tried have not told anything.
    fn obstacles(&self, hosts: &[&str], secret: &str) -> Vec<String> {
        let concerned = self.evidence.iter().filter(|one| match &one.subject {
            Subject::Secret(name) => name == secret,
            Subject::Host(name) => hosts.iter().any(|host| host.eq_ignore_ascii_case(name)),
        });
        let obstacles = concerned.filter_map(|one| match &one.finding {
            Finding::Unreadable { reason } => Some(format!("{}: {reason}", one.method.label())),
            Finding::Unreachable { reason } => Some(format!("no TLS handshake: {reason}")),
            _ => None,
        });
        obstacles.take(2).collect()
    }
}

#[cfg(test)]
mod tests;
