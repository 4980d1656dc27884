//! Which hosts are to be asked for their certificates, and when.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

/// A host that has not answered is asked again after this part of the usual time.
const SOONER: u32 = 6;
/// So many addresses of a host are looked at.
const MOST_ADDRESSES: usize = 8;

/// A host of a namespace.
type Key = (String, String);

/// The hosts that there are, and the addresses of their ingresses.
#[derive(Debug, Default)]
pub(super) struct Hosts(BTreeMap<Key, Vec<String>>);

impl Hosts {
    /// Adds an ingress. Several of a namespace may have the same host.
    pub(super) fn add(&mut self, namespace: &str, hosts: Vec<String>, addresses: &[String]) {
        for host in hosts {
            let known = self.0.entry((namespace.to_owned(), host)).or_default();
            for address in addresses {
                if known.len() < MOST_ADDRESSES && !known.contains(address) {
                    known.push(address.clone());
                }
            }
        }
    }
}

/// A host to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Aim {
    pub(super) namespace: String,
    pub(super) host: String,
    pub(super) addresses: Vec<String>,
}

/// When hosts were asked. It is kept in memory only: after a start all of them are asked anew.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    asked: HashMap<Key, Asked>,
}

#[derive(Debug)]
struct Asked {
    addresses: Vec<String>,
    again: Instant,
}

impl Agenda {
    /// The hosts that are due: never asked, at another address than before, or asked long ago. The
    /// namespaces take turns, so that one with many hosts does not keep the others waiting; within
    /// them the order is by chance, those that were never asked first.
    pub(super) fn due(
        &mut self,
        hosts: Hosts,
        now: Instant,
        chance: &mut fastrand::Rng,
    ) -> Vec<Aim> {
        self.asked.retain(|key, _| hosts.0.contains_key(key));
        let mut due: Vec<Aim> = hosts
            .0
            .into_iter()
            .filter(|(key, addresses)| self.is_due(key, addresses, now))
            .map(|((namespace, host), addresses)| Aim { namespace, host, addresses })
            .collect();
        chance.shuffle(&mut due);
        due.sort_by_key(|aim| self.asked.contains_key(&aim.key()));
        by_turns(due)
    }

    fn is_due(&self, key: &Key, addresses: &[String], now: Instant) -> bool {
        let asked = self.asked.get(key);
        asked.is_none_or(|asked| asked.again <= now || asked.addresses != addresses)
    }

    /// Notes that a host was asked. The next time varies by a tenth, so that hosts do not stay in
    /// step.
    pub(super) fn asked(
        &mut self,
        aim: &Aim,
        answered: bool,
        every: Duration,
        now: Instant,
        chance: f64,
    ) {
        let every = if answered { every } else { every / SOONER };
        let again = now + every.mul_f64(0.9 + chance / 5.0);
        self.asked.insert(aim.key(), Asked { addresses: aim.addresses.clone(), again });
    }
}

/// The first of each namespace, then the second of each, and so on.
fn by_turns(aims: Vec<Aim>) -> Vec<Aim> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let mut aims: Vec<(usize, Aim)> = aims
        .into_iter()
        .map(|aim| {
            let turn = turns.entry(aim.namespace.clone()).or_default();
            *turn += 1;
            (*turn, aim)
        })
        .collect();
    aims.sort_by_key(|(turn, _)| *turn);
    aims.into_iter().map(|(_, aim)| aim).collect()
}

impl Aim {
    fn key(&self) -> Key {
        (self.namespace.clone(), self.host.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(6000);

    fn hosts(names: &[&str], address: &str) -> Hosts {
        let mut hosts = Hosts::default();
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        hosts.add("shop", names, &[address.to_owned()]);
        hosts
    }

    fn due(agenda: &mut Agenda, hosts: Hosts, now: Instant) -> Vec<String> {
        let due = agenda.due(hosts, now, &mut fastrand::Rng::with_seed(1));
        let mut names: Vec<String> = due.into_iter().map(|aim| aim.host).collect();
        names.sort();
        names
    }

    fn ask(agenda: &mut Agenda, host: &str, answered: bool, now: Instant) {
        let addresses = vec!["192.0.2.1".to_owned()];
        let aim = Aim { namespace: "shop".into(), host: host.into(), addresses };
        agenda.asked(&aim, answered, EVERY, now, 0.5);
    }

    #[test]
    fn hosts_are_asked_at_once_then_again_after_a_while() {
        let (mut agenda, start) = (Agenda::default(), Instant::now());
        let both = || hosts(&["a", "b"], "192.0.2.1");
        assert_eq!(due(&mut agenda, both(), start), ["a", "b"]);
        ask(&mut agenda, "a", true, start);
        ask(&mut agenda, "b", false, start);
        assert_eq!(due(&mut agenda, both(), start + EVERY / 7).len(), 0);
        assert_eq!(due(&mut agenda, both(), start + EVERY / 5), ["b"], "it had not answered");
        assert_eq!(due(&mut agenda, both(), start + EVERY * 2), ["a", "b"]);
    }

    #[test]
    fn another_address_and_a_new_host_are_not_waited_for() {
        let (mut agenda, start) = (Agenda::default(), Instant::now());
        ask(&mut agenda, "a", true, start);
        assert_eq!(due(&mut agenda, hosts(&["a"], "192.0.2.2"), start), ["a"]);
        let order =
            agenda.due(hosts(&["a", "b", "c"], "192.0.2.2"), start, &mut fastrand::Rng::new());
        assert_eq!(order.last().unwrap().host, "a", "those never asked come first");
    }

    #[test]
    fn a_namespace_with_many_hosts_does_not_keep_the_others_waiting() {
        let mut agenda = Agenda::default();
        let now = Instant::now();
        ask(&mut agenda, "a", true, now);
        let mut hosts = hosts(&["a"], "192.0.2.2");
        for n in 0..100 {
            hosts.add("greedy", vec![format!("{n}.example.com")], &["192.0.2.1".into()]);
        }
        let order = agenda.due(hosts, now, &mut fastrand::Rng::new());
        assert!(order[..2].iter().any(|aim| aim.namespace == "shop"), "{:?}", &order[..2]);
    }

    #[test]
    fn a_host_that_is_gone_is_forgotten() {
        let (mut agenda, start) = (Agenda::default(), Instant::now());
        ask(&mut agenda, "a", true, start);
        assert_eq!(due(&mut agenda, Hosts::default(), start).len(), 0);
        assert_eq!(due(&mut agenda, hosts(&["a"], "192.0.2.1"), start), ["a"]);
    }

    #[test]
    fn the_addresses_of_all_ingresses_with_a_host_count() {
        let mut hosts = hosts(&["a"], "192.0.2.1");
        hosts.add("shop", vec!["a".into()], &["192.0.2.1".into(), "192.0.2.2".into()]);
        let due = Agenda::default().due(hosts, Instant::now(), &mut fastrand::Rng::new());
        assert_eq!(due[0].addresses, ["192.0.2.1", "192.0.2.2"]);
    }
}
