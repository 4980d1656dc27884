//! The words for traffic and certificates as badges. What is not known is plain: it must look neither
//! good nor bad.

use domain::attestation::Reviewed;
use domain::problem::Checks;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use leptos::prelude::*;

use super::badge::{Tone, badge};
use crate::format;

/// Texts that are said when one points at something are not endless.
const LONGEST_REMARK: usize = 600;

/// What may name an owner and could not be read.
pub fn unread(checks: Checks) -> Vec<&'static str> {
    let all = [("Services", checks.services), ("Namespaces", checks.namespaces)];
    all.into_iter().filter(|(_, read)| !read).map(|(kind, _)| kind).collect()
}

/// Whether it is used.
pub fn verdict(verdict: Verdict) -> AnyView {
    badge(verdict_tone(verdict), verdict.label())
}

/// Whether its certificates are all right.
pub fn tls(state: TlsState) -> AnyView {
    badge(tls_tone(state), state.label())
}

/// Whether somebody confirmed it as it is now.
pub fn reviewed(reviewed: Reviewed) -> AnyView {
    badge(reviewed_tone(reviewed), reviewed.label())
}

fn reviewed_tone(reviewed: Reviewed) -> Tone {
    match reviewed {
        Reviewed::Never => Tone::Plain,
        Reviewed::Valid => Tone::Good,
        Reviewed::Expired | Reviewed::Changed => Tone::Warning,
    }
}

fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Active => Tone::Good,
        Verdict::OnlyErrors => Tone::Bad,
        Verdict::Quiet | Verdict::NeverSeen => Tone::Warning,
        Verdict::NotMeasurable => Tone::Plain,
    }
}

/// That there is no TLS, or no Secret, is known; whether it should be otherwise is not.
fn tls_tone(state: TlsState) -> Tone {
    match state {
        TlsState::Valid => Tone::Good,
        TlsState::Expiring => Tone::Warning,
        TlsState::SecretMissing
        | TlsState::NotReady
        | TlsState::Expired
        | TlsState::NameMismatch => Tone::Bad,
        TlsState::None | TlsState::NoSecret | TlsState::TerminatedUpstream | TlsState::Unknown => {
            Tone::Plain
        }
    }
}

/// A mark with more to say: when one points at it, and to a screen reader.
pub fn remark(sign: &'static str, text: &str) -> AnyView {
    let text = format::short(text, LONGEST_REMARK);
    view! {
        <span class="mark" aria-hidden="true" title=text.clone()>{sign}</span>
        <span class="visually-hidden">{format!(" ({text})")}</span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_a_word_and_the_unknown_ones_have_no_colour() {
        for one in Verdict::ALL {
            let html = verdict(one).to_html();
            assert!(html.contains(one.label()), "{html}");
        }
        for one in TlsState::ALL {
            let html = tls(one).to_html();
            assert!(html.contains(one.label()), "{html}");
        }
        for html in [verdict(Verdict::NotMeasurable).to_html(), tls(TlsState::Unknown).to_html()] {
            assert!(html.contains("class=\"badge\""), "{html}");
        }
    }
}
