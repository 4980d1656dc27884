//! What a provider tells of itself: its addresses (OpenID Connect Discovery 1.0, section 3) and its
//! keys (RFC 7517). Nothing of it is used before it was checked.

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{AuthUrl, IssuerUrl, TokenUrl};
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::failure::quoted;
use super::outbound;

/// Providers have two or three, and some a dozen.
const MOST_KEYS: usize = 100;

/// A provider, as it has told of itself.
#[derive(Clone)]
pub struct Known {
    /// The issuer, letter by letter.
    pub issuer: IssuerUrl,
    /// Where browsers are sent.
    pub authorization: AuthUrl,
    /// Where codes are exchanged.
    pub token: TokenUrl,
    /// Where its keys are.
    pub keys_at: Url,
    /// Where more is told of who signed in.
    pub userinfo: Option<Url>,
    /// Where people sign out of the provider itself.
    pub end_session: Option<Url>,
    /// Its answers name the issuer (RFC 9207).
    pub names_issuer: bool,
    /// The client's secret goes into the form instead of a header.
    pub secret_in_form: bool,
    /// Its keys.
    pub keys: CoreJsonWebKeySet,
}

/// The parts of the document that are used.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    authorization_response_iss_parameter_supported: Option<bool>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where the document is.
pub fn address(issuer: &Url) -> Result<Url, String> {
    let issuer = issuer.as_str().trim_end_matches('/');
    let address = Url::parse(&format!("{issuer}/.well-known/openid-configuration"));
    address.map_err(|error| error.to_string())
}

/// Reads the document of the provider whose issuer this is, letter by letter. It has no keys yet.
pub fn read(body: &[u8], issuer: &str) -> Result<Known, String> {
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| format!("this is no description of a provider: {}", quoted(error)))?;
    if document.issuer != issuer {
        let other = quoted(&document.issuer);
        return Err(format!("the issuer calls itself {other}, and {issuer} is configured"));
    }
    let named = IssuerUrl::new(document.issuer).map_err(|error| error.to_string())?;
    let plain = named.url().scheme() == "http";
    let endpoint = |name: &str, text: &str| endpoint(name, text, plain);
    let maybe =
        |name: &str, text: Option<String>| text.map(|text| endpoint(name, &text)).transpose();
    Ok(Known {
        authorization: AuthUrl::from_url(endpoint(
            "authorization_endpoint",
            &document.authorization_endpoint,
        )?),
        token: TokenUrl::from_url(endpoint("token_endpoint", &document.token_endpoint)?),
        keys_at: endpoint("jwks_uri", &document.jwks_uri)?,
        userinfo: maybe("userinfo_endpoint", document.userinfo_endpoint)?,
        end_session: maybe("end_session_endpoint", document.end_session_endpoint)?,
        names_issuer: document.authorization_response_iss_parameter_supported.unwrap_or(false),
        secret_in_form: in_form(document.token_endpoint_auth_methods_supported.as_deref()),
        keys: CoreJsonWebKeySet::default(),
        issuer: named,
    })
}

/// An address that may be asked, or that a browser may be sent to.
fn endpoint(name: &str, text: &str, plain: bool) -> Result<Url, String> {
    let refuse = |why: &str| format!("its {name} {why}: {}", quoted(text));
    let url = Url::parse(text).map_err(|_| refuse("is no address"))?;
    if !outbound::may_be_asked(&url, plain) {
        return Err(refuse("is not https"));
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("has a fragment or credentials"));
    }
    Ok(url)
}

/// A header is what every provider knows unless it says otherwise (section 3).
fn in_form(methods: Option<&[String]>) -> bool {
    let has = |name: &str| methods.is_some_and(|all| all.iter().any(|method| method == name));
    has("client_secret_post") && !has("client_secret_basic")
}

