//! The browser comes back: with what was asked for, once, in the browser that has asked.

use jiff::SignedDuration;
use reqwest::Response;
use url::Url;

use super::{reason, refused};
use crate::support::{Browser, Log, PRE_LOGIN, SIGN_IN, Setup, Site, location, parameter};

/// A site, and a browser in which an account was picked at the provider.
struct Picked {
    log: Log,
    site: Site,
    browser: Browser,
    callback: Url,
}

impl Picked {
    async fn new() -> Self {
        let log = Log::listen();
        let site = Site::with_sign_in(Setup::default()).await;
        let browser = site.browser();
        let callback = pick(&site, &browser).await;
        Self { log, site, browser, callback }
    }

    /// Comes back with another query, which must be refused with this code. What was begun is used
    /// up by that: the true answer comes too late.
    async fn refuses(&self, query: &str, code: &str) {
        let secret = self.browser.cookie(PRE_LOGIN).unwrap();
        let answer = self.browser.open(&format!("{}?{query}", self.callback.path())).await;
        refused(&self.site, &self.log, &self.browser, &answer, code).await;
        self.browser.put(PRE_LOGIN, &secret);
        self.is_too_late(&self.browser).await;
    }

    async fn is_too_late(&self, browser: &Browser) {
        let answer = browser.come_back(self.callback.as_str()).await;
        refused(&self.site, &self.log, browser, &answer, "too-late").await;
    }

    fn value(&self, name: &str) -> String {
        value(&self.callback, name)
    }

    /// The query without a parameter.
    fn without(&self, name: &str) -> String {
        let pairs = self.callback.query().unwrap().split('&');
        let others = pairs.filter(|pair| !pair.starts_with(&format!("{name}=")));
        others.collect::<Vec<_>>().join("&")
    }

    /// The query with another value of a parameter.
    fn with(&self, name: &str, value: &str) -> String {
        format!("{}&{name}={value}", self.without(name))
    }
}

/// Begins a sign-in and picks the viewer; answers where the provider sends the browser.
async fn pick(site: &Site, browser: &Browser) -> Url {
    let place = browser.begin(site.provider(), SIGN_IN).await;
    let callback = site.provider().choose(&place, "viewer").await.unwrap();
    Url::parse(&callback).unwrap()
}

fn value(address: &Url, name: &str) -> String {
    let value = address.query_pairs().find(|(key, _)| key == name);
    value.unwrap_or_else(|| panic!("no {name} in {address}")).1.into_owned()
}

async fn come_back(browser: &Browser, callback: &Url) -> Response {
    browser.come_back(callback.as_str()).await
}

#[tokio::test]
async fn the_true_answer_signs_in() {
    let picked = Picked::new().await;
    let answer = come_back(&picked.browser, &picked.callback).await;
    assert_eq!(location(&answer), "/");
    assert!(picked.browser.is_signed_in().await);
    assert_eq!(picked.browser.cookie(PRE_LOGIN), None, "its cookie is removed");
}

#[tokio::test]
async fn an_answer_without_state_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.without("state"), "state").await;
}

#[tokio::test]
async fn an_answer_with_an_empty_state_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.with("state", ""), "state").await;
}

#[tokio::test]
async fn an_answer_with_a_wrong_state_is_refused() {
    let picked = Picked::new().await;
    let mut state = picked.value("state");
    let last = if state.pop() == Some('A') { 'B' } else { 'A' };
    state.push(last);
    picked.refuses(&picked.with("state", &state), "state").await;
}

#[tokio::test]
async fn an_answer_with_two_states_is_refused() {
    let picked = Picked::new().await;
    let query = picked.callback.query().unwrap();
    let state = picked.value("state");
    picked.refuses(&format!("{query}&state={state}"), "state").await;
}

#[tokio::test]
async fn the_first_of_two_states_does_not_count_either() {
    let picked = Picked::new().await;
    let query = picked.callback.query().unwrap();
    picked.refuses(&format!("state=x&{query}"), "state").await;
}

#[tokio::test]
async fn a_replayed_answer_is_refused() {
    let picked = Picked::new().await;
    let secret = picked.browser.cookie(PRE_LOGIN).unwrap();
    come_back(&picked.browser, &picked.callback).await;
    let thief = picked.site.browser();
    thief.put(PRE_LOGIN, &secret);
    picked.is_too_late(&thief).await;
    assert!(picked.browser.is_signed_in().await, "who was first stays signed in");
}

#[tokio::test]
async fn of_many_replays_at_once_one_signs_in() {
    let picked = Picked::new().await;
    let secret = picked.browser.cookie(PRE_LOGIN).unwrap();
    let tries = (0..20).map(|_| async {
        let browser = picked.site.browser();
        browser.put(PRE_LOGIN, &secret);
        location(&come_back(&browser, &picked.callback).await)
    });
    let places = futures::future::join_all(tries).await;
    assert_eq!(places.iter().filter(|place| *place == "/").count(), 1, "{places:?}");
    assert_eq!(picked.site.person("viewer").await.1.len(), 1);
}

#[tokio::test]
async fn an_answer_in_a_browser_that_has_not_asked_is_refused() {
    let picked = Picked::new().await;
    picked.is_too_late(&picked.site.browser()).await;
    let answer = come_back(&picked.browser, &picked.callback).await;
    assert_eq!(location(&answer), "/", "the other one disturbs nobody");
}

#[tokio::test]
async fn an_answer_for_another_browser_is_refused() {
    let picked = Picked::new().await;
    let victim = picked.site.browser();
    victim.begin(picked.site.provider(), SIGN_IN).await;
    let answer = come_back(&victim, &picked.callback).await;
    refused(&picked.site, &picked.log, &victim, &answer, "state").await;
}

