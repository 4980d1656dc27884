//! Keeps spreadsheets from running what a cluster's users wrote.
//!
//! OWASP's page on CSV injection names what a formula begins with: `=`, `+`, `-`, `@`, and tab and
//! carriage return, which some programs skip. It also says that looking at the start is not enough:
//! where a list is separated by semicolons, as in half of Europe, a spreadsheet cuts our cells at
//! theirs and does not see our quotes. So every place counts at which some program may begin a cell:
//! the start of the text and what follows a semicolon, a tab or a line break, behind spaces and quotes.

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
    let mut start = 0;
    for piece in text.split_inclusive(END_CELLS) {
        if begins_formula(piece) || (start == 0 && piece.starts_with(SKIPPED)) {
            guarded.push_str(&text[copied..start]);
            guarded.push('\'');
            copied = start;
        }
        start += piece.len();
    }
    if guarded.is_empty() {
        return Cow::Borrowed(text);
    }
    guarded.push_str(&text[copied..]);
    Cow::Owned(guarded)
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
        for text in ["", "a", "a=b", "shop-web", "a; b", "x@example.com", "1,2", "'=1", "*.a"] {
            assert!(matches!(guarded(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }
}
