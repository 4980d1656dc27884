//! What a browser brings back from the provider, in the query of an address that anybody can make.

use url::form_urlencoded;

use super::discovery::Known;
use super::failure::{Failure, quoted};
use super::secret::same;

/// The parameters that count (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Default)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

impl Answer {
    /// Reads a query. Parameters that are there twice could be read in two ways, and are refused.
    pub fn read(query: &str) -> Result<Self, Failure> {
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let (place, twice) = match &*name {
                "state" => (&mut answer.state, Failure::State("is there twice")),
                "code" => (&mut answer.code, Failure::CodeMissing("is there twice")),
                "iss" => (&mut answer.issuer, Failure::Issuer("is there twice")),
                "error" => (&mut answer.error, error_twice()),
                "error_description" => (&mut answer.description, error_twice()),
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(twice);
            }
        }
        Ok(answer)
    }

    /// Whether it answers what this browser has begun.
    pub fn belongs_to(&self, state: &str) -> Result<(), Failure> {
        match self.state.as_deref() {
            None | Some("") => Err(Failure::State("is missing")),
            Some(told) if same(told, state) => Ok(()),
            Some(_) => Err(Failure::State("is that of another sign-in")),
        }
    }

    /// The code, if this provider has answered and gives one.
    pub fn code(self, known: &Known) -> Result<String, Failure> {
        match self.issuer.as_deref() {
            Some(issuer) if issuer != known.issuer.as_str() => {
                return Err(Failure::Issuer("is another one"));
            }
            None if known.names_issuer && self.error.is_none() => {
                return Err(Failure::Issuer("is missing, though the provider says it is there"));
            }
            _ => {}
        }
        if let Some(error) = self.error {
            let description = self.description.unwrap_or_default();
            let said =
                if description.is_empty() { error } else { format!("{error}: {description}") };
            return Err(Failure::ProviderError(quoted(said)));
        }
        match self.code {
            Some(code) if !code.is_empty() => Ok(code),
            _ => Err(Failure::CodeMissing("is missing")),
        }
    }
}

fn error_twice() -> Failure {
    Failure::ProviderError("there are two of them".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ISSUER, known};
    use super::*;

    fn result(query: &str, names_issuer: bool) -> Result<String, Failure> {
        let answer = Answer::read(query)?;
        answer.belongs_to("s")?;
        answer.code(&Known { names_issuer, ..known() })
    }

    fn refused(query: &str, code: &str) {
        assert_eq!(result(query, false).unwrap_err().code(), code, "{query}");
    }

    #[test]
    fn an_answer_to_this_browser_has_a_code() {
        assert_eq!(result("code=c&state=s", false).unwrap(), "c");
        assert_eq!(
            result("state=s&code=a%2Fb%2Bc&session_state=x&x=1&x=2", false).unwrap(),
            "a/b+c"
        );
    }

    #[test]
    fn another_or_no_state_is_refused() {
        refused("", "state");
        refused("code=c", "state");
        refused("code=c&state=", "state");
        refused("code=c&state=S", "state");
        refused("code=c&state=s2", "state");
        refused("code=c&state=s&state=s", "state");
        refused("code=c&state=x&state=s", "state");
        refused("error=access_denied&state=x", "state");
    }

    #[test]
    fn no_code_and_two_codes_are_refused() {
        refused("state=s", "code-missing");
        refused("state=s&code=", "code-missing");
        refused("state=s&code=c&code=c", "code-missing");
        refused("state=s&Code=c", "code-missing");
    }

    #[test]
    fn an_error_is_told_on_one_line() {
        refused("state=s&error=access_denied", "provider-error");
        refused("state=s&error=access_denied&code=c", "provider-error");
        refused("state=s&error=a&error=a", "provider-error");
        let said = result("state=s&error=a%0D%0Ab&error_description=c", false).unwrap_err();
        assert!(said.to_string().ends_with(": ab: c"), "{said}");
    }

    #[test]
    fn the_issuer_is_that_of_the_provider() {
        let with = |issuer: &str| format!("state=s&code=c&iss={issuer}");
        for names_issuer in [false, true] {
            assert!(result(&with(ISSUER), names_issuer).is_ok());
            let failure = result(&with("https://other.example.com"), names_issuer).unwrap_err();
            assert_eq!(failure.code(), "issuer");
            let failure = result(&with(""), names_issuer).unwrap_err();
            assert_eq!(failure.code(), "issuer");
        }
        assert_eq!(result("state=s&code=c", true).unwrap_err().code(), "issuer");
        assert_eq!(result("state=s&error=e", true).unwrap_err().code(), "provider-error");
        let other = format!("state=s&error=e&iss={ISSUER}x");
        assert_eq!(result(&other, true).unwrap_err().code(), "issuer");
        refused(&format!("{}&iss=x", with(ISSUER)), "issuer");
    }
}
