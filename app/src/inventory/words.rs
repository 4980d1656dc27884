//! What the words of the list mean, for somebody who sees them for the first time.

use domain::attestation::Reviewed;
use domain::owner::OwnerSource;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use leptos::prelude::*;

use crate::components::{Tone, badge, state};

/// All of them, folded away.
pub fn section() -> AnyView {
    let verdicts = Verdict::ALL.map(|one| entry(state::verdict(one), one.explanation().to_owned()));
    let states = TlsState::ALL.map(|one| entry(state::tls(one), one.explanation().to_owned()));
    let reviews =
        Reviewed::ALL.map(|one| entry(state::reviewed(one), one.explanation().to_owned()));
    view! {
        <details class="words">
            <summary>"What these words mean"</summary>
            <div class="word-lists">
                {list("Last traffic", Vec::from(verdicts))}
                {list("TLS", Vec::from(states))}
                {list("Review", Vec::from(reviews))}
                {list("Owner", owners())}
            </div>
        </details>
    }
    .into_any()
}

fn owners() -> Vec<AnyView> {
    let orphan = entry(
        badge(Tone::Warning, "Orphan"),
        "Nothing that was looked at names an owner.".to_owned(),
    );
    let unclear = entry(
        badge(Tone::Plain, "None found"),
        "The same, but not everything could be looked at.".to_owned(),
    );
    let written = entry(
        view! { <span class="as-written"><bdi class="value">"dotted line"</bdi></span> }.into_any(),
        "The owner as somebody wrote it; the configuration has no team of that name.".to_owned(),
    );
    let source = |source: OwnerSource| {
        let label = view! { <span>{source.label()}</span> }.into_any();
        let sure = source.confidence().label();
        entry(label, format!("{} Confidence: {sure}.", source.explanation()))
    };
    let sources = OwnerSource::ALL.into_iter().map(source);
    [orphan, unclear, written].into_iter().chain(sources).collect()
}

fn entry(word: AnyView, meaning: String) -> AnyView {
    view! { <div><dt>{word}</dt><dd>{meaning}</dd></div> }.into_any()
}

fn list(name: &'static str, entries: Vec<AnyView>) -> AnyView {
    view! { <section><h2>{name}</h2><dl class="pairs">{entries}</dl></section> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained() {
        let html = section().to_html();
        for one in Verdict::ALL {
            assert!(html.contains(one.label()), "{one:?}: {html}");
        }
        for one in TlsState::ALL {
            assert!(html.contains(one.label()), "{one:?}: {html}");
        }
        for one in Reviewed::ALL {
            assert!(html.contains(one.explanation()), "{one:?}: {html}");
        }
        for one in OwnerSource::ALL {
            assert!(html.contains(one.label()), "{one:?}: {html}");
        }
        assert_eq!(html.matches("<dt>").count(), 5 + 10 + 4 + 3 + 7, "{html}");
    }
}