/// Reads a set of keys. Keys of kinds that are not known are left out, as RFC 7517 says.
pub fn keys(body: &[u8]) -> Result<CoreJsonWebKeySet, String> {
    #[derive(Deserialize)]
    struct Counted {
        keys: Vec<IgnoredAny>,
    }
    let no_keys = |error: serde_json::Error| format!("these are no keys: {}", quoted(error));
    let counted: Counted = serde_json::from_slice(body).map_err(no_keys)?;
    if counted.keys.len() > MOST_KEYS {
        return Err(format!("it has {} keys, and {MOST_KEYS} are read", counted.keys.len()));
    }
    let keys: CoreJsonWebKeySet = serde_json::from_slice(body).map_err(no_keys)?;
    if keys.keys().is_empty() {
        return Err("none of its keys can be used".to_owned());
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example.com/realms/corp";

    fn document(changes: Value) -> Vec<u8> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example.com/authorize?tenant=corp",
            "token_endpoint": "https://id.example.com/token",
            "jwks_uri": "https://id.example.com/keys",
            "response_types_supported": ["code"],
            "claims_parameter_supported": "unknown kinds of values disturb nobody",
        });
        let Value::Object(changes) = changes else { panic!("changes are an object") };
        document.as_object_mut().unwrap().extend(changes);
        document.to_string().into_bytes()
    }

    fn refused(changes: Value, part: &str) {
        let error = read(&document(changes), ISSUER).err().unwrap();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_description_is_read() {
        let known = read(&document(json!({})), ISSUER).unwrap();
        assert_eq!(known.issuer.as_str(), ISSUER);
        assert_eq!(known.authorization.as_str(), "https://id.example.com/authorize?tenant=corp");
        assert!(known.userinfo.is_none() && known.end_session.is_none());
        assert!(!known.names_issuer && !known.secret_in_form);
        let more = json!({
            "userinfo_endpoint": "https://id.example.com/me",
            "end_session_endpoint": "https://id.example.com/end",
            "authorization_response_iss_parameter_supported": true,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        });
        let known = read(&document(more), ISSUER).unwrap();
        assert!(known.userinfo.is_some() && known.end_session.is_some());
        assert!(known.names_issuer && known.secret_in_form);
    }

    #[test]
    fn a_description_of_another_provider_is_refused() {
        refused(json!({"issuer": "https://id.example.com/realms/other"}), "realms/other");
        refused(json!({"issuer": format!("{ISSUER}/")}), "calls itself");
        refused(json!({"issuer": "https://ID.example.com/realms/corp"}), "calls itself");
    }

    #[test]
    fn addresses_in_clear_are_refused() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            refused(json!({name: "http://192.0.2.1/x"}), name);
            refused(json!({name: "http://127.0.0.1/x"}), name);
            refused(json!({name: "javascript:alert(1)"}), name);
            refused(json!({name: "https://a:b@id.example.com/x"}), name);
            refused(json!({name: "https://id.example.com/x#y"}), name);
            refused(json!({name: "/x"}), name);
            refused(json!({name: null}), "no description");
        }
        refused(json!({"userinfo_endpoint": "http://192.0.2.1/x"}), "userinfo_endpoint");
        refused(json!({"end_session_endpoint": "javascript:x"}), "end_session_endpoint");
    }

    #[test]
    fn a_provider_on_this_machine_may_be_asked_in_clear_but_not_send_elsewhere() {
        let local = json!({
            "issuer": "http://127.0.0.1:9",
            "authorization_endpoint": "http://127.0.0.1:9/authorize",
            "token_endpoint": "http://127.0.0.1:9/token",
            "jwks_uri": "http://127.0.0.1:9/keys",
        });
        assert!(read(&document(local.clone()), "http://127.0.0.1:9").is_ok());
        let mut elsewhere = local;
        elsewhere["token_endpoint"] = json!("http://192.0.2.1/token");
        assert!(read(&document(elsewhere), "http://127.0.0.1:9").is_err());
    }

    #[test]
    fn a_page_is_no_description_and_has_no_keys() {
        let page = b"<!doctype html><title>Sign in</title>";
        assert!(read(page, ISSUER).err().unwrap().contains("no description"));
        assert!(keys(page).err().unwrap().contains("no keys"));
    }

    fn key(kind: &str, kid: &str) -> Value {
        json!({"kty": kind, "kid": kid, "crv": "Ed25519", "x": "AAAA"})
    }

    #[test]
    fn keys_that_are_not_known_are_left_out() {
        let set = json!({"keys": [key("OKP", "a"), key("new", "b"), {"kid": "c"}, 7]});
        assert_eq!(keys(set.to_string().as_bytes()).unwrap().keys().len(), 1);
        let set = json!({"keys": [key("new", "b")]});
        assert!(keys(set.to_string().as_bytes()).err().unwrap().contains("none"));
    }

    #[test]
    fn thousands_of_keys_are_not_read() {
        let set = |count| json!({"keys": vec![key("OKP", "a"); count]}).to_string();
        assert!(keys(set(MOST_KEYS).as_bytes()).is_ok());
        let error = keys(set(10_000).as_bytes()).err().unwrap();
        assert!(error.contains("10000 keys"), "{error}");
    }

    #[test]
    fn the_document_is_below_the_issuer() {
        let check = |issuer: &str, expected: &str| {
            assert_eq!(address(&Url::parse(issuer).unwrap()).unwrap().as_str(), expected);
        };
        check(ISSUER, "https://id.example.com/realms/corp/.well-known/openid-configuration");
        check("https://a.example", "https://a.example/.well-known/openid-configuration");
        check("https://a.example/", "https://a.example/.well-known/openid-configuration");
    }
}
