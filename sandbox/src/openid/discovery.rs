//! What the provider says of itself (OpenID Connect Discovery), and its key set.

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::faults::Fault;
use super::http::{AUTHORIZE, END_SESSION, KEYS, Shared, TOKEN, USERINFO};
use super::keys::encoded;
use super::{answer, sabotage};

/// The provider's metadata.
pub(super) fn metadata(shared: &Shared) -> Response<Body> {
    let faults = shared.faults.all();
    let place = match faults.contains(&Fault::HttpEndpoints) {
        true => sabotage::ELSEWHERE,
        false => shared.issuer.as_str(),
    };
    let issuer = faults.iter().find_map(|fault| match fault {
        Fault::DiscoveryIssuer(issuer) => Some(issuer),
        _ => None,
    });
    let endpoint = |path: &str| format!("{place}{path}");
    let methods: &[&str] = match shared.options.client_secret.as_str() {
        "" => &["none"],
        _ => &["client_secret_basic", "client_secret_post"],
    };
    let metadata = json!({
        "issuer": issuer.unwrap_or(&shared.issuer),
        "authorization_endpoint": endpoint(AUTHORIZE),
        "token_endpoint": endpoint(TOKEN),
        "userinfo_endpoint": endpoint(USERINFO),
        "jwks_uri": endpoint(KEYS),
        "end_session_endpoint": endpoint(END_SESSION),
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [shared.options.algorithm.name()],
        "token_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    });
    answer::json(StatusCode::OK, &metadata)
}

/// The key set: the one key that signs. A key that was rotated out is gone at once.
pub(super) fn keys(shared: &Shared) -> Response<Body> {
    let faults = shared.faults.all();
    let key = shared.key().public();
    let mut keys = Vec::new();
    if faults.contains(&Fault::ManyKeys) {
        keys.extend((0..10_000).map(small));
    }
    keys.push(key);
    let mut set = json!({ "keys": keys });
    if faults.contains(&Fault::HugeKeySet) {
        set["padding"] = "a".repeat(10_000_000).into();
    }
    answer::json(StatusCode::OK, &set)
}

/// A key of which 10,000 are less than 1 MiB: only their number can be too much.
fn small(number: u32) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": number.to_string(), "x": encoded(&[7; 32]) })
}
