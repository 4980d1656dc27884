//! `/api/v1/ingresses` and `/api/v1/ingresses/{id}`.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::IngressId;
use domain::inventory::Count;
use serde::Serialize;
use utoipa::ToSchema;

use super::detail::IngressDetail;
use super::openapi::Ingress;
use super::query;
use crate::export::{AsOf, Record};
use crate::http::problem::Problem;
use crate::state;

/// A page of the inventory.
#[derive(Serialize, ToSchema)]
pub struct IngressList<'a> {
    /// The ingresses, in the order asked for.
    #[schema(value_type = Vec<Ingress>)]
    items: Vec<Record<'a>>,
    /// The `cursor` of the next page; nothing on the last one.
    next: Option<String>,
    /// How many match the filters.
    matching: i64,
    /// Whether that is exact. Beyond 5,000 it is only known that there are more.
    matching_is_exact: bool,
    /// How many there are without filters.
    total: i64,
}

/// Answers with a page of the inventory.
pub async fn list(
    State(state): State<state::State>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = query::read(&query.unwrap_or_default())?;
    let now = state.clock.now();
    let statuses = state.store.clusters().await?;
    let page = state.store.inventory_page(&asked.view, asked.limit, now).await?;
    let as_of = AsOf::new(&statuses, now);
    let (matching, matching_is_exact) = match page.matching {
        Count::Exactly(count) => (count, true),
        Count::MoreThan(count) => (count, false),
    };
    let list = IngressList {
        items: page.rows.iter().map(|row| as_of.record(row)).collect(),
        next: page.next.map(|cursor| query::opaque(&cursor, &asked.view)),
        matching,
        matching_is_exact,
        total: page.total,
    };
    Ok(Json(list).into_response())
}

/// Answers with everything about one ingress.
pub async fn one(
    State(state): State<state::State>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("there is no ingress of this number").of("id");
    let id = id.parse().map(IngressId).map_err(|_| unknown())?;
    let now = state.clock.now();
    let detail = state.store.ingress(id, now).await?.ok_or_else(unknown)?;
    let statuses = state.store.clusters().await?;
    let detail = IngressDetail::new(detail, &AsOf::new(&statuses, now), now);
    Ok(Json(detail).into_response())
}
