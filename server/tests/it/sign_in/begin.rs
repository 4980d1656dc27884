//! The way to the provider: only one that is configured, and only when a person goes there.

use super::refused;
use crate::support::{Log, PRE_LOGIN, SIGN_IN, Setup, Site};

#[tokio::test]
async fn a_provider_that_is_not_configured_is_none() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup::default()).await;
    for path in ["/auth/sign-in/nobody", "/auth/sign-in/CORP", "/auth/sign-in/callback"] {
        let browser = site.browser();
        let answer = browser.open(path).await;
        refused(&site, &log, &browser, &answer, "provider-unknown").await;
    }
}

#[tokio::test]
async fn a_sign_in_is_not_begun_by_a_prefetch_or_an_image() {
    let site = Site::with_sign_in(Setup::default()).await;
    let check = async |header: (&'static str, &'static str), status: u16| {
        let browser = site.browser();
        let answer = browser.send(browser.get(SIGN_IN).header(header.0, header.1)).await;
        assert_eq!(answer.status(), status, "{header:?}");
        assert_eq!(browser.cookie(PRE_LOGIN).is_some(), status == 303, "{header:?}");
    };
    check(("sec-fetch-dest", "document"), 303).await;
    check(("sec-fetch-dest", "image"), 400).await;
    check(("sec-fetch-dest", "iframe"), 400).await;
    check(("sec-fetch-dest", "empty"), 400).await;
    check(("sec-purpose", "prefetch"), 400).await;
    check(("sec-purpose", "prefetch;prerender"), 400).await;
}
