//! Which index finds the matches of a view, and which has its order.

use domain::inventory::{ProblemFilter, Sort, View};

/// Whether a filter is set, how it is taken off, and the index that begins with its column.
type Beginning = (bool, fn(&mut View), &'static str);

/// An index that begins with what the only filter of a view asks for leads to its matches; that of the
/// facts has all that filters ask for, but what was attested, and is read from end to end.
pub(super) fn of(view: &View) -> &'static str {
    let any_problem = view.problem == Some(ProblemFilter::Any);
    let beginnings: [Beginning; 8] = [
        (view.reviewed.is_some(), |view| view.reviewed = None, "ingresses_by_attested"),
        (any_problem, |view| view.problem = None, "ingresses_by_problems"),
        (view.namespace.is_some(), |view| view.namespace = None, "ingresses_by_namespace"),
        (view.class.is_some(), |view| view.class = None, "ingresses_by_class"),
        (view.owner.is_some(), |view| view.owner = None, "ingresses_by_owner"),
        (view.managed.is_some(), |view| view.managed = None, "ingresses_by_managed"),
        (view.expires_days.is_some(), |view| view.expires_days = None, "ingresses_by_expires"),
        (view.new_days.is_some(), |view| view.new_days = None, "ingresses_by_created"),
    ];
    let is_alone = |&(is_set, take, _): &Beginning| {
        let mut others = view.clone();
        take(&mut others);
        is_set && !others.is_filtered()
    };
    let found = beginnings.iter().find(|beginning| is_alone(beginning));
    found.map_or("ingresses_by_facts", |(_, _, index)| index)
}

/// The index in which the rows stand in this order.
pub(super) fn in_order(sort: Sort) -> &'static str {
    match sort {
        Sort::Place => "ingresses_by_place",
        Sort::Namespace => "ingresses_by_namespace",
        Sort::Name => "ingresses_by_name",
        Sort::Host => "ingresses_by_host",
        Sort::Class => "ingresses_by_class",
        Sort::Created => "ingresses_by_created",
        Sort::Changed => "ingresses_by_changed",
        Sort::Owner => "ingresses_by_owner",
        Sort::Managed => "ingresses_by_managed",
        Sort::Traffic => "ingresses_by_traffic",
        Sort::Expires => "ingresses_by_expires",
        Sort::Problems => "ingresses_by_problems",
    }
}
