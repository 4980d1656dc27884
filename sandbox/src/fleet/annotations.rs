//! Labels and annotations that say how an object came into the cluster: Argo CD, Flux, Helm,
//! Kustomize, Terraform or Pulumi; a person with kubectl leaves none. They are the same on Ingresses
//! and Services.

use serde_json::{Map, Value};

use super::dice::Dice;
use super::namespace::Place;
use super::team::Delivery;

/// Adds what the team's way of delivering leaves on every object.
pub(super) fn delivery(
    dice: &mut Dice,
    place: &Place,
    kind: &str,
    name: &str,
    labels: &mut Map<String, Value>,
    annotations: &mut Map<String, Value>,
) {
    let release = format!("{}-{}", place.team.area.team, place.product);
    match place.team.delivery {
        Delivery::ArgoCd => {
            let group = if kind == "Service" { "" } else { "networking.k8s.io" };
            let id = format!("{release}:{group}/{kind}:{}/{name}", place.namespace);
            annotations.insert("argocd.argoproj.io/tracking-id".into(), id.into());
            labels.insert("app.kubernetes.io/instance".into(), release.into());
            labels.insert("app.kubernetes.io/name".into(), place.product.into());
        }
        Delivery::Flux => {
            labels.insert("kustomize.toolkit.fluxcd.io/name".into(), release.into());
            labels.insert("kustomize.toolkit.fluxcd.io/namespace".into(), "flux-system".into());
            labels.insert("app.kubernetes.io/part-of".into(), place.product.into());
        }
        Delivery::Helm => helm(dice, place, &release, labels, annotations),
        Delivery::Terraform => {
            labels.insert("app.kubernetes.io/managed-by".into(), "Terraform".into());
        }
        // `buildMetadata: [managedByLabel]` of a kustomization.
        Delivery::Kustomize => {
            labels.insert("app.kubernetes.io/managed-by".into(), "kustomize-v5.4.3".into());
        }
        Delivery::Pulumi => {
            labels.insert("app.kubernetes.io/managed-by".into(), "pulumi".into());
        }
        Delivery::Kubectl | Delivery::Operator(_) | Delivery::Dashboard | Delivery::Nobody => {}
    }
}

fn helm(
    dice: &mut Dice,
    place: &Place,
    release: &str,
    labels: &mut Map<String, Value>,
    annotations: &mut Map<String, Value>,
) {
    let version = format!("{}.{}.{}", dice.between(0, 6), dice.between(0, 30), dice.between(0, 9));
    annotations.insert("meta.helm.sh/release-name".into(), release.into());
    annotations.insert("meta.helm.sh/release-namespace".into(), place.namespace.as_str().into());
    labels.insert("app.kubernetes.io/managed-by".into(), "Helm".into());
    labels.insert("app.kubernetes.io/instance".into(), release.into());
    labels.insert("app.kubernetes.io/name".into(), place.product.into());
    labels.insert("app.kubernetes.io/version".into(), version.as_str().into());
    labels.insert("helm.sh/chart".into(), format!("{}-{version}", place.product).into());
}
