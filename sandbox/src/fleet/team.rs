//! Teams, and the habits that make the objects of one team look alike: how it deploys, where it
//! writes down who owns things, which controller it likes.

use super::class::Class;
use super::dice::Dice;
use super::profile::Profile;
use super::words::{AREAS, Area, MARKETS};

/// A team with its habits.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub(super) name: String,
    pub(super) area: Area,
    pub(super) delivery: Delivery,
    pub(super) ownership: Ownership,
    pub(super) class: Class,
    pub(super) cert_manager: bool,
    pub(super) external_dns: bool,
}

/// What puts a team's manifests into the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    ArgoCd,
    Flux,
    Helm,
    Kubectl,
    Kustomize,
    Terraform,
    Pulumi,
    /// A controller in the cluster, by the name of its field manager.
    Operator(&'static str),
    /// A page with buttons.
    Dashboard,
    /// Brought back from a backup that kept no managed fields.
    Nobody,
}

impl Delivery {
    /// Whether kubectl's copy of the manifest stays on the object.
    pub(super) fn leaves_last_applied(self) -> bool {
        matches!(self, Self::Kubectl | Self::Kustomize)
    }
}

/// Where the owner is written, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ownership {
    IngressAnnotation(&'static str, Style),
    IngressLabel(&'static str),
    ServiceLabel(&'static str),
    ServiceAnnotation(&'static str, Style),
    NamespaceLabel(&'static str),
    NamespaceAnnotation(&'static str, Style),
    Nowhere,
}

/// How an annotation spells a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    BackstageGroup,
    Email,
    Chat,
}

impl Style {
    /// The value for a team.
    pub(super) fn spell(self, team: &str) -> String {
        match self {
            Self::Plain => team.into(),
            Self::BackstageGroup => format!("group:default/{team}"),
            Self::Email => format!("{team}@marrowby.example"),
            Self::Chat => format!("#team-{team}"),
        }
    }
}

const DELIVERIES: &[(u32, Delivery)] = &[
    (36, Delivery::ArgoCd),
    (26, Delivery::Helm),
    (16, Delivery::Flux),
    (10, Delivery::Kubectl),
    (4, Delivery::Kustomize),
    (6, Delivery::Terraform),
    (2, Delivery::Pulumi),
];

const OWNERSHIPS: &[(u32, Ownership)] = &[
    (12, Ownership::IngressAnnotation("a8r.io/owner", Style::Chat)),
    (10, Ownership::IngressAnnotation("backstage.io/owner", Style::BackstageGroup)),
    (6, Ownership::IngressAnnotation("owner", Style::Email)),
    (5, Ownership::IngressAnnotation("owner", Style::Plain)),
    (16, Ownership::IngressLabel("team")),
    (8, Ownership::IngressLabel("app.kubernetes.io/team")),
    (8, Ownership::ServiceLabel("team")),
    (4, Ownership::ServiceAnnotation("a8r.io/owner", Style::Email)),
    (14, Ownership::NamespaceLabel("team")),
    (8, Ownership::NamespaceLabel("marrowby.example/team-name")),
    (6, Ownership::NamespaceAnnotation("backstage.io/kubernetes-owner", Style::BackstageGroup)),
    (8, Ownership::Nowhere),
];

/// The teams of a fleet of this size, well-known areas first, then the same areas by market.
pub(super) fn teams(dice: &mut Dice, profile: &Profile, ingresses: usize) -> Vec<Team> {
    let most = AREAS.len() * (MARKETS.len() + 1);
    let count = (ingresses / 14).clamp(4, most);
    (0..count).map(|number| team(dice, profile, number)).collect()
}

fn team(dice: &mut Dice, profile: &Profile, number: usize) -> Team {
    let area = AREAS[number % AREAS.len()];
    let name = match (number / AREAS.len()).checked_sub(1) {
        None => area.team.to_owned(),
        Some(market) => format!("{}-{}", area.team, MARKETS[market]),
    };
    Team {
        name,
        area,
        delivery: dice.weighted(DELIVERIES),
        ownership: dice.weighted(OWNERSHIPS),
        class: dice.weighted(profile.classes),
        cert_manager: dice.chance(70.0),
        external_dns: dice.chance(45.0),
    }
}
