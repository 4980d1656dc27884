//! Requests day by day: a small picture for a row of a list; a large one, and the numbers in a table,
//! for a page. Days that nobody observed are drawn otherwise than days without requests.

use std::fmt::Write;

use jiff::Timestamp;
use leptos::prelude::*;

use crate::format;

/// The height of the small picture, in its own units.
const SMALL: u64 = 16;
/// The height of the large one.
const LARGE: u64 = 100;
/// The width of a day in the large one, with the gap to the next.
const DAY: u64 = 10;

/// Requests of each UTC day, the oldest first, today last.
pub struct Days<'a> {
    counts: &'a [u32],
    /// The place of the first day that was observed.
    observed: usize,
    /// The place and the requests of the fullest day, the latest if there are several.
    most: (usize, u32),
    now: Timestamp,
}

impl<'a> Days<'a> {
    /// `None` if nothing counts them. Without a beginning of the observation, it began with the
    /// first request.
    pub fn new(counts: &'a [u32], since: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let last = counts.len().checked_sub(1)?;
        let day = |at: Timestamp| at.as_second().div_euclid(86_400);
        let before = |at: Timestamp| usize::try_from(day(now) - day(at)).unwrap_or(0).min(last);
        let told = since.map_or(counts.len(), |at| last - before(at));
        let first = counts.iter().position(|count| *count > 0).unwrap_or(counts.len());
        let days = counts.iter().copied().enumerate();
        let most = days.max_by_key(|(_, count)| *count).unwrap_or_default();
        Some(Self { counts, observed: told.min(first), most, now })
    }

    /// The small picture.
    pub fn picture(&self) -> AnyView {
        let view_box = format!("0 0 {} {}", self.counts.len(), SMALL + 1);
        let known = format!("M{} {SMALL}.5H{}", self.observed, self.counts.len());
        let unknown = (self.observed > 0).then(|| {
            let line = format!("M0 {SMALL}.5H{}", self.observed);
            view! { <path class="unobserved" d=line></path> }
        });
        view! {
            <svg class="days" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=self.words()>
                {unknown}
                <path class="ground" d=known></path>
                <path class="requests" d=self.strokes()></path>
            </svg>
        }
        .into_any()
    }

    /// One path and not ninety elements: a page of the list has fifty of them.
    fn strokes(&self) -> String {
        let mut strokes = String::new();
        for (index, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = self.height(*count, SMALL);
            write!(strokes, "M{index}.5 {SMALL}v-{height}").expect("a String takes all text");
        }
        strokes
    }

    /// A day with one request can be seen beside one with a million.
    fn height(&self, count: u32, full: u64) -> u64 {
        (u64::from(count) * full).div_ceil(u64::from(self.most.1.max(1)))
    }

    fn date(&self, index: usize) -> String {
        format::date_before(self.now, (self.counts.len() - 1).saturating_sub(index))
    }

    /// What the pictures show, in words.
    pub fn words(&self) -> String {
        let total: i64 = self.counts.iter().map(|count| i64::from(*count)).sum();
        let on = self.counts.iter().filter(|count| **count > 0).count();
        let on = format::counted(i64::try_from(on).unwrap_or(0), "day", "days");
        let all = self.counts.len();
        let requests = match total {
            0 => format!("No requests were counted in the last {all} days."),
            _ => {
                let (index, most) = self.most;
                let total = format::counted(total, "request", "requests");
                let (most, date) = (format::number(i64::from(most)), self.date(index));
                format!("{total} in the last {all} days, on {on}; the most on {date}: {most}.")
            }
        };
        match self.observed {
            0 => requests,
            none if none == all => format!("{requests} None of these days was observed."),
            first => format!("{requests} Not observed before {}.", self.date(first)),
        }
    }

    /// The large picture, and the numbers in a table.
    pub fn chart(&self) -> AnyView {
        let width = u64::try_from(self.counts.len()).unwrap_or(0) * DAY;
        let view_box = format!("0 0 {width} {LARGE}");
        let columns: Vec<_> = (0..self.counts.len()).map(|index| self.column(index)).collect();
        let words = self.words();
        view! {
            <figure class="chart">
                <svg class="days large" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=words.clone()>
                    {columns}
                </svg>
                <p class="axis" aria-hidden="true">
                    <span>{self.date(0)}</span>
                    <span>{self.date(self.counts.len() / 2)}</span>
                    <span>"today"</span>
                </p>
                <figcaption>{words}</figcaption>
            </figure>
            {self.table()}
        }
        .into_any()
    }

    fn column(&self, index: usize) -> Option<AnyView> {
        let (class, height, said) = match self.counts[index] {
            _ if index < self.observed => ("unobserved", LARGE, "not observed".to_owned()),
            0 => return None,
            count => ("requests", self.height(count, LARGE), format::number(i64::from(count))),
        };
        let x = u64::try_from(index).unwrap_or(0) * DAY;
        let [x, y, width, height] = [x, LARGE - height, DAY - 1, height].map(|n| n.to_string());
        let title = format!("{}: {said}", self.date(index));
        let column = view! {
            <rect class=class x=x y=y width=width height=height><title>{title}</title></rect>
        };
        Some(column.into_any())
    }

    fn table(&self) -> AnyView {
        let rows: Vec<_> = (0..self.counts.len()).rev().map(|index| self.row(index)).collect();
        view! {
            <details>
                <summary>"The days as a table"</summary>
                <table class="list narrow" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Day (UTC)"</th>
                            <th role="columnheader" scope="col" class="number">"Requests"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </details>
        }
        .into_any()
    }

    fn row(&self, index: usize) -> AnyView {
        let count = match index < self.observed {
            true => view! { <span class="subdued">"not observed"</span> }.into_any(),
            false => format::number(i64::from(self.counts[index])).into_any(),
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" data-label="Day (UTC)">{self.date(index)}</th>
                <td role="cell" data-label="Requests" class="number">{count}</td>
            </tr>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn days(counts: &[u32], since: Option<&str>) -> String {
        let since = since.map(|text| text.parse().unwrap());
        let days = Days::new(counts, since, now()).unwrap();
        format!("{}\n{}\n{}", days.words(), days.picture().to_html(), days.chart().to_html())
    }

    #[test]
    fn the_picture_says_its_numbers_in_words() {
        let html = days(&[0, 1_500, 0, 2], Some("2026-01-01T00:00:00Z"));
        let words = "1,502 requests in the last 4 days, on 2 days; the most on 2026-11-21: 1,500.";
        assert_eq!(html.lines().next(), Some(words));
        assert_eq!(html.matches(words).count(), 4, "{html}");
        assert!(html.contains("M1.5 16v-16M3.5 16v-1\""), "{html}");
        assert!(html.contains("2026-11-23: 2<"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn a_day_that_nobody_observed_is_not_a_day_without_requests() {
        let html = days(&[0, 0, 0, 0], Some("2026-11-22T23:00:00Z"));
        assert!(html.starts_with(
            "No requests were counted in the last 4 days. Not observed before 2026-11-22."
        ));
        assert_eq!(html.matches("<span class=\"subdued\">not observed").count(), 2, "{html}");
        assert!(days(&[0, 0], None).contains("None of these days was observed."));
        // What was counted was observed, whatever the source says of its beginning.
        assert!(!days(&[3, 0], Some("2026-11-23T00:00:00Z")).contains("bserved"));
    }

    #[test]
    fn without_days_there_is_no_picture() {
        assert!(Days::new(&[], None, now()).is_none());
        assert!(Days::new(&[u32::MAX; 90], Some(Timestamp::MAX), Timestamp::MIN).is_some());
    }
}
