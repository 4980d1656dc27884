//! What people write: how long it may be. Whatever it looks like, it stays text.

/// The longest name of a campaign or series, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest reason and the longest comment, in characters.
pub const LONGEST_REASON: usize = 4_000;

/// Why a text was not taken. Nothing of it was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// There is nothing in it.
    #[error("the {0} is missing; write one")]
    Missing(&'static str),
    /// It is too long.
    #[error("the {what} is longer than {most} characters; shorten it")]
    TooLong {
        /// What.
        what: &'static str,
        /// How long it may be, in characters.
        most: usize,
    },
}

/// A name without blanks at its ends.
pub fn name(text: &str) -> Result<String, Unfit> {
    required("name", text, LONGEST_NAME)
}

/// A comment without blanks at its ends.
pub fn comment(text: &str) -> Result<String, Unfit> {
    required("comment", text, LONGEST_REASON)
}

/// A reason that has to be given, without blanks at its ends.
pub fn reason(text: &str) -> Result<String, Unfit> {
    required("reason", text, LONGEST_REASON)
}

/// A reason that may be empty, without blanks at its ends.
pub fn any_reason(text: &str) -> Result<String, Unfit> {
    fitting("reason", text, LONGEST_REASON)
}

fn required(what: &'static str, text: &str, most: usize) -> Result<String, Unfit> {
    let text = fitting(what, text, most)?;
    if text.is_empty() { Err(Unfit::Missing(what)) } else { Ok(text) }
}

fn fitting(what: &'static str, text: &str, most: usize) -> Result<String, Unfit> {
    let text = text.trim();
    if text.chars().nth(most).is_some() {
        return Err(Unfit::TooLong { what, most });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused_and_never_cut() {
        let too_long = Err(Unfit::TooLong { what: "reason", most: 4_000 });
        assert_eq!(reason(&"x".repeat(100_000)), too_long);
        assert_eq!(any_reason(&"ö".repeat(4_001)), too_long);
        assert_eq!(reason(&format!("  {}  ", "ö".repeat(4_000))), Ok("ö".repeat(4_000)));
        assert_eq!(name(&"x".repeat(201)), Err(Unfit::TooLong { what: "name", most: 200 }));
        let error = comment(&"x".repeat(4_001)).unwrap_err();
        assert_eq!(error.to_string(), "the comment is longer than 4000 characters; shorten it");
    }

    #[test]
    fn blanks_are_nothing_and_markup_is_text() {
        assert_eq!(reason(" \n\t"), Err(Unfit::Missing("reason")));
        assert_eq!(any_reason(" \n\t"), Ok(String::new()));
        assert_eq!(name(" <b>Q1</b> "), Ok("<b>Q1</b>".to_owned()));
    }
}
