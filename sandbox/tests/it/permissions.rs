//! Permissions: who is let in, what a role allows, and the words of a refusal.

use k8s_openapi::api::networking::v1::Ingress;
use kube::Api;
use kube::api::ListParams;
use sandbox::kubernetes::User;
use serde_json::{Value, json};

use crate::support::{client, get, raw, refusal, serve, shop};

const READER: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: { name: routebook, namespace: routebook }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [list, watch] }
  - { apiGroups: [""], resources: [namespaces], resourceNames: [kube-system], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: routebook, namespace: routebook }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: secrets, namespace: shop }
rules: [{ apiGroups: [""], resources: ["*"], verbs: ["*"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: secrets, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:routebook" }]
"#;

#[tokio::test]
async fn nothing_is_allowed_without_a_role() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let api: Api<Ingress> = Api::all(client(&server, "routebook").await);

    let message = "ingresses.networking.k8s.io is forbidden: User \
                   \"system:serviceaccount:routebook:routebook\" cannot list resource \"ingresses\" \
                   in API group \"networking.k8s.io\" at the cluster scope";
    let refused = refusal(api.list(&ListParams::default()).await);
    assert_eq!(refused, (403, "Forbidden".into(), message.into()));
}

#[tokio::test]
async fn roles_allow_exactly_what_they_say() {
    let cluster = shop(1);
    assert_eq!(cluster.load_yaml(READER).unwrap(), 5);
    let server = serve(&cluster).await;
    let routebook = client(&server, "routebook").await;

    let check = async |path: &str, expected: u16| match get(&routebook, path).await {
        Ok(_) => assert_eq!(200, expected, "{path}"),
        outcome => assert_eq!(refusal(outcome).0, expected, "{path}"),
    };
    check("/apis/networking.k8s.io/v1/ingresses", 200).await;
    check("/apis/networking.k8s.io/v1/namespaces/shop/ingresses", 200).await;
    check("/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web-00000", 403).await;
    check("/api/v1/namespaces/kube-system", 200).await;
    check("/api/v1/namespaces/default", 403).await;
    check("/api/v1/secrets", 403).await;
    check("/api/v1/namespaces/shop/secrets", 200).await;
    check("/api/v1/namespaces/default/secrets", 403).await;
    check("/apis", 200).await;
    check("/metrics", 403).await;
}

#[tokio::test]
async fn a_user_can_ask_what_it_may_do() {
    let cluster = shop(1);
    cluster.load_yaml(READER).unwrap();
    let server = serve(&cluster).await;
    let routebook = client(&server, "routebook").await;
    let ask = async |attributes: Value| {
        let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        let body = json!({"apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": attributes}});
        let review = raw(&routebook, "POST", path, "application/json", body).await.unwrap();
        review["status"]["allowed"].as_bool().unwrap()
    };

    let group = "networking.k8s.io";
    assert!(ask(json!({"verb": "list", "group": group, "resource": "ingresses"})).await);
    assert!(!ask(json!({"verb": "delete", "group": group, "resource": "ingresses"})).await);
    assert!(!ask(json!({"verb": "list", "resource": "secrets"})).await);
    assert!(ask(json!({"verb": "list", "resource": "secrets", "namespace": "shop"})).await);
}

#[tokio::test]
async fn tokens_can_be_rotated_and_revoked() {
    let cluster = shop(1);
    let server = serve(&cluster).await;
    let path = "/apis/networking.k8s.io/v1/ingresses";
    let before = client(&server, "admin").await;
    assert!(get(&before, path).await.is_ok());

    server.rotate("admin");
    let (code, reason, _) = refusal(get(&before, path).await);
    assert_eq!((code, reason.as_str()), (401, "Unauthorized"));
    assert!(get(&client(&server, "admin").await, path).await.is_ok());

    let token = server.add_user("auditor", User::person("alice", &["system:masters"]));
    let auditor = client(&server, "auditor").await;
    assert!(get(&auditor, path).await.is_ok());
    server.revoke(&token);
    assert_eq!(refusal(get(&auditor, path).await).0, 401);
}
