//! Which columns there are, and the choice of them.

use domain::inventory::{Column, Shown, Sort, View};
use leptos::prelude::*;

use super::address;
use super::filters::FORM;

/// A place in a row: the name, which is always there, or a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Name,
    Column(Column),
}

impl Place {
    /// The places of a view in their order: the name comes after cluster and namespace.
    pub fn of(view: &View) -> Vec<Self> {
        let columns = view.shown_columns();
        let leads = |column: &&Column| matches!(column, Column::Cluster | Column::Namespace);
        let before = columns.iter().filter(leads).count();
        let mut places: Vec<_> = columns.iter().copied().map(Self::Column).collect();
        places.insert(before, Self::Name);
        places
    }

    /// What it is called. Among the removed, when they went counts and not how old they were.
    pub fn label(self, shown: Shown) -> &'static str {
        match (self, shown) {
            (Self::Name, _) => "Name",
            (Self::Column(Column::Age), Shown::Removed) => "Removed",
            (Self::Column(column), _) => column.label(),
        }
    }

    /// Its word in the style sheet.
    pub fn class(self) -> String {
        match self {
            Self::Name => "col-name".to_owned(),
            Self::Column(Column::Routes) => "col-routes number".to_owned(),
            Self::Column(column) => format!("col-{}", column.as_str()),
        }
    }

    /// The order that a click on its head asks for.
    pub fn sort(self, shown: Shown) -> Option<Sort> {
        let Self::Column(column) = self else { return Some(Sort::Name) };
        match column {
            Column::Cluster => Some(Sort::Place),
            Column::Namespace => Some(Sort::Namespace),
            Column::Hosts => Some(Sort::Host),
            Column::Class => Some(Sort::Class),
            Column::Owner => Some(Sort::Owner),
            Column::Age => (shown == Shown::Present).then_some(Sort::Created),
            Column::Changed => Some(Sort::Changed),
            Column::Traffic => Some(Sort::Traffic),
            Column::Tls => Some(Sort::Expires),
            Column::Managed => Some(Sort::Managed),
            Column::Problems => Some(Sort::Problems),
            Column::Reviewed | Column::Routes | Column::Address => None,
        }
    }
}

/// The choice, as part of the form of filters, which stands elsewhere on the page.
pub fn chooser(view: &View, base: &str) -> AnyView {
    let items: Vec<_> = Column::ALL.into_iter().map(|column| item(column, view)).collect();
    let usual = View { columns: Vec::new(), ..view.from_start() };
    let reset = (!view.columns.is_empty()).then(|| {
        let to = address(&usual, base);
        view! { <a class="button quiet" href=to>"Usual columns"</a> }
    });
    view! {
        <details class="chooser">
            <summary>"Columns"</summary>
            <fieldset>
                <legend>"Beside the name, show"</legend>
                <ul class="plain">{items}</ul>
                <div class="field actions">
                    <button type="submit" form=FORM class="button">"Show these columns"</button>
                    {reset}
                </div>
            </fieldset>
        </details>
    }
    .into_any()
}

fn item(column: Column, view: &View) -> AnyView {
    let shown = view.shown_columns().contains(&column);
    let value = column.as_str();
    view! {
        <li>
            <label>
                <input type="checkbox" name="columns" form=FORM value=value checked=shown/>
                {column.label()}
            </label>
        </li>
    }
    .into_any()
}
