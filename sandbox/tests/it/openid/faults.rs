//! What goes wrong on demand.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use sandbox::openid::{Counters, Fault};
use serde_json::{Value, json};

use super::{
    answered, code, exchange, get, id_token, json as asked, now, options, read, request, start,
    tokens, userinfo,
};
use crate::support::within;

/// A claim of the ID token under a fault.
async fn claim(fault: Fault, name: &str) -> Value {
    let provider = start(options()).await;
    provider.fault(fault);
    let (_, claims) = read(id_token(&tokens(&provider, "viewer").await));
    claims.get(name).cloned().unwrap_or(Value::Null)
}

#[tokio::test]
async fn claims_are_wrong_as_wanted() {
    let hour = 3600;
    let cases = [
        (Fault::WrongIssuer, "iss", json!("http://192.0.2.1")),
        (Fault::WrongAudience, "aud", json!("another-client")),
        (Fault::SecondAudienceWithoutAzp, "aud", json!(["routebook", "another-client"])),
        (Fault::SecondAudienceWithoutAzp, "azp", Value::Null),
        (Fault::WrongAzp, "azp", json!("another-client")),
        (Fault::Expired, "exp", json!(now().as_second() - hour)),
        (Fault::IssuedInFuture, "iat", json!(now().as_second() + hour)),
        (Fault::NoSubject, "sub", Value::Null),
        (Fault::EmptySubject, "sub", json!("")),
        (Fault::WrongNonce, "nonce", json!("another-nonce")),
        (Fault::NoNonce, "nonce", Value::Null),
    ];
    for (fault, name, expected) in cases {
        assert_eq!(claim(fault.clone(), name).await, expected, "{fault:?}");
    }
}

/// The ID token of somebody who signs in under a fault.
async fn token(fault: Fault) -> String {
    let provider = start(options()).await;
    provider.fault(fault);
    id_token(&tokens(&provider, "viewer").await).to_owned()
}

#[tokio::test]
async fn signatures_are_wrong_as_wanted() {
    let unsigned = token(Fault::AlgNone).await;
    assert_eq!(read(&unsigned).0["alg"], "none");
    assert!(unsigned.ends_with('.'), "{unsigned}");
    let by_secret = token(Fault::Hs256WithSecret).await;
    let (input, signature) = by_secret.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"demo-secret");
    assert!(hmac::verify(&key, input.as_bytes(), &signature).is_ok());
    let by_public_key = token(Fault::Hs256WithPublicKey).await;
    assert_eq!(read(&by_public_key).0["alg"], "HS256");
    let unknown = token(Fault::UnknownKid).await;
    assert_eq!(read(&unknown).0["kid"], "nobody-knows-it");
    let bad = token(Fault::BadSignature).await;
    assert_eq!(bad.rsplit_once('.').unwrap().1.len(), 86);
}

