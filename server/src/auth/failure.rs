//! How a sign-in can come to nothing. The code is for the page that explains it, the sentence for
//! the log and the audit entry. Nothing secret is in either: no token, no code, no secret.

use std::fmt::Display;

use crate::schedule::CHECKPOINT;

/// So much is said of what somebody else has said.
const LONGEST: usize = 300;

/// Why a sign-in came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address, or what was begun before a restart, names a provider that is not configured.
    #[error("no provider of this name is configured")]
    ProviderUnknown,
    /// The browser has no cookie of a sign-in, or the store does not know it any more.
    #[error("this browser has no sign-in under way: it was used, or took over ten minutes")]
    TooLate,
    /// The answer does not belong to this browser.
    #[error("the state {0}")]
    State(&'static str),
    /// There is no code, or not one.
    #[error("the code {0}")]
    CodeMissing(&'static str),
    /// The provider says that it will not.
    #[error("the provider answered with an error: {0}")]
    ProviderError(String),
    /// The provider does not answer.
    #[error("the provider cannot be reached: {0}")]
    ProviderUnreachable(String),
    /// What the provider tells of itself is of no use.
    #[error("the provider's description or keys are not usable: {0}")]
    ProviderAnswer(String),
    /// The token endpoint does not give tokens for the code.
    #[error("the provider gave no tokens for the code: {0}")]
    TokenRefused(String),
    /// The id token is not to be believed.
    #[error("the id token is refused: {0}")]
    IdToken(String),
    /// The id token is of another sign-in.
    #[error("the nonce of the id token is refused: {0}")]
    Nonce(String),
    /// The answer is of another provider.
    #[error("the issuer of the answer {0}")]
    Issuer(&'static str),
    /// The userinfo endpoint is of no use.
    #[error("the provider's userinfo is refused: {0}")]
    Userinfo(String),
    /// More groups than anybody has.
    #[error("the provider tells of {0} groups, and 1,000 are read")]
    TooManyGroups(usize),
    /// An admin has shut this person out.
    #[error("an admin has disabled this user")]
    Disabled,
    /// Too many people are signing in.
    #[error("too many sign-ins are under way")]
    Busy,
    /// Something is wrong here.
    #[error("Routebook could not do its part: {0}")]
    Internal(String),
}

impl Failure {
    /// The code, in addresses and in audit entries.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProviderUnknown => "provider-unknown",
            Self::TooLate => "too-late",
            Self::State(_) => "state",
            Self::CodeMissing(_) => "code-missing",
            Self::ProviderError(_) => "provider-error",
            Self::ProviderUnreachable(_) => "provider-unreachable",
            Self::ProviderAnswer(_) => "provider-answer",
            Self::TokenRefused(_) => "token-refused",
            Self::IdToken(_) => "id-token",
            Self::Nonce(_) => "nonce",
            Self::Issuer(_) => "issuer",
            Self::Userinfo(_) => "userinfo",
            Self::TooManyGroups(_) => "too-many-groups",
            Self::Disabled => "disabled",
            Self::Busy => "busy",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether it takes an account at the provider, which has confirmed who somebody is. Everything
    /// else anybody can bring about, as often as they like.
    pub fn takes_an_account(&self) -> bool {
        matches!(
            self,
            Self::IdToken(_)
                | Self::Nonce(_)
                | Self::Userinfo(_)
                | Self::TooManyGroups(_)
                | Self::Disabled
        )
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// What somebody else said, for the log: on one line, and cut.
pub fn quoted(said: impl Display) -> String {
    clean(&said.to_string(), LONGEST)
}

/// A text without control characters, and cut. Whoever looks for checkpoints of the audit chain in the
/// log must find none that a stranger has brought there.
pub fn clean(text: &str, most: usize) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    line.replace(CHECKPOINT, "audit-checkpoint")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::iter::successors;

    use super::*;

    fn all() -> Vec<Failure> {
        successors(Some(Failure::ProviderUnknown), next).collect()
    }

    /// The one after it, so that the compiler asks for the place of a new one.
    fn next(failure: &Failure) -> Option<Failure> {
        let said = || "said".to_owned();
        let next = match failure {
            Failure::ProviderUnknown => Failure::TooLate,
            Failure::TooLate => Failure::State("is missing"),
            Failure::State(_) => Failure::CodeMissing("is missing"),
            Failure::CodeMissing(_) => Failure::ProviderError(said()),
            Failure::ProviderError(_) => Failure::ProviderUnreachable(said()),
            Failure::ProviderUnreachable(_) => Failure::ProviderAnswer(said()),
            Failure::ProviderAnswer(_) => Failure::TokenRefused(said()),
            Failure::TokenRefused(_) => Failure::IdToken(said()),
            Failure::IdToken(_) => Failure::Nonce(said()),
            Failure::Nonce(_) => Failure::Issuer("is missing"),
            Failure::Issuer(_) => Failure::Userinfo(said()),
            Failure::Userinfo(_) => Failure::TooManyGroups(1_001),
            Failure::TooManyGroups(_) => Failure::Disabled,
            Failure::Disabled => Failure::Busy,
            Failure::Busy => Failure::Internal(said()),
            Failure::Internal(_) => return None,
        };
        Some(next)
    }

    /// The codes in the table of the guide.
    fn explained(guide: &str) -> BTreeSet<&str> {
        let (_, table) = guide.split_once("| code | reason and way out |\n").expect("a table");
        let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
        let cells = rows.filter_map(|row| row.split('|').nth(1));
        cells.flat_map(|cell| cell.split(',')).map(|code| code.trim().trim_matches('`')).collect()
    }

    #[test]
    fn every_failure_has_a_code_of_its_own_that_fits_into_an_address() {
        let codes: BTreeSet<&str> = all().iter().map(Failure::code).collect();
        assert_eq!(codes.len(), all().len());
        for code in codes {
            assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
        }
    }

    #[test]
    fn every_failure_is_explained_on_the_page_and_in_the_guide() {
        let codes: BTreeSet<&str> = all().iter().map(Failure::code).collect();
        assert_eq!(BTreeSet::from(app::FAILURE_CODES), codes);
        assert_eq!(explained(include_str!("../../../docs/sign-in.md")), codes);
    }

    #[test]
    fn the_log_has_the_reason() {
        assert!(Failure::IdToken("expired".into()).to_string().ends_with("refused: expired"));
        assert!(Failure::State("is missing").to_string().ends_with("state is missing"));
    }

    #[test]
    fn what_others_say_is_one_short_line() {
        assert_eq!(quoted("a\r\nb\u{1b}[31m"), "ab[31m");
        assert_eq!(quoted("ü".repeat(1_000)).chars().count(), LONGEST);
    }

    #[test]
    fn what_others_say_is_no_checkpoint_of_the_audit_chain() {
        for forged in ["audit checkpoint 9:00", "audit \u{7}check\npoint 9:00"] {
            assert!(!quoted(forged).contains(CHECKPOINT), "{forged:?}");
        }
    }
}
