//! Owner values as people write them: trimmed, cut, and taken apart where they name several. A
//! value stays text, whatever it looks like.

/// The longest name of an owner, in characters.
pub(crate) const LONGEST_NAME: usize = 100;
/// The longest value and place that are kept, in characters.
pub(super) const LONGEST_VALUE: usize = 300;
/// The longest item of a list within a note, in characters.
const LONGEST_LISTED: usize = 80;
/// A note lists as many.
const MOST_LISTED: usize = 3;
/// No more names of one value are looked at.
const MOST_NAMES: usize = 10;

/// What people write where they know nobody. `-` also stands for "no owner" in addresses.
const NOBODY: [&str; 8] = ["-", "?", "none", "null", "n/a", "tbd", "todo", "unknown"];

/// The text, at most `most` characters long; the last is `…` if some were cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Without what cannot be seen at its ends: a name of which nothing can be seen is none.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        let zero_width = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        c.is_whitespace() || c.is_control() || zero_width
    })
}

/// Whether two names are the same but for upper and lower case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
}

/// Whom a value names, in its order; empty if it is empty or says that there is nobody.
pub(super) fn names(value: &str) -> Vec<&str> {
    let parts = value.split([',', ';', '\n']).flat_map(words).map(trim);
    let mut names: Vec<&str> = Vec::new();
    for name in parts.filter(|name| !is_nobody(name)) {
        if names.iter().all(|known| !same(known, name)) {
            names.push(name);
        }
        if names.len() == MOST_NAMES {
            break;
        }
    }
    names
}

/// Blanks separate handles and addresses, but not the words of a name such as `Payments Team`.
fn words(part: &str) -> Vec<&str> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_handle = |word: &&str| word.contains(['@', '#', ':', '/']);
    if words.len() > 1 && words.iter().all(is_handle) { words } else { vec![part] }
}

fn is_nobody(name: &str) -> bool {
    name.is_empty() || NOBODY.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// What is odd about a value that names these, of whom `name` counts.
pub(super) fn note(names: &[&str], name: &str) -> Option<String> {
    let several = || format!("names several: {}; the first counts", list(names));
    let long = || format!("longer than {LONGEST_NAME} characters");
    let is_long = name.chars().nth(LONGEST_NAME).is_some();
    joined([(names.len() > 1).then(several), is_long.then(long)])
}

/// Two notes as one.
pub(super) fn joined(notes: [Option<String>; 2]) -> Option<String> {
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// The first few of a list.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let few = items.iter().take(MOST_LISTED).map(|item| cut(item.as_ref(), LONGEST_LISTED));
    let text = few.collect::<Vec<_>>().join(", ");
    if items.len() > MOST_LISTED { text + " and more" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &[&str]) {
        assert_eq!(names(trim(value)), expected, "{value:?}");
    }

    #[test]
    fn one_name_stays_whole() {
        check("payments", &["payments"]);
        check("  payments\t\n", &["payments"]);
        check("Payments Team", &["Payments Team"]);
        check("Alice <alice@example.com>", &["Alice <alice@example.com>"]);
        check("<script>alert(1)</script>", &["<script>alert(1)</script>"]);
        check("größe", &["größe"]);
    }

    #[test]
    fn several_names_are_taken_apart() {
        check("a, b", &["a", "b"]);
        check("a;b ,, c,", &["a", "b", "c"]);
        check("Payments Team\nSearch Team", &["Payments Team", "Search Team"]);
        check("@alice @bob", &["@alice", "@bob"]);
        check("a@example.com  b@example.com", &["a@example.com", "b@example.com"]);
        check("group:default/a user:default/b", &["group:default/a", "user:default/b"]);
        check("payments, Payments", &["payments"]);
    }

    #[test]
    fn nobody_is_not_somebody() {
        check("", &[]);
        check(" \t\n ", &[]);
        check("\u{200b}\u{feff}", &[]);
        check(",;,", &[]);
        for word in ["-", "None", "N/A", "unknown", "TBD"] {
            check(word, &[]);
        }
        check("unknown, payments", &["payments"]);
    }

    #[test]
    fn a_flood_of_names_is_not_followed() {
        let flood: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
        assert_eq!(names(&flood.join(",")).len(), MOST_NAMES);
        assert_eq!(list(&flood), "0, 1, 2 and more");
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größer", 5), "größ…");
        assert_eq!(cut(&"x".repeat(10_000), 100).chars().count(), 100);
    }
}
