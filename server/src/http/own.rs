//! What members of a team may see who have no role: the ingresses of their own teams.

use axum::http::Uri;
use domain::IngressId;
use domain::inventory::{At, View};
use domain::user::Visitor;

use super::rights::{EVENTS, INGRESS, INGRESSES, Row};
use crate::state::State;

/// Which part of the inventory an address asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// Their own.
    Own,
    /// Somebody else's, or what nobody owns.
    Others,
    /// All of the list; with this query it is theirs.
    List(String),
}

/// What an address asks for. One that is not named here is not theirs.
pub async fn part(
    state: &State,
    visitor: &Visitor,
    row: &Row,
    uri: &Uri,
) -> Result<Part, store::Error> {
    match row.path {
        EVENTS => Ok(Part::Own),
        INGRESSES => Ok(of_list(visitor, uri.query().unwrap_or_default())),
        INGRESS => of_ingress(state, visitor, uri.path()).await,
        _ => Ok(Part::Others),
    }
}

/// The query is read as the page reads it. What is no view leads to the whole own list.
fn of_list(visitor: &Visitor, query: &str) -> Part {
    let view = View::parse(query).unwrap_or_default();
    if visitor.owns(view.owner.as_deref()) {
        return Part::Own;
    }
    match visitor.person().and_then(|person| person.teams.first()) {
        Some(team) => {
            let own = View { owner: Some(team.clone()), at: At::Start, ..view };
            Part::List(own.query())
        }
        None => Part::Others,
    }
}

/// That there is no ingress of a number is not for everybody either: it would say how many there are.
async fn of_ingress(state: &State, visitor: &Visitor, path: &str) -> Result<Part, store::Error> {
    let Some(id) = id(path) else { return Ok(Part::Others) };
    let owner = state.store.owner_of(id).await?.flatten();
    Ok(if visitor.owns(owner.as_deref()) { Part::Own } else { Part::Others })
}

fn id(path: &str) -> Option<IngressId> {
    let number = path.strip_prefix(INGRESSES)?.strip_prefix('/')?;
    number.parse().map(IngressId).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::testing::person;
    use domain::user::Person;

    use super::*;

    fn check(query: &str, expected: &Part) {
        let teams = vec!["pay & go".to_owned(), "shop".to_owned()];
        let member = Person { role: None, teams, ..person("ada") };
        assert_eq!(&of_list(&Visitor::Person(Arc::new(member)), query), expected, "{query}");
    }

    #[test]
    fn a_member_is_led_to_the_own_list() {
        let own = |query: &str| Part::List(query.to_owned());
        check("owner=shop", &Part::Own);
        check("q=x&owner=pay+%26+go&sort=-name", &Part::Own);
        check("", &own("owner=pay+%26+go"));
        check("owner=", &own("owner=pay+%26+go"));
        check("owner=other&q=x", &own("q=x&owner=pay+%26+go"));
        check("owner=-", &own("owner=pay+%26+go"));
        check("owner=shop&owner=other", &own("owner=pay+%26+go"));
        check("owner=other&owner=shop", &Part::Own);
        check("colour=red&owner=shop", &own("owner=pay+%26+go"));
    }

    #[test]
    fn a_number_is_read_from_the_path() {
        assert_eq!(id("/ingresses/7"), Some(IngressId(7)));
        for path in ["/ingresses/seven", "/ingresses/", "/ingresses/%37", "/ingresses/7/8", "/7"] {
            assert_eq!(id(path), None, "{path}");
        }
    }
}
