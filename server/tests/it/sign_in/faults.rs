//! What a provider can do wrong. Each is switched on alone, and seen through for its own reason; the
//! same browser signs in as soon as the provider is well again.

use std::time::Duration;

use sandbox::openid::{Fault, GroupsIn};

use super::{reason, refused};
use crate::support::{Log, SECRET, SIGN_IN, Setup, Site, location};

/// A provider with this fault lets nobody in. The reason has these words in it.
async fn fails(fault: Fault, code: &str, words: &str) {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    fails_at(&site, &log, fault, code, words).await;
    assert_eq!(site.actions().await, ["sign-in.failed", "sign-in"]);
}

/// The same with a provider of which everything is known already.
async fn fails_later(fault: Fault, code: &str, words: &str) {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("viewer").await;
    fails_at(&site, &log, fault, code, words).await;
    assert_eq!(site.actions().await, ["sign-in", "sign-in.failed", "sign-in"]);
}

/// The same with a provider that tells the groups at its userinfo endpoint.
async fn fails_at_userinfo(fault: Fault, words: &str) {
    let log = Log::listen();
    let setup = Setup { groups_in: GroupsIn::Userinfo, ..Setup::default() };
    let site = Site::with_sign_in(setup).await;
    fails_at(&site, &log, fault, "userinfo", words).await;
}

async fn fails_at(site: &Site, log: &Log, fault: Fault, code: &str, words: &str) {
    let (browser, provider) = (site.browser(), site.provider());
    provider.fault(fault);
    let answer = browser.try_sign_in(provider, SIGN_IN, "admin").await;
    refused(site, log, &browser, &answer, code).await;
    let reason = reason(site, code).await;
    assert!(reason.to_lowercase().contains(words), "{words:?} is not in {reason:?}");
    assert!(!log.text().contains(SECRET), "{}", log.text());
    provider.well();
    let answer = browser.try_sign_in(provider, SIGN_IN, "admin").await;
    assert_eq!(location(&answer), "/");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn an_id_token_of_another_issuer_is_refused() {
    fails(Fault::WrongIssuer, "id-token", "issuer").await;
}

#[tokio::test]
async fn an_id_token_for_another_client_is_refused() {
    fails(Fault::WrongAudience, "id-token", "audience").await;
}

#[tokio::test]
async fn an_id_token_for_others_too_must_say_who_has_asked_for_it() {
    fails(Fault::SecondAudienceWithoutAzp, "id-token", "azp").await;
}

#[tokio::test]
async fn an_id_token_that_somebody_else_has_asked_for_is_refused() {
    fails(Fault::WrongAzp, "id-token", "azp").await;
}

#[tokio::test]
async fn an_id_token_with_a_wrong_signature_is_refused() {
    fails(Fault::BadSignature, "id-token", "signature").await;
}

#[tokio::test]
async fn an_id_token_without_signature_is_refused() {
    fails(Fault::AlgNone, "id-token", "signature").await;
}

#[tokio::test]
async fn an_id_token_signed_with_the_clients_secret_is_refused() {
    fails(Fault::Hs256WithSecret, "id-token", "algorithm").await;
}

#[tokio::test]
async fn an_id_token_signed_with_the_public_key_as_a_secret_is_refused() {
    fails(Fault::Hs256WithPublicKey, "id-token", "algorithm").await;
}

#[tokio::test]
async fn an_id_token_by_an_unknown_key_is_refused() {
    fails(Fault::UnknownKid, "id-token", "key").await;
}

#[tokio::test]
async fn an_id_token_out_of_date_is_refused() {
    fails(Fault::Expired, "id-token", "expired").await;
}

#[tokio::test]
async fn an_id_token_issued_in_the_future_is_refused() {
    fails(Fault::IssuedInFuture, "id-token", "future").await;
}

#[tokio::test]
async fn an_id_token_without_subject_is_refused() {
    fails(Fault::NoSubject, "id-token", "sub").await;
}

#[tokio::test]
async fn an_id_token_with_an_empty_subject_is_refused() {
    fails(Fault::EmptySubject, "id-token", "subject").await;
}

#[tokio::test]
async fn an_id_token_with_another_nonce_is_refused() {
    fails(Fault::WrongNonce, "nonce", "nonce").await;
}

#[tokio::test]
async fn an_id_token_without_nonce_is_refused() {
    fails(Fault::NoNonce, "nonce", "nonce").await;
}

#[tokio::test]
async fn an_id_token_with_two_nonces_is_refused() {
    fails(Fault::TwoNonces, "id-token", "duplicate field `nonce`").await;
}

#[tokio::test]
async fn an_id_token_of_an_earlier_sign_in_is_refused() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    site.sign_in("admin").await;
    fails_at(&site, &log, Fault::EarlierIdToken, "nonce", "mismatch").await;
    assert_eq!(site.actions().await, ["sign-in", "sign-in.failed", "sign-in"]);
}

