//! Which GitOps application delivers an object.

use super::author::{author, how};
use super::{Managed, Manager, mark};
use crate::ingress::Object;
use crate::owner::{LONGEST_NAME, cut};

const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
const ARGO_INSTANCE: &str = "argocd.argoproj.io/instance";
const INSTANCE: &str = "app.kubernetes.io/instance";
const KUSTOMIZATION: &str = "kustomize.toolkit.fluxcd.io/name";
const HELM_RELEASE: &str = "helm.toolkit.fluxcd.io/name";

/// A GitOps application that delivers an object.
pub(crate) struct Application {
    /// Argo CD or Flux.
    pub(crate) by: Manager,
    /// What the tool calls it.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: String,
    how: String,
}

impl From<Application> for Managed {
    fn from(application: Application) -> Self {
        let name = Some(cut(&application.name, LONGEST_NAME));
        Self { by: application.by, name, how: application.how }
    }
}

/// The GitOps application that delivers an object, by name.
pub(crate) fn application(object: &Object) -> Option<Application> {
    argo_application(object).or_else(|| {
        let by_label = |kind, key| {
            let name = mark(&object.labels, key)?.to_owned();
            Some(Application { by: Manager::Flux, kind, name, how: format!("label {key}") })
        };
        by_label("Kustomization", KUSTOMIZATION).or_else(|| by_label("HelmRelease", HELM_RELEASE))
    })
}

fn argo_application(object: &Object) -> Option<Application> {
    let tracked = mark(&object.annotations, TRACKING_ID).and_then(|id| tracked_by(id, object));
    let tracked = tracked.map(|name| (name, format!("annotation {TRACKING_ID}")));
    let labelled =
        || Some((mark(&object.labels, ARGO_INSTANCE)?, format!("label {ARGO_INSTANCE}")));
    // Where Argo CD tracks by label, this is its default; Helm charts write it too, so that it says
    // something only of what Argo CD wrote.
    let written = || {
        let author = author(object, &[Manager::ArgoCd])?;
        Some((mark(&object.labels, INSTANCE)?, how(author)))
    };
    let (name, how) = tracked.or_else(labelled).or_else(written)?;
    // Of an application in another namespace than Argo CD's own it is `NAMESPACE_NAME`; neither
    // part can have a `_` (Argo CD, "Applications in any namespace").
    let name = name.rsplit_once('_').map_or(name, |(_, name)| name).to_owned();
    Some(Application { by: Manager::ArgoCd, kind: "application", name, how })
}

/// The application in `APPLICATION:GROUP/KIND:NAMESPACE/NAME`, if that is about this object: an
/// annotation that was copied from another one means nothing (Argo CD, "Resource Tracking", non
/// self-referencing annotations).
fn tracked_by<'a>(id: &'a str, object: &Object) -> Option<&'a str> {
    let (application, rest) = id.split_once(':')?;
    let (kind, place) = rest.rsplit_once(':')?;
    let is_own = place.split_once('/') == Some((object.namespace.as_str(), object.name.as_str()));
    (is_own && kind.ends_with("/Ingress") && !application.is_empty()).then_some(application)
}
