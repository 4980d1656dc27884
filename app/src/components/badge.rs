//! Short marks. The word says it; the colour only repeats it.

use domain::Checks;
use domain::problem::{self, Problem};
use leptos::prelude::*;

/// How a badge is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Plain,
    /// As it should be.
    Good,
    /// Look at it.
    Warning,
    /// Broken.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "badge",
            Self::Good => "badge good",
            Self::Warning => "badge warning",
            Self::Bad => "badge bad",
        }
    }
}

/// A badge.
pub fn badge(tone: Tone, label: impl Into<String>) -> AnyView {
    view! { <span class=tone.class()>{label.into()}</span> }.into_any()
}

/// How grave a problem is: whether requests fail, or only may.
pub fn tone(code: &str) -> Tone {
    match code {
        "service-missing" | "port-missing" | "no-ready-endpoints" | "backend-missing" => Tone::Bad,
        _ => Tone::Warning,
    }
}

/// The problems of an ingress, each kind once, and what could not be checked.
pub fn problem_badges(problems: &[Problem], checks: Checks) -> AnyView {
    let codes = problem::CODES.into_iter().filter_map(|code| {
        let count = problems.iter().filter(|problem| problem.code() == code).count();
        (count > 0).then_some((code, count))
    });
    let found: Vec<_> = codes.map(|(code, count)| one_badge(code, count)).collect();
    let undone = unchecked(checks);
    let none = (found.is_empty() && undone.is_none())
        .then(|| view! { <span class="subdued">"none found"</span> });
    let undone = undone.map(|text| view! { <span class="unchecked">{text}</span> });
    view! { <span class="badges">{found} {none} {undone}</span> }.into_any()
}

fn one_badge(code: &str, count: usize) -> AnyView {
    let times = if count > 1 { format!(" ×{count}") } else { String::new() };
    badge(tone(code), format!("{}{times}", problem::label(code)))
}

/// Which checks could not be made, in words.
pub fn unchecked(checks: Checks) -> Option<String> {
    let all = [
        (checks.services, "Services"),
        (checks.endpoints, "endpoints"),
        (checks.classes, "classes"),
    ];
    let undone: Vec<_> = all.into_iter().filter(|(done, _)| !done).map(|(_, name)| name).collect();
    (!undone.is_empty()).then(|| format!("not checked: {}", undone.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_checked_never_reads_as_all_right() {
        let html = problem_badges(&[], Checks::default()).to_html();
        assert!(!html.contains("none found"), "{html}");
        assert!(html.contains("not checked: Services, endpoints, classes"), "{html}");
        assert!(problem_badges(&[], Checks::ALL).to_html().contains("none found"));
    }

    #[test]
    fn a_problem_found_twice_is_one_badge() {
        let missing = |name: &str| Problem::ServiceMissing { service: name.into() };
        let html = problem_badges(&[missing("a"), missing("b")], Checks::ALL).to_html();
        assert_eq!(html.matches("Service missing").count(), 1, "{html}");
        assert!(html.contains("×2"), "{html}");
    }
}
