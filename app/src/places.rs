//! The places of the navigation, and which of them a visitor may open.

use domain::rights::Right;
use domain::user::Visitor;

/// A place of the navigation.
#[derive(Clone, Copy)]
pub struct Place {
    /// Its path, without the base path.
    pub path: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it needs.
    right: Right,
}

const PLACES: [Place; 9] = [
    Place { path: "/", label: "Overview", right: Right::ReadAll },
    Place { path: "/ingresses", label: "Ingresses", right: Right::ReadOwn },
    Place { path: "/owners", label: "Owners", right: Right::ReadAll },
    Place { path: "/reviews", label: "Reviews", right: Right::Review },
    Place { path: "/campaigns", label: "Campaigns", right: Right::Campaigns },
    Place { path: "/retirements", label: "Retirements", right: Right::ReadOwn },
    Place { path: "/status", label: "Status", right: Right::ReadAll },
    Place { path: "/audit", label: "Audit", right: Right::Audit },
    Place { path: "/sessions", label: "Sessions", right: Right::Administer },
];

/// The places that the visitor may open, in their order.
pub fn open_to(visitor: &Visitor) -> impl Iterator<Item = Place> {
    PLACES.into_iter().filter(move |place| visitor.may(place.right))
}

/// Where the visitor begins: the first place that is open to them.
pub fn home(visitor: &Visitor) -> &'static str {
    let first = open_to(visitor).next().map(|place| place.path);
    first.unwrap_or(if visitor.may(Right::SignedIn) { "/me" } else { "/auth/sign-in" })
}

/// The paths at which there is nothing but the way in or out: there the navigation would only mislead.
pub fn is_door(path: &str) -> bool {
    matches!(path, "/auth/sign-in" | "/auth/signed-out")
}

#[cfg(test)]
mod tests {
    use domain::user::Role;

    use super::*;
    use crate::testing::visitor;

    fn check(visitor: &Visitor, expected: &[&str], begins: &str) {
        let labels: Vec<_> = open_to(visitor).map(|place| place.label).collect();
        assert_eq!(labels, expected);
        assert_eq!(home(visitor), begins);
    }

    #[test]
    fn only_places_that_may_be_opened_are_offered() {
        let viewer = ["Overview", "Ingresses", "Owners", "Campaigns", "Retirements", "Status"];
        let member = ["Overview", "Ingresses", "Owners", "Reviews", "Campaigns", "Retirements"];
        check(&Visitor::Anonymous, &[], "/auth/sign-in");
        check(&visitor(None, &[]), &[], "/me");
        check(
            &visitor(None, &["payments"]),
            &["Ingresses", "Reviews", "Retirements"],
            "/ingresses",
        );
        check(&visitor(Some(Role::Viewer), &[]), &viewer, "/");
        check(
            &visitor(Some(Role::Viewer), &["payments"]),
            &[&member[..], &["Status"]].concat(),
            "/",
        );
        check(&Visitor::Local, &viewer, "/");
        check(&visitor(Some(Role::Auditor), &[]), &[&viewer[..], &["Audit"]].concat(), "/");
        let all = [&member[..], &["Status", "Audit", "Sessions"]].concat();
        check(&visitor(Some(Role::Admin), &["payments"]), &all, "/");
    }
}
