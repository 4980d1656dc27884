//! Filters that are more than a text.

use super::InvalidView;
use crate::problem;

/// A filter by problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemFilter {
    /// At least one.
    Any,
    /// None found, and everything checked.
    None,
    /// Some check could not be made.
    Unchecked,
    /// This one, by its code.
    Code(&'static str),
}

impl ProblemFilter {
    /// Reads the URL's word.
    pub fn parse(text: &str) -> Result<Self, InvalidView> {
        match text {
            "any" => Ok(Self::Any),
            "none" => Ok(Self::None),
            "unchecked" => Ok(Self::Unchecked),
            _ => problem::CODES.into_iter().find(|code| *code == text).map(Self::Code).ok_or_else(
                || InvalidView::Value {
                    parameter: "problem",
                    value: text.to_owned(),
                    allowed: format!("any, none, unchecked, {}", problem::CODES.join(", ")),
                },
            ),
        }
    }

    /// The URL's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::None => "none",
            Self::Unchecked => "unchecked",
            Self::Code(code) => code,
        }
    }
}

/// Which ingresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Those that are in the clusters.
    #[default]
    Present,
    /// Those that were, and are no more.
    Removed,
}

impl Shown {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidView> {
        match text {
            "present" => Ok(Self::Present),
            "removed" => Ok(Self::Removed),
            _ => Err(InvalidView::Value {
                parameter: "show",
                value: text.to_owned(),
                allowed: "present, removed".into(),
            }),
        }
    }

    /// The URL's word; empty for the default.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "",
            Self::Removed => "removed",
        }
    }
}
