//! Foreign text and times. Every value from a cluster comes through here: isolated, so that its
//! direction does not turn its neighbours round, visible, and of a bearable length.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title as Written;

use crate::format;

/// Longer values are cut.
const LONGEST: usize = 120;
/// Longer values may not fit their place in a table, so they are said again when one points at them.
const LONG: usize = 18;
/// Longer sentences are cut: an error may bring a whole answer with it.
const LONGEST_SENTENCE: usize = 600;
/// What is shown when one points at a cut value is not endless either.
const LONGEST_TITLE: usize = 1_000;

/// What the browser's tab says. `leptos_meta` writes a title as it is given, markup and all.
#[component]
pub fn Title(
    /// The text; it may be foreign.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let mut text = text;
    for (sign, name) in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")] {
        text = text.replace(sign, name);
    }
    view! { <Written text=text/> }
}

/// A value from a cluster, on one line.
pub fn value(text: &str) -> AnyView {
    let shown = format::visible(text);
    let short = format::cut(&shown, LONGEST);
    let may_be_cut = shown.chars().count() > LONG;
    let title = may_be_cut.then(|| format::cut(&shown, LONGEST_TITLE).into_owned());
    view! { <bdi class="value" title=title>{short.into_owned()}</bdi> }.into_any()
}

/// A value from a cluster, whole, with its line breaks.
pub fn whole_value(text: &str) -> AnyView {
    view! { <bdi class="value">{format::visible_lines(text).into_owned()}</bdi> }.into_any()
}

/// A sentence in which foreign words may stand, on one line.
pub fn sentence(text: &str) -> AnyView {
    view! { <bdi>{format::short(text, LONGEST_SENTENCE)}</bdi> }.into_any()
}

/// A moment as how long ago it was, with the exact time when one points at it.
pub fn moment(at: Timestamp, now: Timestamp) -> AnyView {
    time(at, format::ago(at, now))
}

/// A moment as its age, without "ago".
pub fn age(at: Timestamp, now: Timestamp) -> AnyView {
    time(at, format::age(at, now))
}

/// The exact moment, with how long ago it was in brackets.
pub fn exact_moment(at: Timestamp, now: Timestamp) -> AnyView {
    time(at, format!("{} ({})", format::utc(at), format::ago(at, now)))
}

/// A moment in other words, with the exact time when one points at it.
pub fn time(at: Timestamp, text: String) -> AnyView {
    view! { <time datetime=at.to_string() title=format::utc(at)>{text}</time> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_value_is_text() {
        let html = value("<script>alert(1)</script>\"&").to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;script"), "{html}");
    }

    #[test]
    fn markup_in_a_title_is_text() {
        let html = value(&format!("\"><script>{}", "x".repeat(200))).to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("\"><s"), "{html}");
        assert!(html.contains('…'), "{html}");
    }
}
