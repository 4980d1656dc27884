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
pub struct Days {
    /// `None` for a day that nobody observed.
    counts: Vec<Option<u32>>,
    /// The place and the requests of the fullest day, the latest if there are several.
    most: (usize, u32),
    now: Timestamp,
}

impl Days {
    /// `None` if nothing counts them.
    pub fn new(counts: Vec<Option<u32>>, now: Timestamp) -> Option<Self> {
        if counts.is_empty() {
            return None;
        }
        let days = counts.iter().map(|count| count.unwrap_or(0)).enumerate();
        let most = days.max_by_key(|(_, count)| *count).unwrap_or_default();
        Some(Self { counts, most, now })
    }

    /// A line under the days that were observed, or under the others.
    fn line(&self, observed: bool) -> String {
        let mut line = String::new();
        let mut index = 0;
        for run in self.counts.chunk_by(|one, other| one.is_some() == other.is_some()) {
            let end = index + run.len();
            if run[0].is_some() == observed {
                write!(line, "M{index} {SMALL}.5H{end}").expect("a String takes all text");
            }
            index = end;
        }
        line
    }

    /// The small picture.
    pub fn picture(&self) -> AnyView {
        let view_box = format!("0 0 {} {}", self.counts.len(), SMALL + 1);
        let known = self.line(true);
        let unknown = Some(self.line(false)).filter(|line| !line.is_empty());
        let unknown = unknown.map(|line| view! { <path class="unobserved" d=line></path> });
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
        for (index, count) in self.counts.iter().enumerate() {
            let Some(count) = count.filter(|count| *count > 0) else { continue };
            let height = self.height(count, SMALL);
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
        let total: i64 = self.counts.iter().flatten().map(|count| i64::from(*count)).sum();
        let on = self.counts.iter().flatten().filter(|count| **count > 0).count();
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
        format!("{requests}{}", self.blind_days())
    }

    /// How many days nobody observed: those before the first that somebody did, and those after it.
    fn blind_days(&self) -> String {
        let Some(first) = self.counts.iter().position(Option::is_some) else {
            return " None of these days was observed.".to_owned();
        };
        let later = self.counts[first..].iter().filter(|count| count.is_none()).count();
        let days = format::counted(i64::try_from(later).unwrap_or(0), "day", "days");
        match (first, later) {
            (0, 0) => String::new(),
            (0, _) => format!(" {days} of these not observed."),
            (_, 0) => format!(" Not observed before {}.", self.date(first)),
            (_, _) => format!(" Not observed before {}, nor on {days} after it.", self.date(first)),
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
            None => ("unobserved", LARGE, "not observed".to_owned()),
            Some(0) => return None,
            Some(count) => {
                ("requests", self.height(count, LARGE), format::number(i64::from(count)))
            }
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
        let count = match self.counts[index] {
            None => view! { <span class="subdued">"not observed"</span> }.into_any(),
            Some(count) => format::number(i64::from(count)).into_any(),
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

    fn days(counts: &[Option<u32>]) -> String {
        let days = Days::new(counts.to_vec(), now()).unwrap();
        format!("{}\n{}\n{}", days.words(), days.picture().to_html(), days.chart().to_html())
    }

    #[test]
    fn the_picture_says_its_numbers_in_words() {
        let html = days(&[Some(0), Some(1_500), Some(0), Some(2)]);
        let words = "1,502 requests in the last 4 days, on 2 days; the most on 2026-11-21: 1,500.";
        assert_eq!(html.lines().next(), Some(words));
        assert_eq!(html.matches(words).count(), 4, "{html}");
        assert!(html.contains("M1.5 16v-16M3.5 16v-1\""), "{html}");
        assert!(html.contains("2026-11-23: 2<"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn a_day_that_nobody_observed_is_not_a_day_without_requests() {
        let html = days(&[None, None, Some(0), Some(0)]);
        assert!(html.starts_with(
            "No requests were counted in the last 4 days. Not observed before 2026-11-22."
        ));
        assert_eq!(html.matches("<span class=\"subdued\">not observed").count(), 2, "{html}");
        assert!(days(&[None, None]).contains("None of these days was observed."));
        assert!(!days(&[Some(3), Some(0)]).contains("bserved"));
    }

    #[test]
    fn a_gap_is_drawn_and_said() {
        let html = days(&[Some(3), None, None, Some(0)]);
        assert!(html.contains(" 2 days of these not observed."), "{html}");
        assert!(html.contains("<path d=\"M1 16.5H3\" class=\"unobserved\""), "{html}");
        assert!(days(&[None, Some(3), None]).contains("2026-11-22, nor on 1 day after it."));
        assert!(html.contains("<path d=\"M0 16.5H1M3 16.5H4\" class=\"ground\""), "{html}");
    }

    #[test]
    fn without_days_there_is_no_picture() {
        assert!(Days::new(Vec::new(), now()).is_none());
        assert!(Days::new(vec![Some(u32::MAX); 90], Timestamp::MIN).is_some());
    }
}
