//! The words for recommendations and decisions as badges.

use domain::audit::Actor;
use domain::recommendation::Advice;
use domain::review::{Decision, Kind, Outcome, Review, ReviewState, Stage};
use leptos::prelude::*;

use crate::components::{Tone, badge, value};

/// What is recommended.
pub fn advice(advice: Advice) -> AnyView {
    let tone = match advice {
        Advice::Retire => Tone::Warning,
        Advice::Keep => Tone::Good,
        Advice::None => Tone::Plain,
    };
    badge(tone, advice.label())
}

/// Where a review stands: what was decided, or what is to be done.
pub fn state(state: &ReviewState) -> AnyView {
    match state {
        ReviewState::Open => badge(Tone::Plain, Stage::Open.label()),
        ReviewState::Reopened { .. } => badge(Tone::Warning, Stage::Reopened.label()),
        ReviewState::Decided(decision) => kind(decision.choice.kind),
        ReviewState::Settled(outcome) => badge(outcome_tone(*outcome), outcome.label()),
    }
}

/// The same where the ingress may have left its cluster before somebody decided.
pub fn standing(review: &Review, present: bool) -> AnyView {
    match review.state.stage(present) {
        Stage::Gone => badge(Tone::Plain, Stage::Gone.label()),
        _ => state(&review.state),
    }
}

/// What was decided.
pub fn kind(kind: Kind) -> AnyView {
    let tone = match kind {
        Kind::Confirm => Tone::Good,
        Kind::Retire => Tone::Warning,
        Kind::NotMine => Tone::Plain,
    };
    badge(tone, kind.past())
}

fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Confirmed => Tone::Good,
        Outcome::Retired | Outcome::RetiredUndecided => Tone::Warning,
        Outcome::Exception | Outcome::Escalated => Tone::Bad,
        Outcome::Gone => Tone::Plain,
    }
}

/// Who decided, and that it was not for their own team.
pub fn by(decision: &Decision) -> AnyView {
    let on_behalf = decision.on_behalf.then_some(" (an admin, on behalf of the team)");
    view! { <span>{who(&decision.by)} {on_behalf}</span> }.into_any()
}

/// Who did something. A name is what the provider said then.
pub fn who(actor: &Actor) -> AnyView {
    match actor.name() {
        "" => view! { <span>"Routebook"</span> }.into_any(),
        name => value(name),
    }
}

/// What people wrote, as they wrote it; nothing if they wrote nothing.
pub fn written(text: &str) -> Option<AnyView> {
    let shown = crate::components::text::whole_value(text);
    (!text.is_empty()).then(|| view! { <p class="written">{shown}</p> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_recommended_has_no_colour() {
        assert!(advice(Advice::None).to_html().contains("class=\"badge\""));
        for one in Advice::ALL {
            assert!(advice(one).to_html().contains(one.label()), "{one:?}");
        }
        for outcome in Outcome::ALL {
            assert!(state(&ReviewState::Settled(outcome)).to_html().contains(outcome.label()));
        }
    }
}
