//! A form that somebody sends: who, from where, and what stands in it. Some fields come several times.

use axum::extract::{FromRequest, RawForm, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::material::hex;
use domain::user::Visitor;
use sha2::{Digest as _, Sha256};
use store::Act;
use url::form_urlencoded::{self, Serializer};

use super::address::ClientAddress;
use super::not_done::NotDone;
use super::{errors, visitor};

/// The key of a route, which may begin or end with a blank.
const ROUTE: &str = "route";

/// A form, and who sends it.
#[derive(Debug)]
pub struct Form {
    visitor: Visitor,
    address: String,
    fields: Vec<(String, String)>,
}

/// What was sent is no form of ours.
#[derive(Debug)]
pub struct Unreadable(StatusCode);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Unreadable;

    async fn from_request(request: Request, state: &S) -> Result<Self, Unreadable> {
        let visitor = visitor::of(&request);
        let address = request.extensions().get::<ClientAddress>();
        let address = address.map(|address| address.0.to_string()).unwrap_or_default();
        let sent = RawForm::from_request(request, state).await;
        let RawForm(bytes) = sent.map_err(|error| Unreadable(error.status()))?;
        Ok(Self { visitor, address, fields: read(&bytes) })
    }
}

/// Browsers end the lines of a text with CR LF, whatever was typed.
fn read(bytes: &[u8]) -> Vec<(String, String)> {
    let plain = |text: &str| text.replace("\r\n", "\n");
    form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), plain(&value))).collect()
}

impl Form {
    /// The act of whoever sends it, under the key of the form.
    pub fn act(&self) -> Result<Act, NotDone> {
        let Visitor::Person(person) = &self.visitor else {
            return Err(NotDone::forbidden("only somebody who is signed in can do this"));
        };
        let (key, address) = (self.one("key").to_owned(), self.address.clone());
        let content = hex(&Sha256::digest(self.query_but(&["key", "back"])));
        Ok(Act { key, content, person: person.clone(), address })
    }

    /// A value without blanks at its ends, but for that of a route; empty if there is none.
    pub fn one(&self, name: &str) -> &str {
        self.values(name).next().unwrap_or_default()
    }

    /// A value that may be left out.
    pub fn maybe(&self, name: &str) -> Option<String> {
        Some(self.one(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// All values that are not empty, in their order.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.values(name).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// Whether a box is ticked.
    pub fn has(&self, name: &str) -> bool {
        !self.one(name).is_empty()
    }

    /// All of it as a query.
    pub fn query(&self) -> String {
        self.query_but(&[])
    }

    /// All of it but these fields as a query.
    pub fn query_but(&self, left_out: &[&str]) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in &self.fields {
            if !left_out.contains(&name.as_str()) {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// The text that somebody wrote, so that it is not lost when the act is refused.
    pub fn written(&self) -> &str {
        let texts = ["reason", "text"].map(|name| self.one(name));
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter().filter(move |(field, _)| field == name);
        let is_verbatim = name == ROUTE;
        fields.map(move |(_, value)| if is_verbatim { value.as_str() } else { value.trim() })
    }

    #[cfg(test)]
    pub fn of(query: &str) -> Self {
        let (visitor, address) = (Visitor::Local, String::new());
        Self { visitor, address, fields: read(query.as_bytes()) }
    }
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        if self.0.is_server_error() {
            return errors::internal();
        }
        let sentence = "This was not sent by a form of Routebook, or it is too long: a form may have \
                        64 KiB. Nothing was changed. Go back, and shorten what you wrote.";
        errors::page(self.0, "Not understood", sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_repeat_and_lines_end_in_one_way() {
        let form = Form::of("id=7&id=&id=9&reason=+a%0D%0Ab+&four_eyes=on&owner=shop");
        assert_eq!(form.all("id"), ["7", "9"]);
        assert_eq!((form.one("reason"), form.one("wish")), ("a\nb", ""));
        assert!(form.has("four_eyes") && !form.has("wish"));
        assert_eq!((form.maybe("owner"), form.maybe("team")), (Some("shop".into()), None));
        assert_eq!(form.written(), "a\nb");
        assert_eq!(Form::of("a=%26&b=").query(), "a=%26&b=");
        assert_eq!(Form::of("a=1&key=k&a=2").query_but(&["key"]), "a=1&a=2");
    }

    #[test]
    fn the_key_of_a_route_stays_as_it_is() {
        let form = Form::of("route=+%2Fa&route=b.example.com+%2Fb+&route=&team=+shop+");
        assert_eq!(form.all("route"), [" /a", "b.example.com /b "]);
        assert_eq!(form.all("team"), ["shop"]);
    }

    #[test]
    fn who_is_nobody_does_nothing() {
        assert!(Form::of("key=1").act().is_err());
    }
}
