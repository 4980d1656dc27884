//! What the list of retirements shows: the URL is the view.

use form_urlencoded::Serializer;

use super::Stage;
use crate::ids::RetirementId;
use crate::inventory::InvalidView;

/// Which retirements, and from where on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetirementView {
    /// Only those that stand here.
    pub state: Option<Stage>,
    /// Only those that one of these teams decided, or of which it owns the ingress; empty for all.
    pub teams: Vec<String>,
    /// Those after this one.
    pub after: Option<RetirementId>,
}

impl RetirementView {
    /// Reads a URL's query, such as `state=due`. Empty values count as absent.
    pub fn parse(query: &str) -> Result<Self, InvalidView> {
        let mut view = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*key {
                _ if value.is_empty() => {}
                "state" => view.state = Some(stage(value)?),
                "team" => view.teams.push(value.to_owned()),
                "after" => view.after = Some(value.parse().map_err(|_| InvalidView::Cursor)?),
                _ => return Err(InvalidView::Parameter(key.into_owned())),
            }
        }
        view.teams.sort_unstable();
        view.teams.dedup();
        Ok(view)
    }

    /// The query that [`Self::parse`] reads back; empty for everything.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(state) = self.state {
            query.append_pair("state", state.as_str());
        }
        for team in &self.teams {
            query.append_pair("team", team);
        }
        if let Some(after) = self.after {
            query.append_pair("after", &after.to_string());
        }
        query.finish()
    }

    /// What of it somebody may see who sees only what is of these teams.
    pub fn of_teams(&self, teams: &[String]) -> Self {
        let mut view = self.clone();
        view.teams.retain(|team| teams.contains(team));
        if view.teams.is_empty() {
            view.teams = teams.to_vec();
        }
        view
    }
}

fn stage(value: &str) -> Result<Stage, InvalidView> {
    Stage::parse(value).ok_or_else(|| InvalidView::Value {
        parameter: "state",
        value: value.to_owned(),
        allowed: Stage::ALL.map(Stage::as_str).join(", "),
    })
}
