//! What is said to the provider while somebody signs in: the address that the browser is sent to,
//! the code that it brings back, and, where it is needed, the question for more.

use std::sync::Arc;

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreRequestTokenError, CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet,
    OAuth2TokenResponse as _, PkceCodeChallenge, RequestTokenError, Scope, TokenResponse as _,
};
use url::Url;

use super::claims::{self, text};
use super::discovery::Known;
use super::failure::{Failure, quoted};
use super::jws::Claims;
use super::outbound;
use super::provider::Provider;
use super::secret::Secret;
use super::token::{Doubt, Expected, believed};
use crate::config::GroupsFrom;

/// A client of which the addresses for signing in are known.
type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Who has signed in, as the provider tells it.
pub struct Told {
    /// The id token's claims.
    pub token: Claims,
    /// The claims of userinfo, if it was asked.
    pub userinfo: Option<Claims>,
    /// Their groups.
    pub groups: Vec<String>,
}

impl Provider {
    /// Where the browser goes to sign in.
    pub fn authorization(&self, known: &Known, secret: &Secret) -> Url {
        let (state, nonce) = (secret.state(), secret.nonce());
        // The library asks for `openid` by itself.
        let scopes = self.config.scopes.iter().filter(|scope| *scope != "openid");
        let client = self.client(known);
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client
            .authorize_url(flow, move || state, move || nonce)
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&secret.verifier()));
        request.url().0
    }

    /// Who has signed in, for the code that the browser has brought.
    pub async fn told(
        &self,
        known: Arc<Known>,
        code: String,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Told, Failure> {
        let answer = self.exchange(&known, code, secret).await?;
        let Some(token) = answer.id_token() else {
            return Err(Failure::IdToken("there is none".to_owned()));
        };
        let access = answer.access_token();
        let (known, token) = self.verified(known, token, access, secret, now).await?;
        let groups = match self.config.groups_from {
            GroupsFrom::Userinfo => None,
            GroupsFrom::IdToken | GroupsFrom::Both => self.groups(&token)?,
        };
        if let Some(groups) = groups {
            return Ok(Told { token, userinfo: None, groups });
        }
        if self.config.groups_from == GroupsFrom::IdToken {
            return Ok(Told { token, userinfo: None, groups: Vec::new() });
        }
        let userinfo = self.userinfo(&known, access, text(&token, "sub")).await?;
        let groups = userinfo.as_ref().map(|claims| self.groups(claims)).transpose()?.flatten();
        Ok(Told { token, userinfo, groups: groups.unwrap_or_default() })
    }

    /// Who Routebook is there.
    pub fn client_id(&self) -> &str {
        &self.config.client_id
    }

    fn client(&self, known: &Known) -> Client {
        let id = ClientId::new(self.config.client_id.clone());
        let place = if known.secret_in_form { AuthType::RequestBody } else { AuthType::BasicAuth };
        CoreClient::new(id, known.issuer.clone(), known.keys.clone())
            .set_auth_uri(known.authorization.clone())
            .set_token_uri(known.token.clone())
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(place)
    }

    async fn exchange(
        &self,
        known: &Known,
        code: String,
        secret: &Secret,
    ) -> Result<CoreTokenResponse, Failure> {
        let mut client = self.client(known);
        if let Some(shared) = self.secret().await? {
            client = client.set_client_secret(shared);
        }
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.set_pkce_verifier(secret.verifier());
        request.request_async(&self.outbound).await.map_err(refused)
    }

    /// The claims of an id token that is believed, if need be with keys that are newer.
    async fn verified(
        &self,
        known: Arc<Known>,
        token: &CoreIdToken,
        access: &AccessToken,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<(Arc<Known>, Claims), Failure> {
        let nonce = secret.nonce();
        let (client_id, algorithms) = (self.client_id(), self.algorithms.as_slice());
        let read = |known: &Known| {
            believed(token, access, &nonce, &Expected { client_id, algorithms, known, now })
        };
        match read(&known) {
            Ok(claims) => return Ok((known, claims)),
            Err(Doubt::Refused(failure)) => return Err(failure),
            Err(Doubt::UnknownKey) => {}
        }
        let newer = self.with_newer_keys(&known).await?;
        match read(&newer) {
            Ok(claims) => Ok((newer, claims)),
            Err(Doubt::Refused(failure)) => Err(failure),
            Err(Doubt::UnknownKey) => {
                let reason = "it is signed with a key that the provider does not publish";
                Err(Failure::IdToken(reason.to_owned()))
            }
        }
    }

    fn groups(&self, claims: &Claims) -> Result<Option<Vec<String>>, Failure> {
        claims::groups(claims, &self.config.groups_claim)
    }

    /// What the userinfo endpoint tells of the subject (OpenID Connect Core 1.0, section 5.3).
    async fn userinfo(
        &self,
        known: &Known,
        access: &AccessToken,
        subject: Option<&str>,
    ) -> Result<Option<Claims>, Failure> {
        let Some(address) = &known.userinfo else { return self.without_userinfo() };
        let answer = self.outbound.get(address, Some(access)).await;
        let answer = answer.map_err(|error| match error {
            outbound::Error::Unreachable(reason) => Failure::ProviderUnreachable(reason),
            other => Failure::Userinfo(other.to_string()),
        })?;
        let claims: Claims = serde_json::from_slice(&answer)
            .map_err(|error| Failure::Userinfo(format!("it is no JSON: {}", quoted(error))))?;
        if subject.is_none() || text(&claims, "sub") != subject {
            return Err(Failure::Userinfo("it is that of another subject".to_owned()));
        }
        Ok(Some(claims))
    }

    /// Where the groups must come from there, there must be one.
    fn without_userinfo(&self) -> Result<Option<Claims>, Failure> {
        match self.config.groups_from {
            GroupsFrom::Userinfo => {
                Err(Failure::Userinfo("the provider has no userinfo endpoint".to_owned()))
            }
            GroupsFrom::IdToken | GroupsFrom::Both => Ok(None),
        }
    }
}

/// Why there are no tokens. An id token that cannot even be read is one that is not believed.
fn refused(error: CoreRequestTokenError<outbound::Error>) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer) => Failure::TokenRefused(quoted(answer)),
        RequestTokenError::Request(outbound::Error::Unreachable(reason)) => {
            Failure::ProviderUnreachable(reason)
        }
        RequestTokenError::Request(error) => Failure::TokenRefused(error.to_string()),
        RequestTokenError::Parse(error, body) => match has_id_token(&body) {
            true => Failure::IdToken(quoted(error)),
            false => Failure::TokenRefused(quoted(error)),
        },
        RequestTokenError::Other(reason) => Failure::TokenRefused(quoted(reason)),
    }
}

fn has_id_token(answer: &[u8]) -> bool {
    let answer = serde_json::from_slice::<Claims>(answer);
    answer.is_ok_and(|answer| text(&answer, "id_token").is_some())
}

#[cfg(test)]
mod tests;
