//! Whose an ingress is, as people say it: claims of teams, and the word of an admin.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::{ClaimId, IngressId};
use store::ClaimReply as Answer;

use super::form::Form;
use super::not_done::{NotDone, answer};
use super::reviews::way_back;
use super::rights::INGRESSES;
use crate::state;

/// The page with the claims that are not answered.
const OWNERS: &str = "/owners";

/// Says that an ingress is a team's.
pub async fn claim(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &page(&id));
    let doing = async {
        let (id, act) = (ingress(&id)?, form.act()?);
        let (team, reason) = (form.one("team"), form.one("reason"));
        state.store.claim_owner(&act, id, team, reason, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Says whose an ingress is, or takes that back.
pub async fn set_owner(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &page(&id));
    let doing = async {
        let (id, act) = (ingress(&id)?, form.act()?);
        let (team, reason) = (form.maybe("team"), form.one("reason"));
        state.store.set_owner(&act, id, team.as_deref(), reason, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// Accepts a claim.
pub async fn accept(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    answered(&state, &id, form, Answer::Accept).await
}

/// Refuses a claim.
pub async fn refuse(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    answered(&state, &id, form, Answer::Refuse).await
}

/// Takes a claim back.
pub async fn withdraw(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    answered(&state, &id, form, Answer::Withdraw).await
}

async fn answered(state: &state::State, id: &str, form: Form, how: Answer) -> Response {
    let back = way_back(&form, OWNERS);
    let doing = async {
        let (id, act) = (number(id)?, form.act()?);
        let said = (how, form.one("reason"));
        state.store.answer_claim(&act, id, said, state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(state, &form, &back, doing).await
}

fn ingress(text: &str) -> Result<IngressId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("ingress"))
}

fn number(text: &str) -> Result<ClaimId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("claim"))
}

fn page(id: &str) -> String {
    match ingress(id) {
        Ok(id) => format!("{INGRESSES}/{id}"),
        Err(_) => INGRESSES.to_owned(),
    }
}
