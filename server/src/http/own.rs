//! What members of a team may see and do who have no role for more: the ingresses of their own teams,
//! the reviews that are assigned to them, and the retirements of both.

use std::str::FromStr;

use axum::http::Uri;
use domain::inventory::{At, View};
use domain::retirement::RetirementView;
use domain::review::ReviewView;
use domain::rights::Right;
use domain::user::Visitor;
use domain::{IngressId, RetirementId, ReviewId};
use store::ReviewCard;

use super::rights::{
    ACCEPT, CANCEL, CLAIM, COMMENT, DECIDE, EVENTS, INGRESS, INGRESSES, MANIFEST, REFUSE,
    RETIREMENT, RETIREMENTS, REVIEW, REVIEWS, Row, UNDO, WITHDRAW,
};
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
        // What may be done is for the rules of the act to say, which need more than the address.
        EVENTS | DECIDE | ACCEPT | REFUSE | WITHDRAW => Ok(Part::Own),
        // What they cannot look at they cannot make theirs.
        CLAIM if visitor.may(Right::ReadAll) => Ok(Part::Own),
        CLAIM => of_ingress(state, visitor, uri.path().trim_end_matches("/claim")).await,
        INGRESSES => Ok(of_list(visitor, uri.query().unwrap_or_default())),
        INGRESS => of_ingress(state, visitor, uri.path()).await,
        REVIEWS => Ok(of_queue(visitor, uri.query().unwrap_or_default())),
        REVIEW | COMMENT => of_review(state, visitor, uri.path(), false).await,
        // Who gave it away may take that back.
        UNDO => of_review(state, visitor, uri.path(), true).await,
        RETIREMENTS => Ok(of_retirements(visitor, uri.query().unwrap_or_default())),
        RETIREMENT | MANIFEST | CANCEL => of_retirement(state, visitor, uri.path()).await,
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

/// The queue is the own one; whoever asks for that of others is told so.
fn of_queue(visitor: &Visitor, query: &str) -> Part {
    let asked = ReviewView::parse(query).map(|view| view.assignees).unwrap_or_default();
    if asked.iter().all(|team| is_of(visitor, team)) { Part::Own } else { Part::Others }
}

/// As for the queue.
fn of_retirements(visitor: &Visitor, query: &str) -> Part {
    let asked = RetirementView::parse(query).map(|view| view.teams).unwrap_or_default();
    if asked.iter().all(|team| is_of(visitor, team)) { Part::Own } else { Part::Others }
}

async fn of_review(
    state: &State,
    visitor: &Visitor,
    path: &str,
    also_given: bool,
) -> Result<Part, store::Error> {
    let Some(id) = number::<ReviewId>(path, REVIEWS) else { return Ok(Part::Others) };
    let card = state.store.review(id, state.clock.now()).await?;
    let gave = |card: &ReviewCard| {
        let last = card.decisions.first();
        last.is_some_and(|last| card.review.is_given(last) && is_of(visitor, &last.team))
    };
    let is_own = card
        .is_some_and(|card| is_of(visitor, &card.review.assignee) || (also_given && gave(&card)));
    Ok(if is_own { Part::Own } else { Part::Others })
}

/// A retirement is of whoever owns the ingress, and of the team that decided it.
async fn of_retirement(state: &State, visitor: &Visitor, path: &str) -> Result<Part, store::Error> {
    let Some(id) = number::<RetirementId>(path, RETIREMENTS) else { return Ok(Part::Others) };
    let now = state.clock.now();
    let Some((retirement, detail)) = state.store.retirement(id, now).await? else {
        return Ok(Part::Others);
    };
    if visitor.owns(detail.owner.as_ref().map(|owner| owner.name.as_str())) {
        return Ok(Part::Own);
    }
    let Some(review) = retirement.review else { return Ok(Part::Others) };
    let card = state.store.review(review, now).await?;
    let is_own = card.is_some_and(|card| is_of(visitor, &card.review.assignee));
    Ok(if is_own { Part::Own } else { Part::Others })
}

fn is_of(visitor: &Visitor, team: &str) -> bool {
    visitor.person().is_some_and(|person| person.is_of(team))
}

/// The number that follows the first segment.
fn number<T: FromStr>(path: &str, first: &str) -> Option<T> {
    let rest = path.strip_prefix(first)?.strip_prefix('/')?;
    rest.split('/').next()?.parse().ok()
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

    #[test]
    fn a_number_stands_behind_the_first_segment() {
        let number = |path: &str| number::<ReviewId>(path, REVIEWS);
        assert_eq!(number("/reviews/7"), Some(ReviewId(7)));
        assert_eq!(number("/reviews/7/undo"), Some(ReviewId(7)));
        for path in ["/reviews", "/reviews/", "/reviews/decide", "/reviewsx/7", "/reviews//7"] {
            assert_eq!(number(path), None, "{path}");
        }
    }

    #[test]
    fn the_queue_of_others_is_not_theirs() {
        let member = Person { teams: vec!["shop".to_owned()], ..person("ada") };
        let visitor = Visitor::Person(Arc::new(member));
        assert_eq!(of_queue(&visitor, ""), Part::Own);
        assert_eq!(of_queue(&visitor, "team=shop&state=open"), Part::Own);
        assert_eq!(of_queue(&visitor, "team=shop&team=pay"), Part::Others);
    }
}
