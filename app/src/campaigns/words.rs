//! Words for campaigns, and parts of forms, that several of their pages have.

use domain::campaign::{CampaignState, Reasons, Terms};
use domain::class::controller_label;
use domain::inventory::{ProblemFilter, View};
use domain::problem;
use domain::scope::Scope;
use jiff::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

use crate::components::text::time;
use crate::components::{Tone, badge, value};
use crate::format;

/// A name and what it is.
type Fact = (&'static str, String);

/// Where a campaign stands.
pub fn state(state: CampaignState) -> AnyView {
    let tone = match state {
        CampaignState::Open => Tone::Good,
        CampaignState::Draft | CampaignState::Closed => Tone::Plain,
    };
    badge(tone, state.label())
}

/// Until when, and how many days are left.
pub fn due(at: Timestamp, now: Timestamp) -> AnyView {
    let verb = if at > now { "due" } else { "was due" };
    time(at, format!("{verb} {} ({})", format::until(at, now), format::date(at)))
}

/// The store counts without a sign.
pub fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `1 ingress`, `1,234 ingresses`.
pub fn ingresses(count: u64) -> String {
    format::counted(signed(count), "ingress", "ingresses")
}

/// A button that sends a form under a key of its own, so that what it asks for is done once however
/// often it is sent. It may stand in a form whose other button only looks.
pub fn post(action: String, label: &'static str, class: &'static str) -> AnyView {
    view! {
        <button
            type="submit"
            class=class
            formmethod="post"
            formaction=action
            name="key"
            value=Uuid::new_v4().to_string()
        >
            {label}
        </button>
    }
    .into_any()
}

/// What a campaign is about, filter by filter.
pub fn scope(scope: &Scope) -> AnyView {
    let item = |(name, text): &Fact| view! { <li>{*name} ": " {value(text)}</li> };
    let items: Vec<_> = filters(scope).iter().map(item).collect();
    view! { <ul class="names">{items}</ul> }.into_any()
}

/// By which rules it goes.
pub fn rules(terms: &Terms) -> AnyView {
    let reasons = match terms.reasons {
        Reasons::AgainstRecommendation => "when the decision is against the recommendation",
        Reasons::Always => "always",
    };
    let fallback = match &terms.fallback {
        Some(team) => value(team),
        None => view! { <span class="subdued">"nobody"</span> }.into_any(),
    };
    let eyes =
        if terms.four_eyes { "yes: who changed it last does not confirm it alone" } else { "no" };
    let days = format::counted(i64::from(terms.look_back_days), "day", "days");
    let months = format::counted(i64::from(terms.attest_months), "month", "months");
    view! {
        <dl class="facts wide">
            {fact("What is in it", scope(&terms.scope))}
            {fact("Who reviews what has no team", fallback)}
            {fact("What nobody decides", words(terms.undecided.label()))}
            {fact("A reason is needed", words(reasons))}
            {fact("Counts as unused after", words(days))}
            {fact("What is confirmed holds for", words(months))}
            {fact("Four eyes", words(eyes))}
        </dl>
    }
    .into_any()
}

/// A line of a list of facts.
pub fn fact(name: &'static str, text: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{text}</dd></div> }.into_any()
}

/// Our own words.
pub fn words(text: impl Into<String>) -> AnyView {
    view! { <span>{text.into()}</span> }.into_any()
}

fn filters(scope: &Scope) -> Vec<Fact> {
    let clusters = match scope.clusters.as_slice() {
        [] => "all".to_owned(),
        some => some.join(", "),
    };
    let labels = scope.labels.iter().map(|(key, text)| ("Label", format!("{key}={text}")));
    let mut all = vec![("Clusters", clusters)];
    all.extend(texts(&scope.view));
    all.extend(kinds(&scope.view));
    all.extend(labels);
    all.extend(spans(scope));
    all
}

/// Those whose value is anybody's text.
fn texts(view: &View) -> impl Iterator<Item = Fact> {
    let search = Some(view.search.clone()).filter(|search| !search.is_empty());
    let controller = view.controller.as_deref().map(controller_label);
    let all = [
        ("Search", search),
        ("Owner", view.owner.as_deref().map(|owner| or_none(owner, "none (orphans)"))),
        ("Namespace", view.namespace.clone()),
        ("Class", view.class.as_deref().map(|class| or_none(class, "none"))),
        ("Controller", controller.map(|controller| or_none(controller, "not known"))),
    ];
    all.into_iter().filter_map(|(name, text)| Some((name, text?)))
}

fn or_none(text: &str, none: &str) -> String {
    if text == "-" { none.to_owned() } else { text.to_owned() }
}

/// Those whose values are ours.
fn kinds(view: &View) -> impl Iterator<Item = Fact> {
    let all = [
        ("Traffic", view.verdict.map(|one| one.label())),
        ("TLS", view.tls.map(|one| one.label())),
        ("Review", view.reviewed.map(|one| one.label())),
        ("Managed by", view.managed.map(|one| one.label())),
        ("Problems", view.problem.map(problem_label)),
    ];
    all.into_iter().filter_map(|(name, text)| Some((name, text?.to_owned())))
}

/// A filter by problem in words.
pub fn problem_label(filter: ProblemFilter) -> &'static str {
    match filter {
        ProblemFilter::Any => "With a problem",
        ProblemFilter::None => "None found, all checked",
        ProblemFilter::Unchecked => "Not fully checked",
        ProblemFilter::Code(code) => problem::label(code),
    }
}

