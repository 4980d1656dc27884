//! What an operator of Routebook would tell it about the company: the teams, and who gets what is
//! left. In the form of Routebook's configuration.

use serde_json::{Value, json};

use super::words::{AREAS, Area};

/// Teams that took over what came with a firm that was bought, by the application's name.
const HEIRS: &[(&str, &[&str])] = &[("shipping", &["tidewater-booking", "tidewater-crew"])];

/// The teams with the names that stand for them. The firms that were bought are not among them, nor
/// are the teams of single markets: not everybody who owns something is known.
pub fn teams() -> Value {
    AREAS.iter().map(team).collect()
}

fn team(area: &Area) -> Value {
    let name = area.team;
    let applications = area.products.iter().map(|product| format!("{name}-{product}"));
    let heir = HEIRS.iter().find(|(heir, _)| *heir == name);
    let inherited = heir.into_iter().flat_map(|(_, names)| names.iter().map(ToString::to_string));
    json!({
        "name": name,
        "match": applications.chain(inherited).collect::<Vec<String>>(),
        "groups": [name],
        "email": format!("{name}@marrowby.example"),
        "chat": format!("#team-{name}"),
    })
}

/// Who gets what nobody else owns.
pub fn fallbacks() -> Value {
    json!([{ "cluster": "prod-eu", "class": "haproxy", "owner": "platform" }])
}
