//! Keeps spreadsheets from running what a cluster's users wrote.
//!
//! OWASP's page on CSV injection names what a formula begins with: `=`, `+`, `-`, `@`, and tab and
//! carriage return, which some programs skip. It also says that looking at the start is not enough:
//! where a list is separated by semicolons, as in half of Europe, a spreadsheet cuts our cells at
//! theirs and does not see our quotes. So every place counts at which some program may begin a cell:
//! the start of the text and what follows a semicolon, a tab or a line break, behind spaces and quotes.
//!
//! A `'` that stands there already gets another one, so that the guard can be taken back exactly: what
//! was exported can be proved word for word.

use std::borrow::Cow;

/// Besides the ASCII ones their full-width forms, which East Asian versions take for the same.
const BEGIN_FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const END_CELLS: [char; 4] = [';', '\t', '\r', '\n'];
/// A whole cell may not begin with these either.
const SKIPPED: [char; 4] = ['\t', '\r', '\n', '\0'];

/// The text with a `'` wherever a formula would begin, which spreadsheets take as the mark of a text.
pub fn guarded(text: &str) -> Cow<'_, str> {
    let mut guarded = String::new();
    let mut copied = 0;
    for (start, piece) in pieces(text) {
        if is_run(piece, start == 0) {
            guarded.push_str(&text[copied..start]);
            guarded.push('\'');
            copied = start;
        }
    }
    if guarded.is_empty() {
        return Cow::Borrowed(text);
    }
    guarded.push_str(&text[copied..]);
    Cow::Owned(guarded)
}

/// The text of which [`guarded`] made this one.
pub fn unguarded(text: &str) -> Cow<'_, str> {
    let mut bare = String::new();
    let mut copied = 0;
    for (start, piece) in pieces(text) {
        if piece.starts_with('\'') && is_run(piece, start == 0) {
            bare.push_str(&text[copied..start]);
            copied = start + 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    bare.push_str(&text[copied..]);
    Cow::Owned(bare)
}

/// What some program may take for a cell, and where each begins.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive(END_CELLS).scan(0, |end, piece| {
        let start = *end;
        *end += piece.len();
        Some((start, piece))
    })
}

/// Whether a program would run it, were no `'` in front.
fn is_run(piece: &str, first: bool) -> bool {
    let bare = piece.trim_start_matches('\'');
    begins_formula(bare) || (first && bare.starts_with(SKIPPED))
}

fn begins_formula(piece: &str) -> bool {
    let skipped = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    piece.trim_start_matches(skipped).starts_with(BEGIN_FORMULAS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run() {
        let check = |text, expected: &str| assert_eq!(guarded(text), expected, "{text:?}");
        check("=1+1", "'=1+1");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\tx", "'\tx");
        check("\rx", "'\rx");
        check("\nx", "'\nx");
        check("\0x", "'\0x");
        check("  =1", "'  =1");
        check("\u{a0}=1", "'\u{a0}=1");
        check("\"=1", "'\"=1");
        check("＝1", "'＝1");
        check("\t=1", "'\t'=1");
    }

    #[test]
    fn no_cell_is_run_where_semicolons_or_tabs_separate() {
        let check = |text, expected: &str| assert_eq!(guarded(text), expected, "{text:?}");
        check("a;=1;b", "a;'=1;b");
        check("a;\"=1\"", "a;'\"=1\"");
        check("a\n=1\r\n@b", "a\n'=1\r\n'@b");
        check("a\t-1", "a\t'-1");
        check(";;=1", ";;'=1");
        check("=1;=2", "'=1;'=2");
    }

    #[test]
    fn what_cannot_be_run_is_as_it_was() {
        for text in ["", "a", "a=b", "shop-web", "a; b", "x@example.com", "1,2", "'a", "*.a"] {
            assert!(matches!(guarded(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn the_guard_can_be_taken_back() {
        assert_eq!(guarded("'=1"), "''=1");
        assert_eq!(guarded("a;''@b"), "a;'''@b");
        for text in ["", "a", "=1", "'=1", "''=1", "'", "'a", "\t=1", "'\tx", "a;=1;'+b", "\0'x"] {
            assert_eq!(unguarded(&guarded(text)), text, "{text:?}");
        }
    }

    #[test]
    fn whatever_was_guarded_comes_back() {
        const PARTS: [&str; 12] = ["'", "=", "-", "＝", "@", ";", "\t", "\r", "\n", " ", "\"", "a"];
        // All texts of four parts: what one does to the next is what could go wrong.
        for number in 0..PARTS.len().pow(4) {
            let text: String = (0..4).map(|at| PARTS[number / PARTS.len().pow(at) % 12]).collect();
            assert_eq!(unguarded(&guarded(&text)), text, "{text:?}");
        }
    }
}