/// Those that count days.
fn spans(scope: &Scope) -> impl Iterator<Item = Fact> {
    let older = Some(scope.older_than_days).filter(|days| *days > 0);
    let all = [
        ("Unused for", scope.view.unused_days),
        ("Expires within", scope.view.expires_days),
        ("New within", scope.view.new_days),
        ("Older than", older),
    ];
    let set = |(name, days): (_, Option<u32>)| {
        Some((name, format::counted(i64::from(days?), "day", "days")))
    };
    all.into_iter().filter_map(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{EVIL, now};

    #[test]
    fn a_scope_is_told_filter_by_filter() {
        let query = "cluster=prod&cluster=test&owner=-&controller=k8s.io%2Fx&unused=90&older=30\
                     &label=tier%3Dweb&tls=expired&problem=any";
        let html = scope(&Scope::parse(query).unwrap()).to_html();
        for expected in [
            "prod, test",
            "none (orphans)",
            "90 days",
            "Older than",
            "tier=web",
            "With a problem",
            "Controller",
        ] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        assert!(scope(&Scope::default()).to_html().contains(">all<"));
    }

    #[test]
    fn every_rule_is_told() {
        let due = "2026-12-07T23:59:59Z".parse().unwrap();
        let usual = Terms::new("Q4", Scope::default(), due);
        let html = rules(&usual).to_html();
        for expected in ["nobody", "List as exceptions", "90 days", "12 months", "against the"] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        let strict = Terms { four_eyes: true, reasons: Reasons::Always, ..usual };
        assert!(rules(&strict).to_html().contains("does not confirm it alone"));
        assert!(super::due(due, now()).to_html().contains("due in 14 days (2026-12-07)"));
        assert!(super::due(now(), due).to_html().contains("was due 14 days ago"));
    }

    #[test]
    fn each_button_has_a_key_of_its_own_and_markup_is_text() {
        let button = || post("/base/campaigns".into(), "Create", "button").to_html();
        let html = button();
        assert!(html.contains("name=\"key\"") && html.contains("formmethod=\"post\""), "{html}");
        assert_ne!(html, button());
        let view = View { owner: Some(EVIL.into()), ..View::default() };
        let evil = Scope { clusters: vec![EVIL.into()], view, ..Scope::default() };
        let html = scope(&evil).to_html();
        assert!(!html.contains("<script") && !html.contains('\u{202e}'), "{html}");
    }
}
