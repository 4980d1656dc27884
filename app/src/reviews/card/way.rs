//! The reviews before and after one, in the part of the queue that was looked at.

use domain::ReviewId;
use domain::review::ReviewView;
use leptos::prelude::*;

use super::super::{Missing, card_address, queue_address};
use crate::context::State;
use crate::format;

/// So far the neighbours of a review are looked for.
const MOST: usize = 500;

/// What is around a review.
#[derive(Debug, Default)]
pub struct Way {
    previous: Option<ReviewId>,
    next: Option<ReviewId>,
    /// How many there are in this part of the queue, this one left out.
    others: usize,
}

impl Way {
    /// The neighbours of a review, which itself need not be in this part any more.
    pub async fn around(state: &State, id: ReviewId, view: &ReviewView) -> Result<Self, Missing> {
        let page = state.store.reviews(&view.from_start(), MOST).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.review.id).collect();
        Ok(Self::of(id, &ids))
    }

    /// The queue goes by number. After the last one comes the first that was left open.
    pub(super) fn of(id: ReviewId, ids: &[ReviewId]) -> Self {
        let first = ids.iter().copied().find(|other| *other != id);
        Self {
            previous: ids.iter().copied().rev().find(|other| *other < id),
            next: ids.iter().copied().find(|other| *other > id).or(first),
            others: ids.iter().filter(|other| **other != id).count(),
        }
    }

    /// Where one goes on after deciding: to the next, else to the queue. What was decided is told
    /// there.
    pub fn on(&self, id: ReviewId, view: &ReviewView, base: &str) -> String {
        let to = match self.next {
            Some(next) => card_address(next, view, base),
            None => queue_address(&view.from_start(), base),
        };
        let sign = if to.contains('?') { '&' } else { '?' };
        format!("{to}{sign}done={id}")
    }

    /// Links to both.
    pub fn links(&self, view: &ReviewView, base: &str) -> AnyView {
        let previous = self.previous.map(|id| {
            let to = card_address(id, view, base);
            view! {
                <a class="button" href=to rel="prev" data-step="previous" aria-keyshortcuts="k">
                    "← Previous"
                </a>
            }
        });
        let next = self.next.map(|id| {
            let to = card_address(id, view, base);
            view! {
                <a class="button" href=to rel="next" data-step="next" aria-keyshortcuts="j">"Next →"</a>
            }
        });
        let others = i64::try_from(self.others).unwrap_or(i64::MAX);
        let left = match self.others {
            0 => "no other one in this part of the queue".to_owned(),
            _ => {
                format!("{} in this part of the queue", format::counted(others, "other", "others"))
            }
        };
        view! {
            <nav class="steps together" aria-label="Other reviews">
                {previous} {next} <span class="subdued">{left}</span>
            </nav>
        }
        .into_any()
    }
}