#[tokio::test]
async fn an_id_token_of_another_access_token_is_refused() {
    fails(Fault::WrongAtHash, "id-token", "at_hash").await;
}

#[tokio::test]
async fn tokens_without_an_id_token_are_refused() {
    fails(Fault::NoIdToken, "id-token", "none").await;
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_is_not_followed() {
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let place = format!("http://{}/token", elsewhere.local_addr().unwrap());
    fails(Fault::TokenRedirect(place), "token-refused", "redirect").await;
    let nobody = elsewhere.accept().expect_err("the code was sent elsewhere");
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_lets_nobody_in() {
    fails(Fault::TokenError("invalid_grant".to_owned()), "token-refused", "invalid_grant").await;
}

#[tokio::test]
async fn a_token_endpoint_that_answers_a_page_lets_nobody_in() {
    fails(Fault::TokenHtml, "token-refused", "").await;
}

#[tokio::test]
async fn a_provider_that_is_down_lets_nobody_in() {
    fails(Fault::Down, "provider-unreachable", "503").await;
}

#[tokio::test]
async fn a_provider_that_goes_down_during_a_sign_in_lets_nobody_in() {
    fails_later(Fault::Down, "provider-unreachable", "503").await;
}

#[tokio::test]
async fn a_slow_provider_is_given_up() {
    fails(Fault::Slow(Duration::from_secs(12)), "provider-unreachable", "10 s").await;
}

#[tokio::test]
async fn a_provider_that_describes_itself_with_a_page_lets_nobody_in() {
    fails(Fault::Html, "provider-answer", "description").await;
}

#[tokio::test]
async fn a_key_set_of_10_mb_is_not_read() {
    fails(Fault::HugeKeySet, "provider-answer", "1 mib").await;
}

#[tokio::test]
async fn a_key_set_of_10_000_keys_is_not_read() {
    fails(Fault::ManyKeys, "provider-answer", "it has 10001 keys, and 100 are read").await;
}

#[tokio::test]
async fn a_provider_that_names_another_issuer_lets_nobody_in() {
    let other = "https://id.evil.example".to_owned();
    fails(Fault::DiscoveryIssuer(other), "provider-answer", "calls itself").await;
}

#[tokio::test]
async fn endpoints_in_clear_on_another_machine_are_not_asked() {
    fails(Fault::HttpEndpoints, "provider-answer", "endpoint").await;
}

#[tokio::test]
async fn userinfo_of_another_subject_is_refused() {
    fails_at_userinfo(Fault::UserinfoSubject("subject-of-viewer".to_owned()), "subject").await;
}

#[tokio::test]
async fn userinfo_that_is_a_page_is_refused() {
    fails_at_userinfo(Fault::UserinfoHtml, "no json").await;
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused() {
    let other = "https://id.evil.example".to_owned();
    fails(Fault::CallbackIssuer(other), "issuer", "is another one").await;
}

#[tokio::test]
async fn an_answer_without_the_promised_issuer_is_refused() {
    fails(Fault::NoCallbackIssuer, "issuer", "is missing, though the provider").await;
}

#[tokio::test]
async fn an_error_of_the_provider_is_told() {
    fails(Fault::ErrorAnswer("access_denied".to_owned()), "provider-error", "access_denied").await;
}

#[tokio::test]
async fn an_error_of_the_provider_cannot_write_into_log_and_page() {
    let word = "<script>alert(1)</script>\r\nWARN forged line".to_owned();
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    fails_at(&site, &log, Fault::ErrorAnswer(word), "provider-error", "").await;
    assert!(!log.text().lines().any(|line| line.starts_with("WARN forged")), "{}", log.text());
}
