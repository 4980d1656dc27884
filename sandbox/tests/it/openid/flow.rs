//! The code flow, from discovery to userinfo.

use sandbox::openid::{Account, GroupsIn, Options, Provider};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    VERIFIER, answered, code, encoded, exchange, get, grant, id_token, json as asked, now, options,
    post, read, request, start, tokens, userinfo,
};
use crate::support::within;

async fn body(answer: reqwest::Response) -> Value {
    within(answer.json()).await.unwrap()
}

#[tokio::test]
async fn discovery_names_what_is_there() {
    let provider = start(options()).await;
    let issuer = provider.issuer();
    let metadata = asked(&provider, "/.well-known/openid-configuration").await;
    assert_eq!(metadata["issuer"], issuer);
    for name in ["authorization", "token", "userinfo", "end_session"] {
        let endpoint = metadata[format!("{name}_endpoint")].as_str().unwrap();
        assert!(endpoint.starts_with(&issuer), "{endpoint}");
    }
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["ES256"]));
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn the_page_has_a_button_for_each_account_and_says_what_it_is() {
    let provider = start(options()).await;
    let address = request(&provider, &[("state", "\"><script>")]);
    let path = address.strip_prefix(&provider.issuer()).unwrap();
    let page = within(get(&provider, path).await.text()).await.unwrap();
    assert!(page.contains("test double"), "{page}");
    assert_eq!(page.matches("<button name=\"account\" value=").count(), 6, "{page}");
    assert!(page.contains("value=\"nobody\"><strong>Filip Nowak</strong>"), "{page}");
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{page}");
}

#[tokio::test]
async fn a_browser_comes_back_with_what_the_client_gave_it() {
    let provider = start(options()).await;
    let back = answered(&provider, &[]).await;
    assert_eq!(back["state"], "the-state");
    assert_eq!(back["iss"], provider.issuer());
    assert!(back["code"].len() >= 43 && !back.contains_key("error"), "{back:?}");
}

#[tokio::test]
async fn a_request_that_is_not_the_clients_goes_nowhere() {
    let provider = start(options()).await;
    let refused = [
        ("client_id", "another"),
        ("redirect_uri", "https://evil.example/callback"),
        ("redirect_uri", "http://localhost.evil.example/callback"),
        ("redirect_uri", "http://localhost:8080/elsewhere"),
    ];
    for change in refused {
        let outcome = provider.choose(&request(&provider, &[change]), "viewer").await;
        assert!(outcome.is_err(), "{change:?} leads to {outcome:?}");
    }
    let twice = format!("{}&state=another", request(&provider, &[]));
    assert!(provider.choose(&twice, "viewer").await.is_err());
    assert!(provider.choose("http://127.0.0.1:1/authorize?a=b", "viewer").await.is_err());
    assert!(provider.choose(&request(&provider, &[]), "stranger").await.is_err());
}

#[tokio::test]
async fn a_request_that_cannot_be_met_comes_back_with_its_error() {
    let provider = start(options()).await;
    let refused = [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "profile", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none", "login_required"),
    ];
    for (name, value, error) in refused {
        let back = answered(&provider, &[(name, value)]).await;
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "the-state"));
        assert!(!back.contains_key("code"), "{back:?}");
    }
}

#[tokio::test]
async fn tokens_say_who_signed_in() {
    let provider = start(options()).await;
    let tokens = tokens(&provider, "owner").await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
    let (header, claims) = read(id_token(&tokens));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("JWT")));
    let expected = [
        ("iss", json!(provider.issuer())),
        ("sub", json!("marrowby-owner")),
        ("aud", json!("routebook")),
        ("nonce", json!("the-nonce")),
        ("iat", json!(now().as_second())),
        ("exp", json!(now().as_second() + 300)),
        ("name", json!("Aino Lindqvist")),
        ("email", json!("aino.lindqvist@marrowby.example")),
        ("groups", json!(["logistics"])),
    ];
    for (name, value) in expected {
        assert_eq!(claims[name], value, "{name}");
    }
    let hash = Sha256::digest(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["at_hash"], encoded(&hash[..16]));
    let told = body(userinfo(&provider, &tokens).await).await;
    assert_eq!((&told["sub"], &told["groups"]), (&claims["sub"], &claims["groups"]));
}

