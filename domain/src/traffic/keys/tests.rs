use super::*;
use crate::testing::{IngressBuilder, ingress, route};

fn web() -> IngressBuilder {
    ingress("shop", "web")
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn keys(preset: Preset, ingress: &Ingress) -> Keys {
    keys_of(preset, ingress).unwrap_or_else(|reason| panic!("{preset:?}: {reason}"))
}

/// The sample belongs to the ingress `web` in `shop`.
fn finds(preset: Preset, ingress: &Ingress, sample: &[(&str, &str)]) {
    let found = sample_keys(preset, &labels(sample), &["websecure".to_owned()]);
    let keys = keys(preset, ingress);
    assert!(keys.ingress.iter().any(|key| found.contains(key)), "{preset:?}: {keys:?} {found:?}");
}

fn misses(preset: Preset, ingress: &Ingress, sample: &[(&str, &str)]) {
    let found = sample_keys(preset, &labels(sample), &[]);
    let keys = keys(preset, ingress);
    assert!(!keys.ingress.iter().any(|key| found.contains(key)), "{preset:?}: {keys:?} {found:?}");
}

#[test]
fn samples_find_their_ingress() {
    let web = web().build();
    finds(Preset::IngressNginx, &web, &[("namespace", "shop"), ("ingress", "web")]);
    misses(Preset::IngressNginx, &web, &[("namespace", "shop"), ("ingress", "web-2")]);
    let resource = [("resource_namespace", "shop"), ("resource_name", "web")];
    finds(Preset::NginxPlus, &web, &resource);
    finds(Preset::NginxOpenSource, &web, &resource);
    finds(Preset::Traefik, &web, &[("router", "shop-web-web-example-com@kubernetes")]);
    finds(Preset::Traefik, &web, &[("router", "websecure-shop-web-web-example-com@kubernetes")]);
    finds(Preset::Traefik, &web, &[("router", "shop-web-web-example-com-00aa11bb22@kubernetes")]);
    misses(Preset::Traefik, &web, &[("router", "shop-web-web-example-com@file")]);
    let nginx = [("router", "shop-web-rule-0-path-0-tls@kubernetesingressnginx")];
    finds(Preset::TraefikNginx, &web, &nginx);
    finds(Preset::TraefikService, &web, &[("service", "shop-web-80@kubernetes")]);
    finds(Preset::HaproxyIngress, &web, &[("proxy", "shop_web_8080")]);
    misses(Preset::HaproxyIngress, &web, &[("proxy", "shop_svc_web_http")]);
    finds(Preset::HaproxyTech, &web, &[("proxy", "shop_svc_web_http")]);
    misses(Preset::HaproxyTech, &web, &[("proxy", "_front_http")]);
    finds(Preset::Contour, &web, &[("envoy_cluster_name", "shop_web_80")]);
    let istio = [("destination_service_namespace", "shop"), ("destination_service_name", "web")];
    finds(Preset::Istio, &web, &istio);
    finds(Preset::Kong, &web, &[("route", "shop.web.web.web.example.com.80")]);
    let openshift = [("namespace", "shop"), ("route", "web-x7k2p"), ("service", "web")];
    finds(Preset::OpenShift, &web, &openshift);
    finds(Preset::Alb, &web, &[("tag_ingress_k8s_aws_resource", "shop/web-web:80")]);
    finds(Preset::Custom, &web, &[("namespace", "shop"), ("ingress", "web")]);
    finds(Preset::Custom, &web, &[("namespace", "shop"), ("service", "web")]);
}

#[test]
fn the_exported_label_wins_when_it_is_not_empty() {
    let web = web().build();
    let clash = [
        ("namespace", "ingress-nginx"),
        ("exported_namespace", "shop"),
        ("ingress", "web"),
        ("exported_ingress", ""),
    ];
    finds(Preset::IngressNginx, &web, &clash);
    let clash = [("service", "traefik"), ("exported_service", "shop-web-80@kubernetes")];
    finds(Preset::TraefikService, &web, &clash);
    let clash = [("namespace", "openshift-ingress"), ("exported_namespace", "shop")];
    let rest = [("route", "web-x7k2p"), ("service", "router"), ("exported_service", "web")];
    finds(Preset::OpenShift, &web, &[&clash[..], &rest[..]].concat());
}

#[test]
fn a_gke_ingress_is_found_by_its_url_map() {
    let mapped = web().with(|ingress| {
        ingress.object.annotations.insert(URL_MAP.into(), "k8s2-um-abc-shop-web".into());
    });
    finds(Preset::Gke, &mapped.build(), &[("url_map_name", "k8s2-um-abc-shop-web")]);
    let reason = keys_of(Preset::Gke, &web().build()).unwrap_err();
    assert!(reason.contains("url-map"), "{reason}");
}

#[test]
fn wildcard_hosts_on_ingress_nginx_are_not_counted() {
    let with_hosts = |hosts: &[&str]| {
        let routes = hosts.iter().map(|host| route(host, "/", "web", 80)).collect();
        let ingress = web().with(|ingress| ingress.routes = routes).build();
        keys(Preset::IngressNginx, &ingress).uncounted
    };
    assert_eq!(with_hosts(&["a.example.com", "b.example.com"]), None);
    let all = with_hosts(&["*.example.com"]).unwrap();
    assert!(all.starts_with("ingress-nginx does not count requests: *.example.com"), "{all}");
    let some = with_hosts(&["a.example.com", ""]).unwrap();
    assert!(some.contains("all requests: any host"), "{some}");
}

#[test]
fn routes_are_found_where_the_preset_has_them() {
    let two = vec![route("a.example.com", "/", "web", 80), route("a.example.com", "/b", "b", 81)];
    let ingress = web().with(|ingress| ingress.routes = two).build();
    let second = |preset, sample: &[(&str, &str)]| {
        let found = sample_keys(preset, &labels(sample), &[]);
        let keys = keys(preset, &ingress).routes;
        let places: Vec<usize> =
            keys.iter().filter(|(_, key)| found.contains(key)).map(|(index, _)| *index).collect();
        assert_eq!(places, [1], "{preset:?} {keys:?} {found:?}");
    };
    let nginx = [("namespace", "shop"), ("ingress", "web"), ("path", "/b")];
    second(Preset::IngressNginx, &[&nginx[..], &[("host", "a.example.com")]].concat());
    second(Preset::IngressNginx, &nginx);
    second(Preset::Traefik, &[("router", "shop-web-a-example-com-b@kubernetes")]);
    second(Preset::Kong, &[("route", "shop.web.b.a.example.com.81")]);
}

#[test]
fn routes_without_a_service_are_not_counted_by_service() {
    let bucket =
        Backend::Resource { group: String::new(), kind: "Bucket".into(), name: "b".into() };
    let mixed = web().with(|ingress| {
        let mut second = ingress.routes[0].clone();
        second.backend = bucket.clone();
        ingress.routes.push(second);
    });
    let uncounted = keys(Preset::Contour, &mixed.build()).uncounted.unwrap();
    assert!(uncounted.starts_with("1 of its 2 routes"), "{uncounted}");
    let only = web().with(|ingress| ingress.routes[0].backend = bucket).build();
    assert!(keys_of(Preset::Contour, &only).is_err());
}

#[test]
fn an_ingress_of_another_controller_is_measured_elsewhere() {
    let web = web().build();
    let traefik = measures(Preset::Traefik, &web, Some("k8s.io/ingress-nginx"));
    assert_eq!(traefik, Measures::Elsewhere);
    let Measures::Yes(keys, granularity) = measures(Preset::IngressNginx, &web, None) else {
        panic!("a class called nginx is taken for ingress-nginx");
    };
    assert_eq!((keys.unsure, granularity), (false, Granularity::Route));
    let classless = Ingress { class: None, ..web };
    let Measures::Yes(keys, _) = measures(Preset::IngressNginx, &classless, None) else {
        panic!("an ingress without a class may be anybody's");
    };
    assert!(keys.unsure);
}

#[test]
fn a_default_backend_has_a_name_of_its_own() {
    let only_default = web().with(|ingress| {
        ingress.routes[0] = Route {
            host: String::new(),
            path: String::new(),
            path_type: PathType::Missing,
            backend: ingress.routes[0].backend.clone(),
        };
    });
    let ingress = only_default.build();
    finds(Preset::Traefik, &ingress, &[("router", "default-router@kubernetes")]);
    finds(Preset::Kong, &ingress, &[("route", "shop.web")]);
}
