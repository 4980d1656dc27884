//! The hosts of an Ingress, and how visible they are.

use super::class::Class;
use super::dice::Dice;
use super::namespace::Place;
use super::profile::Profile;

/// The hosts that the rules of one Ingress name; an empty string stands for a rule without a host.
pub(super) fn choose(
    dice: &mut Dice,
    profile: &Profile,
    place: &Place,
    class: Class,
    name: &str,
    count: usize,
) -> Vec<String> {
    if dice.chance(2.5) {
        return vec![String::new()];
    }
    let zone = zone(dice, profile, place, class);
    let environment = match place.environment {
        "" => String::new(),
        environment => format!(".{environment}"),
    };
    if dice.chance(2.5) {
        return vec![format!("*.{name}{environment}.{zone}")];
    }
    let mut hosts = vec![first(dice, place, name, &environment, zone)];
    for number in 1..count {
        hosts.push(format!("{}{environment}.{zone}", further(place, name, number)));
    }
    hosts
}

fn zone(dice: &mut Dice, profile: &Profile, place: &Place, class: Class) -> &'static str {
    let public = place.team.area.public && !class.internal && dice.chance(80.0);
    match public {
        true => profile.public_zone,
        false => profile.internal_zone,
    }
}

/// Several teams share the shop's main hosts, each with paths of its own.
fn first(dice: &mut Dice, place: &Place, name: &str, environment: &str, zone: &str) -> String {
    if place.team.area.department == "shops" && dice.chance(8.0) {
        let shared = dice.pick(&["www", "shop", "api"]);
        return format!("{shared}{environment}.{zone}");
    }
    format!("{name}{environment}.{zone}")
}

fn further(place: &Place, name: &str, number: usize) -> String {
    const PREFIXES: &[&str] = &["www", "m", "static", "api", "cdn", "beta", "old"];
    match PREFIXES.get(number - 1) {
        Some(prefix) => format!("{prefix}-{name}"),
        None => format!("{}-{number}-{name}", place.product),
    }
}
