//! What a person's browser does: keeps cookies, sends forms, and follows only where a test says.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use sandbox::openid::Provider;
use url::Url;

/// The cookie of a session, where the external address is plain HTTP.
pub const SESSION: &str = "routebook";

/// The cookie of a sign-in that has begun.
pub const PRE_LOGIN: &str = "routebook-sign-in";

/// Where a sign-in begins.
pub const SIGN_IN: &str = "/auth/sign-in/corp";

/// A browser at an address of its own, behind the proxy that the site trusts. A clone is another
/// window of the same browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    pages: String,
    address: String,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(client: Client, pages: &str) -> Self {
        Self { client, pages: pages.to_owned(), address: address(), jar: Arc::default() }
    }

    /// From where it comes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A request with its cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.pages));
        let request = request.header("x-forwarded-for", &self.address);
        let jar = self.jar.lock().unwrap();
        let pairs: Vec<String> =
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        match pairs.is_empty() {
            true => request,
            false => request.header(COOKIE, pairs.join("; ")),
        }
    }

    /// A request for a page.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// A form that does not say where it comes from.
    pub fn form(&self, path: &str, form: &str) -> RequestBuilder {
        let request = self.request(Method::POST, path).body(form.to_owned());
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Sends a request and keeps the cookies of the answer.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().await.unwrap();
        for line in set_cookies(&answer) {
            self.keep(&line);
        }
        answer
    }

    /// Opens a page.
    pub async fn open(&self, path: &str) -> Response {
        self.send(self.get(path)).await
    }

    /// Sends a form from Routebook's own page.
    pub async fn submit(&self, path: &str, form: &str) -> Response {
        self.send(self.form(path, form).header("sec-fetch-site", "same-origin")).await
    }

    /// The status of a page.
    pub async fn status(&self, path: &str) -> u16 {
        self.open(path).await.status().as_u16()
    }

    /// The text of a page, which must be 200.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.open(path).await;
        let (status, place) = (answer.status(), location(&answer));
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {place} {text}");
        text
    }

    /// Begins a sign-in; answers the provider's address with what Routebook asks of it.
    pub async fn begin(&self, provider: &Provider, path: &str) -> String {
        let answer = self.open(path).await;
        let (status, place) = (answer.status(), location(&answer));
        assert_eq!(status, 303, "{path}: {place}");
        assert!(place.starts_with(&provider.issuer()), "{path}: {place}");
        place
    }

    /// Signs in as far as the provider lets it; the last answer is Routebook's.
    pub async fn try_sign_in(&self, provider: &Provider, path: &str, account: &str) -> Response {
        let answer = self.open(path).await;
        let place = location(&answer);
        if !place.starts_with(&provider.issuer()) {
            return answer;
        }
        let callback = provider.choose(&place, account).await.unwrap();
        self.come_back(&callback).await
    }

    /// Opens the address to which the provider sends it. The name and the port in it are those of the
    /// external address; what stands there is the site.
    pub async fn come_back(&self, callback: &str) -> Response {
        self.open(&path_of(callback)).await
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub fn put(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The value of the session's cookie; there must be one.
    pub fn session(&self) -> String {
        self.cookie(SESSION).expect("a session")
    }

    /// Whether it is signed in.
    pub async fn is_signed_in(&self) -> bool {
        let answer = self.open("/me").await;
        let (status, place) = (answer.status().as_u16(), location(&answer));
        assert!(status == 200 || is_sign_in(&place), "{status} {place}");
        status == 200
    }

    fn keep(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let ends = attributes.to_ascii_lowercase().contains("max-age=0") || value.is_empty();
        let mut jar = self.jar.lock().unwrap();
        match ends {
            true => drop(jar.remove(name)),
            false => drop(jar.insert(name.to_owned(), value.to_owned())),
        }
    }
}

/// An address that no other browser has.
fn address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("198.18.{}.{}", number / 250, number % 250 + 1)
}

/// Where an answer leads; empty if nowhere.
pub fn location(answer: &Response) -> String {
    let place = answer.headers().get(LOCATION);
    place.map(|place| place.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Whether an address is that of the sign-in page, with the way back.
pub fn is_sign_in(place: &str) -> bool {
    place.contains("/auth/sign-in?back=")
}

/// The lines that set cookies.
pub fn set_cookies(answer: &Response) -> Vec<String> {
    let lines = answer.headers().get_all(SET_COOKIE).iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

/// Path and query of an address.
pub fn path_of(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

/// A parameter of an address; empty if it is missing.
pub fn parameter(address: &str, name: &str) -> String {
    let url = Url::parse("http://localhost").unwrap().join(address).unwrap();
    let value = url.query_pairs().find(|(key, _)| key == name);
    value.map(|(_, value)| value.into_owned()).unwrap_or_default()
}
