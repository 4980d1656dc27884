//! Who wrote an object, as field managers call themselves.
//!
//! One without a name of its own is the beginning of the client's user agent, which by default is
//! the name of its program (kube-apiserver, `prefixFromUserAgent`).

use super::Manager;
use crate::ingress::{FieldManager, Object};
use crate::owner::{LONGEST_NAME, cut};

/// They write an ingress's status, finalizers or annotations, but never made one. API servers
/// before 1.22 do not mark writes to the status as such (Kubernetes 1.22, "subresource" of managed
/// fields). `before-first-apply` stands for what the API server did not record.
const BYSTANDERS: [&str; 11] = [
    "kube-controller-manager",
    "kube-apiserver",
    "before-first-apply",
    "nginx-ingress-controller",
    "nginx-ingress",
    "haproxy-ingress",
    "haproxy-ingress-controller",
    "traefik",
    "contour",
    "pilot-discovery",
    "glbc",
];

/// With these kubectl changes what something else has made.
pub(super) const TOUCHES: [&str; 4] =
    ["kubectl-edit", "kubectl-patch", "kubectl-annotate", "kubectl-label"];

/// The field manager of one of these kinds that wrote first, other than to the status. Of kubectl's
/// those that make objects go before those that touch them.
pub(super) fn author<'a>(object: &'a Object, wanted: &[Manager]) -> Option<&'a FieldManager> {
    let authors = object.managers.iter().filter(|one| {
        let is_author = one.subresource.is_empty() && !BYSTANDERS.contains(&one.name.as_str());
        is_author && wanted.contains(&manager_of(&one.name))
    });
    authors.min_by_key(|one| (TOUCHES.contains(&one.name.as_str()), one.at.is_none(), one.at))
}

/// What a field manager's name stands for. Names from the tools' sources: `argocd-controller` by
/// server-side apply and `argocd-application-controller` otherwise (Argo CD); `Terraform`, or
/// `HashiCorp` from its user agent (Terraform's Kubernetes and Helm providers);
/// `pulumi-kubernetes`, with a suffix by server-side apply (Pulumi's Kubernetes provider).
pub(super) fn manager_of(name: &str) -> Manager {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "argocd-controller" | "argocd-application-controller" => Manager::ArgoCd,
        "kustomize-controller" | "helm-controller" | "flux" => Manager::Flux,
        "helm" => Manager::Helm,
        "hashicorp" => Manager::Terraform,
        name if name.starts_with("terraform") => Manager::Terraform,
        name if name.starts_with("pulumi-kubernetes") => Manager::Pulumi,
        name if name.starts_with("kubectl") => Manager::Kubectl,
        name if is_operator(name) => Manager::Operator,
        _ => Manager::Other,
    }
}

/// By how controllers are usually called.
fn is_operator(name: &str) -> bool {
    let ends = ["operator", "-controller", "-controller-manager"];
    name.starts_with("cert-manager-") || ends.iter().any(|end| name.ends_with(end))
}

/// The words for it.
pub(super) fn how(author: &FieldManager) -> String {
    format!("managed field manager {}", cut(&author.name, LONGEST_NAME))
}
