//! The router as a whole: what it refuses before anything is answered.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::Clock;
use jiff::Timestamp;
use store::Store;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use crate::config::{Config, Environment};
use crate::state::State;

const SIGN_IN: &str = "{oidc: {name: corp, issuerUrl: 'https://id.example.com', clientId: a}}";

async fn router(folder: &TempDir, more: &[(&str, &str)]) -> Router {
    crate::install_tls_provider();
    let database = folder.path().join("routebook.db").display().to_string();
    let own = [("ROUTEBOOK_DATABASE", database.as_str())];
    let pairs = own.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into()));
    let config = Config::load(None, &pairs.collect::<Environment>()).unwrap();
    let store = Store::open(&config.database).await.unwrap();
    let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
    super::router(State::new(&config, store, clock, CancellationToken::new()).unwrap())
}

async fn status(router: &Router, path: &str) -> StatusCode {
    let request = Request::builder().uri(path).header("host", "localhost");
    let request = request.body(Body::empty()).unwrap();
    router.clone().call(request).await.unwrap().status()
}

#[tokio::test]
async fn what_forms_are_sent_to_is_no_page() {
    let folder = TempDir::new().unwrap();
    // That the router has exactly the addresses of the table is looked at when it is made.
    let router = router(&folder, &[]).await;
    let is_page =
        |path: &str| super::RIGHTS.iter().any(|row| row.method == "GET" && row.path == path);
    let forms = super::RIGHTS.iter().filter(|row| row.method == "POST" && !is_page(row.path));
    for row in forms {
        let got = status(&router, &row.path.replace(['{', '}'], "")).await;
        assert_eq!(got, StatusCode::METHOD_NOT_ALLOWED, "{}", row.path);
    }
}

#[tokio::test]
async fn the_pages_router_is_not_asked_for_what_the_table_has_not() {
    let folder = TempDir::new().unwrap();
    let router = router(&folder, &[("ROUTEBOOK_AUTH", SIGN_IN)]).await;
    for path in ["/audit", "/audit/", "/sessions", "/ingresses/7", "/nothing"] {
        assert_eq!(status(&router, path).await, StatusCode::SEE_OTHER, "{path}");
    }
    for path in ["/ingresses/..%5Caudit", "/auth/sign-in/..\\audit", "/auth/sign-in/%2e%2e/audit"] {
        let got = status(&router, path).await;
        assert!(got.is_client_error() || got.is_redirection(), "{path} {got}");
    }
    assert_eq!(status(&router, "/auth/sign-in/..\\audit").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&router, "/auth/sign-in").await, StatusCode::OK);
}

#[tokio::test]
async fn a_slash_at_the_end_leads_to_the_page() {
    let folder = TempDir::new().unwrap();
    let router = router(&folder, &[]).await;
    assert_eq!(status(&router, "/status/").await, StatusCode::SEE_OTHER);
    assert_eq!(status(&router, "/status").await, StatusCode::OK);
    assert_eq!(status(&router, "/statu%73").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&router, "/audit").await, StatusCode::FORBIDDEN);
    assert_eq!(status(&router, "/me").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn below_a_base_path_and_without_it_the_same_is_answered() {
    let folder = TempDir::new().unwrap();
    let external = ("ROUTEBOOK_EXTERNAL_URL", "http://localhost:8080/routebook");
    let router = router(&folder, &[external]).await;
    for path in ["/status", "/routebook/status", "/routebook", "/healthz", "/routebook/healthz"] {
        assert_eq!(status(&router, path).await, StatusCode::OK, "{path}");
    }
    assert_eq!(status(&router, "/routebooks/status").await, StatusCode::NOT_FOUND);
}
