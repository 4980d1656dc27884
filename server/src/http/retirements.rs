//! Retirements: called off, and the manifest that was kept, with which a removal can be undone.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::RetirementId;

use super::errors;
use super::form::Form;
use super::not_done::{NotDone, answer};
use super::reviews::way_back;
use super::rights::RETIREMENTS;
use crate::export::to_apply;
use crate::state;

/// Calls a retirement off.
pub async fn cancel(
    State(state): State<state::State>,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let back = way_back(&form, &page(&id));
    let doing = async {
        let (id, act) = (number(&id)?, form.act()?);
        state.store.cancel_retirement(&act, id, form.one("reason"), state.clock.now()).await?;
        Ok(back.clone())
    };
    answer(&state, &form, &back, doing).await
}

/// The last manifest that has what goes, as a file.
pub async fn manifest(State(state): State<state::State>, Path(id): Path<String>) -> Response {
    let Ok(id) = number(&id) else { return errors::not_found().await };
    let manifest = match state.store.retirement_manifest(id).await {
        Ok(Some(manifest)) => manifest,
        Ok(None) => return errors::not_found().await,
        Err(error) => {
            tracing::error!("a manifest could not be read: {error}");
            return errors::internal();
        }
    };
    let Some(yaml) = to_apply(&manifest) else {
        tracing::error!("the manifest of retirement {id} cannot be read");
        return errors::internal();
    };
    let name = format!("attachment; filename=\"retirement-{id}.yaml\"");
    let headers = [
        (header::CONTENT_TYPE, "application/yaml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, yaml).into_response()
}

fn number(text: &str) -> Result<RetirementId, NotDone> {
    text.parse().map_err(|_| NotDone::missing("retirement"))
}

fn page(id: &str) -> String {
    match number(id) {
        Ok(id) => format!("{RETIREMENTS}/{id}"),
        Err(_) => RETIREMENTS.to_owned(),
    }
}
