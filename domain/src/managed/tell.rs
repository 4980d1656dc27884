//! Tells what manages an object, by the surest sign that it bears.

use super::author::{TOUCHES, author, how, manager_of};
use super::{Managed, Manager, application, mark};
use crate::ingress::{FieldManager, Object};
use crate::owner::{LONGEST_NAME, cut};

const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const KUSTOMIZE_ORIGIN: &str = "config.kubernetes.io/origin";

/// The ways to tell, the surest first.
///
/// GitOps goes before Helm. Argo CD only renders charts and applies the result, so that Helm's label
/// is there without a release (Argo CD, "Helm"); the releases that Flux makes are put back from
/// its HelmRelease (Flux, "Helm Releases"). In the same way kustomizations and kubectl leave their
/// marks on what GitOps delivers. Helm's label alone comes late: charts write it themselves, also
/// where `helm template` was applied with kubectl.
const WAYS: [fn(&Object) -> Option<Managed>; 9] = [
    |object| application(object).map(Managed::from),
    |object| by_author(object, &[Manager::ArgoCd, Manager::Flux]),
    by_release,
    |object| by_author(object, &[Manager::Helm, Manager::Terraform, Manager::Pulumi]),
    by_plain_label,
    by_kubectl,
    |object| by_author(object, &[Manager::Operator]),
    by_any_label,
    |object| {
        by_author(object, &[Manager::Other]).or_else(|| by_author(object, &[Manager::Kubectl]))
    },
];

/// What manages an object.
pub fn managed_by(object: &Object) -> Managed {
    let told = WAYS.into_iter().find_map(|way| way(object));
    told.unwrap_or_else(|| Managed {
        how: "no label, annotation or managed field tells".into(),
        ..Managed::default()
    })
}

/// Helm takes for its own only what has both its label and the name of a release (Helm,
/// `checkOwnership`).
fn by_release(object: &Object) -> Option<Managed> {
    let label = mark(&object.labels, MANAGED_BY)?;
    let release = mark(&object.annotations, RELEASE_NAME)?;
    let told = || told(Manager::Helm, Some(release), format!("annotation {RELEASE_NAME}"));
    (label == "Helm").then(told)
}

/// A label that only the tool itself, or somebody who means it, writes.
fn by_plain_label(object: &Object) -> Option<Managed> {
    let label = mark(&object.labels, MANAGED_BY).unwrap_or("");
    let how = || format!("label {MANAGED_BY}");
    match label.to_ascii_lowercase().as_str() {
        "terraform" | "opentofu" => Some(told(Manager::Terraform, None, how())),
        "pulumi" => Some(told(Manager::Pulumi, None, how())),
        // `kustomize-v5.4.0`, by `buildMetadata: [managedByLabel]` of a kustomization
        text if text.starts_with("kustomize") => Some(told(Manager::Kustomize, None, how())),
        text if text.ends_with("operator") => Some(told(Manager::Operator, Some(label), how())),
        _ => {
            mark(&object.annotations, KUSTOMIZE_ORIGIN)?;
            Some(told(Manager::Kustomize, None, format!("annotation {KUSTOMIZE_ORIGIN}")))
        }
    }
}

fn by_kubectl(object: &Object) -> Option<Managed> {
    if object.annotations.contains_key(LAST_APPLIED) {
        return Some(told(Manager::Kubectl, None, format!("annotation {LAST_APPLIED}")));
    }
    let author = author(object, &[Manager::Kubectl])?;
    (!TOUCHES.contains(&author.name.as_str())).then(|| by_field(author))
}

/// What the label says in words of its own.
fn by_any_label(object: &Object) -> Option<Managed> {
    let label = mark(&object.labels, MANAGED_BY)?;
    let how = format!("label {MANAGED_BY}");
    if label.eq_ignore_ascii_case("helm") {
        return Some(told(Manager::Helm, None, how));
    }
    Some(told(Manager::Other, Some(label), how))
}

fn by_author(object: &Object, wanted: &[Manager]) -> Option<Managed> {
    author(object, wanted).map(by_field)
}

fn by_field(author: &FieldManager) -> Managed {
    told(manager_of(&author.name), Some(&author.name), how(author))
}

