//! Which right each address asks for. The router is made from this table and from nothing else
//! (`guarded`): an address that is not here cannot be answered.

use domain::rights::Right;

use Kind::{File, Form, Page, Program};
use Right::{Administer, Anyone, Audit, Campaigns, ReadAll, ReadOwn, Review, SignedIn};

/// An address, and who may ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// `GET`, which stands for `HEAD` too, or `POST`.
    pub method: &'static str,
    /// The path as the router has it, without the base path.
    pub path: &'static str,
    /// The right that is needed.
    pub right: Right,
    /// In which way somebody without the right is told so.
    pub kind: Kind,
}

/// What stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page, from which one is sent to the sign-in.
    Page,
    /// Something for programs, which read problems.
    Program,
    /// What a form is sent to.
    Form,
    /// Something that a page loads.
    File,
}

/// The list, of which members of a team see their part.
pub const INGRESSES: &str = "/ingresses";
/// One ingress, which the members of its team may see.
pub const INGRESS: &str = "/ingresses/{id}";
/// What is assigned to the own teams.
pub const REVIEWS: &str = "/reviews";
/// One review, which the members of its team may see.
pub const REVIEW: &str = "/reviews/{id}";
/// What was decided to go, of which members of a team see their part.
pub const RETIREMENTS: &str = "/retirements";
/// One retirement, which the members of its team may see.
pub const RETIREMENT: &str = "/retirements/{id}";
/// The last manifest of what is retired, for the same people.
pub const MANIFEST: &str = "/retirements/{id}/manifest.yaml";
/// Where decisions are sent to.
pub const DECIDE: &str = "/reviews/decide";
/// Where a decision is taken back.
pub const UNDO: &str = "/reviews/{id}/undo";
/// Where a comment is sent to.
pub const COMMENT: &str = "/reviews/{id}/comment";
/// Where a retirement is called off.
pub const CANCEL: &str = "/retirements/{id}/cancel";
/// Where somebody says whose an ingress is. Who may say that, the claim's own rules tell.
pub const CLAIM: &str = "/ingresses/{id}/claim";
/// Where a claim is accepted, by whom its own rules allow.
pub const ACCEPT: &str = "/claims/{id}/accept";
/// Where a claim is refused, in the same way.
pub const REFUSE: &str = "/claims/{id}/refuse";
/// Where a claim is taken back, in the same way.
pub const WITHDRAW: &str = "/claims/{id}/withdraw";
/// The stream of revisions, which says nothing about any ingress.
pub const EVENTS: &str = "/events";
/// Where a provider says that somebody has signed out.
pub const BACK_CHANNEL: &str = "/auth/back-channel/{provider}";
/// Every other path, where a page says that there is none.
pub const REST: &str = "/{*rest}";

/// Every address.
pub const TABLE: &[Row] = &[
    get("/healthz", Anyone, File),
    get("/readyz", Anyone, File),
    get("/favicon.svg", Anyone, File),
    get("/assets/{build}/{*name}", Anyone, File),
    post("/preferences", Anyone, Form),
    get("/auth/sign-in", Anyone, Page),
    get("/auth/sign-in/{provider}", Anyone, Page),
    get("/auth/callback", Anyone, Page),
    post(BACK_CHANNEL, Anyone, Program),
    post("/auth/sign-out", SignedIn, Form),
    get("/auth/signed-out", Anyone, Page),
    get("/me", SignedIn, Page),
    get("/", ReadAll, Page),
    get(INGRESSES, ReadOwn, Page),
    get(INGRESS, ReadOwn, Page),
    get("/owners", ReadAll, Page),
    get("/status", ReadAll, Page),
    get(EVENTS, ReadOwn, File),
    get("/export/inventory.csv", ReadAll, Program),
    get("/export/inventory.jsonl", ReadAll, Program),
    get("/api/v1/ingresses", ReadAll, Program),
    get("/api/v1/ingresses/{id}", ReadAll, Program),
    get("/api/v1/clusters", ReadAll, Program),
    get("/api/v1/openapi.json", ReadAll, Program),
    get("/campaigns", Campaigns, Page),
    get("/campaigns/new", Campaigns, Page),
    get("/campaigns/{id}", Campaigns, Page),
    post("/campaigns", Administer, Form),
    post("/campaigns/{id}/edit", Administer, Form),
    post("/campaigns/{id}/open", Administer, Form),
    post("/campaigns/{id}/extend", Administer, Form),
    post("/campaigns/{id}/close", Administer, Form),
    post("/series", Administer, Form),
    post("/series/{id}/edit", Administer, Form),
    post("/series/{id}/end", Administer, Form),
    get(REVIEWS, Review, Page),
    get(REVIEW, Review, Page),
    post(DECIDE, Review, Form),
    post(UNDO, Review, Form),
    post(COMMENT, Review, Form),
    post("/reviews/{id}/reassign", Administer, Form),
    get(RETIREMENTS, ReadOwn, Page),
    get(RETIREMENT, ReadOwn, Page),
    get(MANIFEST, ReadOwn, File),
    post(CANCEL, Review, Form),
    post(CLAIM, Review, Form),
    post("/ingresses/{id}/owner", Administer, Form),
    post(ACCEPT, Review, Form),
    post(REFUSE, Review, Form),
    post(WITHDRAW, Review, Form),
    get("/audit", Audit, Page),
    get("/export/audit.csv", Audit, Program),
    get("/export/audit.jsonl", Audit, Program),
    get("/export/campaigns/{file}", Audit, Program),
    get("/sessions", Administer, Page),
    post("/sessions/{id}/end", Administer, Form),
    post("/users/{id}/disable", Administer, Form),
    post("/users/{id}/enable", Administer, Form),
    get(REST, Anyone, Page),
];

const fn get(path: &'static str, right: Right, kind: Kind) -> Row {
    Row { method: "GET", path, right, kind }
}

const fn post(path: &'static str, right: Right, kind: Kind) -> Row {
    Row { method: "POST", path, right, kind }
}

/// The row of an address. Without one the process must not start.
pub fn row(method: &str, path: &str) -> &'static Row {
    let mut rows = TABLE.iter();
    let row = rows.find(|row| row.method == method && row.path == path);
    row.unwrap_or_else(|| panic!("{method} {path} is not in the table of rights"))
}

/// Whether one of our paths begins with this segment.
pub fn is_first_segment(segment: &str) -> bool {
    TABLE.iter().any(|row| row.path.split('/').nth(1) == Some(segment))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_address_stands_there_once() {
        let all: BTreeSet<_> = TABLE.iter().map(|row| (row.method, row.path)).collect();
        assert_eq!(all.len(), TABLE.len());
    }

    #[test]
    fn what_changes_something_is_no_page_and_what_is_read_is_no_form() {
        for row in TABLE {
            let is_form = row.kind == Form || row.path == BACK_CHANNEL;
            assert_eq!(row.method == "POST", is_form, "{}", row.path);
        }
    }

    #[test]
    #[should_panic(expected = "GET /secrets is not in the table of rights")]
    fn an_address_that_is_not_there_stops_the_start() {
        row("GET", "/secrets");
    }

    #[test]
    fn the_first_segments_of_our_paths_are_known() {
        assert!(is_first_segment("ingresses") && is_first_segment("favicon.svg"));
        assert!(!is_first_segment("routebook") && !is_first_segment("{id}"));
    }
}
