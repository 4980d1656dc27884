//! The cell that says who confirmed an ingress in a review, when, and until when that holds.

use domain::attestation::{Attestation, Reviewed};
use domain::inventory::Row;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::components::text::time;
use crate::components::{state, value};
use crate::format;

/// Whether what it is now was reviewed, by whom, and until when.
pub fn cell(row: &Row, now: Timestamp) -> AnyView {
    let reviewed = row.reviewed(now);
    let by = row.attestation.as_ref().map(|last| {
        view! { <span class="subdued">{value(&last.by)} ", " {when(last, reviewed, now)}</span> }
    });
    view! { <span class="two-lines"><span>{state::reviewed(reviewed)}</span> {by}</span> }
        .into_any()
}

/// Of one that holds or held, until when; of one that a change voided, when it was made.
fn when(last: &Attestation, reviewed: Reviewed, now: Timestamp) -> AnyView {
    match reviewed {
        Reviewed::Valid => time(last.until, format!("ends {}", format::until(last.until, now))),
        Reviewed::Expired => time(last.until, format!("ended {}", format::until(last.until, now))),
        Reviewed::Never | Reviewed::Changed => time(last.at, format::ago(last.at, now)),
    }
}
