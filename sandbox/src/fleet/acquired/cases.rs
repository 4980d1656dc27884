//! The Ingresses of the firms, one line each: what it is called, where its TLS stands, who is said to
//! own it, and what put it there.

use super::firm::{BLUEBIRD, COPPERPOT, Firm, TIDEWATER};
use crate::fleet::issuing::{Failure, Fate};
use crate::fleet::team::Delivery;
use crate::tls_endpoint::What;

/// One Ingress.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) firm: &'static Firm,
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) path: &'static str,
    /// The first label of its host.
    label: &'static str,
    /// Whether a controller has given it an address.
    pub(super) reached: bool,
    pub(super) tls: Tls,
    /// What its host does, if that does not follow from its Secret.
    pub(super) endpoint: Option<What>,
    pub(super) notes: Vec<(&'static str, String)>,
    pub(super) labels: Vec<(&'static str, String)>,
    /// Labels of its Service.
    pub(super) service: &'static [(&'static str, &'static str)],
    pub(super) delivery: Delivery,
}

/// What it declares about TLS.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tls {
    None,
    NoSecret,
    /// A load balancer in front has the certificate.
    Upstream,
    Secret {
        fate: Fate,
        /// Whether it asks cert-manager for a certificate.
        asked: bool,
        name: Option<&'static str>,
    },
}

/// The longest owner that anybody wrote, and then some.
const STORY: &str = "ask in the kitchen who did this before we came and then ask there again ";

/// All of them, in the order of namespaces and names.
pub(super) fn all() -> Vec<Case> {
    use Delivery::{
        ArgoCd, Dashboard, Flux, Helm, Kubectl, Kustomize, Nobody, Operator, Pulumi, Terraform,
    };
    use Fate::{Ends, Failing, Malformed, Missing, NotReloaded, OtherNames, Valid};
    let bluebird = |name| case(&BLUEBIRD, name);
    let copperpot = |name| case(&COPPERPOT, name);
    let tidewater = |name| case(&TIDEWATER, name);
    let markup = "<b>wholesale</b><script>alert(1)</script>";
    let several = "bluebird, wholesale; partners@bluebird.example";
    vec![
        bluebird("accounts")
            .asks(Valid)
            .note("backstage.io/owner", "group:default/customer-accounts")
            .by(ArgoCd),
        bluebird("basket").hand_made(Ends(9)).label("team", "bluebird").by(Kubectl),
        bluebird("blog").hand_made(Ends(-12)).note("owner", "press@bluebird.example").by(Kustomize),
        bluebird("careers").by(Dashboard),
        // cert-manager's own Ingress, which is to answer the challenge for the next but one.
        bluebird("cm-acme-http-solver-x7k2p")
            .at("gifts", "/.well-known/acme-challenge/")
            .label("acme.cert-manager.io/http01-solver", "true")
            .by(Operator("cert-manager-challenges")),
        bluebird("gifts")
            .asks(Failing(Failure::NameLeadsElsewhere))
            .unreached()
            .service(&[("team", "bluebird")])
            .by(Helm),
        bluebird("help")
            .hand_made(OtherNames)
            .note("a8r.io/owner", "bluebird")
            .label("team", "customer-care")
            .service(&[("team", "platform")])
            .by(Helm),
        bluebird("legacy-api").hand_made(Malformed).does(What::Hangs).by(Terraform),
        bluebird("partners").without_secret().unreached().note("owner", several).by(Terraform),
        bluebird("stores").class("haproxy").hand_made(Valid).by(Kubectl),
        bluebird("web").asks(Valid).note("a8r.io/owner", "bluebird").by(Helm),
        bluebird("wholesale").hand_made(Missing).unreached().note("owner", markup).by(Pulumi),
        copperpot("cdn").asks(NotReloaded(4)).by(Flux),
        copperpot("classes").asks(Ends(-3)).by(ArgoCd),
        copperpot("newsletter").asks(Failing(Failure::RateLimited)).by(Flux),
        copperpot("recipes")
            .hand_made(Valid)
            .unreached()
            .note("owner", &STORY.repeat(10_000 / STORY.len()))
            .by(Helm),
        copperpot("reviews").asks(Ends(9)).by(ArgoCd),
        copperpot("shop").class("alb").upstream().by(ArgoCd),
        copperpot("video")
            .hand_made(Valid)
            .does(What::Closes)
            .by(Operator("copperpot-video-operator")),
        tidewater("booking").class("traefik").in_secret("wildcard-tidewater-tls", Valid).by(Flux),
        tidewater("crew").asks(Valid).by(ArgoCd),
        tidewater("fleet").by(Nobody),
        tidewater("harbour")
            .at("*.harbour", "/")
            .hand_made(Valid)
            .label("app.kubernetes.io/team", "logistics")
            .by(Kubectl),
        tidewater("tickets")
            .hand_made(Valid)
            .does(What::NoTls)
            .note("owner", "Tidewater Ticketing")
            .by(Kubectl),
    ]
}

fn case(firm: &'static Firm, name: &'static str) -> Case {
    Case {
        firm,
        name,
        class: "nginx",
        path: "/",
        label: name,
        reached: true,
        tls: Tls::None,
        endpoint: None,
        notes: Vec::new(),
        labels: Vec::new(),
        service: &[],
        delivery: Delivery::Kubectl,
    }
}

impl Case {
    pub(super) fn host(&self) -> String {
        format!("{}.{}", self.label, self.firm.domain)
    }

    fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    fn at(self, label: &'static str, path: &'static str) -> Self {
        Self { label, path, ..self }
    }

    fn unreached(self) -> Self {
        Self { reached: false, ..self }
    }

    fn asks(self, fate: Fate) -> Self {
        Self { tls: Tls::Secret { fate, asked: true, name: None }, ..self }
    }

    fn hand_made(self, fate: Fate) -> Self {
        Self { tls: Tls::Secret { fate, asked: false, name: None }, ..self }
    }

    fn in_secret(self, name: &'static str, fate: Fate) -> Self {
        Self { tls: Tls::Secret { fate, asked: false, name: Some(name) }, ..self }
    }

    fn without_secret(self) -> Self {
        Self { tls: Tls::NoSecret, ..self }
    }

    fn upstream(self) -> Self {
        Self { tls: Tls::Upstream, ..self }
    }

    fn does(self, what: What) -> Self {
        Self { endpoint: Some(what), ..self }
    }

    fn note(mut self, key: &'static str, value: &str) -> Self {
        self.notes.push((key, value.to_owned()));
        self
    }

    fn label(mut self, key: &'static str, value: &str) -> Self {
        self.labels.push((key, value.to_owned()));
        self
    }

    fn service(self, service: &'static [(&'static str, &'static str)]) -> Self {
        Self { service, ..self }
    }

    fn by(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }
}
