//! What the address of a page about reviews asks for: a part of the queue, and a few things that only
//! the pages know.

use domain::ReviewId;
use domain::inventory::InvalidView;
use domain::review::{ReviewView, Stage};
use domain::user::Person;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The part of the queue, as the address has it.
    pub view: ReviewView,
    /// Those that are to be decided together: `pick`, which may repeat.
    pub picked: Vec<ReviewId>,
    /// What was just decided: `done`.
    pub done: Option<ReviewId>,
    /// Once this one is decided, the next one is asked for: `next`.
    pub goes_on: bool,
    /// Whether there are empty fields, as a form sends them.
    pub has_empty: bool,
}

impl Asked {
    /// Reads the query.
    pub fn read(query: &str) -> Result<Self, InvalidView> {
        let mut asked = Self::default();
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("pick", id) => asked.picked.extend(id.parse::<ReviewId>()),
                ("done", id) => asked.done = id.parse().ok(),
                ("next", _) => asked.goes_on = true,
                (_, value) if value.trim_matches('+').is_empty() => asked.has_empty = true,
                _ => rest.push(pair),
            }
        }
        asked.view = ReviewView::parse(&rest.join("&"))?;
        Ok(asked)
    }

    /// What of it somebody may see. Where nothing else is asked for, it is what is to be decided.
    pub fn of(&self, person: &Person) -> ReviewView {
        let mut view = self.view.clone();
        if view.stages.is_empty() {
            view.stages = Stage::WAITING.to_vec();
        }
        if person.is_admin() {
            return view;
        }
        view.assignees.retain(|team| person.is_of(team));
        if view.assignees.is_empty() {
            view.assignees.clone_from(&person.teams);
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use domain::user::Role;

    use super::*;
    use crate::testing::person;

    fn of(query: &str, person: &Person) -> String {
        Asked::read(query).unwrap().of(person).query()
    }

    #[test]
    fn a_member_sees_what_is_assigned_to_the_own_teams_only() {
        let member = person(None, &["core", "payments"]);
        let waiting = "state=open&state=reopened";
        assert_eq!(of("", &member), format!("team=core&team=payments&{waiting}"));
        assert_eq!(of("team=others", &member), format!("team=core&team=payments&{waiting}"));
        assert_eq!(of("team=core&team=others", &member), format!("team=core&{waiting}"));
        assert_eq!(of("team=core&state=decided", &member), "team=core&state=decided");
    }

    #[test]
    fn an_admin_sees_all_and_what_they_ask_for() {
        let admin = person(Some(Role::Admin), &["payments"]);
        assert_eq!(of("", &admin), "state=open&state=reopened");
        assert_eq!(of("team=core&campaign=7", &admin).matches("payments").count(), 0);
    }

    #[test]
    fn what_only_the_pages_know_is_no_part_of_the_queue() {
        let asked = Asked::read("campaign=7&pick=3&pick=x&pick=5&done=9&next&team=").unwrap();
        assert_eq!(asked.view.query(), "campaign=7");
        assert_eq!(asked.picked, [ReviewId(3), ReviewId(5)]);
        assert_eq!((asked.done, asked.goes_on), (Some(ReviewId(9)), true));
        assert!(asked.has_empty && !Asked::read("team=core").unwrap().has_empty);
        assert!(Asked::read("colour=red").is_err());
    }
}
