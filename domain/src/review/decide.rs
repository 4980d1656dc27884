//! What reviewers and admins do to a review.

use jiff::tz::Offset;

use super::{Choice, Decision, Kind, Next, Refused, Review, ReviewState, Setting};
use crate::audit::Actor;
use crate::campaign::Reasons;
use crate::owner::Team;
use crate::text;
use crate::user::{Person, User};

impl Review {
    /// Decides. The decision counts instead of the one before, if there is one.
    ///
    /// *Not mine* with a team gives the review to that team, for which it is open; the decision is
    /// kept.
    pub fn decide(self, choice: Choice, setting: &Setting<'_>) -> Result<Next, Refused> {
        let on_behalf = self.admit(setting)?;
        if !setting.present {
            return Err(Refused::Gone);
        }
        if setting.shown_hash != setting.current_hash {
            return Err(Refused::Changed);
        }
        let choice = self.fit(choice, on_behalf, setting)?;
        let decision = Decision {
            id: 0,
            team: self.assignee.clone(),
            by: Actor::from(&setting.visitor.user),
            on_behalf,
            at: setting.now,
            material_hash: setting.current_hash.to_owned(),
            recommendation: self.recommendation.advice,
            superseded: false,
            undone: false,
            choice,
        };
        Ok(self.after(decision))
    }

    /// Takes the last decision back: the review is open again.
    pub fn undo(self, setting: &Setting<'_>) -> Result<Next, Refused> {
        self.admit(setting)?;
        let mut decision = match self.state {
            ReviewState::Decided(decision) => decision,
            ReviewState::Reopened { last, .. } => last,
            ReviewState::Open | ReviewState::Settled(_) => return Err(Refused::NothingToUndo),
        };
        decision.undone = true;
        let review = Self { state: ReviewState::Open, ..self };
        Ok(Next { review, decision: Some(decision), reassigned: None })
    }

    /// Takes back that it was [given](Self::decide) to the team that has it now, as long as that team has
    /// not decided: it is the former team's again. Members of that team may, and admins. `last` is the
    /// last decision about it.
    pub fn take_back(self, last: Decision, setting: &Setting<'_>) -> Result<Next, Refused> {
        let is_theirs = setting.visitor.is_of(&last.team) || setting.visitor.is_admin();
        if !is_theirs {
            return Err(Refused::NotYours);
        }
        if !setting.campaign_open {
            return Err(Refused::Closed);
        }
        if !self.is_given(&last) {
            return Err(Refused::NothingToUndo);
        }
        let team = last.team.clone();
        let review = Self { assignee: team.clone(), ..self };
        let decision = Decision { undone: true, ..last };
        Ok(Next { review, decision: Some(decision), reassigned: Some(team) })
    }

    /// Whether it is open for the team that it was given to by this decision, the last about it.
    pub fn is_given(&self, last: &Decision) -> bool {
        let is_to_them = last.choice.proposed.as_ref() == Some(&self.assignee);
        is_to_them && !last.undone && self.state == ReviewState::Open
    }

    /// Gives it to another team, which takes an admin who is not in that team. Decided stays what was
    /// decided, but not that it is somebody else's.
    pub fn reassign(
        self,
        team: &str,
        reason: &str,
        setting: &Setting<'_>,
    ) -> Result<Next, Refused> {
        self.admit(setting)?;
        if !setting.visitor.is_admin() {
            return Err(Refused::NotYours);
        }
        text::reason(reason)?;
        let team = self.other_team(team, setting.teams)?;
        if setting.visitor.is_of(&team) {
            return Err(Refused::Yourself);
        }
        let state = match self.state {
            ReviewState::Decided(decision) if decision.choice.kind == Kind::NotMine => {
                ReviewState::Open
            }
            state => state,
        };
        let review = Self { state, assignee: team.clone(), ..self };
        Ok(Next { review, decision: None, reassigned: Some(team) })
    }

    /// Whether somebody may write a comment to it, which needs no open campaign.
    pub fn may_comment(&self, visitor: &Person) -> Result<(), Refused> {
        self.on_behalf(visitor).map(drop)
    }

    /// Whether the campaign is open, and whether they act for a team that is not theirs.
    fn admit(&self, setting: &Setting<'_>) -> Result<bool, Refused> {
        if !setting.campaign_open || matches!(self.state, ReviewState::Settled(_)) {
            return Err(Refused::Closed);
        }
        self.on_behalf(setting.visitor)
    }

