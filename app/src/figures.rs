//! The figures by which pages count ingresses: what each is called, and which list it leads to.

use domain::inventory::{Preset, ProblemFilter, Sort, View};
use domain::overview::Figures;
use domain::tls::TlsState;
use domain::traffic::Verdict;
use leptos::prelude::*;

use crate::components::parts::linked;
use crate::inventory::address;

/// One of [`Figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Ingresses,
    Stale,
    Orphans,
    Expiring,
    Expired,
    NotMeasurable,
    Problems,
    NoTls,
}

impl Figure {
    /// All figures, in the order in which they stand.
    pub const ALL: [Self; 8] = [
        Self::Ingresses,
        Self::Stale,
        Self::Orphans,
        Self::Expiring,
        Self::Expired,
        Self::NotMeasurable,
        Self::Problems,
        Self::NoTls,
    ];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ingresses => "Ingresses",
            Self::Stale => "Stale",
            Self::Orphans => "Orphans",
            Self::Expiring => "Expiring",
            Self::Expired => "Expired",
            Self::NotMeasurable => "Not measurable",
            Self::Problems => "Problems",
            Self::NoTls => "No TLS",
        }
    }

    /// What it counts, in a few words.
    pub fn note(self, look_back: u32) -> String {
        match self {
            Self::Ingresses => "in the clusters".to_owned(),
            Self::Stale => format!("not used with success for {look_back} days"),
            Self::Orphans => "without an owner".to_owned(),
            Self::Expiring => "certificate expires soon".to_owned(),
            Self::Expired => "certificate has expired".to_owned(),
            Self::NotMeasurable => "use cannot be told".to_owned(),
            Self::Problems => "with at least one problem".to_owned(),
            Self::NoTls => "declare no TLS".to_owned(),
        }
    }

    /// The number.
    pub fn count(self, figures: &Figures) -> i64 {
        match self {
            Self::Ingresses => figures.ingresses,
            Self::Stale => figures.stale,
            Self::Orphans => figures.orphans,
            Self::Expiring => figures.expiring,
            Self::Expired => figures.expired,
            Self::NotMeasurable => figures.not_measurable,
            Self::Problems => figures.problems,
            Self::NoTls => figures.no_tls,
        }
    }

    /// The list of what it counts.
    pub fn view(self, look_back: u32) -> View {
        let plain = View::default();
        match self {
            Self::Ingresses => plain,
            Self::Stale => Preset::Stale.view(look_back),
            Self::Orphans => Preset::Orphans.view(look_back),
            Self::Expiring => View { tls: Some(TlsState::Expiring), sort: Sort::Expires, ..plain },
            Self::Expired => View { tls: Some(TlsState::Expired), sort: Sort::Expires, ..plain },
            Self::NotMeasurable => View { verdict: Some(Verdict::NotMeasurable), ..plain },
            Self::Problems => View {
                problem: Some(ProblemFilter::Any),
                sort: Sort::Problems,
                descending: true,
                ..plain
            },
            Self::NoTls => Preset::NoTls.view(look_back),
        }
    }

    /// How it is coloured when it is not zero. What is not known has no colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Ingresses | Self::NotMeasurable | Self::NoTls => "figure",
            Self::Stale | Self::Orphans | Self::Expiring | Self::Problems => "figure warning",
            Self::Expired => "figure bad",
        }
    }
}

/// The heads of some figures in a table.
pub fn heads(figures: &[Figure]) -> Vec<AnyView> {
    let head = |figure: &Figure| {
        let label = figure.label();
        view! { <th role="columnheader" scope="col" class="number">{label}</th> }.into_any()
    };
    figures.iter().map(head).collect()
}

/// Figures as cells of a table, each leading to its list. `of` says whose they are, and `narrow`
/// makes of a list the part of it that is theirs.
pub fn cells(
    figures: &[Figure],
    counted: &Figures,
    of: &str,
    narrow: &dyn Fn(Figure) -> View,
    base: &str,
) -> Vec<AnyView> {
    let cell = |figure: &Figure| {
        let label = figure.label();
        let to = address(&narrow(*figure), base);
        let number = linked(figure.count(counted), to, &format!("{label}, {of}"));
        view! { <td role="cell" data-label=label class="number">{number}</td> }.into_any()
    };
    figures.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_neither_good_nor_bad() {
        assert_eq!(Figure::NotMeasurable.class(), "figure");
    }

    #[test]
    fn each_figure_leads_to_its_list() {
        let check = |figure: Figure, expected: &str| {
            assert_eq!(address(&figure.view(90), "/base"), format!("/base/ingresses{expected}"));
        };
        check(Figure::Ingresses, "");
        check(Figure::Stale, "?unused=90&sort=traffic");
        check(Figure::Orphans, "?owner=-");
        check(Figure::Expiring, "?tls=expiring&sort=expires");
        check(Figure::Expired, "?tls=expired&sort=expires");
        check(Figure::NotMeasurable, "?traffic=not-measurable");
        check(Figure::Problems, "?problem=any&sort=-problems");
        check(Figure::NoTls, "?tls=none");
    }

    #[test]
    fn a_cell_of_a_table_leads_to_the_part_that_is_theirs() {
        let counted = Figures { stale: 1_200, ..Figures::default() };
        let narrow = |figure: Figure| View { cluster: Some("prod".into()), ..figure.view(90) };
        let cells = cells(&Figure::ALL, &counted, "prod", &narrow, "");
        let html: String = cells.into_iter().map(|cell| cell.to_html()).collect();
        assert!(html.contains("cluster=prod&amp;unused=90"), "{html}");
        assert!(html.contains("aria-label=\"1,200 Stale, prod\""), "{html}");
        assert_eq!(html.matches("href").count(), 1, "zeros lead nowhere: {html}");
    }
}
