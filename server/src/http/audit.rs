//! The audit entries as a download.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::audit::{Action, InvalidAuditView};

use super::export::{answer, download, entry};
use super::problem::Problem;
use crate::auth::Asker;
use crate::export::{self, Audit, Format};
use crate::state;

/// `/export/audit.csv`
pub async fn csv(
    State(state): State<state::State>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Response {
    answer(entries(&state, &asker, &query.unwrap_or_default(), Format::Csv).await)
}

/// `/export/audit.jsonl`
pub async fn jsonl(
    State(state): State<state::State>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Response {
    answer(entries(&state, &asker, &query.unwrap_or_default(), Format::Jsonl).await)
}

/// The entry about this export is recorded before the entries are read, so it is the last of them.
async fn entries(
    state: &state::State,
    asker: &Asker,
    query: &str,
    format: Format,
) -> Result<Response, Problem> {
    let view = export::audit_view(query).map_err(|error| problem(&error))?;
    let now = state.clock.now();
    let entry = entry::<Audit>(asker, Action::ExportAudit, format, &view.query(), now);
    let rows = state.store.audit_entries(&view);
    download(state, entry, format, Audit, rows).await
}

fn problem(error: &InvalidAuditView) -> Problem {
    let parameter = match error {
        InvalidAuditView::Value { parameter, .. } => *parameter,
        InvalidAuditView::Parameter(parameter) => parameter.as_str(),
    };
    Problem::parameter(parameter, error.to_string())
}