#[tokio::test]
async fn a_code_is_good_once() {
    let provider = start(options()).await;
    let code = code(&provider, "viewer").await;
    assert_eq!(exchange(&provider, &code).await.status(), 200);
    let again = exchange(&provider, &code).await;
    assert_eq!(again.status(), 400);
    assert_eq!(body(again).await["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_is_good_only_for_whoever_asked_for_it() {
    let provider = start(options()).await;
    for wrong in [("code_verifier", "another"), ("redirect_uri", "http://localhost/callback")] {
        let code = code(&provider, "viewer").await;
        let pairs = grant(&code).map(|pair| if pair.0 == wrong.0 { wrong } else { pair });
        let request =
            post(&provider, "/token", &pairs).basic_auth("routebook", Some("demo-secret"));
        let answer = within(request.send()).await.unwrap();
        assert_eq!(answer.status(), 400, "{wrong:?}");
        assert_eq!(body(answer).await["error"], "invalid_grant", "{wrong:?}");
    }
}

#[tokio::test]
async fn a_client_proves_itself_by_header_or_by_form() {
    let provider = start(options()).await;
    let status = async |header: Option<&str>, secret: Option<&str>| {
        let code = code(&provider, "viewer").await;
        let mut pairs = grant(&code).to_vec();
        if let Some(secret) = secret {
            pairs.extend([("client_id", "routebook"), ("client_secret", secret)]);
        }
        let mut request = post(&provider, "/token", &pairs);
        if let Some(secret) = header {
            request = request.basic_auth("routebook", Some(secret));
        }
        within(request.send()).await.unwrap().status().as_u16()
    };
    assert_eq!(status(Some("demo-secret"), None).await, 200);
    // Form-encoded, as it has to be.
    assert_eq!(status(Some("demo%2Dsecret"), None).await, 200);
    assert_eq!(status(None, Some("demo-secret")).await, 200);
    assert_eq!(status(None, Some("another")).await, 401);
    assert_eq!(status(Some("another"), None).await, 401);
    assert_eq!(status(Some("demo-secret"), Some("demo-secret")).await, 401);
    assert_eq!(status(None, None).await, 401);
}

#[tokio::test]
async fn a_client_without_a_secret_has_pkce_only() {
    let provider = start(Options { client_secret: String::new(), ..options() }).await;
    let code = code(&provider, "viewer").await;
    let mut pairs = grant(&code).to_vec();
    pairs.push(("client_id", "routebook"));
    let answer = within(post(&provider, "/token", &pairs).send()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let metadata = asked(&provider, "/.well-known/openid-configuration").await;
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["none"]));
    assert!(!body(answer).await.to_string().contains(VERIFIER));
}

/// Whether groups are in the ID token, and in userinfo.
async fn told(provider: &Provider) -> (bool, bool) {
    let tokens = tokens(provider, "owner").await;
    let (_, claims) = read(id_token(&tokens));
    let userinfo = body(userinfo(provider, &tokens).await).await;
    assert_eq!(claims["email"], userinfo["email"]);
    (claims.get("groups").is_some(), userinfo.get("groups").is_some())
}

#[tokio::test]
async fn groups_are_where_the_options_want_them() {
    let cases = [
        (GroupsIn::Both, (true, true)),
        (GroupsIn::IdToken, (true, false)),
        (GroupsIn::Userinfo, (false, true)),
    ];
    for (groups_in, expected) in cases {
        let provider = start(Options { groups_in, ..options() }).await;
        assert_eq!(told(&provider).await, expected, "{groups_in:?}");
    }
}

#[tokio::test]
async fn an_account_that_changes_is_told_as_it_is_now() {
    let provider = start(options()).await;
    let before = tokens(&provider, "viewer").await;
    let claims = json!({ "groups": "one-text", "name": 7, "realm_access": { "roles": ["a"] } });
    provider.set_account(Account {
        key: "viewer".to_owned(),
        subject: "another".to_owned(),
        name: "Somebody".to_owned(),
        explanation: String::new(),
        claims: claims.as_object().unwrap().clone(),
    });
    let told = body(userinfo(&provider, &before).await).await;
    assert_eq!((&told["sub"], &told["groups"]), (&json!("another"), &json!("one-text")));
    let (_, claims) = read(id_token(&tokens(&provider, "viewer").await));
    assert_eq!((&claims["name"], &claims["realm_access"]["roles"][0]), (&json!(7), &json!("a")));
}

#[tokio::test]
async fn userinfo_is_for_those_with_a_token() {
    let provider = start(options()).await;
    assert_eq!(get(&provider, "/userinfo").await.status(), 401);
    let made_up = json!({ "access_token": "made-up" });
    assert_eq!(userinfo(&provider, &made_up).await.status(), 401);
}
