//! The id token: who has signed in, if it is to be believed. The library checks signature, issuer,
//! audience, end and nonce; what it leaves to its users is checked here (OpenID Connect Core 1.0,
//! section 3.1.3.7).

use std::time::SystemTime;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, Nonce,
    SignatureVerificationError,
};

use super::discovery::Known;
use super::failure::{Failure, quoted};
use super::jws::Claims;

/// So much the clocks of provider and Routebook may differ.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// OpenID Connect Core 1.0, section 2.
const LONGEST_SUBJECT: usize = 255;

/// Reads what the library reads, which is not strict about the last bits.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// What an id token must fit.
pub struct Expected<'a> {
    /// Who Routebook is at the provider.
    pub client_id: &'a str,
    /// How tokens may be signed.
    pub algorithms: &'a [CoreJwsSigningAlgorithm],
    /// The provider.
    pub known: &'a Known,
    /// What time it is.
    pub now: Timestamp,
}

/// Why an id token is not believed.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is signed by a key that is not known; newer keys may have it.
    UnknownKey,
    /// It is not to be believed.
    Refused(Failure),
}

/// What an id token says, if it is by this provider, for Routebook, for this sign-in, in time, and
/// belongs to the access token that came with it.
pub fn believed(
    token: &CoreIdToken,
    access: &AccessToken,
    nonce: &Nonce,
    expected: &Expected<'_>,
) -> Result<Claims, Doubt> {
    let verifier = verifier(expected);
    let claims = token.claims(&verifier, nonce).map_err(doubt)?;
    let refused = |reason: String| Doubt::Refused(Failure::IdToken(reason));
    authorized_party(claims, expected.client_id).map_err(refused)?;
    subject(claims.subject().as_str()).map_err(refused)?;
    access_token(token, access, &verifier, claims).map_err(refused)?;
    payload(&token.to_string()).map_err(refused)
}

/// Without the client's secret: a signature with a secret that both sides know is never accepted.
fn verifier(expected: &Expected<'_>) -> CoreIdTokenVerifier<'static> {
    let now = expected.now;
    let latest = now - LEEWAY;
    CoreIdTokenVerifier::new_public_client(
        ClientId::new(expected.client_id.to_owned()),
        expected.known.issuer.clone(),
        expected.known.keys.clone(),
    )
    .set_allowed_algs(expected.algorithms.to_vec())
    .set_time_fn(move || SystemTime::from(latest).into())
    .set_issue_time_verifier_fn(move |issued| issued_by(issued.timestamp(), now))
    // It may be for others too, if it says that Routebook has asked for it.
    .set_other_audience_verifier_fn(|_| true)
}

/// Nothing is issued in the future, whatever the clocks say.
pub fn issued_by(issued: i64, now: Timestamp) -> Result<(), String> {
    if issued > (now + LEEWAY).as_second() {
        return Err(format!("it was issued in the future, at {issued}"));
    }
    Ok(())
}

/// Steps 4 and 5: one that is for others too says who has asked for it, and whoever has is us.
fn authorized_party(claims: &CoreIdTokenClaims, client_id: &str) -> Result<(), String> {
    match claims.authorized_party() {
        Some(party) if party.as_str() == client_id => Ok(()),
        Some(party) => Err(format!("{} has asked for it (azp)", quoted(party.as_str()))),
        None if claims.audiences().len() > 1 => {
            Err("it is for others too, and does not say who has asked for it (azp)".to_owned())
        }
        None => Ok(()),
    }
}

fn subject(subject: &str) -> Result<(), String> {
    if subject.is_empty() {
        return Err("its subject is empty".to_owned());
    }
    if subject.chars().count() > LONGEST_SUBJECT || subject.chars().any(char::is_control) {
        return Err("its subject is longer than 255, or has control characters".to_owned());
    }
    Ok(())
}

/// Section 3.1.3.8: the access token is the one that the id token was issued with.
fn access_token(
    token: &CoreIdToken,
    access: &AccessToken,
    verifier: &CoreIdTokenVerifier<'_>,
    claims: &CoreIdTokenClaims,
) -> Result<(), String> {
    let Some(told) = claims.access_token_hash() else { return Ok(()) };
    let algorithm = token.signing_alg().map_err(|error| error.to_string())?;
    let key = token.signing_key(verifier).map_err(|error| error.to_string())?;
    let hash = AccessTokenHash::from_token(access, algorithm, key);
    let hash = hash.map_err(|error| error.to_string())?;
    if hash != *told {
        return Err("the access token is another one (at_hash)".to_owned());
    }
    Ok(())
}

/// Everything that a token says. It must have been verified.
fn payload(token: &str) -> Result<Claims, String> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let json = BASE64.decode(payload).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(quoted)
}

fn doubt(error: ClaimsVerificationError) -> Doubt {
    match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => Doubt::UnknownKey,
        ClaimsVerificationError::SignatureVerification(why) => {
            Doubt::Refused(Failure::IdToken(quoted(why)))
        }
        ClaimsVerificationError::InvalidNonce(why) => Doubt::Refused(Failure::Nonce(quoted(why))),
        other => Doubt::Refused(Failure::IdToken(quoted(other))),
    }
}

#[cfg(test)]
mod tests;
