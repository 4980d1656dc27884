//! Finds the owner: step by step, and the first that names somebody wins.

use std::collections::BTreeMap;

use super::claim::{self, Claim};
use super::marks::{matching, under};
use super::{Around, Marks, Owner, OwnerSource, Rules, text};
use crate::ingress::Object;
use crate::managed;

/// The owner of an ingress; `None` for an orphan.
pub fn find(object: &Object, around: &Around<'_>, rules: &Rules) -> Option<Owner> {
    let search = Search { object, around, rules };
    let steps = rules.steps.iter().copied().filter(|step| *step != OwnerSource::Override);
    let steps = [OwnerSource::Override].into_iter().chain(steps);
    claim::decide(steps.flat_map(|step| search.claims(step)).collect())
}

struct Search<'a> {
    object: &'a Object,
    around: &'a Around<'a>,
    rules: &'a Rules,
}

impl Search<'_> {
    /// What a step finds, what counts most first.
    fn claims(&self, step: OwnerSource) -> Vec<Claim> {
        let (object, rules) = (self.object, self.rules);
        match step {
            OwnerSource::Override => Vec::from_iter(self.said_here()),
            OwnerSource::Annotation => {
                self.own("annotation", step, &rules.annotations, &object.annotations)
            }
            OwnerSource::Label => self.own("label", step, &rules.labels, &object.labels),
            OwnerSource::Service => Vec::from_iter(self.services()),
            OwnerSource::Namespace => self.namespace(),
            OwnerSource::GitOps => Vec::from_iter(self.application()),
            OwnerSource::Fallback => Vec::from_iter(self.fallback()),
        }
    }

    fn claim(&self, source: OwnerSource, place: &str, value: &str) -> Option<Claim> {
        Claim::read(source, place, value, self.rules)
    }

    fn said_here(&self) -> Option<Claim> {
        self.claim(OwnerSource::Override, "set in Routebook", self.around.override_?)
    }

    /// What the ingress itself says.
    fn own(
        &self,
        kind: &str,
        step: OwnerSource,
        keys: &[String],
        marks: &BTreeMap<String, String>,
    ) -> Vec<Claim> {
        let found = under(keys, marks);
        found.filter_map(|(key, value)| self.claim(step, &format!("{kind} {key}"), value)).collect()
    }

    /// The first Service that names somebody; that others name somebody else is noted.
    fn services(&self) -> Option<Claim> {
        let services = self.around.services.iter();
        let mut said =
            services.filter_map(|(name, marks)| Some((*name, self.service(name, marks)?)));
        let (_, mut first) = said.next()?;
        let differing: Vec<String> = said
            .filter(|(_, claim)| !text::same(&claim.name, &first.name))
            .map(|(name, claim)| format!("Service {name} says {}", claim.name))
            .collect();
        let differing = (!differing.is_empty()).then(|| text::list(&differing));
        first.note = text::joined([first.note.take(), differing]);
        Some(first)
    }

    fn service(&self, name: &str, marks: &Marks) -> Option<Claim> {
        let annotations = under(&self.rules.annotations, &marks.annotations);
        let labels = under(&self.rules.labels, &marks.labels);
        let annotations = annotations.map(|(key, value)| ("annotation", key, value));
        let labels = labels.map(|(key, value)| ("label", key, value));
        annotations.chain(labels).find_map(|(kind, key, value)| {
            let place = format!("{kind} {key} of Service {name}");
            self.claim(OwnerSource::Service, &place, value)
        })
    }

    fn namespace(&self) -> Vec<Claim> {
        let Some(marks) = self.around.namespace else { return Vec::new() };
        let name = &self.object.namespace;
        let found = self.rules.namespace_keys.iter().flat_map(|rule| {
            let annotations = matching(rule, &marks.annotations).into_iter();
            let labels = matching(rule, &marks.labels).into_iter();
            let annotations = annotations.map(|(key, value)| ("annotation", key, value));
            annotations.chain(labels.map(|(key, value)| ("label", key, value)))
        });
        let claim = |(kind, key, value): (&str, &str, &str)| {
            let place = format!("{kind} {key} of Namespace {name}");
            self.claim(OwnerSource::Namespace, &place, value)
        };
        found.filter_map(claim).collect()
    }

    fn application(&self) -> Option<Claim> {
        let application = managed::application(self.object)?;
        let (by, kind, name) = (application.by.label(), application.kind, &application.name);
        let mut claim = self.claim(OwnerSource::GitOps, &format!("{by} {kind} {name}"), name)?;
        if !claim.team {
            claim.place.push_str(", not a known team");
        }
        Some(claim)
    }

    fn fallback(&self) -> Option<Claim> {
        let (cluster, class) = (self.around.cluster, self.around.class);
        let fitting = self.rules.fallbacks.iter().find(|one| one.is_for(cluster, class))?;
        self.claim(OwnerSource::Fallback, &fitting.place(), &fitting.owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::{Fallback, Team};

    /// An ingress `web` in namespace `shop` with all that is around it.
    #[derive(Default)]
    struct Case {
        object: Object,
        override_: Option<&'static str>,
        namespace: Marks,
        services: Vec<(&'static str, Marks)>,
        rules: Rules,
    }

    fn team(name: &str) -> Team {
        let matches = vec![format!("group:default/{name}"), format!("{name}-app")];
        Team { name: name.into(), matches, ..Team::default() }
    }

    fn pair(key: &str, value: &str) -> BTreeMap<String, String> {
        [(key.to_owned(), value.to_owned())].into()
    }

    fn labelled(key: &str, value: &str) -> Marks {
        Marks { labels: pair(key, value), ..Marks::default() }
    }

    fn annotated(key: &str, value: &str) -> Marks {
        Marks { annotations: pair(key, value), ..Marks::default() }
    }

    fn application(name: &str) -> BTreeMap<String, String> {
        let id = format!("{name}:networking.k8s.io/Ingress:shop/web");
        pair("argocd.argoproj.io/tracking-id", &id)
    }

    fn fallback(class: Option<&str>, owner: &str) -> Fallback {
        Fallback { cluster: None, class: class.map(str::to_owned), owner: owner.into() }
    }

    fn found(case: &Case) -> Option<Owner> {
        let around = Around {
            cluster: "prod",
            class: Some("nginx"),
            override_: case.override_,
            namespace: Some(&case.namespace),
            services: case.services.iter().map(|(name, marks)| (*name, marks)).collect(),
        };
        find(&case.object, &around, &case.rules)
    }

    fn words(owner: &Owner) -> String {
        let team = if owner.team { " (team)" } else { "" };
        let note = owner.note.as_ref().map(|note| format!("; note: {note}")).unwrap_or_default();
        let others = owner.others.iter().map(|hint| format!("; {} by {}", hint.name, hint.place));
        let others: String = others.collect();
        format!("{}{team} by {}{note}{others}", owner.name, owner.place)
    }

    fn check(given: impl FnOnce(&mut Case), expected: &str) {
        let mut case = Case::default();
        case.object.namespace = "shop".into();
        case.object.name = "web".into();
        case.rules.teams = vec![team("payments"), team("search")];
        given(&mut case);
        let words = found(&case).map_or("nobody".to_owned(), |owner| words(&owner));
        assert_eq!(words, expected);
    }

    #[test]
    fn every_step_finds_an_owner_and_says_where() {
        check(|_| {}, "nobody");
        check(|case| case.override_ = Some("ann"), "ann by set in Routebook");
        check(
            |case| case.object.annotations = pair("a8r.io/owner", "ann"),
            "ann by annotation a8r.io/owner",
        );
        check(|case| case.object.labels = pair("team", "cart"), "cart by label team");
        check(
            |case| case.services = vec![("web", annotated("backstage.io/owner", "ann"))],
            "ann by annotation backstage.io/owner of Service web",
        );
        check(
            |case| case.services = vec![("web", labelled("team", "cart"))],
            "cart by label team of Service web",
        );
        check(
            |case| case.namespace = annotated("backstage.io/kubernetes-owner", "cart"),
            "cart by annotation backstage.io/kubernetes-owner of Namespace shop",
        );
        check(
            |case| case.namespace = labelled("example.com/team-name", "cart"),
            "cart by label example.com/team-name of Namespace shop",
        );
        check(
            |case| case.object.annotations = application("payments"),
            "payments (team) by Argo CD application payments",
        );
        check(
            |case| case.rules.fallbacks = vec![fallback(Some("nginx"), "ops")],
            "ops by fallback of class nginx",
        );
    }

    #[test]
    fn the_first_step_wins_and_what_contradicts_it_is_kept() {
        let conflict = |case: &mut Case| {
            case.object.annotations = pair("owner", "payments");
            case.object.labels = pair("team", "search");
            case.services = vec![("web", labelled("team", "SEARCH"))];
            case.namespace = labelled("team", "shop");
            case.rules.fallbacks = vec![fallback(None, "ops")];
        };
        check(
            conflict,
            "payments (team) by annotation owner; search by label team; \
             shop by label team of Namespace shop",
        );
        check(
            |case| {
                conflict(case);
                case.override_ = Some("search");
            },
            "search (team) by set in Routebook; payments by annotation owner; \
             shop by label team of Namespace shop",
        );
        check(
            |case| {
                conflict(case);
                case.rules.steps = vec![OwnerSource::Namespace, OwnerSource::Label];
            },
            "shop by label team of Namespace shop; search by label team",
        );
        check(
            |case| {
                conflict(case);
                case.rules.steps.clear();
            },
            "nobody",
        );
    }

    #[test]
    fn keys_count_in_the_order_of_the_rules_and_exactly() {
        let both = |case: &mut Case| {
            case.object.labels = pair("team", "cart");
            case.object.labels.insert("owner".into(), "ann".into());
            case.object.labels.insert("Owner".into(), "bob".into());
        };
        check(both, "ann by label owner; cart by label team");
        check(
            |case| {
                both(case);
                case.rules.labels = vec!["team".into(), "Owner".into()];
            },
            "cart by label team; bob by label Owner",
        );
    }

    #[test]
    fn an_empty_value_is_none_and_the_next_step_counts() {
        for empty in ["", " \t\n", "-", "unknown", ",;", "\u{200b}"] {
            check(
                |case| {
                    case.object.annotations = pair("owner", empty);
                    case.object.labels = pair("team", "cart");
                },
                "cart by label team",
            );
        }
    }

    #[test]
    fn values_that_mean_a_team_get_its_name() {
        for value in ["group:default/payments", "PAYMENTS", "group-default-payments", " payments\n"]
        {
            let given = |case: &mut Case| case.object.labels = pair("team", value);
            check(given, "payments (team) by label team");
        }
        check(
            |case| case.object.labels = pair("team", "user:default/payments"),
            "user:default/payments by label team",
        );
    }

    #[test]
    fn of_several_owners_the_first_counts() {
        check(
            |case| case.object.annotations = pair("owner", "payments, search; ann"),
            "payments (team) by annotation owner; \
             note: names several: payments, search, ann; the first counts",
        );
        check(
            |case| case.object.annotations = pair("owner", "@ann @bob"),
            "@ann by annotation owner; note: names several: @ann, @bob; the first counts",
        );
        check(
            |case| {
                case.object.annotations = pair("owner", "Pay, Refunds");
                case.rules.teams = vec![Team { name: "pay, refunds".into(), ..Team::default() }];
            },
            "pay, refunds (team) by annotation owner",
        );
    }

    #[test]
    fn services_count_in_the_order_of_the_routes() {
        check(
            |case| {
                case.services = vec![
                    ("web", Marks::default()),
                    ("cart", labelled("team", "payments")),
                    ("pay", labelled("team", "Payments")),
                    ("find", labelled("team", "search")),
                ];
            },
            "payments (team) by label team of Service cart; note: Service find says search",
        );
    }

    #[test]
    fn an_application_is_an_owner_only_if_a_team_is_called_so() {
        let application =
            |name: &'static str| move |case: &mut Case| case.object.annotations = application(name);
        check(application("Payments-App"), "payments (team) by Argo CD application Payments-App");
        check(application("shop-prod"), "nobody");
        check(
            |case| {
                application("shop-prod")(case);
                case.object.labels = pair("team", "search");
            },
            "search (team) by label team",
        );
        check(
            |case| {
                application("shop-prod")(case);
                case.rules.fallbacks = vec![fallback(None, "ops")];
            },
            "ops by fallback; shop-prod by Argo CD application shop-prod, not a known team",
        );
        check(
            |case| {
                case.object.labels = pair("kustomize.toolkit.fluxcd.io/name", "search");
                case.namespace = labelled("team", "payments");
            },
            "payments (team) by label team of Namespace shop; search by Flux Kustomization search",
        );
    }

    #[test]
    fn the_first_fallback_that_fits_counts() {
        check(
            |case| {
                case.rules.fallbacks = vec![
                    fallback(Some("traefik"), "edge"),
                    fallback(Some("nginx"), "payments"),
                    fallback(None, "ops"),
                ];
            },
            "payments (team) by fallback of class nginx",
        );
        check(|case| case.rules.fallbacks = vec![fallback(Some("traefik"), "edge")], "nobody");
    }

    #[test]
    fn markup_stays_text_and_long_values_are_cut() {
        check(
            |case| case.object.annotations = pair("owner", "<script>alert(1)</script>"),
            "<script>alert(1)</script> by annotation owner",
        );
        let cut = format!("{}…", "x".repeat(99));
        check(
            |case| case.object.annotations = pair("owner", &"x".repeat(10_000)),
            &format!("{cut} by annotation owner; note: longer than 100 characters"),
        );
        let mut case = Case::default();
        case.object.annotations = pair("owner", &"x".repeat(10_000));
        assert_eq!(found(&case).unwrap().value.chars().count(), text::LONGEST_VALUE);
    }

    #[test]
    fn at_most_five_others_are_kept() {
        let mut case = Case::default();
        case.rules.labels = (0..20).map(|n| format!("key{n}")).collect();
        let named = |key: &String| (key.clone(), format!("owner of {key}"));
        case.object.labels = case.rules.labels.iter().map(named).collect();
        let owner = found(&case).unwrap();
        assert_eq!(
            (owner.name.as_str(), owner.others.len()),
            ("owner of key0", claim::MOST_OTHERS)
        );
    }

    #[test]
    fn an_owner_survives_the_store() {
        let mut case = Case::default();
        case.object.annotations = pair("owner", "ann, bob");
        case.object.labels = pair("team", "cart");
        let owner = found(&case).unwrap();
        let json = serde_json::to_string(&owner).unwrap();
        assert_eq!(serde_json::from_str::<Owner>(&json).unwrap(), owner);
    }
}
