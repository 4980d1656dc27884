//! Numbers, times and foreign text as people read them. Nothing here knows a locale or a clock.

use std::borrow::Cow;
use std::fmt::Write;

use domain::inventory::Count;
use jiff::{SignedDuration, Timestamp};

/// `1234567` as `1,234,567`.
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 route`, `1,234 routes`.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// How many match, in words.
pub fn matching(count: Count) -> String {
    match count {
        Count::Exactly(exact) => number(exact),
        Count::MoreThan(least) => format!("more than {}", number(least)),
    }
}

/// How long it lasted, in its largest unit: `12 days`. Seconds are not counted: they would change
/// at every look and tell nobody anything.
pub fn lasting(duration: SignedDuration) -> String {
    const UNITS: [(i64, &str); 5] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
    ];
    let seconds = duration.as_secs().max(0);
    let unit = UNITS.into_iter().find(|(size, _)| seconds >= *size);
    let Some((size, name)) = unit else { return "< 1 minute".to_owned() };
    let count = seconds / size;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// How old something is; a clock that is a little ahead is not made visible.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    lasting(now.duration_since(at))
}

/// `5 minutes ago`, `a moment ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    if now.duration_since(at).as_secs() < 60 {
        return "a moment ago".to_owned();
    }
    format!("{} ago", age(at, now))
}

/// `2026-11-23 08:04:05 UTC`.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `in 12 days`, `12 days ago`.
pub fn until(at: Timestamp, now: Timestamp) -> String {
    if at <= now {
        return ago(at, now);
    }
    match at.duration_since(now).as_secs() {
        0..60 => "in a moment".to_owned(),
        _ => format!("in {}", age(now, at)),
    }
}

/// `2026-11-23`, the UTC day.
pub fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The UTC day so many days ago, as [`date`] writes it.
pub fn date_before(now: Timestamp, days: usize) -> String {
    let days = i64::try_from(days).unwrap_or(i64::MAX);
    let past = SignedDuration::from_secs(days.saturating_mul(86_400));
    date(now.checked_sub(past).unwrap_or(Timestamp::MIN))
}

/// `12 %`. Only nothing is 0 % and only all is 100 %.
pub fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    match part.saturating_mul(100) / whole {
        0 if part > 0 => "< 1 %".to_owned(),
        share => format!("{share} %"),
    }
}

/// `22.5 MB`, in powers of ten.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => {
            let tenths = bytes / (size / 10);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

/// Foreign text without characters that hide, turn round or break what is around them: each stands
/// as its code point, such as `[U+202E]`.
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, hides)
}

/// The same for text of several lines, whose line breaks and tabs stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |character| !matches!(character, '\n' | '\t') && hides(character))
}

/// Foreign text on one line, visible and of a bearable length, for a sentence, a title or a label.
pub fn short(text: &str, most: usize) -> String {
    cut(&visible(text), most).into_owned()
}

/// At most so many characters, with `…` for the rest.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn replaced(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if hidden(character) {
            write!(shown, "[U+{:04X}]", u32::from(character)).expect("a String takes all text");
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Controls, bidirectional marks, and characters without width (Unicode's `Cc`, most of `Cf`, and
/// separators of lines and paragraphs).
pub fn hides(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_separators() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (50_000, "50,000")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(number(-1_234_567), "-1,234,567");
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(matching(Count::MoreThan(10_000)), "more than 10,000");
        assert_eq!(counted(1, "route", "routes"), "1 route");
        assert_eq!(counted(0, "route", "routes"), "0 routes");
    }

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let now = Timestamp::from_second(2_000_000_000).unwrap();
        let cases = [
            (-5, "< 1 minute", "a moment ago"),
            (0, "< 1 minute", "a moment ago"),
            (59, "< 1 minute", "a moment ago"),
            (60, "1 minute", "1 minute ago"),
            (7_199, "1 hour", "1 hour ago"),
            (86_400 * 12, "12 days", "12 days ago"),
            (86_400 * 29, "29 days", "29 days ago"),
            (86_400 * 364, "12 months", "12 months ago"),
            (86_400 * 800, "2 years", "2 years ago"),
        ];
        for (seconds, expected_age, expected_ago) in cases {
            let at = now - SignedDuration::from_secs(seconds);
            assert_eq!(age(at, now), expected_age, "{seconds}");
            assert_eq!(ago(at, now), expected_ago, "{seconds}");
        }
        assert_eq!(utc(Timestamp::UNIX_EPOCH), "1970-01-01 00:00:00 UTC");
    }

    #[test]
    fn what_is_to_come_is_told_as_such() {
        let now = Timestamp::from_second(2_000_000_000).unwrap();
        let cases = [(-86_400, "1 day ago"), (0, "a moment ago"), (59, "in a moment")];
        for (seconds, expected) in cases.into_iter().chain([(86_400 * 12, "in 12 days")]) {
            assert_eq!(until(now + SignedDuration::from_secs(seconds), now), expected);
        }
        assert_eq!(date(now), "2033-05-18");
        assert_eq!(date_before(now, 18), "2033-04-30");
    }

    #[test]
    fn only_all_is_a_hundred_percent() {
        let cases = [(0, 7, "0 %"), (1, 1000, "< 1 %"), (999, 1000, "99 %"), (7, 7, "100 %")];
        for (part, whole, expected) in cases {
            assert_eq!(percent(part, whole), expected);
        }
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn sizes_are_told_in_powers_of_ten() {
        let cases = [(999, "999 bytes"), (1_000, "1.0 kB"), (22_560_000, "22.5 MB")];
        for (value, expected) in cases {
            assert_eq!(bytes(value), expected);
        }
    }

    #[test]
    fn characters_that_hide_are_shown_by_their_code_point() {
        let cases = [
            ("plain-name", "plain-name"),
            ("überß 日本 مثال", "überß 日本 مثال"),
            ("a\u{202e}b", "a[U+202E]b"),
            ("a\u{0}\u{1b}[31m", "a[U+0000][U+001B][31m"),
            ("line\nbreak\ttab", "line[U+000A]break[U+0009]tab"),
            ("zero\u{200b}width\u{feff}", "zero[U+200B]width[U+FEFF]"),
            ("tag\u{e0041}", "tag[U+E0041]"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected);
        }
        assert_eq!(visible_lines("a\n\tb\r"), "a\n\tb[U+000D]");
    }

    #[test]
    fn a_cut_counts_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüx", 3), "äöü…");
        assert_eq!(cut("", 3), "");
    }
}
