//! Sample data for tests, one oddity at a time.

use crate::class::{Class, ClassSource};
use crate::ingress::{Backend, Ingress, Object, PathType, Port, Route};
use crate::user::{Because, Identity, Person, Profile, User};

/// Builds an [`Ingress`] with class `nginx` and one route `NAME.example.com/` to Service `NAME`,
/// port 80.
#[derive(Debug, Clone)]
pub struct IngressBuilder(Ingress);

/// Starts an [`IngressBuilder`]; its UID is `uid-NAMESPACE-NAME`.
pub fn ingress(namespace: &str, name: &str) -> IngressBuilder {
    IngressBuilder(Ingress {
        object: Object {
            namespace: namespace.into(),
            name: name.into(),
            uid: format!("uid-{namespace}-{name}"),
            resource_version: "1".into(),
            created_at: Some(jiff::Timestamp::UNIX_EPOCH),
            ..Object::default()
        },
        class: Some(Class { name: "nginx".into(), source: ClassSource::Spec }),
        routes: vec![route(&format!("{name}.example.com"), "/", name, 80)],
        ..Ingress::default()
    })
}

/// A `Prefix` route to a numbered port of a Service.
pub fn route(host: &str, path: &str, service: &str, port: i32) -> Route {
    Route {
        host: host.into(),
        path: path.into(),
        path_type: PathType::Prefix,
        backend: Backend::Service { name: service.into(), port: Port::Number(port) },
    }
}

/// Somebody of whom the provider `https://id.example.com` has told nothing but the subject.
pub fn user(subject: &str) -> User {
    let issuer = "https://id.example.com".into();
    User {
        id: 1,
        identity: Identity { issuer, subject: subject.into() },
        profile: Profile::default(),
        provider: "corp".into(),
        first_seen: jiff::Timestamp::UNIX_EPOCH,
        signed_in: jiff::Timestamp::UNIX_EPOCH,
        disabled: None,
    }
}

/// The same, signed in, without role and team.
pub fn person(subject: &str) -> Person {
    let (role, because, teams) = (None, Because::NoGroup, Vec::new());
    Person { user: user(subject), role, because, teams, session: 1 }
}

impl IngressBuilder {
    /// Another life of it.
    pub fn uid(mut self, uid: &str) -> Self {
        self.0.object.uid = uid.into();
        self
    }

    /// Another version of it.
    pub fn version(mut self, version: u64) -> Self {
        self.0.object.resource_version = version.to_string();
        self
    }

    /// Any other change.
    pub fn with(mut self, change: impl FnOnce(&mut Ingress)) -> Self {
        change(&mut self.0);
        self
    }

    /// The ingress.
    pub fn build(self) -> Ingress {
        self.0
    }
}
