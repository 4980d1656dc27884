//! Who did it.

use crate::user::{User, Visitor};

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Routebook itself, or whoever configures it.
    System,
    /// Somebody who has not signed in.
    Anonymous,
    /// Whoever reached a Routebook without sign-in.
    Local,
    /// Somebody who is signed in.
    Person {
        /// The provider's issuer.
        issuer: String,
        /// What the provider calls them.
        subject: String,
        /// What they were called then.
        name: String,
    },
    /// What this version does not write: a newer one did, or somebody changed the entry. It is kept
    /// as it stands, because the hash is over it.
    Other {
        /// What stands for the kind.
        kind: String,
        /// What stands for the issuer.
        issuer: String,
        /// What stands for the subject.
        subject: String,
        /// What stands for the name.
        name: String,
    },
}

impl Actor {
    /// From what stands in the store and in files. Nothing of it is lost.
    pub fn read(kind: &str, issuer: &str, subject: &str, name: &str) -> Self {
        let is_bare = [issuer, subject, name].iter().all(|text| text.is_empty());
        let (issuer, subject, name) = (issuer.to_owned(), subject.to_owned(), name.to_owned());
        match kind {
            "system" if is_bare => Self::System,
            "anonymous" if is_bare => Self::Anonymous,
            "local" if is_bare => Self::Local,
            "person" => Self::Person { issuer, subject, name },
            _ => Self::Other { kind: kind.to_owned(), issuer, subject, name },
        }
    }

    /// Its code: `system`, `anonymous`, `local` or `person`.
    pub fn kind(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Anonymous => "anonymous",
            Self::Local => "local",
            Self::Person { .. } => "person",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The provider's issuer; empty for who is no person.
    pub fn issuer(&self) -> &str {
        self.parts()[0]
    }

    /// What the provider calls them; empty for who is no person.
    pub fn subject(&self) -> &str {
        self.parts()[1]
    }

    /// What they were called then; empty for who is no person.
    pub fn name(&self) -> &str {
        self.parts()[2]
    }

    fn parts(&self) -> [&str; 3] {
        match self {
            Self::System | Self::Anonymous | Self::Local => [""; 3],
            Self::Person { issuer, subject, name } | Self::Other { issuer, subject, name, .. } => {
                [issuer, subject, name]
            }
        }
    }
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        Self::Person {
            issuer: user.identity.issuer.clone(),
            subject: user.identity.subject.clone(),
            name: user.name().to_owned(),
        }
    }
}

impl From<&Visitor> for Actor {
    fn from(visitor: &Visitor) -> Self {
        match visitor {
            Visitor::Anonymous => Self::Anonymous,
            Visitor::Local => Self::Local,
            Visitor::Person(person) => Self::from(&person.user),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::person;

    fn check(parts: [&str; 4], is_ours: bool) {
        let [kind, issuer, subject, name] = parts;
        let actor = Actor::read(kind, issuer, subject, name);
        let read = [actor.kind(), actor.issuer(), actor.subject(), actor.name()];
        assert_eq!(read, parts, "nothing is lost");
        assert_eq!(!matches!(actor, Actor::Other { .. }), is_ours, "{actor:?}");
    }

    #[test]
    fn what_stands_there_is_read_back_whatever_it_is() {
        check(["system", "", "", ""], true);
        check(["anonymous", "", "", ""], true);
        check(["local", "", "", ""], true);
        check(["person", "https://id.example.com", "1", "Ada"], true);
        check(["system", "https://id.example.com", "", ""], false);
        check(["anonymous", "", "", "Ada"], false);
        check(["robot", "", "1", "R2"], false);
        check(["", "", "", ""], false);
    }

    #[test]
    fn a_visitor_acts_under_the_own_name() {
        assert_eq!(Actor::from(&Visitor::Anonymous), Actor::Anonymous);
        assert_eq!(Actor::from(&Visitor::Local), Actor::Local);
        let actor = Actor::from(&Visitor::Person(Arc::new(person("ada"))));
        assert_eq!((actor.kind(), actor.subject(), actor.name()), ("person", "ada", "ada"));
    }
}