    fn on_behalf(&self, visitor: &Person) -> Result<bool, Refused> {
        match (visitor.is_of(&self.assignee), visitor.is_admin()) {
            (true, _) => Ok(false),
            (false, true) => Ok(true),
            (false, false) => Err(Refused::NotYours),
        }
    }

    /// The choice without what does not belong to its kind, if it may be made.
    fn fit(
        &self,
        choice: Choice,
        on_behalf: bool,
        setting: &Setting<'_>,
    ) -> Result<Choice, Refused> {
        let kind = choice.kind;
        let reason = text::any_reason(&choice.reason)?;
        let against = choice.is_against(self.recommendation.advice);
        if reason.is_empty() && (setting.reasons == Reasons::Always || against) {
            return Err(Refused::ReasonMissing);
        }
        let mut fit = Choice::new(kind, &reason);
        match kind {
            Kind::Confirm => self.check_eyes(setting)?,
            Kind::Retire => {
                fit.routes = routes(&choice.routes, setting.routes)?;
                fit.wish = choice.wish;
                let today = Offset::UTC.to_datetime(setting.now).date();
                if fit.wish.is_some_and(|wish| wish < today) {
                    return Err(Refused::WishPast);
                }
            }
            Kind::NotMine => {
                let proposed = choice.proposed.filter(|team| !team.trim().is_empty());
                let proposed = proposed.map(|team| self.other_team(&team, setting.teams));
                fit.proposed = proposed.transpose()?;
                let to_self = |team: &String| on_behalf && setting.visitor.is_of(team);
                if fit.proposed.as_ref().is_some_and(to_self) {
                    return Err(Refused::Yourself);
                }
            }
        }
        Ok(fit)
    }

    /// Who last changed the object cannot be the only one who confirms it.
    fn check_eyes(&self, setting: &Setting<'_>) -> Result<(), Refused> {
        let mut changers = setting.four_eyes.iter().filter(|name| !name.trim().is_empty());
        let is_one = changers.any(|changer| is_called(setting.visitor, changer));
        let confirmed_by_other = match &self.state {
            ReviewState::Decided(last) => {
                last.choice.kind == Kind::Confirm
                    && last.material_hash == setting.current_hash
                    && last.by != Actor::from(&setting.visitor.user)
            }
            _ => false,
        };
        if is_one && !confirmed_by_other {
            return Err(Refused::FourEyes);
        }
        Ok(())
    }

    fn other_team(&self, name: &str, teams: &[Team]) -> Result<String, Refused> {
        let name = name.trim();
        let team = Team::named(teams, name);
        let team = team.ok_or_else(|| Refused::NoSuchTeam(name.chars().take(100).collect()))?;
        if team == self.assignee { Err(Refused::SameTeam) } else { Ok(team) }
    }

    fn after(self, decision: Decision) -> Next {
        let reassigned = decision.choice.proposed.clone();
        let material_hash = decision.material_hash.clone();
        let (assignee, state) = match &reassigned {
            Some(team) => (team.clone(), ReviewState::Open),
            None => (self.assignee, ReviewState::Decided(decision.clone())),
        };
        let review = Self { assignee, state, material_hash, ..self };
        Next { review, decision: Some(decision), reassigned }
    }
}

/// The chosen routes in the order of the ingress; none if that is all of them.
fn routes(chosen: &[String], present: &[String]) -> Result<Vec<String>, Refused> {
    let unknown = chosen.iter().find(|route| !present.contains(route));
    if let Some(route) = unknown {
        return Err(Refused::UnknownRoute(route.chars().take(300).collect()));
    }
    let mut ordered: Vec<String> = Vec::new();
    for route in present.iter().filter(|route| chosen.contains(route)) {
        if !ordered.contains(route) {
            ordered.push(route.clone());
        }
    }
    let is_all = present.iter().all(|route| ordered.contains(route));
    Ok(if is_all { Vec::new() } else { ordered })
}

/// Whether somebody is called so: by subject, address or name.
fn is_called(person: &Person, name: &str) -> bool {
    let User { identity, profile, .. } = &person.user;
    let names = [Some(&identity.subject), profile.email.as_ref(), profile.name.as_ref()];
    let name = name.trim();
    names.into_iter().flatten().any(|own| own.trim().to_lowercase() == name.to_lowercase())
}