#[tokio::test]
async fn nonces_are_there_twice_as_wanted() {
    let token = token(Fault::TwoNonces).await;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims = String::from_utf8(claims).unwrap();
    assert!(claims.starts_with(r#"{"nonce":"another-nonce","#), "{claims}");
    assert_eq!(claims.matches(r#""nonce":"#).count(), 2, "{claims}");
    assert_eq!(read(&token).1["nonce"], "the-nonce", "the last one is the true one");
}

#[tokio::test]
async fn id_tokens_are_those_of_earlier_sign_ins_as_wanted() {
    let provider = start(options()).await;
    let first = tokens(&provider, "viewer").await;
    provider.fault(Fault::EarlierIdToken);
    assert_eq!(tokens(&provider, "viewer").await["id_token"], first["id_token"]);
    assert_eq!(read(id_token(&tokens(&provider, "admin").await)).1["sub"], "marrowby-admin");
}

#[tokio::test]
async fn the_token_endpoint_fails_as_wanted() {
    let provider = start(options()).await;
    provider.fault(Fault::NoIdToken);
    assert_eq!(tokens(&provider, "viewer").await.get("id_token"), None);
    provider.well();
    provider.fault(Fault::TokenRedirect("http://192.0.2.1/token".to_owned()));
    let answer = exchange(&provider, "a").await;
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "http://192.0.2.1/token");
    provider.well();
    provider.fault(Fault::TokenError("invalid_client".to_owned()));
    let answer = exchange(&provider, "a").await;
    assert_eq!(answer.status(), 400);
    let answer: Value = within(answer.json()).await.unwrap();
    assert_eq!(answer["error"], "invalid_client");
    provider.well();
    provider.fault(Fault::TokenHtml);
    let answer = exchange(&provider, "a").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    provider.well();
    let code = code(&provider, "viewer").await;
    assert_eq!(exchange(&provider, &code).await.status(), 200);
}

#[tokio::test]
async fn everything_is_down_slow_or_something_else() {
    let provider = start(options()).await;
    let discovery = "/.well-known/openid-configuration";
    provider.fault(Fault::Down);
    for path in [discovery, "/keys", "/userinfo", "/authorize"] {
        assert_eq!(get(&provider, path).await.status(), 503, "{path}");
    }
    // A browser that is there already can still pick an account.
    assert!(provider.choose(&request(&provider, &[]), "viewer").await.is_ok());
    provider.well();
    provider.fault(Fault::Slow(Duration::from_millis(200)));
    let begun = Instant::now();
    assert_eq!(get(&provider, discovery).await.status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(200));
    provider.well();
    provider.fault(Fault::Html);
    let page = within(get(&provider, discovery).await.text()).await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    assert_eq!(get(&provider, "/keys").await.status(), 200);
}

#[tokio::test]
async fn discovery_lies_as_wanted() {
    let provider = start(options()).await;
    let discovery = "/.well-known/openid-configuration";
    provider.fault(Fault::DiscoveryIssuer("https://evil.example".to_owned()));
    assert_eq!(asked(&provider, discovery).await["issuer"], "https://evil.example");
    provider.well();
    provider.fault(Fault::HttpEndpoints);
    let metadata = asked(&provider, discovery).await;
    assert_eq!(metadata["issuer"], provider.issuer());
    assert_eq!(metadata["jwks_uri"], "http://192.0.2.1/keys");
}

#[tokio::test]
async fn key_sets_are_as_big_as_wanted() {
    let provider = start(options()).await;
    provider.fault(Fault::ManyKeys);
    let set = asked(&provider, "/keys").await;
    assert_eq!(set["keys"].as_array().unwrap().len(), 10_001);
    assert!(set.to_string().len() < 1 << 20, "only their number is too much");
    provider.well();
    provider.fault(Fault::HugeKeySet);
    let length = within(get(&provider, "/keys").await.bytes()).await.unwrap().len();
    assert!(length > 10_000_000, "{length}");
}

#[tokio::test]
async fn userinfo_and_the_way_back_are_wrong_as_wanted() {
    let provider = start(options()).await;
    let tokens = tokens(&provider, "viewer").await;
    provider.fault(Fault::UserinfoSubject("another".to_owned()));
    let told: Value = within(userinfo(&provider, &tokens).await.json()).await.unwrap();
    assert_eq!(told["sub"], "another");
    provider.well();
    provider.fault(Fault::UserinfoHtml);
    let told = within(userinfo(&provider, &tokens).await.text()).await.unwrap();
    assert!(told.starts_with("<!DOCTYPE html>"), "{told}");
    provider.well();
    provider.fault(Fault::CallbackIssuer("https://evil.example".to_owned()));
    assert_eq!(answered(&provider, &[]).await["iss"], "https://evil.example");
    provider.well();
    provider.fault(Fault::NoCallbackIssuer);
    assert_eq!(answered(&provider, &[]).await.get("iss"), None);
    provider.well();
    provider.fault(Fault::ErrorAnswer("access_denied".to_owned()));
    let back = answered(&provider, &[]).await;
    assert_eq!((back["error"].as_str(), back.get("code")), ("access_denied", None));
}

#[tokio::test]
async fn requests_are_counted_whatever_the_answer() {
    let provider = start(options()).await;
    let tokens = tokens(&provider, "viewer").await;
    userinfo(&provider, &tokens).await;
    provider.fault(Fault::Down);
    get(&provider, "/keys").await;
    get(&provider, "/keys").await;
    get(&provider, "/.well-known/openid-configuration").await;
    let expected = Counters { discovery: 1, keys: 2, token: 1, userinfo: 1 };
    assert_eq!(provider.counters(), expected);
}
