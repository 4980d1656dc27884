//! What a controller writes into `status.loadBalancer`: the addresses under which it is reached.

use serde_json::{Value, json};

use super::class::{Class, Controller};
use super::dice::Dice;

/// The `status` of an Ingress; a few have no address, because nobody picked them up.
pub(super) fn status(dice: &mut Dice, cluster: &str, class: Class, name: &str) -> Value {
    if dice.chance(4.0) {
        return json!({ "loadBalancer": {} });
    }
    json!({ "loadBalancer": { "ingress": entries(dice, cluster, class, name) } })
}

fn entries(dice: &mut Dice, cluster: &str, class: Class, name: &str) -> Value {
    let zone = if cluster == "prod-us" { "us-east1" } else { "eu-west-1" };
    match class.kind {
        // One load balancer for each Ingress, or a shared one.
        Controller::Alb => {
            json!([{ "hostname": format!("k8s-{name}-{}.elb.{zone}.example.com", dice.hex(10)) }])
        }
        Controller::Gce => json!([{ "ip": format!("198.51.100.{}", dice.between(2, 254)) }]),
        Controller::Nginx if class.internal => {
            json!([{ "ip": "10.20.0.10" }, { "ip": "10.20.0.11" }])
        }
        Controller::Nginx if cluster == "prod-us" => json!([{ "ip": "203.0.113.20" }]),
        Controller::Nginx => json!([{ "ip": "203.0.113.10" }]),
        Controller::NginxPlus => json!([{ "ip": "203.0.113.30", "ports": [
            { "port": 80, "protocol": "TCP" }, { "port": 443, "protocol": "TCP" } ] }]),
        Controller::Traefik => json!([{ "ip": "203.0.113.41" }, { "ip": "2001:db8:20::41" }]),
        Controller::Haproxy => json!([{ "ip": "203.0.113.51" }, { "ip": "203.0.113.52" }]),
        Controller::Contour => json!([{ "ip": "203.0.113.60" }]),
        Controller::Kong => json!([{ "hostname": format!("kong.{cluster}.lb.example.com") }]),
    }
}
