//! What the provider is told, and what is made of its refusals.

use std::collections::HashMap;

use domain::Clock;

use super::super::testing::{ISSUER, known, now};
use super::*;
use crate::config;

fn provider(external: &str) -> Provider {
    crate::install_tls_provider();
    let config = config::Provider {
        name: "corp".into(),
        label: "Corp".into(),
        issuer: ISSUER.parse().unwrap(),
        issuer_text: ISSUER.into(),
        client_id: "route book".into(),
        client_secret_file: None,
        scopes: vec!["openid".into(), "profile".into(), "groups".into()],
        groups_claim: "groups".into(),
        groups_from: GroupsFrom::Both,
        algorithms: vec!["EdDSA".into()],
        ca_file: None,
    };
    Provider::new(&config, &external.parse().unwrap(), &Clock::fixed(now())).unwrap()
}

#[test]
fn the_browser_carries_hashes_of_its_secret_and_nothing_else_of_it() {
    let (provider, secret) = (provider("https://routes.example.com/routebook"), Secret::random());
    let url = provider.authorization(&known(), &secret);
    assert!(url.as_str().starts_with(&format!("{ISSUER}/authorize?")), "{url}");
    let pairs: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let check = |name: &str, expected: &str| assert_eq!(pairs[name], expected, "{url}");
    check("response_type", "code");
    check("client_id", "route book");
    check("redirect_uri", "https://routes.example.com/routebook/auth/callback");
    check("scope", "openid profile groups");
    check("state", secret.state().secret());
    check("nonce", secret.nonce().secret());
    check("code_challenge_method", "S256");
    assert_ne!(pairs["code_challenge"], *secret.verifier().secret());
    assert_eq!(pairs.len(), 8, "{url}");
    for private in [secret.text(), secret.verifier().secret(), &secret.row()] {
        assert!(!url.as_str().contains(private), "{url}");
    }
}

#[test]
fn the_way_back_is_below_the_external_address() {
    let check = |external: &str, expected: &str| {
        assert_eq!(provider(external).redirect.as_str(), expected);
    };
    check("https://a.example", "https://a.example/auth/callback");
    check("https://a.example/", "https://a.example/auth/callback");
    check("http://localhost:8080", "http://localhost:8080/auth/callback");
}

#[tokio::test]
async fn a_secret_is_read_each_time_and_without_the_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let mut provider = provider("https://a.example");
    assert!(provider.secret().await.unwrap().is_none(), "a public client");
    provider.config.client_secret_file = Some(file.clone());
    assert_eq!(provider.secret().await.unwrap_err().code(), "internal");
    for (text, expected) in [("one\n", "one"), (" two \r\n", "two")] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(provider.secret().await.unwrap().unwrap().secret(), expected);
    }
    std::fs::write(&file, "\n").unwrap();
    let failure = provider.secret().await.unwrap_err();
    assert!(failure.to_string().contains("empty"), "{failure}");
}

#[test]
fn an_id_token_that_cannot_be_read_is_told_from_no_answer() {
    assert!(has_id_token(br#"{"access_token": "a", "id_token": "b"}"#));
    for other in [&b"{}"[..], b"[]", b"<html>", br#"{"id_token": 7}"#, br#"{"id_token": ""}"#] {
        assert!(!has_id_token(other));
    }
}

#[test]
fn a_refusal_has_its_reason() {
    let check = |error: CoreRequestTokenError<outbound::Error>, code: &str, part: &str| {
        let failure = refused(error);
        assert_eq!(failure.code(), code, "{failure}");
        assert!(failure.to_string().contains(part), "{failure}");
    };
    let unreachable = outbound::Error::Unreachable("no answer in 10 s".into());
    check(RequestTokenError::Request(unreachable), "provider-unreachable", "10 s");
    let elsewhere = outbound::Error::Answer("it redirects".into());
    check(RequestTokenError::Request(elsewhere), "token-refused", "redirects");
    check(RequestTokenError::Other("a page\r\n".into()), "token-refused", "a page");
}