#[tokio::test]
async fn a_cookie_that_is_none_of_ours_is_refused() {
    let picked = Picked::new().await;
    for secret in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "../../etc/passwd"] {
        let browser = picked.site.browser();
        browser.put(PRE_LOGIN, secret);
        picked.is_too_late(&browser).await;
    }
}

#[tokio::test]
async fn the_cookie_twice_is_refused() {
    let picked = Picked::new().await;
    let secret = picked.browser.cookie(PRE_LOGIN).unwrap();
    picked.browser.put("a", &format!("b; {PRE_LOGIN}={secret}"));
    picked.is_too_late(&picked.browser).await;
}

#[tokio::test]
async fn an_answer_after_ten_minutes_is_too_late() {
    let picked = Picked::new().await;
    picked.site.hands.pass(SignedDuration::from_secs(601));
    picked.is_too_late(&picked.browser).await;
}

#[tokio::test]
async fn an_answer_without_code_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.without("code"), "code-missing").await;
}

#[tokio::test]
async fn an_answer_with_an_empty_code_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.with("code", ""), "code-missing").await;
}

#[tokio::test]
async fn an_answer_with_two_codes_is_refused() {
    let picked = Picked::new().await;
    let query = picked.callback.query().unwrap();
    let code = picked.value("code");
    picked.refuses(&format!("{query}&code={code}"), "code-missing").await;
}

#[tokio::test]
async fn a_wrong_code_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.with("code", "nobody-gave-this-one"), "token-refused").await;
}

#[tokio::test]
async fn a_code_that_was_used_is_refused() {
    let picked = Picked::new().await;
    let code = picked.value("code");
    come_back(&picked.browser, &picked.callback).await;
    let browser = picked.site.browser();
    let callback = pick(&picked.site, &browser).await;
    let again = callback.as_str().replace(&value(&callback, "code"), &code);
    let answer = browser.come_back(&again).await;
    refused(&picked.site, &picked.log, &browser, &answer, "token-refused").await;
}

#[tokio::test]
async fn the_code_of_another_browser_is_refused() {
    let picked = Picked::new().await;
    let code = picked.value("code");
    let thief = picked.site.browser();
    let callback = pick(&picked.site, &thief).await;
    let stolen = callback.as_str().replace(&value(&callback, "code"), &code);
    let answer = thief.come_back(&stolen).await;
    refused(&picked.site, &picked.log, &thief, &answer, "token-refused").await;
}

#[tokio::test]
async fn an_answer_with_two_issuers_is_refused() {
    let picked = Picked::new().await;
    let query = picked.callback.query().unwrap();
    picked.refuses(&format!("{query}&iss=https%3A%2F%2Fid.evil.example"), "issuer").await;
}

#[tokio::test]
async fn an_answer_with_a_code_and_an_error_is_refused() {
    let picked = Picked::new().await;
    let query = picked.callback.query().unwrap();
    picked.refuses(&format!("{query}&error=access_denied"), "provider-error").await;
}

#[tokio::test]
async fn an_answer_without_anything_is_refused() {
    let picked = Picked::new().await;
    picked.refuses("", "state").await;
}

#[tokio::test]
async fn a_huge_answer_is_refused() {
    let picked = Picked::new().await;
    picked.refuses(&picked.with("code", &"a".repeat(6_000)), "token-refused").await;
}

/// Comes back with the answer of one provider where a sign-in with the other one was begun, and with
/// this issuer, which must be refused with this code. The true state is in it: only the provider is
/// another one.
async fn mixed_up(site: &Site, log: &Log, issuer: Option<String>, code: &str) {
    let answer = pick(site, &site.browser()).await;
    let browser = site.browser();
    let place = browser.begin(site.other_provider(), "/auth/sign-in/lab").await;
    let mut to = answer.clone();
    to.query_pairs_mut()
        .clear()
        .append_pair("code", &value(&answer, "code"))
        .append_pair("state", &parameter(&place, "state"))
        .extend_pairs(issuer.map(|issuer| ("iss", issuer)));
    let answer = come_back(&browser, &to).await;
    refused(site, log, &browser, &answer, code).await;
    assert_eq!(parameter(&location(&answer), "provider"), "lab");
    assert_eq!(site.provider().counters().token, 0, "what was begun says whom to ask");
}

#[tokio::test]
async fn an_answer_of_another_provider_is_refused_by_its_issuer() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    mixed_up(&site, &log, Some(site.provider().issuer()), "issuer").await;
    assert!(reason(&site, "issuer").await.contains("is another one"));
    mixed_up(&site, &log, None, "issuer").await;
    assert!(reason(&site, "issuer").await.contains("is missing, though the provider"));
    assert_eq!(site.other_provider().counters().token, 0, "the code is not sent there");
}

#[tokio::test]
async fn the_code_of_another_provider_is_refused_where_it_was_begun() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    mixed_up(&site, &log, Some(site.other_provider().issuer()), "token-refused").await;
    assert!(reason(&site, "token-refused").await.contains("invalid_grant"));
    assert_eq!(site.other_provider().counters().token, 1);
}

#[tokio::test]
async fn a_provider_that_went_in_between_is_none_any_more() {
    let log = Log::listen();
    let site = Site::with_sign_in(Setup { providers: 2, ..Setup::default() }).await;
    let browser = site.browser();
    let place = browser.begin(site.other_provider(), "/auth/sign-in/lab").await;
    let callback = site.other_provider().choose(&place, "viewer").await.unwrap();
    let secret = browser.cookie(PRE_LOGIN).unwrap();
    let site = site.restart(|setup| setup.providers = 1).await;
    let again = site.browser();
    again.put(PRE_LOGIN, &secret);
    let answer = again.come_back(&callback).await;
    refused(&site, &log, &again, &answer, "provider-unknown").await;
}
