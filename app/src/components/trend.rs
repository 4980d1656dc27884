//! A figure over days, as a line.

use leptos::prelude::*;

/// The height of the line's picture, in its own units.
const HEIGHT: i64 = 32;
/// Its width.
const WIDTH: i64 = 1_000;
/// Free above and below, so that the stroke is not cut.
const EDGE: i64 = 2;

/// A line through values at days, the oldest first; `words` say what it shows.
pub fn line(values: &[(i64, i64)], words: String) -> AnyView {
    let points = points(values);
    let view_box = format!("0 0 {WIDTH} {HEIGHT}");
    view! {
        <svg class="trend" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=words>
            <polyline points=points></polyline>
        </svg>
    }
    .into_any()
}

/// Days without a value are bridged. A figure that did not change is in the middle.
fn points(values: &[(i64, i64)]) -> String {
    let days = || values.iter().map(|(day, _)| *day);
    let counts = || values.iter().map(|(_, count)| *count);
    let (first, last) = (days().min().unwrap_or(0), days().max().unwrap_or(0));
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let point = |(day, count): &(i64, i64)| {
        let x = (day - first) * WIDTH / (last - first).max(1);
        let y = match most - least {
            0 => HEIGHT / 2,
            range => HEIGHT - EDGE - (count - least) * (HEIGHT - 2 * EDGE) / range,
        };
        format!("{x},{y}")
    };
    values.iter().map(point).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_the_first_day_to_the_last() {
        assert_eq!(points(&[(100, 5), (101, 10), (110, 0)]), "0,16 100,2 1000,30");
        assert_eq!(points(&[(1, 7), (2, 7)]), "0,16 1000,16");
        assert_eq!(points(&[]), "");
    }
}
