//! Signing out at the provider, and the notices of it.

use sandbox::openid::{Options, Provider};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::{id_token, options, post, read, request, start, tokens};
use crate::support::{http_client, within};

const BACK: &str = "http://localhost:8080/auth/signed-out";

/// Where a client takes one notice, and the notice.
async fn listen() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/back-channel", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        // A token ends the request, and has two dots.
        while request.split_once("logout_token=").is_none_or(|(_, token)| !token.contains('.')) {
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).await.unwrap();
            request.push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        request
    });
    (address, heard)
}

/// The cookie of somebody who picked an account on the page.
async fn picked(provider: &Provider, account: &str) -> String {
    let request = Url::parse(&request(provider, &[])).unwrap();
    let mut pairs: Vec<(String, String)> = request.query_pairs().into_owned().collect();
    pairs.push(("account".to_owned(), account.to_owned()));
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = within(post(provider, "/choose", &pairs).send()).await.unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn sign_out(
    provider: &Provider,
    cookie: &str,
    parameters: &[(&str, &str)],
) -> reqwest::Response {
    let place = format!("{}/end-session", provider.issuer());
    let place = Url::parse_with_params(&place, parameters).unwrap();
    within(http_client().get(place).header("cookie", cookie).send()).await.unwrap()
}

#[tokio::test]
async fn whoever_signs_out_goes_back_and_the_client_is_told() {
    let (address, heard) = listen().await;
    let provider = start(Options { back_channel: Some(address), ..options() }).await;
    let cookie = picked(&provider, "viewer").await;
    let given =
        [("client_id", "routebook"), ("post_logout_redirect_uri", BACK), ("state", "the-state")];
    let answer = sign_out(&provider, &cookie, &given).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], format!("{BACK}?state=the-state"));
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let heard = within(heard).await.unwrap();
    assert!(heard.starts_with("POST /back-channel HTTP/1.1\r\nHost: 127.0.0.1:"), "{heard}");
    let (header, claims) = read(heard.split_once("logout_token=").unwrap().1);
    assert_eq!(header["typ"], "logout+jwt");
    assert_eq!(claims["sub"], "marrowby-viewer");
    assert_eq!(claims["sid"], cookie.split_once('=').unwrap().1);
    assert!(claims["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    assert_eq!(claims.get("nonce"), None);
}

#[tokio::test]
async fn nobody_is_sent_where_the_client_is_not() {
    let provider = start(options()).await;
    let refused: [&[(&str, &str)]; 3] = [
        &[("client_id", "routebook"), ("post_logout_redirect_uri", "https://evil.example/")],
        &[("client_id", "another"), ("post_logout_redirect_uri", BACK)],
        &[("post_logout_redirect_uri", BACK)],
    ];
    for given in refused {
        assert_eq!(sign_out(&provider, "", given).await.status(), 400, "{given:?}");
    }
    assert_eq!(sign_out(&provider, "", &[]).await.status(), 200);
}

#[tokio::test]
async fn a_client_that_does_not_listen_keeps_nobody_signed_in() {
    let back_channel = Some("http://127.0.0.1:1/nobody".to_owned());
    let provider = start(Options { back_channel, ..options() }).await;
    let cookie = picked(&provider, "viewer").await;
    assert_eq!(sign_out(&provider, &cookie, &[]).await.status(), 200);
}

#[tokio::test]
async fn a_notice_is_of_the_latest_sign_in_and_can_be_spoilt() {
    let provider = start(options()).await;
    let claims = |token: &str| read(token).1;
    let before = claims(&provider.logout_token("viewer", |_| {}));
    assert_eq!((before.get("sid"), &before["sub"]), (None, &json!("marrowby-viewer")));
    tokens(&provider, "viewer").await;
    let latest = tokens(&provider, "viewer").await;
    let notice = claims(&provider.logout_token("viewer", |_| {}));
    assert_eq!(notice["sid"], claims(id_token(&latest))["sid"]);
    assert_ne!(notice["jti"], before["jti"]);
    let spoilt = provider.logout_token("viewer", |claims| {
        claims.remove("events");
        claims.insert("nonce".to_owned(), json!("n"));
    });
    assert_eq!((claims(&spoilt).get("events"), &claims(&spoilt)["nonce"]), (None, &json!("n")));
}
