//! Shares of a whole: one bar, or one of several parts with a table that says what each is.

use leptos::prelude::*;

use crate::format;

/// The width of a bar, in its own units.
const WIDTH: i64 = 1_000;
/// What is there can be seen.
const LEAST: i64 = 8;
/// Between two parts.
const GAP: i64 = 4;

/// How much of the whole, as a bar. The numbers stand beside it, so it says nothing itself.
pub fn share(part: i64, whole: i64) -> AnyView {
    let width = match part {
        0 => 0,
        _ => (part.saturating_mul(WIDTH) / whole.max(1)).clamp(LEAST, WIDTH),
    };
    let view_box = format!("0 0 {WIDTH} 10");
    let (all, width) = (WIDTH.to_string(), width.to_string());
    view! {
        <svg class="share" viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
            <rect class="whole" x="0" y="0" width=all height="10"></rect>
            <rect class="part" x="0" y="0" width=width height="10"></rect>
        </svg>
    }
    .into_any()
}

/// A part of a whole.
pub struct Part {
    /// What it is called.
    pub label: &'static str,
    /// Its word in the style sheet.
    pub class: &'static str,
    /// How many.
    pub count: i64,
    /// The list of them.
    pub to: String,
    /// What it means.
    pub meaning: &'static str,
}

/// All parts as one bar, and a table that explains them. `name` is what the parts are of.
pub fn distribution(name: &'static str, parts: &[Part]) -> AnyView {
    let whole: i64 = parts.iter().map(|part| part.count).sum();
    let rows: Vec<_> = parts.iter().map(|part| row(part, whole)).collect();
    view! {
        {bar(name, parts, whole)}
        <div class="table-region" role="region" aria-label=format!("{name}, in numbers") tabindex="0">
            <table class="list parts-table" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{name}</th>
                        <th role="columnheader" scope="col" class="number">"Ingresses"</th>
                        <th role="columnheader" scope="col" class="number">"Share"</th>
                        <th role="columnheader" scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn bar(name: &str, parts: &[Part], whole: i64) -> AnyView {
    let shown = || parts.iter().filter(|part| part.count > 0);
    let said: Vec<_> =
        shown().map(|part| format!("{} {}", part.label, format::number(part.count))).collect();
    let mut end = 0;
    let mut rects = Vec::new();
    for part in shown() {
        let width = (part.count.saturating_mul(WIDTH) / whole).max(LEAST);
        rects.push(rect(part, end, width));
        end += width + GAP;
    }
    let view_box = format!("0 0 {} 20", (end - GAP).max(1));
    let said = if said.is_empty() { "none".to_owned() } else { said.join(", ") };
    let label = format!("{name}: {said}");
    view! {
        <svg class="parts" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=label>
            {rects}
        </svg>
    }
    .into_any()
}

fn rect(part: &Part, x: i64, width: i64) -> AnyView {
    let class = format!("kind-{}", part.class);
    let title = format!("{}: {}", part.label, format::number(part.count));
    let (x, width) = (x.to_string(), width.to_string());
    view! {
        <rect class=class x=x y="0" width=width height="20"><title>{title}</title></rect>
    }
    .into_any()
}

fn row(part: &Part, whole: i64) -> AnyView {
    let swatch = format!("kind-{}", part.class);
    let count = linked(part.count, part.to.clone(), part.label);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="State">
                <span class="keyed">
                    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                        <rect class=swatch x="0" y="0" width="10" height="10"></rect>
                    </svg>
                    {part.label}
                </span>
            </th>
            <td role="cell" data-label="Ingresses" class="number">{count}</td>
            <td role="cell" data-label="Share" class="number">{format::percent(part.count, whole)}</td>
            <td role="cell" data-label="Meaning" class="meaning">{part.meaning}</td>
        </tr>
    }
    .into_any()
}

/// A number that leads to what it counts; nothing leads nowhere. Many links of one page say only a
/// number, so `of` tells them apart.
pub fn linked(count: i64, to: String, of: &str) -> AnyView {
    let number = format::number(count);
    if count == 0 {
        return view! { <span class="subdued">{number}</span> }.into_any();
    }
    let label = format!("{number} {of}");
    view! { <a href=to aria-label=label>{number}</a> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(label: &'static str, class: &'static str, count: i64) -> Part {
        Part { label, class, count, to: format!("/ingresses?tls={class}"), meaning: "Because." }
    }

    #[test]
    fn the_bar_has_a_table_that_says_the_same() {
        let parts = [part("Valid", "valid", 1_997), part("Expired", "expired", 3)];
        let html = distribution("TLS", &parts).to_html();
        assert!(html.contains("aria-label=\"TLS: Valid 1,997, Expired 3\""), "{html}");
        assert!(html.contains("href=\"/ingresses?tls=expired\""), "{html}");
        for words in ["99 %", "&lt; 1 %", "Because.", "aria-label=\"3 Expired\""] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn nothing_is_no_part_and_leads_nowhere() {
        let html = distribution("TLS", &[part("Valid", "valid", 0)]).to_html();
        assert!(!html.contains("href") && !html.contains("height=\"20\""), "{html}");
        assert!(share(0, 0).to_html().contains("width=\"0\""));
        assert!(share(1, 1_000_000).to_html().contains("width=\"8\""));
    }
}
