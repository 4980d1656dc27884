//! What the queue of reviews shows: the URL is the view.

use std::str::FromStr;

use form_urlencoded::Serializer;

use super::{Outcome, Stage};
use crate::ids::{CampaignId, ReviewId};
use crate::inventory::InvalidView;
use crate::recommendation::Advice;

/// Which reviews, and from where on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewView {
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those that are assigned to one of these teams; empty for all.
    pub assignees: Vec<String>,
    /// Only those that stand in one of these; empty for all.
    pub stages: Vec<Stage>,
    /// Only those of which one of these came; empty for all.
    pub outcomes: Vec<Outcome>,
    /// Only those of which this is recommended.
    pub advice: Option<Advice>,
    /// Only those of ingresses of this cluster.
    pub cluster: Option<String>,
    /// Those after this one.
    pub after: Option<ReviewId>,
}

impl ReviewView {
    /// Everything that these teams have to decide.
    pub fn waiting(assignees: Vec<String>) -> Self {
        Self { assignees, stages: Stage::WAITING.to_vec(), ..Self::default() }
    }

    /// Reads a URL's query, such as `campaign=7&team=shop&state=open&state=reopened`. Empty values
    /// count as absent; teams and states may repeat.
    pub fn parse(query: &str) -> Result<Self, InvalidView> {
        let mut view = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*key {
                _ if value.is_empty() => {}
                "campaign" => view.campaign = Some(number("campaign", value)?),
                "team" => view.assignees.push(value.to_owned()),
                "state" => view.stages.push(stage(value)?),
                "outcome" => view.outcomes.push(outcome(value)?),
                "recommended" => view.advice = Some(advice(value)?),
                "cluster" => view.cluster = Some(value.to_owned()),
                "after" => view.after = Some(number("after", value)?),
                _ => return Err(InvalidView::Parameter(key.into_owned())),
            }
        }
        view.assignees.sort_unstable();
        view.assignees.dedup();
        view.stages.sort_unstable();
        view.stages.dedup();
        view.outcomes.sort_unstable();
        view.outcomes.dedup();
        Ok(view)
    }

    /// The query that [`Self::parse`] reads back; empty for everything.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(campaign) = self.campaign {
            query.append_pair("campaign", &campaign.to_string());
        }
        for team in &self.assignees {
            query.append_pair("team", team);
        }
        for stage in &self.stages {
            query.append_pair("state", stage.as_str());
        }
        for outcome in &self.outcomes {
            query.append_pair("outcome", outcome.as_str());
        }
        if let Some(advice) = self.advice {
            query.append_pair("recommended", advice.as_str());
        }
        if let Some(cluster) = &self.cluster {
            query.append_pair("cluster", cluster);
        }
        if let Some(after) = self.after {
            query.append_pair("after", &after.to_string());
        }
        query.finish()
    }

    /// The same from the start.
    pub fn from_start(&self) -> Self {
        Self { after: None, ..self.clone() }
    }

    /// The same after a review.
    pub fn after(&self, review: ReviewId) -> Self {
        Self { after: Some(review), ..self.clone() }
    }
}

fn number<T: FromStr>(parameter: &'static str, value: &str) -> Result<T, InvalidView> {
    value.parse().map_err(|_| unknown(parameter, value, "the number of one".to_owned()))
}

fn stage(value: &str) -> Result<Stage, InvalidView> {
    let allowed = || Stage::ALL.map(Stage::as_str).join(", ");
    Stage::parse(value).ok_or_else(|| unknown("state", value, allowed()))
}

fn outcome(value: &str) -> Result<Outcome, InvalidView> {
    let allowed = || Outcome::ALL.map(Outcome::as_str).join(", ");
    Outcome::parse(value).ok_or_else(|| unknown("outcome", value, allowed()))
}

fn advice(value: &str) -> Result<Advice, InvalidView> {
    let allowed = || Advice::ALL.map(Advice::as_str).join(", ");
    Advice::parse(value).ok_or_else(|| unknown("recommended", value, allowed()))
}

fn unknown(parameter: &'static str, value: &str, allowed: String) -> InvalidView {
    InvalidView::Value { parameter, value: value.to_owned(), allowed }
}
