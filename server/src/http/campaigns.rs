//! What an admin does with campaigns: drafts them, opens, extends and closes them.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::CampaignId;

use super::form::Form;
use super::not_done::{NotDone, answer};
use super::terms::{due, terms};
use crate::state;

/// The page with all campaigns and series.
pub const CAMPAIGNS: &str = "/campaigns";

/// Drafts a campaign. Nobody is asked anything before it is opened.
pub async fn create(State(state): State<state::State>, form: Form) -> Response {
    let doing = async {
        let (act, terms) = (form.act()?, terms(&form)?);
        let id = state.store.create_campaign(&act, terms, None, state.clock.now()).await?;
        Ok(format!("{CAMPAIGNS}/{id}"))
    };
    answer(&state, &form, &drawn_at(&form), doing).await
}

/// Changes the terms of a draft.
pub async fn edit(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let doing = async {
        let (id, act, terms) = (number(&id)?, form.act()?, terms(&form)?);
        state.store.edit_campaign(&act, id, terms, state.clock.now()).await?;
        Ok(format!("{CAMPAIGNS}/{id}"))
    };
    answer(&state, &form, &page(&id), doing).await
}

/// Opens a draft: from then on its population stays as it is.
pub async fn open(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let doing = async {
        let (id, act, left_out) = (number(&id)?, form.act()?, form.all("leave_out"));
        state.store.open_campaign(&act, id, &left_out, state.clock.now()).await?;
        Ok(format!("{CAMPAIGNS}/{id}"))
    };
    answer(&state, &form, &page(&id), doing).await
}

/// Gives reviewers more time.
pub async fn extend(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let doing = async {
        let (id, act, due) = (number(&id)?, form.act()?, due(&form)?);
        state.store.extend_campaign(&act, id, due, state.clock.now()).await?;
        Ok(format!("{CAMPAIGNS}/{id}"))
    };
    answer(&state, &form, &page(&id), doing).await
}

/// Ends a campaign; what nobody decided is treated as its terms say.
pub async fn close(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let doing = async {
        let (id, act) = (number(&id)?, form.act()?);
        state.store.close_campaign(&act, id, state.clock.now()).await?;
        Ok(format!("{CAMPAIGNS}/{id}"))
    };
    answer(&state, &form, &page(&id), doing).await
}

/// The page on which the form was filled in, with what stood in it.
pub fn drawn_at(form: &Form) -> String {
    format!("{CAMPAIGNS}/new?{}", form.query_but(&["key"]))
}

/// The number in an address.
pub fn number(text: &str) -> Result<CampaignId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("campaign"))
}

fn page(id: &str) -> String {
    match number(id) {
        Ok(id) => format!("{CAMPAIGNS}/{id}"),
        Err(_) => CAMPAIGNS.to_owned(),
    }
}
