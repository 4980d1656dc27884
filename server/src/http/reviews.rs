//! What reviewers decide, take back and write. Who may is told by the rules of reviews themselves, once
//! more inside of the transaction.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ReviewId;
use domain::review::{Choice, Kind};
use jiff::civil::Date;

use super::form::Form;
use super::not_done::{NotDone, answer};
use super::rights::REVIEWS;
use crate::auth::back;
use crate::state;

/// So many reviews may be decided at once.
const MOST_AT_ONCE: usize = 500;

/// Decides one review, or several in the same way.
pub async fn decide(State(state): State<state::State>, form: Form) -> Response {
    let back = way_back(&form, REVIEWS);
    let doing = async {
        let (reviews, hashes) = chosen(&form)?;
        let (act, choice) = (form.act()?, choice(&form)?);
        let now = state.clock.now();
        state.store.decide(&act, &reviews, choice, &hashes, now).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Takes the last decision back.
pub async fn undo(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &card(&id));
    let doing = async {
        let (id, act) = (number(&id)?, form.act()?);
        let decision = form.one("decision").parse();
        let unnamed = "the form does not name the decision to take back; load the page again";
        let decision = decision.map_err(|_| NotDone::invalid(unnamed))?;
        state.store.undo(&act, id, decision, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Adds a comment.
pub async fn comment(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &card(&id));
    let doing = async {
        let (id, act) = (number(&id)?, form.act()?);
        state.store.comment(&act, id, form.one("text"), state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Gives a review to another team.
pub async fn reassign(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &card(&id));
    let doing = async {
        let (id, act) = (number(&id)?, form.act()?);
        let (team, reason) = (form.one("team"), form.one("reason"));
        state.store.reassign(&act, id, team, reason, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// The reviews, each with the hash of what its row or card was drawn from.
fn chosen(form: &Form) -> Result<(Vec<ReviewId>, Vec<String>), NotDone> {
    let (ids, hashes) = (form.all("id"), form.all("hash"));
    if ids.is_empty() {
        return Err(NotDone::invalid("no review is chosen; tick those that you decide"));
    }
    if ids.len() > MOST_AT_ONCE {
        let sentence = format!("at most {MOST_AT_ONCE} reviews are decided at once; choose fewer");
        return Err(NotDone::invalid(sentence));
    }
    if hashes.len() != ids.len() {
        return Err(NotDone::invalid("this form is not complete; load the page again"));
    }
    let reviews = ids.iter().map(|id| number(id)).collect::<Result<_, _>>()?;
    Ok((reviews, hashes))
}

fn choice(form: &Form) -> Result<Choice, NotDone> {
    let kind = Kind::parse(form.one("kind"));
    let kind = kind.ok_or_else(|| NotDone::invalid("say confirm, retire or not mine"))?;
    Ok(Choice {
        kind,
        routes: form.all("route"),
        wish: form.maybe("wish").map(|day| date(&day)).transpose()?,
        proposed: form.maybe("proposed"),
        reason: form.one("reason").to_owned(),
    })
}

/// A day as browsers send it.
pub fn date(text: &str) -> Result<Date, NotDone> {
    let wrong = || NotDone::invalid(format!("{text:?} is no day; write it like 2026-01-31"));
    text.parse().map_err(|_| wrong())
}

fn number(text: &str) -> Result<ReviewId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("review"))
}

/// Where the form wants to go on, if that is a page of ours.
pub fn way_back(form: &Form, otherwise: &str) -> String {
    back::local(form.one("back")).unwrap_or(otherwise).to_owned()
}

fn card(id: &str) -> String {
    match number(id) {
        Ok(id) => format!("{REVIEWS}/{id}"),
        Err(_) => REVIEWS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T>(got: Result<T, NotDone>) -> String {
        match got {
            Err(NotDone::Refused(status, sentence)) => format!("{} {sentence}", status.as_u16()),
            Err(NotDone::Failed(error)) => panic!("{error}"),
            Ok(_) => "done".to_owned(),
        }
    }

    #[test]
    fn each_review_comes_with_what_was_seen_of_it() {
        let check = |query: &str, part: &str| {
            let got = refused(chosen(&Form::of(query)));
            assert!(got.starts_with(part), "{query} gave {got}");
        };
        check("id=1&hash=a&id=2&hash=b", "done");
        check("", "422 no review is chosen");
        check("id=1&id=2&hash=a", "422 this form is not complete");
        check("id=one&hash=a", "404 there is no such review");
        check(&"id=1&hash=a&".repeat(501), "422 at most 500");
    }

    #[test]
    fn a_choice_is_read_or_its_field_is_named() {
        let form = Form::of("kind=retire&route=a&route=b&wish=2026-02-28&reason=+old+");
        let choice = choice(&form).unwrap();
        assert_eq!((choice.kind, choice.reason.as_str()), (Kind::Retire, "old"));
        assert_eq!((choice.routes.len(), choice.proposed), (2, None));
        assert_eq!(choice.wish.unwrap().to_string(), "2026-02-28");
        let check = |query: &str, part: &str| {
            let got = refused(super::choice(&Form::of(query)));
            assert!(got.starts_with(part), "{query} gave {got}");
        };
        check("kind=maybe", "422 say confirm");
        check("kind=retire&wish=2026-02-30", "422 \"2026-02-30\" is no day");
    }

    #[test]
    fn one_goes_back_within_routebook_only() {
        let back = |query: &str| way_back(&Form::of(query), REVIEWS);
        assert_eq!(back("back=%2Freviews%3Fcampaign%3D3"), "/reviews?campaign=3");
        assert_eq!(back("back=%2F%2Fevil.example"), REVIEWS);
        assert_eq!(back(""), REVIEWS);
        assert_eq!((card("7").as_str(), card("7/../x").as_str()), ("/reviews/7", REVIEWS));
    }
}
