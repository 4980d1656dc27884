//! What people claimed to be whose, as far as somebody still has to answer it.

use domain::user::Person;
use jiff::Timestamp;
use leptos::prelude::*;
use store::{ClaimRow, MOST_CLAIMS};

use crate::components::value;
use crate::context::link;
use crate::format;
use crate::ingress::claim;

/// Where the forms come back to.
const BACK: &str = "/owners";

/// The claims that wait, the oldest first; nothing if none does.
pub fn section(
    claims: &[ClaimRow],
    person: Option<&Person>,
    now: Timestamp,
    base: &str,
) -> Option<AnyView> {
    let items: Vec<_> = claims.iter().map(|one| item(one, person, now, base)).collect();
    let count = format::number(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let count = if items.len() < MOST_CLAIMS { count } else { format!("the oldest {count}") };
    let section = view! {
        <section aria-labelledby="claims">
            <h2 id="claims">"Claims that wait " <span class="count">{count}</span></h2>
            <p class="subdued">
                "The team that owns the ingress answers, of an orphan the team that is named, or an \
                 admin."
            </p>
            <ul class="entries">{items}</ul>
        </section>
    };
    (!claims.is_empty()).then(|| section.into_any())
}

fn item(one: &ClaimRow, person: Option<&Person>, now: Timestamp, base: &str) -> AnyView {
    let to = link(base, &format!("/ingresses/{}", one.claim.ingress));
    let owner = match one.owner.as_deref() {
        Some(owner) => view! { ", of " {value(owner)} }.into_any(),
        None => ", an orphan".into_any(),
    };
    view! {
        <li>
            <p>
                <a href=to>{value(&one.namespace)} "/" {value(&one.ingress)}</a> " in "
                {value(&one.cluster)} {owner}
            </p>
            {claim::said(one, now)}
            {claim::answers(one, person, BACK, base)}
        </li>
    }
    .into_any()
}
