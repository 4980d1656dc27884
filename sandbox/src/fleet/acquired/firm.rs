//! The firms, and what they wrote on their namespaces.

use crate::fleet::words::Area;

/// One that was bought.
#[derive(Debug)]
pub(super) struct Firm {
    pub(super) area: Area,
    pub(super) namespace: &'static str,
    pub(super) domain: &'static str,
    /// How many days ago it moved in.
    pub(super) days: i64,
    /// The label with the owner of the whole namespace, if there is one.
    pub(super) namespace_label: Option<&'static str>,
}

/// Where the demo's Routebook may read Secrets.
pub const SECRET_NAMESPACES: [&str; 2] = [BLUEBIRD.namespace, TIDEWATER.namespace];

/// All of them.
pub(super) const FIRMS: [&Firm; 3] = [&BLUEBIRD, &COPPERPOT, &TIDEWATER];

/// Greeting cards; certificates made by hand and by cert-manager, owners on the Ingresses.
pub(super) const BLUEBIRD: Firm = Firm {
    area: area("bluebird"),
    namespace: "acquired-bluebird",
    domain: "bluebird.example",
    days: 900,
    namespace_label: None,
};

/// Cookware; cert-manager, and the owner on the namespace.
pub(super) const COPPERPOT: Firm = Firm {
    area: area("copperpot"),
    namespace: "acquired-copperpot",
    domain: "copperpot.example",
    days: 420,
    namespace_label: Some("copperpot.example/team-name"),
};

/// Ferries; GitOps, and hardly a word about owners.
pub(super) const TIDEWATER: Firm = Firm {
    area: area("tidewater"),
    namespace: "acquired-tidewater",
    domain: "tidewater.example",
    days: 200,
    namespace_label: None,
};

const fn area(team: &'static str) -> Area {
    Area { team, department: "acquired", products: &[], public: true }
}