fn told(by: Manager, name: Option<&str>, how: String) -> Managed {
    Managed { by, name: name.map(|name| cut(name, LONGEST_NAME)), how }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an object has: `label KEY=VALUE`, `annotation KEY=VALUE`, or `manager NAME` and
    /// `manager NAME/SUBRESOURCE`, the oldest first.
    fn object(has: &[&str]) -> Object {
        let mut object =
            Object { namespace: "shop".into(), name: "web".into(), ..Object::default() };
        for (minute, text) in has.iter().enumerate() {
            let (kind, text) = text.split_once(' ').unwrap();
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            match kind {
                "label" => drop(object.labels.insert(key.into(), value.into())),
                "annotation" => drop(object.annotations.insert(key.into(), value.into())),
                _ => object.managers.push(manager(text, minute)),
            }
        }
        object
    }

    fn manager(text: &str, minute: usize) -> FieldManager {
        let (name, subresource) = text.split_once('/').unwrap_or((text, ""));
        FieldManager {
            name: name.into(),
            operation: "Update".into(),
            subresource: subresource.into(),
            at: format!("2026-01-01T00:{minute:02}:00Z").parse().ok(),
        }
    }

    fn check(has: &[&str], expected: (Manager, &str, &str)) {
        let managed = managed_by(&object(has));
        let got = (managed.by, managed.name.as_deref().unwrap_or(""), managed.how.as_str());
        assert_eq!(got, expected, "{has:?}");
    }

    const TRACKED: &str =
        "annotation argocd.argoproj.io/tracking-id=shop-prod:networking.k8s.io/Ingress:shop/web";
    const HELM_LABEL: &str = "label app.kubernetes.io/managed-by=Helm";
    const HELM_RELEASE_NAME: &str = "annotation meta.helm.sh/release-name=web";
    const APPLIED: &str = "annotation kubectl.kubernetes.io/last-applied-configuration={}";

    #[test]
    fn argo_cd_is_told_by_what_it_tracks_or_writes() {
        let tracked = (Manager::ArgoCd, "shop-prod", "annotation argocd.argoproj.io/tracking-id");
        check(&[TRACKED], tracked);
        check(&[TRACKED, HELM_LABEL, HELM_RELEASE_NAME, APPLIED, "manager helm"], tracked);
        check(
            &["label argocd.argoproj.io/instance=argocd-apps_shop"],
            (Manager::ArgoCd, "shop", "label argocd.argoproj.io/instance"),
        );
        check(
            &["manager argocd-controller", "label app.kubernetes.io/instance=shop"],
            (Manager::ArgoCd, "shop", "managed field manager argocd-controller"),
        );
        check(
            &["manager argocd-application-controller", HELM_LABEL],
            (
                Manager::ArgoCd,
                "argocd-application-controller",
                "managed field manager argocd-application-controller",
            ),
        );
    }

    #[test]
    fn a_tracking_annotation_that_was_copied_from_elsewhere_says_nothing() {
        for id in
            ["", "x", ":", "a:b", "a:networking.k8s.io/Ingress:shop/other", "a:/Service:shop/web"]
        {
            let annotation = format!("annotation argocd.argoproj.io/tracking-id={id}");
            let managed = managed_by(&object(&[&annotation]));
            assert_eq!(managed.by, Manager::Unknown, "{id}");
        }
    }

    #[test]
    fn flux_is_told_by_its_labels_or_what_it_writes() {
        check(
            &[
                "label kustomize.toolkit.fluxcd.io/name=shop",
                "label kustomize.toolkit.fluxcd.io/namespace=flux-system",
                APPLIED,
            ],
            (Manager::Flux, "shop", "label kustomize.toolkit.fluxcd.io/name"),
        );
        check(
            &["label helm.toolkit.fluxcd.io/name=shop", HELM_LABEL, HELM_RELEASE_NAME],
            (Manager::Flux, "shop", "label helm.toolkit.fluxcd.io/name"),
        );
        check(
            &["manager kustomize-controller", "manager kubectl-edit"],
            (Manager::Flux, "kustomize-controller", "managed field manager kustomize-controller"),
        );
    }

    #[test]
    fn helm_is_told_by_its_release_and_by_its_label_only_if_nothing_else_tells() {
        check(
            &[HELM_LABEL, HELM_RELEASE_NAME, "manager helm"],
            (Manager::Helm, "web", "annotation meta.helm.sh/release-name"),
        );
        check(&["manager Helm"], (Manager::Helm, "Helm", "managed field manager Helm"));
        check(&[HELM_LABEL], (Manager::Helm, "", "label app.kubernetes.io/managed-by"));
        assert_eq!(managed_by(&object(&[HELM_RELEASE_NAME])).by, Manager::Unknown);
        check(
            &[HELM_LABEL, "manager kubectl-client-side-apply"],
            (
                Manager::Kubectl,
                "kubectl-client-side-apply",
                "managed field manager kubectl-client-side-apply",
            ),
        );
    }

    #[test]
    fn kustomize_terraform_and_pulumi_are_told_by_label_or_by_what_they_write() {
        let label = "label app.kubernetes.io/managed-by";
        check(
            &["label app.kubernetes.io/managed-by=kustomize-v5.4.0", APPLIED],
            (Manager::Kustomize, "", label),
        );
        check(
            &["annotation config.kubernetes.io/origin=path: web.yaml", APPLIED],
            (Manager::Kustomize, "", "annotation config.kubernetes.io/origin"),
        );
        check(&["label app.kubernetes.io/managed-by=Terraform"], (Manager::Terraform, "", label));
        check(
            &["manager Terraform", "label app.kubernetes.io/managed-by=Terraform"],
            (Manager::Terraform, "Terraform", "managed field manager Terraform"),
        );
        check(
            &["manager HashiCorp"],
            (Manager::Terraform, "HashiCorp", "managed field manager HashiCorp"),
        );
        check(&["label app.kubernetes.io/managed-by=pulumi"], (Manager::Pulumi, "", label));
        check(
            &["manager pulumi-kubernetes-31df3088", APPLIED],
            (
                Manager::Pulumi,
                "pulumi-kubernetes-31df3088",
                "managed field manager pulumi-kubernetes-31df3088",
            ),
        );
    }

    #[test]
    fn kubectl_is_told_by_its_annotation_or_by_what_it_writes() {
        check(
            &[APPLIED, "manager kubectl-client-side-apply"],
            (Manager::Kubectl, "", "annotation kubectl.kubernetes.io/last-applied-configuration"),
        );
        for name in ["kubectl-client-side-apply", "kubectl-create", "kubectl-edit", "kubectl"] {
            let how = format!("managed field manager {name}");
            check(&[&format!("manager {name}")], (Manager::Kubectl, name, how.as_str()));
        }
    }

    #[test]
    fn who_only_touches_an_object_does_not_manage_it() {
        check(
            &["manager kubectl-edit", "manager OpenAPI-Generator"],
            (Manager::Other, "OpenAPI-Generator", "managed field manager OpenAPI-Generator"),
        );
        check(
            &["manager kubectl-edit", "manager kubectl-create"],
            (Manager::Kubectl, "kubectl-create", "managed field manager kubectl-create"),
        );
    }

    #[test]
    fn another_controller_is_told_by_how_it_is_called() {
        check(
            &["manager keycloak-operator"],
            (Manager::Operator, "keycloak-operator", "managed field manager keycloak-operator"),
        );
        check(
            &["manager cert-manager-challenges"],
            (
                Manager::Operator,
                "cert-manager-challenges",
                "managed field manager cert-manager-challenges",
            ),
        );
        check(
            &["label app.kubernetes.io/managed-by=Strimzi-Operator", "manager kubectl-create"],
            (Manager::Operator, "Strimzi-Operator", "label app.kubernetes.io/managed-by"),
        );
    }

    #[test]
    fn what_gives_a_name_is_called_by_it() {
        check(
            &["manager node-fetch", "manager okhttp"],
            (Manager::Other, "node-fetch", "managed field manager node-fetch"),
        );
        check(
            &["label app.kubernetes.io/managed-by=<b>us</b>"],
            (Manager::Other, "<b>us</b>", "label app.kubernetes.io/managed-by"),
        );
        let long = "x".repeat(10_000);
        let managed = managed_by(&object(&[&format!("manager {long}")]));
        assert_eq!(managed.name.unwrap().chars().count(), LONGEST_NAME);
        assert!(managed.how.chars().count() < 200);
    }

    #[test]
    fn who_only_writes_the_status_does_not_manage() {
        let unknown = (Manager::Unknown, "", "no label, annotation or managed field tells");
        check(&[], unknown);
        check(&["manager helm/status"], unknown);
        check(&["manager nginx-ingress-controller"], unknown);
        check(&["manager kube-controller-manager", "manager traefik/status"], unknown);
        check(
            &["label app.kubernetes.io/managed-by= ", "annotation meta.helm.sh/release-name="],
            unknown,
        );
    }
}
