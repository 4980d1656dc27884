//! The ingress controllers of each cluster, and how an Ingress says which one it wants.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::dice::{Dice, before};
use super::profile::Profile;

/// One controller as the company runs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) controller: &'static str,
    pub(super) kind: Controller,
    pub(super) default: bool,
    /// False for a controller that is asked for by annotation and brings no IngressClass.
    pub(super) object: bool,
    pub(super) internal: bool,
}

/// Whose annotations an Ingress carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Controller {
    Nginx,
    NginxPlus,
    Traefik,
    Haproxy,
    Contour,
    Kong,
    Alb,
    Gce,
}

impl Controller {
    /// The preset with which Routebook reads its metrics.
    pub(super) fn preset(self) -> &'static str {
        match self {
            Self::Nginx => "ingress-nginx",
            Self::NginxPlus => "nginx-plus",
            Self::Traefik => "traefik",
            Self::Haproxy => "haproxy-ingress",
            Self::Contour => "contour",
            Self::Kong => "kong",
            Self::Alb => "aws-alb",
            Self::Gce => "gke",
        }
    }
}

const fn class(name: &'static str, controller: &'static str, kind: Controller) -> Class {
    Class { name, controller, kind, default: false, object: true, internal: false }
}

const NGINX: Class =
    Class { default: true, ..class("nginx", "k8s.io/ingress-nginx", Controller::Nginx) };
const NGINX_INTERNAL: Class = Class {
    internal: true,
    ..class("nginx-internal", "k8s.io/ingress-nginx-internal", Controller::Nginx)
};
const NGINX_PLUS: Class =
    class("nginx-plus", "nginx.org/ingress-controller", Controller::NginxPlus);
const TRAEFIK: Class = class("traefik", "traefik.io/ingress-controller", Controller::Traefik);
const HAPROXY: Class =
    class("haproxy", "haproxy-ingress.github.io/controller", Controller::Haproxy);
const CONTOUR: Class =
    class("contour", "projectcontour.io/projectcontour/contour", Controller::Contour);
const KONG: Class = class("kong", "ingress-controllers.konghq.com/kong", Controller::Kong);
const ALB: Class = class("alb", "ingress.k8s.aws/alb", Controller::Alb);
const GCE: Class = Class { object: false, ..class("gce", "", Controller::Gce) };

pub(super) const PROD_EU: &[(u32, Class)] =
    &[(52, NGINX), (18, NGINX_INTERNAL), (10, ALB), (9, TRAEFIK), (6, HAPROXY), (5, CONTOUR)];
pub(super) const PROD_US: &[(u32, Class)] =
    &[(46, NGINX), (16, GCE), (14, KONG), (14, NGINX_PLUS), (10, NGINX_INTERNAL)];
pub(super) const STAGING: &[(u32, Class)] = &[(60, NGINX), (20, TRAEFIK), (12, KONG), (8, CONTOUR)];

/// Classes that Ingresses still name although their controllers were taken away.
pub(super) const GONE: &[&str] = &["nginx-public", "voyager", "haproxy-old"];

/// How an Ingress names its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// `spec.ingressClassName`.
    Field(&'static str),
    /// The annotation `kubernetes.io/ingress.class`, older than the field.
    Annotation(&'static str),
    /// Not at all: the default class takes it.
    Default,
}

/// Chooses a controller and the way of asking for it. One in a hundred asks for a class that is
/// not there.
pub(super) fn choose(dice: &mut Dice, profile: &Profile, preferred: Class) -> (Class, Asked) {
    let class = if dice.chance(70.0) { preferred } else { dice.weighted(profile.classes) };
    if dice.chance(1.0) {
        return (class, Asked::Field(dice.pick(GONE)));
    }
    let asked = match class {
        Class { object: false, name, .. } => Asked::Annotation(name),
        Class { default: true, .. } if dice.chance(14.0) => Asked::Default,
        Class { name, .. } if dice.chance(12.0) => Asked::Annotation(name),
        Class { name, .. } => Asked::Field(name),
    };
    (class, asked)
}

/// The controller of this name in a cluster, which must have one.
pub(super) fn named(profile: &Profile, name: &str) -> Class {
    let mut classes = profile.classes.iter().map(|(_, class)| *class);
    classes.find(|class| class.name == name).expect("a class of the profile")
}

/// The IngressClass objects of a cluster.
pub(super) fn objects(dice: &mut Dice, profile: &Profile, now: Timestamp) -> Vec<Value> {
    let classes = profile.classes.iter().map(|(_, class)| class).filter(|class| class.object);
    classes.map(|class| object(dice, class, now)).collect()
}

fn object(dice: &mut Dice, class: &Class, now: Timestamp) -> Value {
    let mut annotations = json!({
        "meta.helm.sh/release-name": class.name,
        "meta.helm.sh/release-namespace": "platform-ingress",
    });
    if class.default {
        annotations["ingressclass.kubernetes.io/is-default-class"] = "true".into();
    }
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {
            "name": class.name,
            "uid": dice.uid(),
            "creationTimestamp": before(now, 5 * 365 * 24 * 3600).to_string(),
            "generation": 1,
            "labels": {
                "app.kubernetes.io/name": class.name,
                "app.kubernetes.io/managed-by": "Helm",
                "app.kubernetes.io/component": "controller",
            },
            "annotations": annotations,
        },
        "spec": { "controller": class.controller },
    })
}
